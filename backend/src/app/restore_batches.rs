//! Bulk restore (復旧の一括処理): freezing a plan, starting and cancelling it (docs/REQUIREMENTS.md, B.5). The rows are
//! restored by `restore_runs`, one by one, by the use case of the single restore.

use std::collections::BTreeMap;

use sea_orm::DatabaseTransaction;
use todoke_domain::{
    access::Action,
    ids::{AbnormalOrderId, IpCode, RestoreBatchId},
    payment::FaultKind,
    resend_batch::{BatchCommand, BatchState, PLAN_LIFE_MS},
    restore_batch::{LeftOut, ROWS_MAX, RestoreRowState, left_out},
};
use uuid::Uuid;

use super::{
    App, ConflictReason, Error,
    keys::{check_key, find_repeat, key_taken_meanwhile},
};
use crate::{
    auth::{identity::Identity, scope::Scope},
    live::Change,
    messages::Message,
    store::{
        self,
        abnormal_orders::AbnormalOrderFilter,
        audit::AuditEntry,
        decisions::{DecisionKind, NewDecision},
        page::{Page, PageRequest},
        restore_batch_rows::{Chosen, Progress, RestoreRow},
        restore_batches::{RestoreBatch, Start},
    },
};

/// The mutations' names in the audit log.
const PLAN: &str = "planRestoreBatch";
const START: &str = "startRestoreBatch";
const CANCEL: &str = "cancelRestoreBatch";
/// Why rows of a cancelled batch were left alone.
const CANCELLED: &str = "BATCH_CANCELLED";

/// Which rows a plan takes.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    /// Everything that matches a search, not only the page in view.
    Search(AbnormalOrderFilter),
    /// The ticked rows.
    Ids(Vec<AbnormalOrderId>),
}

/// A batch, and how its rows stand.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The batch.
    pub batch: RestoreBatch,
    /// Its rows.
    pub progress: Progress,
}

/// A frozen plan.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// What was frozen; nothing where no chosen row can be restored.
    pub found: Option<Found>,
    /// Chosen rows that are not in it.
    pub left_out: BTreeMap<LeftOut, u64>,
}

/// Freezes a plan. Rows that appear later are not in it; nothing is restored before it is started.
///
/// # Errors
/// More rows than a plan takes.
pub(crate) async fn plan_restore_batch(
    app: &App,
    scope: &Scope,
    selection: Selection,
) -> Result<Planned, Error> {
    let (chosen, asked) = match &selection {
        Selection::Search(filter) => (Chosen::Search(filter), filter.ip_codes.clone()),
        Selection::Ids(ids) if ids.len() > ROWS_MAX => return Err(too_many("ids")),
        Selection::Ids(ids) => (Chosen::Ids(ids), scope.ip_codes(Action::View).unwrap_or_default()),
    };
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let (mut rows, mut left_out_rows) = (Vec::new(), BTreeMap::new());
    for ip_code in scope.narrow(&asked, Action::View) {
        for (reason, count) in count_left_out(scope, &tx, &ip_code, chosen).await? {
            *left_out_rows.entry(reason).or_default() += count;
        }
        let room = u64::try_from((ROWS_MAX + 1).saturating_sub(rows.len())).unwrap_or(u64::MAX);
        rows.extend(store::restore_batch_rows::list_restorable(scope, &tx, &ip_code, chosen, room).await?);
    }
    match rows.len() {
        0 => return Ok(Planned { found: None, left_out: left_out_rows }),
        count if count > ROWS_MAX => return Err(too_many("filter")),
        _ => {}
    }
    let mut ip_codes: Vec<IpCode> = rows.iter().map(|row| row.ip_code.clone()).collect();
    ip_codes.dedup();
    let batch = RestoreBatch {
        id: RestoreBatchId::new(Uuid::now_v7()),
        state: BatchState::Planned,
        ip_codes,
        planned_by: scope.actor().name().to_owned(),
        planned_at: now,
        start: None,
        finished_at: None,
    };
    store::restore_batches::insert(scope, &tx, &batch).await?;
    store::restore_batch_rows::insert_many(scope, &tx, batch.id, &rows).await?;
    let progress = store::restore_batch_rows::count(scope, &tx, batch.id).await?;
    let entry = AuditEntry::done(PLAN, batch.ip_codes.first(), batch.id)
        .with_change(serde_json::Value::Null, serde_json::json!({"total": rows.len()}));
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(Planned { found: Some(Found { batch, progress }), left_out: left_out_rows })
}

/// The chosen rows of an IP code that no plan of this asker takes.
async fn count_left_out(
    scope: &Scope,
    tx: &DatabaseTransaction,
    ip_code: &IpCode,
    chosen: Chosen<'_>,
) -> Result<Vec<(LeftOut, u64)>, Error> {
    let counted = store::restore_batch_rows::count_chosen(scope, tx, ip_code, chosen).await?;
    let is_permitted = scope.may(ip_code, Action::Restore);
    let reason = |state| left_out(state).or((!is_permitted).then_some(LeftOut::NotPermitted));
    Ok(counted.into_iter().filter_map(|(state, count)| Some((reason(state)?, count))).collect())
}

fn too_many(field: &str) -> Error {
    Error::field(&[field], Message::Field(FaultKind::TooMany(ROWS_MAX)))
}

/// Starts a plan.
///
/// # Errors
/// `NotFound` without the right on every IP code in it; `Conflict` where it was started, cancelled or is over.
pub(crate) async fn start_restore_batch(
    app: &App,
    scope: &Scope,
    id: RestoreBatchId,
    accepts_unreachable: bool,
    idempotency_key: &str,
) -> Result<Found, Error> {
    check_key(idempotency_key)?;
    match try_start(app, scope, id, accepts_unreachable, idempotency_key).await {
        Err(error) => refuse(app, scope, START, id, error).await,
        started => started,
    }
}

/// Cancels a batch. A row that is being restored at this moment gets its outcome all the same.
///
/// # Errors
/// `NotFound` without the right on every IP code in it; `Conflict` where there is nothing left to cancel.
pub(crate) async fn cancel_restore_batch(
    app: &App,
    scope: &Scope,
    id: RestoreBatchId,
) -> Result<Found, Error> {
    match try_cancel(app, scope, id).await {
        Err(error) => refuse(app, scope, CANCEL, id, error).await,
        cancelled => cancelled,
    }
}

async fn try_start(
    app: &App,
    scope: &Scope,
    id: RestoreBatchId,
    accepts_unreachable: bool,
    idempotency_key: &str,
) -> Result<Found, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let batch = lock_permitted(scope, &tx, id).await?;
    let this = (DecisionKind::RestoreBatch, id.value());
    if find_repeat(scope, &tx, idempotency_key, this).await?.is_some() {
        let progress = store::restore_batch_rows::count(scope, &tx, id).await?;
        return Ok(Found { batch, progress });
    }
    let state = state_after(&batch, BatchCommand::Start)?;
    if now.millis_since(batch.planned_at) > PLAN_LIFE_MS {
        return Err(Error::conflict(ConflictReason::PlanExpired, None, Some(batch.planned_at)));
    }
    let starter = Identity::of(scope.actor()).ok_or(Error::NotFound)?;
    let first = batch.ip_codes.first().cloned().ok_or(Error::NotFound)?;
    let decision = NewDecision {
        id: id.decision(),
        kind: DecisionKind::RestoreBatch,
        ip_code: &first,
        subject: id.value(),
        delivery_id: None,
        reason: None,
        idempotency_key: Some(idempotency_key),
        parameters: None,
        decided_at: now,
    };
    let inserted = store::decisions::insert(scope, &tx, decision).await;
    inserted.map_err(|error| key_taken_meanwhile(scope, error, now))?;
    let by = scope.actor().name().to_owned();
    let start = Some(Start { starter, by, at: now, accepts_unreachable });
    keep(app, scope, tx, START, RestoreBatch { state, start, ..batch }).await
}

async fn try_cancel(app: &App, scope: &Scope, id: RestoreBatchId) -> Result<Found, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let batch = lock_permitted(scope, &tx, id).await?;
    let state = state_after(&batch, BatchCommand::Cancel)?;
    store::restore_batch_rows::skip_left(scope, &tx, id, CANCELLED, now).await?;
    keep(app, scope, tx, CANCEL, RestoreBatch { state, finished_at: Some(now), ..batch }).await
}

/// One batch.
///
/// # Errors
/// `NotFound` where there is none that may be seen.
pub(crate) async fn find_restore_batch(app: &App, scope: &Scope, id: RestoreBatchId) -> Result<Found, Error> {
    let reader = app.database.reader();
    let batch = store::restore_batches::find(scope, reader, id).await?.ok_or(Error::NotFound)?;
    let progress = store::restore_batch_rows::count(scope, reader, id).await?;
    Ok(Found { batch, progress })
}

/// One page of a batch's rows, all or those in one state.
///
/// # Errors
/// `NotFound` where the batch may not be seen.
pub(crate) async fn list_batch_rows(
    app: &App,
    scope: &Scope,
    (id, state): (RestoreBatchId, Option<RestoreRowState>),
    page: PageRequest,
) -> Result<Page<RestoreRow>, Error> {
    let reader = app.database.reader();
    store::restore_batches::find(scope, reader, id).await?.ok_or(Error::NotFound)?;
    Ok(store::restore_batch_rows::list_page(scope, reader, id, state, page).await?)
}

/// The batch, held until the transaction ends, where one may restore everywhere in it.
async fn lock_permitted(
    scope: &Scope,
    tx: &DatabaseTransaction,
    id: RestoreBatchId,
) -> Result<RestoreBatch, Error> {
    let batch = store::restore_batches::lock(scope, tx, id).await?;
    let may = |batch: &RestoreBatch| batch.ip_codes.iter().all(|code| scope.may(code, Action::Restore));
    batch.filter(may).ok_or(Error::NotFound)
}

/// The state after a command. Where it has no place, the answer tells who started or planned the batch.
fn state_after(batch: &RestoreBatch, command: BatchCommand) -> Result<BatchState, Error> {
    batch.state.after(command).ok_or_else(|| {
        let (by, at) = match &batch.start {
            Some(start) => (start.by.clone(), start.at),
            None => (batch.planned_by.clone(), batch.planned_at),
        };
        Error::conflict(ConflictReason::BatchState, Some(by), Some(at))
    })
}

async fn keep(
    app: &App,
    scope: &Scope,
    tx: DatabaseTransaction,
    action: &'static str,
    batch: RestoreBatch,
) -> Result<Found, Error> {
    store::restore_batches::update(scope, &tx, &batch).await?;
    let accepts = batch.start.as_ref().is_some_and(|start| start.accepts_unreachable);
    let entry = AuditEntry::done(action, batch.ip_codes.first(), batch.id).with_change(
        serde_json::Value::Null,
        serde_json::json!({"state": batch.state.code(), "acceptsUnreachableGateway": accepts}),
    );
    store::audit::insert_event(scope, &tx, entry, app.clock.now()).await?;
    let progress = store::restore_batch_rows::count(scope, &tx, batch.id).await?;
    tx.commit().await?;
    app.live.tell(Change::RestoreBatch { id: batch.id.value() });
    Ok(Found { batch, progress })
}

/// Every refused attempt at a batch that exists goes into the audit log; then the refusal is told.
async fn refuse<T>(
    app: &App,
    scope: &Scope,
    action: &'static str,
    id: RestoreBatchId,
    error: Error,
) -> Result<T, Error> {
    let batch = store::restore_batches::find(&Scope::system(), app.database.reader(), id).await?;
    if let Some(first) = batch.as_ref().and_then(|batch| batch.ip_codes.first()) {
        super::refusals::note_refusal(app, scope, action, first, id, error.code()).await?;
    }
    Err(error)
}
