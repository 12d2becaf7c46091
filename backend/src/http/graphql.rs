//! GraphQL over HTTP (the GraphQL-over-HTTP specification): media types, status codes, and the way to the WebSocket.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use async_graphql::{Request, Response};

use super::{problem, request, websocket};
use crate::{
    app::{App, Error, authorization},
    auth::{refresh, scope::Scope},
    graphql::{context::Asker, loaders::RowLoader, schema::Schema},
};

/// The media type under which request errors have their own status.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// The routes.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let resource = web::resource("/graphql")
        .route(web::post().to(post))
        .route(web::get().guard(actix_web::guard::Header("upgrade", "websocket")).to(websocket::open))
        .route(web::get().to(get));
    config.service(resource);
}

async fn post(
    request: HttpRequest,
    app: web::Data<App>,
    schema: web::Data<Schema>,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    // Only JSON: a form that another site posts with the visitor's cookie is none.
    let is_json = request::header(&request, "content-type").is_some_and(|text| {
        text.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    });
    if !is_json {
        let title = "The body must be application/json.";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return problem::problem(&request, status, "UNSUPPORTED_MEDIA_TYPE", title, serde_json::Value::Null);
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => return problem::unreadable_body(&request, &error, super::GRAPHQL_BYTES_MAX),
    };
    match parse_request(&body) {
        Some(query) => execute(&request, app.into_inner(), &schema, query).await,
        None => {
            let title = "The body must be one GraphQL request.";
            let status = StatusCode::BAD_REQUEST;
            problem::problem(&request, status, "MALFORMED_REQUEST", title, serde_json::Value::Null)
        }
    }
}

/// One object. An array is refused here, because the library would take its elements for the object's fields.
fn parse_request(body: &[u8]) -> Option<Request> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    serde_json::from_value(serde_json::Value::Object(object)).ok()
}

async fn get(request: HttpRequest, app: web::Data<App>, schema: web::Data<Schema>) -> HttpResponse {
    let query = match parse_query_string(request.query_string()) {
        Some(query) => query,
        None => {
            let title = "The query string must hold a GraphQL request.";
            let status = StatusCode::BAD_REQUEST;
            return problem::problem(&request, status, "MALFORMED_REQUEST", title, serde_json::Value::Null);
        }
    };
    if !is_query(query.query.as_str(), query.operation_name.as_deref()) {
        let title = "Only queries can be asked by GET.";
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return problem::problem(&request, status, "METHOD_NOT_ALLOWED", title, serde_json::Value::Null);
    }
    execute(&request, app.into_inner(), &schema, query).await
}

/// The library knows `operationName` only by another name; the specification's is read here.
fn parse_query_string(text: &str) -> Option<Request> {
    let mut query = async_graphql::http::parse_query_string(text).ok()?;
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    if let Some((_, name)) = pairs.find(|(name, _)| name == "operationName") {
        query.operation_name = Some(name.into_owned());
    }
    Some(query)
}

fn is_query(text: &str, operation: Option<&str>) -> bool {
    use async_graphql::parser::types::OperationType;
    let Ok(document) = async_graphql::parser::parse_query(text) else {
        return true;
    };
    let mut matching = document
        .operations
        .iter()
        .filter(|(name, _)| operation.is_none() || name.map(async_graphql::Name::as_str) == operation);
    matching.all(|(_, found)| found.node.ty == OperationType::Query)
}

async fn execute(request: &HttpRequest, app: Arc<App>, schema: &Schema, query: Request) -> HttpResponse {
    let asker = match asker_of(request, &app).await {
        Ok(asker) => asker,
        Err(error) => return problem::of_error(request, &error),
    };
    let loader = RowLoader::new(app, scope_of(&asker));
    let response = schema.execute(query.data(asker).data(loader)).await;
    answer(request, response)
}

/// Who asks. A bad token asks as nobody; that the database is away is said at once.
pub(crate) async fn asker_of(request: &HttpRequest, app: &App) -> Result<Asker, Error> {
    let bearer = request::header(request, "authorization").and_then(authorization::bearer).map(str::to_owned);
    let refresh_token = request.cookie(refresh::COOKIE).map(|cookie| cookie.value().to_owned());
    let nobody = Asker {
        bearer: None,
        authorized: None,
        language: request::language(request),
        refresh_token,
        origin: request::origin(request),
    };
    with_bearer(app, nobody, bearer).await
}

/// The asker with this token, as nobody where it is not good.
pub(crate) async fn with_bearer(app: &App, asker: Asker, bearer: Option<String>) -> Result<Asker, Error> {
    let Some(token) = bearer else { return Ok(asker) };
    match authorization::authorize(app, &token, asker.origin.clone()).await {
        Ok(authorized) => Ok(Asker { bearer: Some(token), authorized: Some(authorized), ..asker }),
        Err(Error::Unauthenticated) => Ok(asker),
        Err(error) => Err(error),
    }
}

/// The scope of the loaders; nobody's reaches nothing.
pub(crate) fn scope_of(asker: &Asker) -> Scope {
    match &asker.authorized {
        Some(authorized) => authorized.scope.clone(),
        None => Scope::anonymous(asker.origin.clone()),
    }
}

fn answer(request: &HttpRequest, response: Response) -> HttpResponse {
    let accepts_own_type =
        request::header(request, "accept").is_some_and(|accept| accept.contains(GRAPHQL_RESPONSE));
    let is_request_error = response.is_err()
        && response.data == async_graphql::Value::Null
        && response.errors.iter().all(|error| error.path.is_empty());
    let (content_type, status) = match (accepts_own_type, is_request_error) {
        (true, true) => (GRAPHQL_RESPONSE, StatusCode::BAD_REQUEST),
        (true, false) => (GRAPHQL_RESPONSE, StatusCode::OK),
        (false, _) => ("application/json", StatusCode::OK),
    };
    let mut builder = HttpResponse::build(status);
    builder.content_type(content_type).insert_header(("cache-control", "no-store"));
    for (name, value) in &response.http_headers {
        builder.append_header((name.as_str(), value.as_bytes()));
    }
    match serde_json::to_string(&response) {
        Ok(text) => builder.body(text),
        Err(error) => problem::of_error(request, &Error::internal(error)),
    }
}
