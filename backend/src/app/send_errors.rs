//! Send errors: search, look, re-send (docs/REQUIREMENTS.md, A.6 to A.11). 処理済 and its undoing are next door, in
//! `closings`.

use std::time::Duration;

use todoke_domain::{
    access::Action,
    delivery::Trigger,
    ids::{DecisionId, IpCode, PaymentId},
    payment::{self, FieldFault, Parameter},
    resend::{self, Refusal, ResendRequest},
    search::{SearchInput, SendErrorSearch, parse_search},
    send_error::SendErrorSort,
};
use uuid::Uuid;

pub(crate) use super::closings::{mark_send_error_processed, reopen_send_error};
use super::{
    App, ConflictReason, Error, FieldError,
    keys::{check_key, find_repeat, key_taken_meanwhile},
};
use crate::{
    auth::scope::Scope,
    live::Change,
    messages::{Message, SettingFault},
    providers::zeus,
    store::{
        self,
        attempts::Attempt,
        audit::AuditEntry,
        decisions::{Decision, DecisionKind, NewDecision},
        ip_codes::Endpoint,
        page::{Page, PageRequest, Total},
        send_errors::SendError,
    },
};

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;
/// How long a resend's answer is waited for before the page is told that it still runs.
const OUTCOME_WAIT: Duration = Duration::from_secs(20);
/// How often the outcome is looked for when no change is heard (another machine may send).
const OUTCOME_LOOK_EVERY: Duration = Duration::from_millis(500);

/// A resend as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Resend {
    /// The row.
    pub id: PaymentId,
    /// The whole new list of parameters; `None` sends the stored ones.
    pub parameters: Option<Vec<Parameter>>,
    /// Why.
    pub reason: Option<String>,
    /// "I have checked what was provided."
    pub confirms_maybe_received: bool,
    /// Attempts that were on the page.
    pub expected_attempt_count: Option<u32>,
    /// By which a repeat of this decision is known.
    pub idempotency_key: String,
}

/// Searches; the rules are the domain's.
///
/// # Errors
/// Every broken rule beside its field.
pub(crate) fn parse_filter(app: &App, input: &SearchInput) -> Result<SendErrorSearch, Error> {
    parse_search(input, app.clock.now()).map_err(|faults| {
        let beside = |fault: &todoke_domain::search::SearchFault| {
            FieldError::new(fault.field.path(), Message::Search(fault.rule))
        };
        Error::BadInput(faults.iter().map(beside).collect())
    })
}

/// One page of a search, in the order asked for.
pub(crate) async fn search_send_errors(
    app: &App,
    scope: &Scope,
    search: (&SendErrorSearch, SendErrorSort),
    page: PageRequest,
) -> Result<Page<SendError>, Error> {
    Ok(store::send_error_lists::search(scope, app.database.reader(), search, page).await?)
}

/// How many rows a search has.
pub(crate) async fn count_send_errors(
    app: &App,
    scope: &Scope,
    search: &SendErrorSearch,
) -> Result<Total, Error> {
    Ok(store::send_error_lists::count(scope, app.database.reader(), search).await?)
}

/// One row.
pub(crate) async fn find_send_error(app: &App, scope: &Scope, id: PaymentId) -> Result<SendError, Error> {
    store::send_errors::find(scope, app.database.reader(), id).await?.ok_or(Error::NotFound)
}

/// Sends a row once more: the decision is stored, the delivery made due, and its outcome awaited.
///
/// # Errors
/// `NotFound` without the right, `Conflict` where somebody was first, faults beside fields.
pub(crate) async fn resend_send_error(
    app: &App,
    scope: &Scope,
    resend: Resend,
) -> Result<(SendError, Option<Attempt>), Error> {
    check_reason(resend.reason.as_deref())?;
    check_key(&resend.idempotency_key)?;
    let (ip_code, decision) = match decide_resend(app, scope, &resend).await {
        Ok(decided) => decided,
        Err(error) => return refuse(app, scope, "resendSendError", resend.id, error).await,
    };
    app.live.tell(Change::send_error(&ip_code, resend.id));
    app.live.tell(Change::DeliveriesDue);
    let attempt = await_outcome(app, scope, &ip_code, resend.id, decision).await?;
    Ok((find_send_error(app, scope, resend.id).await?, attempt))
}

async fn decide_resend(app: &App, scope: &Scope, asked: &Resend) -> Result<(IpCode, DecisionId), Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let row = store::send_errors::lock(scope, &tx, asked.id).await?.ok_or(Error::NotFound)?;
    let needed = if asked.parameters.is_some() { Action::EditParameters } else { Action::Resend };
    if !scope.may(&row.ip_code, needed) {
        return Err(Error::NotFound);
    }
    let this = (DecisionKind::Resend, row.id.value());
    if let Some(earlier) = find_repeat(scope, &tx, &asked.idempotency_key, this).await? {
        return Ok((row.ip_code, earlier.id));
    }
    let request = ResendRequest {
        confirms_maybe_received: asked.confirms_maybe_received,
        expected_attempt_count: asked.expected_attempt_count,
    };
    if let Err(refusal) = resend::permit_resend(row.row_state(), request) {
        return Err(refused(scope, &tx, &row, refusal).await?);
    }
    let stored = stored_parameters(scope, &tx, &row).await?;
    if let Some(edited) = &asked.parameters {
        check_edited(app, &row.ip_code, &stored, edited).await?;
    }
    let decision = DecisionId::new(Uuid::now_v7());
    let new = NewDecision {
        id: decision,
        kind: DecisionKind::Resend,
        ip_code: &row.ip_code,
        subject: row.id.value(),
        delivery_id: Some(row.delivery_id),
        reason: asked.reason.as_deref(),
        idempotency_key: Some(&asked.idempotency_key),
        parameters: asked.parameters.as_deref().map(|edited| (stored.as_slice(), edited)),
        decided_at: now,
    };
    store::decisions::insert(scope, &tx, new)
        .await
        .map_err(|error| key_taken_meanwhile(scope, error, now))?;
    if !store::deliveries::make_due(scope, &tx, row.delivery_id, Trigger::Manual, decision, now).await? {
        return Err(Error::conflict(ConflictReason::AlreadyResending, None, None));
    }
    store::send_errors::note_resending(scope, &tx, row.id, decision).await?;
    let entry = AuditEntry::done("resendSendError", Some(&row.ip_code), row.id).with_change(
        serde_json::json!({"status": row.status.code(), "receipt": row.receipt.code(), "attempts": row.attempt_count}),
        serde_json::json!({"decision": decision.to_string(), "edited": asked.parameters.is_some(), "reason": asked.reason}),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok((row.ip_code, decision))
}

/// The answer to the second one: who acts or acted, and when.
pub(super) async fn refused(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    row: &SendError,
    refusal: Refusal,
) -> Result<Error, Error> {
    let processed = row.processing.as_ref();
    Ok(match refusal {
        Refusal::MaybeReceivedNotConfirmed => {
            Error::field(&["confirmMaybeReceived"], Message::MaybeReceivedNotConfirmed)
        }
        Refusal::AlreadyProcessed => Error::conflict(
            ConflictReason::AlreadyProcessed,
            processed.map(|processing| processing.by.clone()),
            processed.map(|processing| processing.at),
        ),
        Refusal::ChangedMeanwhile => {
            Error::conflict(ConflictReason::ChangedMeanwhile, None, Some(row.occurred_at))
        }
        Refusal::AlreadyResending => {
            let ids: Vec<DecisionId> = row.resend_decision_id.into_iter().collect();
            decided_before(
                ConflictReason::AlreadyResending,
                store::decisions::load(scope, tx, &ids).await?.pop(),
            )
        }
    })
}

/// The answer that names the decision which came first.
pub(super) fn decided_before(reason: ConflictReason, decision: Option<Decision>) -> Error {
    let (by, at) = decision.map(|decision| (decision.actor_name, decision.decided_at)).unzip();
    Error::conflict(reason, by, at)
}

/// Every refused attempt at a row that exists goes into the audit log; then the refusal is told.
pub(super) async fn refuse<T>(
    app: &App,
    scope: &Scope,
    action: &'static str,
    id: PaymentId,
    error: Error,
) -> Result<T, Error> {
    let row = store::send_errors::find(&Scope::system(), app.database.reader(), id).await?;
    if let Some(row) = row {
        let entry = AuditEntry::refused(action, Some(&row.ip_code), id, error.code());
        let tx = app.database.begin_write().await?;
        store::audit::insert_event(scope, &tx, entry, app.clock.now()).await?;
        tx.commit().await?;
    }
    Err(error)
}

async fn stored_parameters(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    row: &SendError,
) -> Result<Vec<Parameter>, Error> {
    let facts = store::payments::load_facts(scope, tx, &[row.delivery_id]).await?;
    let (_, facts) =
        facts.into_iter().next().ok_or_else(|| Error::internal("a send error without its result"))?;
    Ok(facts.parameters)
}

async fn check_edited(
    app: &App,
    ip_code: &IpCode,
    stored: &[Parameter],
    edited: &[Parameter],
) -> Result<(), Error> {
    let known = app.endpoints().load(std::iter::once(ip_code)).await?;
    let settings = known.get(ip_code).ok_or(Error::NotFound)?;
    let mut faults = payment::faults_of_edited_parameters(stored, edited);
    faults.extend(charset_faults(&settings.endpoint, edited));
    let mut errors: Vec<FieldError> = faults.into_iter().map(FieldError::of_parameter).collect();
    if let Some(editable) = &settings.editable_parameters {
        let names = payment::changed_names(stored, edited);
        let fixed = names.into_iter().filter(|name| !editable.iter().any(|known| known == name));
        errors.extend(fixed.map(|name| {
            FieldError::new(&["parameters", name], Message::Setting(SettingFault::ParameterNotEditable))
        }));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::BadInput(errors)) }
}

/// Characters that the endpoint's charset lacks, parameter by parameter.
pub(super) fn charset_faults(endpoint: &Endpoint, parameters: &[Parameter]) -> Vec<FieldFault> {
    let fault = |parameter: &Parameter| {
        let lacking = zeus::encode_form(endpoint, std::slice::from_ref(parameter)).err()?;
        let kind = payment::FaultKind::NotInCharset(lacking.character);
        Some(FieldFault::new(format!("parameters.{}", parameter.name), kind))
    };
    parameters.iter().filter_map(fault).collect()
}

/// Waits until the attempt of this decision is recorded; `None` when it still runs after [`OUTCOME_WAIT`].
async fn await_outcome(
    app: &App,
    scope: &Scope,
    ip_code: &IpCode,
    payment: PaymentId,
    decision: DecisionId,
) -> Result<Option<Attempt>, Error> {
    let mut changes = app.live.hear();
    let deadline = tokio::time::Instant::now() + OUTCOME_WAIT;
    loop {
        let reader = app.database.reader();
        let attempt = store::attempts::find_by_decision(scope, reader, ip_code, payment, decision).await?;
        if attempt.is_some() || tokio::time::Instant::now() >= deadline {
            return Ok(attempt);
        }
        let look_again = (tokio::time::Instant::now() + OUTCOME_LOOK_EVERY).min(deadline);
        let wanted = Change::send_error(ip_code, payment);
        let heard = async {
            while let Ok(change) = changes.recv().await {
                if change == wanted {
                    return;
                }
            }
            std::future::pending::<()>().await;
        };
        let _ = tokio::time::timeout_at(look_again, heard).await;
    }
}

pub(super) fn check_reason(reason: Option<&str>) -> Result<(), Error> {
    let too_long = reason.is_some_and(|reason| reason.chars().count() > REASON_CHARS_MAX);
    let fault = Message::Field(payment::FaultKind::TooLong(REASON_CHARS_MAX));
    if too_long { Err(Error::field(&["reason"], fault)) } else { Ok(()) }
}
