//! Result notifications of the gateway: `POST` and `GET /notify/gmopg` (docs/API.md, Result notifications).
//!
//! Whatever happens, the answer is `0` or `1` with status 200: the gateway knows nothing else.

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use futures_util::StreamExt;
use todoke_domain::notification::BODY_BYTES_MAX;

use crate::{
    app::{
        App,
        notifications::{Rejection, receive_notification},
    },
    telemetry,
};

/// Of a body that is too long, so much is still read before the answer: a sender that is cut off in the middle would
/// see a reset instead of the `1`.
const DRAINED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The routes of this file.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let gmopg = web::resource("/notify/gmopg").route(web::post().to(post)).route(web::get().to(get));
    config.service(gmopg);
}

async fn post(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    match read_body(payload).await {
        Some(body) => answer(&app, &request, &body).await,
        None => {
            tracing::warn!(reason = "body too long or broken off", "a notification was not taken");
            told("1")
        }
    }
}

async fn get(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let query = request.query_string().as_bytes();
    if query.len() > BODY_BYTES_MAX {
        tracing::warn!(reason = "query too long", "a notification was not taken");
        return told("1");
    }
    answer(&app, &request, query).await
}

async fn answer(app: &App, request: &HttpRequest, body: &[u8]) -> HttpResponse {
    // The peer itself: a header that anybody can write tells nothing.
    let source = request.peer_addr().map(|peer| peer.ip());
    match receive_notification(app, body, source).await {
        Ok(_) => told("0"),
        // The reason names no field's value: what a stranger sends may hold anything.
        Err(rejection @ (Rejection::Unreadable(_) | Rejection::Refused | Rejection::UnknownShop)) => {
            tracing::warn!(reason = %rejection, "a notification was not taken");
            told("1")
        }
        Err(rejection @ Rejection::NotStored(_)) => {
            tracing::error!(reason = %rejection, "a notification was not taken");
            told("1")
        }
    }
}

/// The body, unless it is over its limit or breaks off.
async fn read_body(mut payload: web::Payload) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    let mut bytes_read: usize = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.ok()?;
        bytes_read = bytes_read.saturating_add(chunk.len());
        if bytes_read > DRAINED_BYTES_MAX {
            return None;
        }
        if bytes_read <= BODY_BYTES_MAX {
            body.extend_from_slice(&chunk);
        }
    }
    (bytes_read <= BODY_BYTES_MAX).then_some(body)
}

fn told(text: &'static str) -> HttpResponse {
    telemetry::count("todoke_notifications_total", "answer", text, 1);
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(text)
}
