//! `GET /export/send-errors.csv`: the rows of a search, streamed. The bearer token decides what is in it.

use std::{collections::HashMap, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::json;
use todoke_domain::{
    csv::CsvEncoding,
    search::{PeriodInput, SearchInput, SearchRule},
    send_error::Condition,
};

use super::{
    problem::{self, problem},
    request,
};
use crate::{
    app::{
        App, Error, FieldError,
        exports::{SendErrorExport, file_name},
        send_errors::parse_filter,
    },
    auth::{authorize, scope::Scope},
    messages::{Language, Message},
    store::page::Place,
};

/// The route.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/export/send-errors.csv", web::get().to(send_errors));
}

async fn send_errors(
    request: HttpRequest,
    app: web::Data<App>,
    query: web::Query<HashMap<String, String>>,
) -> HttpResponse {
    let app = app.into_inner();
    match begin(&request, &app, &query).await {
        Ok((export, scope)) => stream(app, scope, export),
        Err(Error::BadInput(faults)) => faults_answer(&request, &faults),
        Err(error) => problem::of_error(&request, &error),
    }
}

async fn begin(
    request: &HttpRequest,
    app: &Arc<App>,
    query: &HashMap<String, String>,
) -> Result<(SendErrorExport, Scope), Error> {
    let bearer = request::header(request, "authorization").and_then(authorize::bearer);
    let bearer = bearer.ok_or(Error::Unauthenticated)?;
    let authorized = authorize::authorize(app, bearer, request::origin(request)).await?;
    let search = parse_filter(app, &search_input(query)?)?;
    let encoding = match query.get("encoding") {
        None => CsvEncoding::default(),
        Some(name) => CsvEncoding::from_name(name).ok_or_else(|| unknown_value("encoding"))?,
    };
    Ok((SendErrorExport { search, encoding, language: request::language(request) }, authorized.scope))
}

/// The filter's fields as parameters, under the names that the GraphQL filter has.
fn search_input(query: &HashMap<String, String>) -> Result<SearchInput, Error> {
    let text = |name: &str| query.get(name).cloned().unwrap_or_default();
    let ip_codes = text("ipCodes").split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect();
    let condition = match text("condition").as_str() {
        "" | "ALL" => Condition::All,
        "UNPROCESSED" => Condition::Unprocessed,
        "PROCESSED" => Condition::Processed,
        _ => return Err(unknown_value("condition")),
    };
    Ok(SearchInput {
        ip_codes,
        condition,
        order_no: text("orderNo"),
        email: text("email"),
        phone: text("phone"),
        sendid: text("sendid"),
        period: period(query)?,
    })
}

fn period(query: &HashMap<String, String>) -> Result<Option<PeriodInput>, Error> {
    let given = |name: &str| query.get(name).filter(|text| !text.is_empty()).cloned();
    let has_days = given("from").is_some() || given("to").is_some();
    match (given("yearMonth"), has_days, given("preset").as_deref()) {
        (None, false, None) => Ok(None),
        (Some(month), false, None) => Ok(Some(PeriodInput::YearMonth(month))),
        (None, true, None) => Ok(Some(PeriodInput::Days {
            from: given("from").unwrap_or_default(),
            to: given("to").unwrap_or_default(),
        })),
        (None, false, Some("TODAY")) => Ok(Some(PeriodInput::Today)),
        (None, false, Some("YESTERDAY")) => Ok(Some(PeriodInput::Yesterday)),
        (None, false, Some(_)) => Err(unknown_value("preset")),
        _ => Err(Error::field(&["period"], Message::Search(SearchRule::SeveralPeriods))),
    }
}

fn unknown_value(field: &str) -> Error {
    Error::field(&[field], Message::Field(todoke_domain::payment::FaultKind::InvalidFormat))
}

/// Where the stream stands.
enum Turn {
    Heading,
    Rows(Option<Place>),
    End,
}

/// The heading at once, then page after page. A failure in the middle breaks the connection off: a file that is cut
/// short must not look whole.
fn stream(app: Arc<App>, scope: Scope, export: SendErrorExport) -> HttpResponse {
    let disposition = format!("attachment; filename=\"{}\"", file_name(app.clock.now()));
    let content_type = format!("text/csv; charset={}", export.encoding.mime_name());
    let state = (app, scope, export, Turn::Heading);
    let lines = futures_util::stream::unfold(state, |(app, scope, export, turn)| async move {
        match turn {
            Turn::Heading => {
                let heading = web::Bytes::from(export.heading());
                Some((Ok::<_, std::io::Error>(heading), (app, scope, export, Turn::Rows(None))))
            }
            Turn::Rows(after) => match export.next_lines(&app, &scope, after).await {
                Ok((bytes, next)) => {
                    let turn = next.map_or(Turn::End, |place| Turn::Rows(Some(place)));
                    Some((Ok(web::Bytes::from(bytes)), (app, scope, export, turn)))
                }
                Err(error) => {
                    tracing::error!(?error, "an export broke off");
                    Some((
                        Err(std::io::Error::other("the export broke off")),
                        (app, scope, export, Turn::End),
                    ))
                }
            },
            Turn::End => None,
        }
    });
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("content-disposition", disposition))
        .insert_header(("cache-control", "no-store"))
        .streaming(lines)
}

fn faults_answer(request: &HttpRequest, faults: &[FieldError]) -> HttpResponse {
    let language: Language = request::language(request);
    let told: Vec<_> = faults
        .iter()
        .map(|fault| {
            let (code, message) = (fault.message.code(), fault.message.text(language));
            json!({"field": fault.field, "code": code, "message": message})
        })
        .collect();
    let title = "The search is not valid.";
    problem(request, StatusCode::UNPROCESSABLE_ENTITY, "BAD_USER_INPUT", title, json!({"errors": told}))
}
