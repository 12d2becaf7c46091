//! `POST /api/v1/payment-results`: from JSON to raw results, with every type fault by index and field.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Map, Value, json};
use todoke_domain::payment::{FaultKind, FieldFault, Parameter, RawPaymentResult};

use super::{
    problem::{self, problem},
    request,
};
use crate::{
    app::{
        App, Error, authorization,
        payments::{ElementFault, Refused, accept_results},
    },
    delivery::inbox::Accepted,
    messages::{Language, Message},
};

/// Most results of one request (docs/API.md, Payment results).
const RESULTS_MAX: usize = 1_000;
/// Most bytes of one request: 1,000 results of the usual size are below 1 MB, parameters need room.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Faults told at most; a sender that gets one thing wrong gets it wrong a thousand times.
const FAULTS_TOLD_MAX: usize = 200;

/// The fields of one result.
const FIELDS: [&str; 12] = [
    "ip_code",
    "order_no",
    "carrier",
    "status",
    "amount",
    "phone",
    "email",
    "sendid",
    "sendpoint",
    "error_code",
    "occurred_at",
    "parameters",
];

/// The route.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let resource = web::resource("/api/v1/payment-results")
        .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
        .route(web::post().to(post_payment_results))
        .default_service(web::to(method_not_allowed));
    config.service(resource);
}

async fn method_not_allowed(request: HttpRequest) -> HttpResponse {
    let title = "Only POST is allowed here.";
    let mut response =
        problem(&request, StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", title, Value::Null);
    response
        .headers_mut()
        .insert(actix_web::http::header::ALLOW, actix_web::http::header::HeaderValue::from_static("POST"));
    response
}

async fn post_payment_results(
    request: HttpRequest,
    app: web::Data<App>,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    match take_in(&request, &app.into_inner(), body).await {
        Ok(accepted) => accepted_answer(&accepted),
        Err(response) => *response,
    }
}

async fn take_in(
    request: &HttpRequest,
    app: &Arc<App>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<Vec<Accepted>, Box<HttpResponse>> {
    let bearer = request::header(request, "authorization").and_then(authorization::bearer);
    let bearer = bearer.ok_or_else(|| Box::new(problem::of_error(request, &Error::Unauthenticated)))?;
    let authorized = authorization::authorize(app, bearer, request::origin(request)).await;
    let authorized = authorized.map_err(|error| Box::new(problem::of_error(request, &error)))?;
    let body = body.map_err(|error| Box::new(problem::unreadable_body(request, &error, BODY_BYTES_MAX)))?;
    let elements = parse_elements(request, &body)?;
    accept_results(app, &authorized.scope, elements).await.map_err(|refused| match refused {
        Refused::Faults(faults) => Box::new(faults_answer(request, &faults)),
        Refused::Error(error) => Box::new(problem::of_error(request, &error)),
    })
}

/// The elements of a body, each parsed or with its faults.
type Elements = Vec<Result<RawPaymentResult, Vec<FieldFault>>>;

/// Reads the elements of the body.
fn parse_elements(request: &HttpRequest, body: &[u8]) -> Result<Elements, Box<HttpResponse>> {
    let parsed: Value = serde_json::from_slice(body).map_err(|error| {
        let extra = json!({"line": error.line(), "column": error.column()});
        Box::new(problem(request, StatusCode::BAD_REQUEST, "MALFORMED_JSON", "The body is not JSON.", extra))
    })?;
    match parsed {
        Value::Object(element) => Ok(vec![parse_element(element)]),
        Value::Array(elements) if elements.len() > RESULTS_MAX => {
            let title = "At most 1,000 results can be handed in at once.";
            let extra = json!({"limit": RESULTS_MAX, "count": elements.len()});
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Err(Box::new(problem(request, status, "TOO_MANY_RESULTS", title, extra)))
        }
        Value::Array(elements) => Ok(elements.into_iter().map(parse_value).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let title = "The body must be one object or an array of objects.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Err(Box::new(problem(request, status, "WRONG_TYPE", title, Value::Null)))
        }
    }
}

fn parse_value(value: Value) -> Result<RawPaymentResult, Vec<FieldFault>> {
    match value {
        Value::Object(element) => parse_element(element),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(vec![FieldFault::new("", FaultKind::WrongType)])
        }
    }
}

fn parse_element(mut element: Map<String, Value>) -> Result<RawPaymentResult, Vec<FieldFault>> {
    let mut faults: Vec<FieldFault> = element
        .keys()
        .filter(|key| !FIELDS.contains(&key.as_str()))
        .map(|key| FieldFault::new(key.chars().take(64).collect::<String>(), FaultKind::UnknownField))
        .collect();
    let mut text = |field: &str| match element.remove(field) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(_) => {
            faults.push(FieldFault::new(field, FaultKind::WrongType));
            String::new()
        }
    };
    let mut raw = RawPaymentResult {
        ip_code: text("ip_code"),
        order_no: text("order_no"),
        carrier: text("carrier"),
        status: text("status"),
        amount: 0,
        phone: text("phone"),
        email: text("email"),
        sendid: text("sendid"),
        sendpoint: text("sendpoint"),
        error_code: text("error_code"),
        occurred_at: text("occurred_at"),
        parameters: Vec::new(),
    };
    match element.remove("amount") {
        None | Some(Value::Null) => faults.push(FieldFault::new("amount", FaultKind::Required)),
        Some(value) => match value.as_i64() {
            Some(amount) => raw.amount = amount,
            None => faults.push(FieldFault::new("amount", FaultKind::WrongType)),
        },
    }
    match element.remove("parameters") {
        None | Some(Value::Null) => {}
        Some(Value::Object(parameters)) => raw.parameters = parse_parameters(parameters, &mut faults),
        Some(_) => faults.push(FieldFault::new("parameters", FaultKind::WrongType)),
    }
    if faults.is_empty() {
        return Ok(raw);
    }
    // The faults of form and limit are told with those of type, so that all can be mended in one go.
    let wrong: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
    let further = todoke_domain::payment::parse_payment_result(raw).err().unwrap_or_default();
    faults.extend(further.into_iter().filter(|fault| !wrong.contains(&fault.field)));
    Err(faults)
}

fn parse_parameters(parameters: Map<String, Value>, faults: &mut Vec<FieldFault>) -> Vec<Parameter> {
    let mut parsed = Vec::with_capacity(parameters.len());
    for (name, value) in parameters {
        match value {
            Value::String(value) => parsed.push(Parameter { name, value }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                faults.push(FieldFault::new(format!("parameters.{name}"), FaultKind::WrongType));
            }
        }
    }
    parsed
}

fn accepted_answer(accepted: &[Accepted]) -> HttpResponse {
    let results: Vec<Value> = accepted
        .iter()
        .map(|result| {
            json!({
                "payment_id": result.payment_id.to_string(),
                "delivery_id": result.delivery_id.to_string(),
                "duplicate": result.is_duplicate,
            })
        })
        .collect();
    HttpResponse::Accepted().content_type("application/json").body(json!({"results": results}).to_string())
}

fn faults_answer(request: &HttpRequest, faults: &[ElementFault]) -> HttpResponse {
    let language = match request::header(request, "accept-language") {
        Some(_) => request::language(request),
        None => Language::English,
    };
    let told: Vec<Value> = faults
        .iter()
        .take(FAULTS_TOLD_MAX)
        .map(|element| {
            let message = Message::Field(element.fault.kind);
            json!({
                "index": element.index,
                "field": element.fault.field,
                "code": message.code(),
                "message": message.text(language),
            })
        })
        .collect();
    let extra = json!({"errors": told, "error_count": faults.len()});
    let title = "Some results are not valid; nothing of the request was stored.";
    problem(request, StatusCode::UNPROCESSABLE_ENTITY, "INVALID_RESULTS", title, extra)
}
