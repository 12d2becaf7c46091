//! Bulk (一括): freezing a plan, starting, pausing, resuming and cancelling it (docs/REQUIREMENTS.md, A.10).
//! The rows are worked on by `delivery::batches`.

use todoke_domain::{
    access::Action,
    delivery::Receipt,
    ids::{IpCode, PaymentId, ResendBatchId},
    payment::FaultKind,
    resend_batch::{
        BatchAction, BatchCommand, BatchRowState, BatchState, FAILURES_IN_A_ROW_MAX, PLAN_LIFE_MS, ROWS_MAX,
    },
    search::SendErrorSearch,
};
use uuid::Uuid;

use super::{
    App, ConflictReason, Error,
    keys::{check_key, find_repeat, key_taken_meanwhile},
};
use crate::{
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{
        self,
        audit::AuditEntry,
        decisions::{DecisionKind, NewDecision},
        page::{Page, PageRequest, Total},
        resend_batch_rows::{BatchCount, BatchRow, Chosen},
        resend_batches::ResendBatch,
    },
};

/// Most rows that can be ticked one by one; beyond this "all that match" is the way.
const TICKED_MAX: usize = 10_000;
/// Rows of one plan from which on the database looks at them at once.
const MANY_ROWS: u64 = 1_000;
/// Why rows of a cancelled batch were left alone.
const CANCELLED: &str = "BATCH_CANCELLED";

/// Which rows a plan takes.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    /// Everything that matches a search, not only the page in view.
    Search(SendErrorSearch),
    /// The ticked rows.
    Ids(Vec<PaymentId>),
}

/// A plan as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What it does.
    pub action: BatchAction,
    /// Which rows.
    pub selection: Selection,
    /// Rows that may have been received are left out unless they are chosen on purpose.
    pub includes_maybe_received: bool,
}

/// A frozen plan.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// What was frozen.
    pub batch: ResendBatch,
    /// Rows that were chosen and are not in it, because they may have been received.
    pub left_out: u64,
}

/// Freezes a plan. Rows that appear later are not in it; nothing is sent before it is started.
///
/// # Errors
/// Nothing to do, or too much of it.
pub(crate) async fn plan_resend_batch(app: &App, scope: &Scope, plan: Plan) -> Result<Planned, Error> {
    let needed = action_needed(plan.action);
    let asked = match &plan.selection {
        Selection::Search(search) => search.ip_codes.clone(),
        Selection::Ids(ids) if ids.len() > TICKED_MAX => {
            return Err(Error::field(&["ids"], Message::Field(FaultKind::TooMany(TICKED_MAX))));
        }
        Selection::Ids(_) => scope.ip_codes(needed).unwrap_or_default(),
    };
    let chosen = match &plan.selection {
        Selection::Search(search) => Chosen::Search(search),
        Selection::Ids(ids) => Chosen::Ids(ids),
    };
    // Closing sends nothing, so its class does not matter.
    let includes_maybe_received = plan.includes_maybe_received || plan.action == BatchAction::MarkProcessed;
    let now = app.clock.now();
    let id = ResendBatchId::new(Uuid::now_v7());
    let tx = app.database.begin_write().await?;
    store::resend_batches::insert(scope, &tx, id, plan.action, FAILURES_IN_A_ROW_MAX, now).await?;
    let (mut total, mut left_out, mut ip_codes) = (0, 0, Vec::new());
    for ip_code in scope.narrow(&asked, needed) {
        let limits = (includes_maybe_received, (ROWS_MAX + 1).saturating_sub(total));
        let frozen =
            store::resend_batch_rows::freeze(scope, &tx, (id, needed), &ip_code, chosen, limits).await?;
        total += frozen;
        if !includes_maybe_received {
            let most = (ROWS_MAX + 1).saturating_sub(left_out);
            left_out +=
                store::resend_batch_rows::count_maybe_received(scope, &tx, needed, &ip_code, chosen, most)
                    .await?;
        }
        if frozen > 0 {
            ip_codes.push(ip_code);
        }
    }
    check_size(total, left_out)?;
    let batch = store::resend_batches::lock(&Scope::system(), &tx, id).await?.ok_or(Error::NotFound)?;
    let mut batch = ResendBatch { ip_codes, ..batch };
    batch.progress.total = u32::try_from(total).unwrap_or(u32::MAX);
    store::resend_batches::update(scope, &tx, &batch).await?;
    store::resend_batches::insert_ip_codes(scope, &tx, id, &batch.ip_codes).await?;
    let entry = AuditEntry::done("planResendBatch", batch.ip_codes.first(), id).with_change(
        serde_json::Value::Null,
        serde_json::json!({"action": batch.action.code(), "total": total}),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    if total >= MANY_ROWS
        && let Err(error) = app.database.look_at_batch_rows().await
    {
        // The plan stands; its rows are found more slowly until the database looks by itself.
        tracing::warn!(%error, "the rows of a plan could not be counted over");
    }
    Ok(Planned { batch, left_out })
}

/// Starts a plan.
///
/// # Errors
/// `NotFound` without the right on every IP code in it; `Conflict` where it was started, cancelled or is over; a
/// fault where rows may have been received and that was not confirmed.
pub(crate) async fn start_resend_batch(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
    confirms_maybe_received: bool,
    idempotency_key: &str,
) -> Result<ResendBatch, Error> {
    check_key(idempotency_key)?;
    match try_start(app, scope, id, confirms_maybe_received, idempotency_key).await {
        Err(error) => refuse(app, scope, "startResendBatch", id, error).await,
        started => started,
    }
}

/// Pauses, resumes or cancels. What is on its way already gets its outcome.
///
/// # Errors
/// `NotFound` without the right on every IP code in it; `Conflict` where the command has no place.
pub(crate) async fn command_resend_batch(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
    command: BatchCommand,
) -> Result<ResendBatch, Error> {
    let action = match command {
        BatchCommand::Pause => "pauseResendBatch",
        BatchCommand::Start | BatchCommand::Resume => "resumeResendBatch",
        BatchCommand::Cancel => "cancelResendBatch",
    };
    match try_command(app, scope, id, command, action).await {
        Err(error) => refuse(app, scope, action, id, error).await,
        commanded => commanded,
    }
}

async fn try_start(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
    confirms_maybe_received: bool,
    idempotency_key: &str,
) -> Result<ResendBatch, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let batch = store::resend_batches::lock(scope, &tx, id).await?.ok_or(Error::NotFound)?;
    require_right(scope, &batch)?;
    let this = (DecisionKind::ResendBatch, id.value());
    if find_repeat(scope, &tx, idempotency_key, this).await?.is_some() {
        return Ok(batch);
    }
    let state = state_after(&tx, &batch, BatchCommand::Start).await?;
    if now.millis_since(batch.planned_at) > PLAN_LIFE_MS {
        return Err(Error::conflict(ConflictReason::PlanExpired, None, Some(batch.planned_at)));
    }
    if batch.action == BatchAction::Resend && !confirms_maybe_received {
        let counts = store::resend_batch_rows::count_by_class(scope, &tx, id).await?;
        if counts.iter().any(|count| count.receipt == Receipt::MaybeReceived) {
            return Err(Error::field(&["confirmMaybeReceived"], Message::MaybeReceivedNotConfirmed));
        }
    }
    let Some(first) = batch.ip_codes.first().cloned() else { return Err(Error::NotFound) };
    let decision = NewDecision {
        id: id.decision(),
        kind: DecisionKind::ResendBatch,
        ip_code: &first,
        subject: id.value(),
        delivery_id: None,
        reason: batch.reason.as_deref(),
        idempotency_key: Some(idempotency_key),
        parameters: None,
        decided_at: now,
    };
    let inserted = store::decisions::insert(scope, &tx, decision).await;
    inserted.map_err(|error| key_taken_meanwhile(scope, error, now))?;
    let started = ResendBatch { state, confirms_maybe_received, started_at: Some(now), ..batch };
    keep(app, scope, tx, "startResendBatch", started).await
}

async fn try_command(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
    command: BatchCommand,
    action: &'static str,
) -> Result<ResendBatch, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let mut batch = store::resend_batches::lock(scope, &tx, id).await?.ok_or(Error::NotFound)?;
    require_right(scope, &batch)?;
    batch.state = state_after(&tx, &batch, command).await?;
    batch.pause_reason = None;
    match command {
        BatchCommand::Pause => {}
        BatchCommand::Start | BatchCommand::Resume => batch.progress.failures_in_a_row = 0,
        BatchCommand::Cancel => {
            let skipped = store::resend_batch_rows::skip_waiting(scope, &tx, id, CANCELLED, now).await?;
            batch.progress.skipped += u32::try_from(skipped).unwrap_or(u32::MAX);
            batch.finished_at = Some(now);
        }
    }
    keep(app, scope, tx, action, batch).await
}

/// One batch.
pub(crate) async fn find_resend_batch(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
) -> Result<ResendBatch, Error> {
    store::resend_batches::find(scope, app.database.reader(), id).await?.ok_or(Error::NotFound)
}

/// One page of the batches that may be seen, newest first.
pub(crate) async fn list_resend_batches(
    app: &App,
    scope: &Scope,
    page: PageRequest,
) -> Result<Page<ResendBatch>, Error> {
    Ok(store::resend_batches::list_page(scope, app.database.reader(), page).await?)
}

/// How many batches may be seen.
pub(crate) async fn count_resend_batches(app: &App, scope: &Scope) -> Result<Total, Error> {
    Ok(store::resend_batches::count(scope, app.database.reader()).await?)
}

/// The counts of a batch by IP code and class.
pub(crate) async fn count_resend_batch(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
) -> Result<Vec<BatchCount>, Error> {
    find_resend_batch(app, scope, id).await?;
    Ok(store::resend_batch_rows::count_by_class(scope, app.database.reader(), id).await?)
}

/// One page of a batch's rows.
pub(crate) async fn list_batch_rows(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
    state: Option<BatchRowState>,
    page: PageRequest,
) -> Result<Page<BatchRow>, Error> {
    find_resend_batch(app, scope, id).await?;
    Ok(store::resend_batch_rows::list_page(scope, app.database.reader(), id, state, page).await?)
}

/// How many rows of a batch are in a state, or all.
pub(crate) async fn count_batch_rows(
    app: &App,
    scope: &Scope,
    id: ResendBatchId,
    state: Option<BatchRowState>,
) -> Result<Total, Error> {
    find_resend_batch(app, scope, id).await?;
    Ok(store::resend_batch_rows::count(scope, app.database.reader(), id, state).await?)
}

/// Every refused attempt at a batch that exists goes into the audit log; then the refusal is told.
pub(super) async fn refuse<T>(
    app: &App,
    scope: &Scope,
    action: &'static str,
    id: ResendBatchId,
    error: Error,
) -> Result<T, Error> {
    let batch = store::resend_batches::find(&Scope::system(), app.database.reader(), id).await?;
    if let Some(batch) = batch {
        let entry = AuditEntry::refused(action, batch.ip_codes.first(), id, error.code());
        let tx = app.database.begin_write().await?;
        store::audit::insert_event(scope, &tx, entry, app.clock.now()).await?;
        tx.commit().await?;
    }
    Err(error)
}

async fn keep(
    app: &App,
    scope: &Scope,
    tx: sea_orm::DatabaseTransaction,
    action: &'static str,
    batch: ResendBatch,
) -> Result<ResendBatch, Error> {
    store::resend_batches::update(scope, &tx, &batch).await?;
    let entry = AuditEntry::done(action, batch.ip_codes.first(), batch.id)
        .with_change(serde_json::Value::Null, serde_json::json!({"state": batch.state.code()}));
    store::audit::insert_event(scope, &tx, entry, app.clock.now()).await?;
    tx.commit().await?;
    app.live.tell(Change::ResendBatch { id: batch.id.value() });
    app.live.tell(Change::DeliveriesDue);
    Ok(batch)
}

/// The state after a command. Where it has no place, the answer tells who started the batch, for that is who was first.
async fn state_after(
    tx: &sea_orm::DatabaseTransaction,
    batch: &ResendBatch,
    command: BatchCommand,
) -> Result<BatchState, Error> {
    if let Some(state) = batch.state.after(command) {
        return Ok(state);
    }
    let started = store::decisions::load(&Scope::system(), tx, &[batch.id.decision()]).await?;
    let (by, at) = match started.into_iter().next() {
        Some(decision) => (decision.actor_name, Some(decision.decided_at)),
        None => (batch.actor_name.clone(), batch.finished_at),
    };
    Err(Error::conflict(ConflictReason::BatchState, Some(by), at))
}

fn require_right(scope: &Scope, batch: &ResendBatch) -> Result<(), Error> {
    let needed = action_needed(batch.action);
    let may = |ip_code: &IpCode| scope.may(ip_code, needed);
    if batch.ip_codes.iter().all(may) { Ok(()) } else { Err(Error::NotFound) }
}

const fn action_needed(action: BatchAction) -> Action {
    match action {
        BatchAction::Resend => Action::Resend,
        BatchAction::MarkProcessed => Action::Close,
    }
}

fn check_size(total: u64, left_out: u64) -> Result<(), Error> {
    match total {
        0 if left_out > 0 => Err(Error::field(&["includeMaybeReceived"], Message::OnlyMaybeReceived)),
        0 => Err(Error::field(&["ids"], Message::NothingToDo)),
        _ if total > ROWS_MAX => {
            let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
            Err(Error::field(&["filter"], Message::Field(FaultKind::TooMany(most))))
        }
        _ => Ok(()),
    }
}
