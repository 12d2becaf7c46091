//! About 500 send errors in every state over the searchable months. The same on every run but for its dates.

use sea_orm::DatabaseTransaction;
use todoke_domain::{
    delivery::{Cause, Outcome, Trigger},
    ids::{AttemptId, IpCode},
    payment::{Parameter, RawPaymentResult, parse_payment_result},
    search,
    send_error::SendErrorStatus,
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    app::{App, Error},
    auth::scope::Scope,
    delivery::{
        endpoints::KnownEndpoint,
        message::{Mark, Stamp, prepare},
    },
    store::{
        self,
        attempts::{Attempt, Timings},
        deliveries::{NewDelivery, Start},
        payments::ResultFacts,
        send_errors::{Processing, SendError},
    },
};

/// How many.
const ROWS: u64 = 500;
/// Of ten rows older than a month, so many were closed.
const CLOSED_OF_TEN: u64 = 9;

const CARRIERS: [&str; 3] = ["docomo", "au", "softbank"];
const FAMILY: [&str; 8] =
    ["sato", "suzuki", "takahashi", "tanaka", "watanabe", "ito", "yamamoto", "nakamura"];
const ITEMS: [&str; 6] =
    ["春の福袋", "電子書籍 月額", "㈱髙島 限定セット", "楽譜ダウンロード", "写真集～夏～", "定期購読"];
const CAUSES: [(Cause, Option<u16>); 8] = [
    (Cause::TimedOut, None),
    (Cause::ServerError, Some(500)),
    (Cause::ConnectionRefused, None),
    (Cause::BodyRuleNotMet, Some(200)),
    (Cause::ServerError, Some(503)),
    (Cause::ConnectionReset, None),
    (Cause::NameNotResolved, None),
    (Cause::ClientError, Some(404)),
];

/// Plants the rows of every IP code there is.
pub(super) async fn plant(app: &App, now: Timestamp) -> Result<(), Error> {
    let codes = store::ip_codes::list_visible(&Scope::system(), app.database.reader()).await?;
    let known = app.endpoints().load(codes.iter().map(|settings| &settings.ip_code)).await?;
    let first_day = Timestamp::tokyo_midnight(search::first_searchable_day(now));
    let span_ms = now.millis_since(first_day);
    let tx = app.database.begin_write().await?;
    for number in 0..ROWS {
        let index = usize::try_from(number).unwrap_or(0);
        let Some(settings) = codes.get(index % codes.len().max(1)).and_then(|code| known.get(&code.ip_code))
        else {
            break;
        };
        // Denser towards today: the square of an even spread.
        let share = i64::try_from((ROWS - number) * (ROWS - number)).unwrap_or(0);
        let whole = i64::try_from(ROWS * ROWS).unwrap_or(1);
        let age_ms = span_ms / whole * share;
        let at = now.plus_millis(-age_ms - i64::try_from(number % 7).unwrap_or(0) * 431_000);
        plant_row(&tx, settings, number, at.max(first_day), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn plant_row(
    tx: &DatabaseTransaction,
    settings: &KnownEndpoint,
    number: u64,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let system = Scope::system();
    let raw = raw_result(&settings.ip_code, number, at);
    let result = parse_payment_result(raw).map_err(|faults| Error::internal(format!("{faults:?}")))?;
    store::payments::insert_results(&system, tx, std::slice::from_ref(&result), at).await?;
    let new = NewDelivery {
        id: result.delivery_id,
        ip_code: result.ip_code.clone(),
        payment_id: result.payment_id,
        start: Start::Due,
    };
    store::deliveries::insert_many(&system, tx, std::slice::from_ref(&new), at).await?;
    store::deliveries::finish_failed(&system, tx, new.id, 1).await?;
    let cause_index = usize::try_from(number * 5 / 3).unwrap_or(0) % CAUSES.len();
    let (cause, http_status) = CAUSES.get(cause_index).copied().unwrap_or((Cause::TimedOut, None));
    let facts = ResultFacts::of(result);
    let attempt = failed_attempt(settings, &new, &facts, at, (cause, http_status));
    store::attempts::insert_many(&system, tx, &[&attempt]).await?;
    let row = SendError {
        id: new.payment_id,
        delivery_id: new.id,
        ip_code: new.ip_code.clone(),
        order_no: facts.order_no,
        carrier: facts.carrier,
        amount: facts.amount,
        phone: facts.phone,
        email: facts.email,
        sendid: facts.sendid,
        status: SendErrorStatus::Unprocessed,
        receipt: cause.receipt(),
        cause,
        http_status,
        occurred_at: at,
        attempt_count: 1,
        resend_decision_id: None,
        processing: None,
    };
    store::send_errors::raise(&system, tx, &row).await?;
    let is_old = now.millis_since(at) > 30 * 86_400_000;
    if (is_old && number % 10 < CLOSED_OF_TEN) || (!is_old && (number / 4).is_multiple_of(4)) {
        let processing = Processing {
            at: at.plus_millis(5_400_000).min(now),
            by: if number.is_multiple_of(2) { "sakura-operator" } else { "minato-operator" }.to_owned(),
            reason: number.is_multiple_of(3).then(|| "提供状況を確認済み".to_owned()),
        };
        store::send_errors::close(&system, tx, (row.id, row.delivery_id), &processing, 1).await?;
    }
    Ok(())
}

fn raw_result(ip_code: &IpCode, number: u64, at: Timestamp) -> RawPaymentResult {
    let index = usize::try_from(number).unwrap_or(0);
    let pick = |list: &[&str], step: usize| {
        list.get((index / step.max(1)) % list.len().max(1)).copied().unwrap_or_default().to_owned()
    };
    let day = at.tokyo_date().format("%Y-%m%d").to_string();
    let family = pick(&FAMILY, 1);
    RawPaymentResult {
        ip_code: ip_code.to_string(),
        order_no: format!("{day}-{}", 10_000_000_000_u64 + number * 7_919),
        carrier: pick(&CARRIERS, 4),
        status: "03".to_owned(),
        amount: i64::try_from(300 + (number * 1_371) % 24_000).unwrap_or(300),
        phone: format!("090{:08}", (number * 7_654_321) % 100_000_000),
        email: format!("{family}{}@example.jp", number % 90),
        sendid: format!("mr{}", 100 + number % 250),
        sendpoint: format!("{}{:05}", at.tokyo_date().format("%Y%m%d"), number + 1),
        error_code: String::new(),
        occurred_at: at.to_rfc3339(),
        parameters: vec![Parameter { name: "item".to_owned(), value: pick(&ITEMS, 2) }],
    }
}

fn failed_attempt(
    settings: &KnownEndpoint,
    delivery: &NewDelivery,
    facts: &ResultFacts,
    at: Timestamp,
    (cause, http_status): (Cause, Option<u16>),
) -> Attempt {
    let stamp = Stamp { delivery_id: delivery.id, mark: Mark::Plain, at };
    let prepared = prepare(&settings.endpoint, &settings.signer, &facts.parameters, stamp).ok();
    let request = prepared.as_ref().map(|prepared| &prepared.request);
    let body = http_status.map(|status| if status == 200 { b"NG\n".to_vec() } else { b"error\n".to_vec() });
    Attempt {
        id: AttemptId::new(Uuid::now_v7()),
        delivery_id: delivery.id,
        payment_id: Some(delivery.payment_id),
        decision_id: None,
        ip_code: delivery.ip_code.clone(),
        trigger: Trigger::Automatic,
        started_at: at,
        duration_ms: if cause == Cause::TimedOut { settings.endpoint.timeout_ms } else { 87 },
        outcome: Outcome::Failed(cause),
        http_status,
        request_method: settings.endpoint.method.code().to_ascii_uppercase(),
        request_url: request.map(|request| request.url.to_string()).unwrap_or_default(),
        request_body: request.map(|request| request.body.clone()).unwrap_or_default(),
        request_headers: prepared.map(|prepared| prepared.headers).unwrap_or_default(),
        timings: sample_timings(cause),
        response_headers: http_status
            .map(|_| vec![("content-type".to_owned(), "text/plain".to_owned())])
            .unwrap_or_default(),
        response_body: body.unwrap_or_default(),
        decided_by: None,
        is_edited: false,
    }
}

/// Figures of an endpoint in the same country, as far as the attempt came.
fn sample_timings(cause: Cause) -> Timings {
    let named = Timings { dns_ms: Some(4), ..Timings::default() };
    let connected = Timings { connect_ms: Some(9), ..named };
    match cause {
        Cause::NameNotResolved | Cause::BlockedTarget => named,
        Cause::ConnectionRefused | Cause::ConnectFailed | Cause::ConnectTimedOut | Cause::TlsFailed => {
            connected
        }
        Cause::TimedOut | Cause::ConnectionReset | Cause::ProcessDied => connected,
        Cause::NoEndpoint | Cause::InvalidRequest => Timings::default(),
        Cause::InvalidAnswer
        | Cause::ServerError
        | Cause::ClientError
        | Cause::Redirect
        | Cause::BodyRuleNotMet => Timings { first_byte_ms: Some(71), ..connected },
    }
}
