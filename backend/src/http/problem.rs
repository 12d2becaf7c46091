//! Errors outside GraphQL: RFC 9457 problem documents.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde_json::{Value, json};

use super::request;
use crate::app::Error;

/// Seconds after which a request refused for load may come again.
const RETRY_AFTER_S: u32 = 1;

/// A problem document; `extra` members stand beside the standard ones.
pub(crate) fn problem(
    request: &HttpRequest,
    status: StatusCode,
    code: &str,
    title: &str,
    extra: Value,
) -> HttpResponse {
    let mut document = json!({
        "type": format!("urn:todoke:problem:{}", code.to_ascii_lowercase().replace('_', "-")),
        "title": title,
        "status": status.as_u16(),
        "code": code,
        "request_id": request::request_id(request),
    });
    if let (Value::Object(document), Value::Object(extra)) = (&mut document, extra) {
        document.extend(extra);
    }
    let mut response = HttpResponse::build(status);
    response.content_type("application/problem+json");
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header(("retry-after", RETRY_AFTER_S.to_string()));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header(("www-authenticate", "Bearer"));
    }
    response.body(document.to_string())
}

/// The problem document of a body that could not be read, mostly because it is over its limit.
pub(crate) fn unreadable_body(
    request: &HttpRequest,
    error: &actix_web::Error,
    limit_bytes: usize,
) -> HttpResponse {
    let status = error.as_response_error().status_code();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        let extra = json!({"limit_bytes": limit_bytes});
        return problem(request, status, "BODY_TOO_LARGE", "The body is over the limit.", extra);
    }
    problem(request, StatusCode::BAD_REQUEST, "BODY_UNREADABLE", "The body could not be read.", Value::Null)
}

/// The problem document of a use case's error.
pub(crate) fn of_error(request: &HttpRequest, error: &Error) -> HttpResponse {
    let none = Value::Null;
    match error {
        Error::Unauthenticated => {
            problem(request, StatusCode::UNAUTHORIZED, error.code(), "A good bearer token is needed.", none)
        }
        Error::NotFound => problem(request, StatusCode::NOT_FOUND, error.code(), "Not found.", none),
        Error::BadInput(_) => problem(
            request,
            StatusCode::UNPROCESSABLE_ENTITY,
            error.code(),
            "The request is not valid.",
            none,
        ),
        Error::Conflict(_) => {
            problem(request, StatusCode::CONFLICT, error.code(), "Somebody else was first.", none)
        }
        Error::Unavailable(detail) => {
            tracing::warn!(detail, "a request was refused because something is away or full");
            let title = "Not available at the moment; nothing of the request was stored.";
            problem(request, StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", title, none)
        }
        Error::Internal(detail) => {
            tracing::error!(detail, "a request failed");
            problem(
                request,
                StatusCode::INTERNAL_SERVER_ERROR,
                error.code(),
                "An internal error occurred.",
                none,
            )
        }
    }
}
