//! The runner of restore batches: one machine holds a batch at a time and restores its rows one by one, by the use case
//! of the single restore, in the name and with the rights of who started it.
//!
//! Each row has a key of its own, so a row that was restored by a process that died before it could note it is found
//! restored by the next one, and no second order is made.

use std::{sync::Arc, time::Duration};

use todoke_domain::{
    ids::RestoreBatchId, resend_batch::BatchState, restore_batch::RestoreRowState, time::Timestamp,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    App, ConflictReason, Error, FieldError,
    authorization::authorize_starter,
    restores::{Restore, restore_abnormal_order},
};
use crate::{
    auth::scope::{Actor, Origin, Scope},
    live::Change,
    messages::Message,
    store::{
        self,
        restore_batch_rows::{RestoreRow, RowOutcome},
        restore_batches::{RestoreBatch, Start},
    },
};

/// Longest time between two looks at the batches.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long a batch is held without a sign of life, in milliseconds: a row takes at most the gateway's 10 s and a few
/// transactions. After a kill another machine goes on after this time.
const HELD_MS: i64 = 30_000;
/// Batches of one process at one time: each asks the gateway about one row at a time.
const BATCHES_MAX: usize = 4;

/// Runs batches until told to stop.
pub(crate) async fn keep_running(app: Arc<App>, stop: CancellationToken) {
    let runner = Uuid::now_v7();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.try_join_next().is_some() {}
        if let Err(error) = take_free(&app, runner, &mut running, &stop).await {
            tracing::warn!(?error, "restore batches could not be looked for; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    while running.join_next().await.is_some() {}
}

async fn take_free(
    app: &Arc<App>,
    runner: Uuid,
    running: &mut tokio::task::JoinSet<()>,
    stop: &CancellationToken,
) -> Result<(), Error> {
    let room = BATCHES_MAX.saturating_sub(running.len());
    let (system, now) = (Scope::system(), app.clock.now());
    let most = u64::try_from(room).unwrap_or(u64::MAX);
    for id in store::restore_batches::list_free(&system, app.database.reader(), now, most).await? {
        if running.len() < BATCHES_MAX && hold(app, id, runner).await? {
            let (app, stop) = (app.clone(), stop.clone());
            running.spawn(async move {
                if let Err(error) = run(&app, id, runner, &stop).await {
                    tracing::warn!(batch = %id, ?error, "a restore batch stopped; it goes on when its lease is over");
                }
            });
        }
    }
    Ok(())
}

/// Takes a batch, or goes on holding it; false where it was cancelled or another machine runs it.
async fn hold(app: &App, id: RestoreBatchId, runner: Uuid) -> Result<bool, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let span = (now, now.plus_millis(HELD_MS));
    let is_held = store::restore_batches::hold(&Scope::system(), &tx, id, runner, span).await?;
    tx.commit().await?;
    Ok(is_held)
}

/// Restores row by row until none is left, the batch is cancelled, or the process stops.
async fn run(app: &App, id: RestoreBatchId, runner: Uuid, stop: &CancellationToken) -> Result<(), Error> {
    let (system, reader) = (Scope::system(), app.database.reader());
    let Some(batch) = store::restore_batches::find(&system, reader, id).await? else { return Ok(()) };
    let Some(start) = batch.start else { return Ok(()) };
    while !stop.is_cancelled() && hold(app, id, runner).await? {
        let Some(row) = store::restore_batch_rows::find_left(&system, reader, id).await? else {
            return complete(app, id).await;
        };
        let outcome = restore_row(app, id, &start, &row).await?;
        let tx = app.database.begin_write().await?;
        let key = (id, row.abnormal_order);
        store::restore_batch_rows::finish(&system, &tx, key, &outcome, app.clock.now()).await?;
        tx.commit().await?;
        app.live.tell(Change::RestoreBatch { id: id.value() });
    }
    let tx = app.database.begin_write().await?;
    store::restore_batches::release(&system, &tx, id, runner).await?;
    tx.commit().await?;
    Ok(())
}

async fn complete(app: &App, id: RestoreBatchId) -> Result<(), Error> {
    let system = Scope::system();
    let tx = app.database.begin_write().await?;
    let batch = store::restore_batches::lock(&system, &tx, id).await?;
    // Who cancelled it meanwhile was first.
    if let Some(batch) = batch.filter(|batch| batch.state == BatchState::Running) {
        let finished_at = Some(app.clock.now());
        let completed = RestoreBatch { state: BatchState::Completed, finished_at, ..batch };
        store::restore_batches::update(&system, &tx, &completed).await?;
    }
    tx.commit().await?;
    app.live.tell(Change::RestoreBatch { id: id.value() });
    Ok(())
}

/// One row by the use case of the single restore. The rights are those of this moment.
async fn restore_row(
    app: &App,
    id: RestoreBatchId,
    start: &Start,
    row: &RestoreRow,
) -> Result<RowOutcome, Error> {
    let scope = match authorize_starter(app, start.starter).await {
        Ok(authorized) => authorized.scope,
        // Who was disabled or revoked reaches nothing any more.
        Err(Error::Unauthenticated) => Scope::of(Actor::Anonymous, Default::default(), Origin::default()),
        Err(error) => return Err(error),
    };
    let asked_at = app.clock.now();
    let asked = Restore {
        id: row.abnormal_order,
        idempotency_key: format!("restore-batch:{id}:{}", row.abnormal_order),
        proceeds_unchecked: start.accepts_unreachable,
    };
    match restore_abnormal_order(app, &scope, asked).await {
        Ok(restored) => {
            let order = Some(restored.order.id);
            Ok(RowOutcome { order, ..RowOutcome::of(RestoreRowState::Done) })
        }
        // The database is away: that is no outcome of the row.
        Err(error @ Error::Unavailable(_)) => Err(error),
        Err(error) => {
            let outcome = refused(&error);
            if outcome.state == RestoreRowState::Failed {
                tracing::info!(batch = %id, row = %row.abnormal_order, reason = ?outcome.reason, "a row could not be restored");
            }
            with_evidence(app, row, outcome, asked_at).await
        }
    }
}

/// What a refused restore means for its row.
fn refused(error: &Error) -> RowOutcome {
    let (state, reason) = match error {
        Error::Conflict(conflict) if conflict.reason == ConflictReason::GatewayCheckBlocked => {
            (RestoreRowState::Failed, conflict.reason.code())
        }
        Error::Conflict(conflict) => (RestoreRowState::Skipped, conflict.reason.code()),
        Error::BadInput(faults) if is_gateway_unreachable(faults) => {
            (RestoreRowState::Failed, Message::GatewayUnreachable.code())
        }
        Error::NotFound | Error::Unauthenticated => (RestoreRowState::Skipped, Error::NotFound.code()),
        Error::BadInput(_) | Error::Unavailable(_) | Error::Internal(_) => {
            (RestoreRowState::Failed, error.code())
        }
    };
    RowOutcome { reason: Some(reason.to_owned()), ..RowOutcome::of(state) }
}

fn is_gateway_unreachable(faults: &[FieldError]) -> bool {
    faults.iter().any(|fault| fault.message == Message::GatewayUnreachable)
}

/// What the gateway said, where it was asked for this restore and is why.
async fn with_evidence(
    app: &App,
    row: &RestoreRow,
    outcome: RowOutcome,
    asked_at: Timestamp,
) -> Result<RowOutcome, Error> {
    if outcome.state != RestoreRowState::Failed {
        return Ok(outcome);
    }
    let reader = app.database.reader();
    let found = store::abnormal_orders::find(&Scope::system(), reader, row.abnormal_order).await?;
    let check = found.and_then(|found| found.gateway_check).filter(|check| check.at >= asked_at);
    Ok(match check {
        Some(check) => RowOutcome { problem: check.problem, evidence: check.evidence, ..outcome },
        None => outcome,
    })
}
