//! Trying the settings of an endpoint: the exact request, and what comes back. No payment knows of it.

use todoke_domain::{
    access::Action,
    delivery::Outcome,
    ids::{DeliveryId, IpCode},
    payment::{self, FieldFault, Parameter, RawPaymentResult, parse_payment_result},
};
use uuid::Uuid;

use super::{
    App, Error, FieldError,
    endpoint_settings::{GivenEndpoint, parse_endpoint},
    ip_codes, send_errors,
};
use crate::{
    auth::scope::Scope,
    delivery::{
        message::{Mark, Prepared, Stamp, prepare},
        sender::Answer,
    },
    messages::{Message, SettingFault},
    store::{self, attempts::Timings, audit::AuditEntry, ip_codes::Endpoint},
};

/// Tests of one IP code within [`WINDOW_MS`]: enough to get settings right, too few to trouble anybody.
const TESTS_MAX: u64 = 10;
/// The window, in milliseconds.
const WINDOW_MS: i64 = 60_000;
/// The name of the act, in the audit log.
const ACTION: &str = "testEndpoint";

/// A test as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct EndpointTest {
    /// The IP code.
    pub ip_code: String,
    /// The settings to try; `None` tries the stored ones.
    pub endpoint: Option<GivenEndpoint>,
    /// What to send; `None` sends a sample result.
    pub parameters: Option<Vec<Parameter>>,
    /// Builds the request and sends nothing.
    pub is_dry_run: bool,
}

/// What was sent, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Tested {
    /// The request.
    pub prepared: Prepared,
    /// The answer; `None` for a dry run.
    pub answer: Option<TestAnswer>,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub(crate) struct TestAnswer {
    /// Classed as that of any attempt.
    pub outcome: Outcome,
    /// What came back.
    pub answer: Option<Answer>,
    /// Its body, decoded in the endpoint's charset.
    pub body: String,
    /// How long each step took.
    pub timings: Timings,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
}

/// Builds the request that these settings make and, unless it is a dry run, sends it once.
///
/// # Errors
/// `NotFound` without the right, faults beside fields, too many tests within a minute.
pub(crate) async fn test_endpoint(app: &App, scope: &Scope, asked: EndpointTest) -> Result<Tested, Error> {
    let ip_code = ip_codes::permit(app, scope, ACTION, &asked.ip_code, Action::Settings).await?;
    let known = app.endpoints().load(std::iter::once(&ip_code)).await?.remove(&ip_code);
    let known = known.ok_or(Error::NotFound)?;
    let endpoint = match &asked.endpoint {
        Some(given) => parse_endpoint(app, given).await.map_err(Error::BadInput)?,
        None => known.endpoint.clone(),
    };
    let parameters = match asked.parameters {
        Some(parameters) => parameters,
        None => sample_parameters(app, &ip_code)?,
    };
    check_parameters(&endpoint, &parameters)?;
    let stamp = Stamp { delivery_id: DeliveryId::new(Uuid::now_v7()), mark: Mark::Test, at: app.clock.now() };
    let prepared = prepare(&endpoint, &known.signer, &parameters, stamp)
        .map_err(|_| Error::field(&["endpoint"], Message::Field(payment::FaultKind::Required)))?;
    if asked.is_dry_run {
        return Ok(Tested { prepared, answer: None });
    }
    let busy = || Error::field(&["ipCode"], Message::Setting(SettingFault::TooManyTests));
    let _slot = app.machinery.slots.try_take(&ip_code).ok_or_else(busy)?;
    permit_one_more(app, scope, &ip_code, &prepared).await?;
    let answer = send(app, &endpoint, &prepared).await;
    Ok(Tested { prepared, answer: Some(answer) })
}

/// Counts by the audit log, so that several machines agree; the row's lock lets one count at a time.
async fn permit_one_more(
    app: &App,
    scope: &Scope,
    ip_code: &IpCode,
    prepared: &Prepared,
) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    store::ip_codes::lock(scope, &tx, ip_code).await?.ok_or(Error::NotFound)?;
    let since = now.plus_millis(-WINDOW_MS);
    let lately = store::audit::count_done(scope, &tx, ACTION, ip_code, since).await?;
    let is_too_many = lately >= TESTS_MAX;
    let entry = if is_too_many {
        AuditEntry::refused(ACTION, Some(ip_code), ip_code, "TOO_MANY_TESTS")
    } else {
        let address = prepared.request.url.origin().ascii_serialization();
        AuditEntry::done(ACTION, Some(ip_code), ip_code)
            .with_change(serde_json::Value::Null, serde_json::json!({"to": address}))
    };
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    if is_too_many {
        return Err(Error::field(&["ipCode"], Message::Setting(SettingFault::TooManyTests)));
    }
    Ok(())
}

async fn send(app: &App, endpoint: &Endpoint, prepared: &Prepared) -> TestAnswer {
    let stopwatch = std::time::Instant::now();
    let exchange = app.machinery.sender.send(prepared, endpoint.timeout_ms).await;
    let duration_ms = u32::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u32::MAX);
    let body =
        exchange.result.as_ref().map(|answer| endpoint.charset.decode(&answer.body)).unwrap_or_default();
    let outcome = match &exchange.result {
        Ok(answer) => Outcome::of_answer(answer.status, &body, &endpoint.body_rule),
        Err(cause) => Outcome::Failed(*cause),
    };
    TestAnswer { outcome, answer: exchange.result.ok(), body, timings: exchange.timings, duration_ms }
}

/// A result that no payment has: a harmless amount, and a number that says what it is.
fn sample_parameters(app: &App, ip_code: &IpCode) -> Result<Vec<Parameter>, Error> {
    let raw = RawPaymentResult {
        ip_code: ip_code.to_string(),
        order_no: "TODOKE-TEST".to_owned(),
        carrier: "docomo".to_owned(),
        status: "03".to_owned(),
        amount: 1,
        phone: "09000000000".to_owned(),
        email: "test@example.com".to_owned(),
        sendid: "test".to_owned(),
        sendpoint: "test".to_owned(),
        error_code: String::new(),
        occurred_at: app.clock.now().to_rfc3339(),
        parameters: Vec::new(),
    };
    parse_payment_result(raw)
        .map(|result| result.parameters)
        .map_err(|faults| Error::internal(format!("the sample result: {faults:?}")))
}

fn check_parameters(endpoint: &Endpoint, parameters: &[Parameter]) -> Result<(), Error> {
    let mut faults: Vec<FieldFault> = payment::faults_of_edited_parameters(parameters, parameters);
    faults.extend(send_errors::charset_faults(endpoint, parameters));
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::BadInput(faults.into_iter().map(FieldError::of_parameter).collect()))
}
