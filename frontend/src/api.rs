//! GraphQL over HTTP: one request, its time limit, its session, its errors.
//! It draws nothing and keeps nothing; what an answer means for the session is `session`'s affair.
pub(crate) mod decode;
pub(crate) mod error;
pub(crate) mod json;
pub(crate) mod order_queries;
pub(crate) mod queries;
pub(crate) mod restore_queries;
pub(crate) mod settings_queries;

use crate::context::App;
use crate::session;
use error::{ApiError, ErrorKind};
use futures_util::future::{Either, select};
use gloo_net::http::{Request, Response};
use gloo_timers::future::TimeoutFuture;
use graphql_client::GraphQLQuery;
use json::Json;
use leptos::prelude::*;
use std::pin::pin;

/// No waiting without an end: the server answers a resend after 20 s at the latest.
const REQUEST_TIMEOUT_MS: u32 = 30_000;

/// Runs one operation as the person who is signed in.
pub(crate) async fn run<Q: GraphQLQuery>(
    app: App,
    variables: Q::Variables,
) -> Result<Q::ResponseData, ApiError> {
    let data = request(app, body_of::<Q>(variables)?).await?;
    decode::decode(&data).map_err(|_| ApiError::of(ErrorKind::Unreadable))
}

/// Signing in and refreshing: without an access token, and never repeated by itself.
pub(crate) async fn run_anonymous<Q: GraphQLQuery>(
    app: App,
    variables: Q::Variables,
) -> Result<Q::ResponseData, ApiError> {
    let data = post(app, body_of::<Q>(variables)?, None).await?;
    decode::decode(&data).map_err(|_| ApiError::of(ErrorKind::Unreadable))
}

fn body_of<Q: GraphQLQuery>(variables: Q::Variables) -> Result<String, ApiError> {
    serde_json::to_string(&Q::build_query(variables)).map_err(|_| ApiError::of(ErrorKind::Unreadable))
}

/// A token that is refused is refreshed once; mutations are safe to repeat because nothing ran without one.
async fn request(app: App, body: String) -> Result<Json, ApiError> {
    let token = session::fresh_token(app).await?;
    match post(app, body.clone(), Some(token.clone())).await {
        Err(error) if error.kind == ErrorKind::Unauthenticated => {
            let token = session::replace_token(app, &token).await?;
            post(app, body, Some(token)).await
        }
        answer => answer,
    }
}

async fn post(app: App, body: String, token: Option<String>) -> Result<Json, ApiError> {
    let controller = web_sys::AbortController::new().ok();
    let mut request = Request::post("/graphql")
        .header("Content-Type", "application/json")
        .header("Accept", "application/graphql-response+json, application/json")
        .header("Accept-Language", app.lang.get_untracked().code())
        .abort_signal(controller.as_ref().map(web_sys::AbortController::signal).as_ref());
    if let Some(token) = token {
        request = request.header("Authorization", &["Bearer ", &token].concat());
    }
    let request = request.body(body).map_err(|_| ApiError::of(ErrorKind::Offline))?;
    let exchange = pin!(async {
        let response = request.send().await.map_err(|_| ApiError::of(ErrorKind::Offline))?;
        read(response).await
    });
    match select(exchange, TimeoutFuture::new(REQUEST_TIMEOUT_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => {
            if let Some(controller) = controller {
                controller.abort();
            }
            Err(ApiError::of(ErrorKind::TimedOut))
        }
    }
}

async fn read(response: Response) -> Result<Json, ApiError> {
    let status = response.status();
    let request_id = response.headers().get("x-request-id");
    let text = response.text().await.map_err(|_| ApiError::of(ErrorKind::Offline))?;
    error::read_answer(status, request_id, json::read(&text))
}
