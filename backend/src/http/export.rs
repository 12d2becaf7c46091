//! `GET /export/send-errors.csv`, `/export/resend-batch.csv` and `/export/abnormal-orders.csv`: the rows of a search or
//! of a batch, streamed. The bearer token, or who asked for the download link, decides what is in it.

use std::{collections::HashMap, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::json;
use todoke_domain::{
    abnormal_order::AbnormalOrderStatus,
    csv::CsvEncoding,
    resend_batch::BatchRowState,
    search::{PeriodInput, SearchInput, SearchRule},
    send_error::{Condition, SendErrorSort},
};

use super::{
    problem::{self, problem},
    request,
};
use crate::{
    app::{
        self, App, Error, FieldError,
        abnormal_orders::AbnormalOrderSearch,
        authorization,
        downloads::open_download,
        exports::{
            Export, Form, SendErrorExport, abnormal_orders::AbnormalOrderExport,
            resend_batches::ResendBatchExport,
        },
        resend_batches::find_resend_batch,
        send_errors::parse_filter,
    },
    auth::scope::Scope,
    global_id,
    messages::{Language, Message},
    store::page::Place,
};

/// The routes.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/export/send-errors.csv", web::get().to(send_errors))
        .route("/export/resend-batch.csv", web::get().to(resend_batch))
        .route("/export/abnormal-orders.csv", web::get().to(abnormal_orders));
}

/// What a route makes of its parameters, for who asks.
type ExportOf = fn(&App, &Parameters, Form) -> Result<Export, Error>;
type Parameters = HashMap<String, String>;

async fn send_errors(
    request: HttpRequest,
    app: web::Data<App>,
    query: web::Query<Parameters>,
) -> HttpResponse {
    answer(&request, app.into_inner(), &query, send_errors_of).await
}

async fn resend_batch(
    request: HttpRequest,
    app: web::Data<App>,
    query: web::Query<Parameters>,
) -> HttpResponse {
    answer(&request, app.into_inner(), &query, resend_batch_of).await
}

async fn abnormal_orders(
    request: HttpRequest,
    app: web::Data<App>,
    query: web::Query<Parameters>,
) -> HttpResponse {
    answer(&request, app.into_inner(), &query, abnormal_orders_of).await
}

async fn answer(
    request: &HttpRequest,
    app: Arc<App>,
    query: &Parameters,
    export_of: ExportOf,
) -> HttpResponse {
    let begun = match query.get("link") {
        Some(link) => open_link(request, &app, link).await,
        None => begin(request, &app, query, export_of).await,
    };
    match begun {
        Ok((export, scope)) => stream(app, scope, export),
        Err(Error::BadInput(faults)) => faults_answer(request, &faults),
        Err(error) => problem::of_error(request, &error),
    }
}

/// Who asks comes first: a stranger learns nothing of the rules either.
async fn begin(
    request: &HttpRequest,
    app: &Arc<App>,
    query: &Parameters,
    export_of: ExportOf,
) -> Result<(Export, Scope), Error> {
    let bearer = request::header(request, "authorization").and_then(authorization::bearer);
    let bearer = bearer.ok_or(Error::Unauthenticated)?;
    let authorized = authorization::authorize(app, bearer, request::origin(request)).await?;
    let encoding = match query.get("encoding") {
        None => CsvEncoding::default(),
        Some(name) => CsvEncoding::from_name(name).ok_or_else(|| unknown_value("encoding"))?,
    };
    let form = Form { encoding, language: request::language(request) };
    let export = export_of(app, query, form)?;
    if let Export::ResendBatch(export) = &export {
        find_resend_batch(app, &authorized.scope, export.batch).await?;
    }
    Ok((export, authorized.scope))
}

/// A link is of one file: under another's address there is no such thing.
async fn open_link(request: &HttpRequest, app: &Arc<App>, link: &str) -> Result<(Export, Scope), Error> {
    let (export, scope) = open_download(app, link, request::origin(request)).await?;
    let is_here = match &export {
        Export::SendErrors(_) => request.path() == "/export/send-errors.csv",
        Export::ResendBatch(_) => request.path() == "/export/resend-batch.csv",
        Export::AbnormalOrders(_) => request.path() == "/export/abnormal-orders.csv",
    };
    if is_here { Ok((export, scope)) } else { Err(Error::NotFound) }
}

fn send_errors_of(app: &App, query: &Parameters, form: Form) -> Result<Export, Error> {
    let search = parse_filter(app, &search_input(query)?)?;
    let sort = SendErrorSort::default();
    Ok(Export::SendErrors(SendErrorExport { search, sort, form }))
}

fn resend_batch_of(_app: &App, query: &Parameters, form: Form) -> Result<Export, Error> {
    let id = async_graphql::ID(query.get("id").cloned().unwrap_or_default());
    let batch = global_id::decode("ResendBatch", &id).ok_or(Error::NotFound)?;
    let state = match query.get("state").filter(|name| !name.is_empty()) {
        None => None,
        Some(name) => Some(BatchRowState::from_code(name).ok_or_else(|| unknown_value("state"))?),
    };
    Ok(Export::ResendBatch(ResendBatchExport { batch, state, form }))
}

fn abnormal_orders_of(app: &App, query: &Parameters, form: Form) -> Result<Export, Error> {
    let filter = app::abnormal_orders::parse_search(&abnormal_order_search(query)?, app.clock.now())?;
    Ok(Export::AbnormalOrders(AbnormalOrderExport { filter, form }))
}

/// The filter's fields as parameters, under the names that the GraphQL filter has.
fn search_input(query: &Parameters) -> Result<SearchInput, Error> {
    let text = |name: &str| query.get(name).cloned().unwrap_or_default();
    let condition = match text("condition").as_str() {
        "" | "ALL" => Condition::All,
        "UNPROCESSED" => Condition::Unprocessed,
        "PROCESSED" => Condition::Processed,
        _ => return Err(unknown_value("condition")),
    };
    Ok(SearchInput {
        ip_codes: ip_codes(query),
        condition,
        order_no: text("orderNo"),
        email: text("email"),
        phone: text("phone"),
        sendid: text("sendid"),
        period: period(query)?,
    })
}

/// The same for abnormal orders.
fn abnormal_order_search(query: &Parameters) -> Result<AbnormalOrderSearch, Error> {
    let list = match query.get("list").map(String::as_str) {
        None | Some("" | "ALL") => None,
        Some(name) => Some(AbnormalOrderStatus::from_code(name).ok_or_else(|| unknown_value("list"))?),
    };
    Ok(AbnormalOrderSearch {
        ip_codes: ip_codes(query),
        list,
        order_no: query.get("orderNo").cloned(),
        customer: query.get("customer").cloned(),
        member_id: query.get("memberId").cloned(),
        period: period(query)?,
    })
}

/// Several IP codes are separated by commas.
fn ip_codes(query: &Parameters) -> Vec<String> {
    let text = query.get("ipCodes").map(String::as_str).unwrap_or_default();
    text.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

fn period(query: &Parameters) -> Result<Option<PeriodInput>, Error> {
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
fn stream(app: Arc<App>, scope: Scope, export: Export) -> HttpResponse {
    let disposition = format!("attachment; filename=\"{}\"", export.file_name(app.clock.now()));
    let content_type = format!("text/csv; charset={}", export.encoding().mime_name());
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
