//! The single-page app, embedded in the binary: precompressed, hashed names cached for ever, a strict policy.
//!
//! `/` and every unknown path without a dot is the app; a path with a dot that is no file is not found.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{problem::problem, request};

/// What the build of the app left.
#[derive(RustEmbed)]
#[folder = "../frontend/dist"]
#[allow_missing = true]
struct Dist;

/// Only what is our own, WebAssembly permitted, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";
/// For names that change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The routes.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.default_service(web::to(serve));
}

async fn serve(request: HttpRequest) -> HttpResponse {
    let path = request.path().trim_start_matches('/').to_owned();
    let is_read =
        request.method() == actix_web::http::Method::GET || request.method() == actix_web::http::Method::HEAD;
    let is_reserved = path == "api" || path.starts_with("api/");
    if !is_read || is_reserved {
        return problem(&request, StatusCode::NOT_FOUND, "NOT_FOUND", "Not found.", serde_json::Value::Null);
    }
    let has_dot = path.rsplit('/').next().unwrap_or_default().contains('.');
    let name = if has_dot { path.as_str() } else { "index.html" };
    let is_variant = [".br", ".gz"].iter().any(|ending| name.ends_with(ending)) || name.starts_with('.');
    match Dist::get(name).filter(|_| !is_variant) {
        Some(plain) => file_answer(&request, name, plain),
        None if has_dot => {
            problem(&request, StatusCode::NOT_FOUND, "NOT_FOUND", "Not found.", serde_json::Value::Null)
        }
        None => {
            let title = "The app is not part of this build; the interfaces work without it.";
            problem(&request, StatusCode::NOT_FOUND, "APP_NOT_BUILT", title, serde_json::Value::Null)
        }
    }
}

fn file_answer(request: &HttpRequest, name: &str, plain: EmbeddedFile) -> HttpResponse {
    let accepted = request::header(request, "accept-encoding").unwrap_or_default();
    let variant = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(encoding, ending)| {
        let is_accepted =
            accepted.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == encoding);
        let file = if is_accepted { Dist::get(&format!("{name}{ending}")) } else { None };
        file.map(|file| (encoding, file))
    });
    let cache = if name.starts_with("assets/") { FOR_EVER } else { "no-cache" };
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type(name))
        .insert_header(("cache-control", cache))
        .insert_header(("content-security-policy", POLICY))
        .insert_header(("vary", "accept-encoding"));
    match variant {
        Some((encoding, file)) => response.insert_header(("content-encoding", encoding)).body(bytes_of(file)),
        None => response.body(bytes_of(plain)),
    }
}

/// Embedded bytes are served from where they lie.
fn bytes_of(file: EmbeddedFile) -> web::Bytes {
    match file.data {
        Cow::Borrowed(bytes) => web::Bytes::from_static(bytes),
        Cow::Owned(bytes) => web::Bytes::from(bytes),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
