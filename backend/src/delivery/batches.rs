//! The runner of resend batches: feeds rows of running batches to the queue, a window for each endpoint, so that a
//! large batch neither floods a merchant nor holds up others; and counts their outcomes.
//!
//! What was fed is a delivery with a decision like any other: it survives a kill, and is never sent twice.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    delivery::{Cause, DeliveryState, Outcome, Trigger},
    ids::{IpCode, PaymentId, ResendBatchId},
    resend::{self, Refusal, ResendRequest},
    resend_batch::{self, BatchAction, BatchRowState, BatchState},
    time::Timestamp,
};
use tokio_util::sync::CancellationToken;

use super::{machinery::Machinery, recorder::Finished};
use crate::{
    auth::scope::Scope,
    live::Change,
    store::{
        self,
        resend_batch_rows::BatchRow,
        resend_batches::ResendBatch,
        send_errors::{Processing, SendError},
    },
};

/// Rows of one batch and one endpoint that may be on their way: twice what the endpoint gets at once.
const WINDOW_ROWS: u64 = 64;
/// Rows closed in one transaction.
const CLOSED_ROWS: u64 = 500;
/// Longest time between two looks at the running batches.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Why a batch paused by itself.
const FAILURES_IN_A_ROW: &str = "FAILURES_IN_A_ROW";

/// Feeds until told to stop.
pub(crate) async fn run(machinery: Arc<Machinery>, stop: CancellationToken) {
    let mut changes = machinery.live.hear();
    loop {
        let fed = match feed_running(&machinery).await {
            Ok(fed) => fed,
            Err(error) => {
                tracing::warn!(%error, "resend batches could not be fed; trying again");
                0
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if fed > 0 {
            continue;
        }
        let batch_changed = async {
            while let Ok(change) = changes.recv().await {
                if matches!(change, Change::ResendBatch { .. }) {
                    return;
                }
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = batch_changed => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn feed_running(machinery: &Machinery) -> Result<usize, DbErr> {
    let running = store::resend_batches::list_running(&Scope::system(), machinery.database.reader()).await?;
    let mut fed = 0;
    for batch in running {
        fed += feed(machinery, batch.id).await?;
    }
    Ok(fed)
}

/// One window of one batch. How many rows were moved on.
async fn feed(machinery: &Machinery, id: ResendBatchId) -> Result<usize, DbErr> {
    let system = Scope::system();
    let tx = machinery.database.begin_write().await?;
    let batch = store::resend_batches::lock(&system, &tx, id).await?;
    let Some(mut batch) = batch.filter(|batch| batch.state == BatchState::Running) else { return Ok(0) };
    let now = machinery.clock.now();
    let (mut moved, mut touched) = (0, Vec::new());
    for ip_code in batch.ip_codes.clone() {
        let ids = match batch.action {
            BatchAction::Resend => feed_resends(&tx, &mut batch, &ip_code, now).await?,
            BatchAction::MarkProcessed => close_rows(&tx, &mut batch, &ip_code, now).await?,
        };
        moved += ids.len();
        touched.extend(ids.into_iter().map(|id| Change::send_error(&ip_code, id)));
    }
    settle(&mut batch, now);
    if moved == 0 && batch.state == BatchState::Running {
        // The window is full: nothing was written, and the outcomes that make room are worth a look of their own.
        return Ok(0);
    }
    store::resend_batches::update(&system, &tx, &batch).await?;
    tx.commit().await?;
    touched.into_iter().for_each(|change| machinery.live.tell(change));
    machinery.live.tell(Change::DeliveriesDue);
    machinery.live.tell(Change::ResendBatch { id: id.value() });
    Ok(moved)
}

/// Makes the next rows of an endpoint due. What changed since the plan was frozen is left alone.
async fn feed_resends(
    tx: &DatabaseTransaction,
    batch: &mut ResendBatch,
    ip_code: &IpCode,
    now: Timestamp,
) -> Result<Vec<PaymentId>, DbErr> {
    let system = Scope::system();
    let on_their_way =
        store::resend_batch_rows::count_in_state(&system, tx, batch.id, ip_code, BatchRowState::Sending)
            .await?;
    // Half a window at least: small transactions would cost more than they bring.
    let room = WINDOW_ROWS.saturating_sub(on_their_way);
    if room < WINDOW_ROWS / 2 {
        return Ok(Vec::new());
    }
    let waiting = store::resend_batch_rows::list_waiting(&system, tx, batch.id, ip_code, room).await?;
    let (sendable, left_alone) = judge(tx, batch, waiting, |row, planned| {
        let request = ResendRequest {
            confirms_maybe_received: batch.confirms_maybe_received,
            expected_attempt_count: Some(planned.attempt_count),
        };
        resend::permit_resend(row.row_state(), request)
    })
    .await?;
    let deliveries: Vec<_> = sendable.iter().map(|row| row.delivery).collect();
    let mut failed: HashMap<_, _> = HashMap::new();
    for delivery in store::deliveries::lock_many(&system, tx, &deliveries).await? {
        failed.insert(delivery.id, delivery.state == DeliveryState::Failed);
    }
    let is_failed = |row: &&BatchRow| failed.get(&row.delivery).copied().unwrap_or(false);
    let ids: Vec<PaymentId> = sendable.iter().filter(is_failed).map(|row| row.send_error).collect();
    let deliveries: Vec<_> = sendable.iter().filter(is_failed).map(|row| row.delivery).collect();
    let decision = batch.id.decision();
    store::deliveries::make_many_due(&system, tx, &deliveries, Trigger::Batch, decision, now).await?;
    store::send_errors::note_many_resending(&system, tx, &ids, decision).await?;
    store::resend_batch_rows::set_state(&system, tx, batch.id, &ids, (BatchRowState::Sending, None), now)
        .await?;
    let mut moved = leave_alone(tx, batch, left_alone, now).await?;
    moved.extend(ids);
    Ok(moved)
}

/// Closes the next rows of an IP code; nothing is sent.
async fn close_rows(
    tx: &DatabaseTransaction,
    batch: &mut ResendBatch,
    ip_code: &IpCode,
    now: Timestamp,
) -> Result<Vec<PaymentId>, DbErr> {
    let system = Scope::system();
    let waiting = store::resend_batch_rows::list_waiting(&system, tx, batch.id, ip_code, CLOSED_ROWS).await?;
    let (closable, left_alone) = judge(tx, batch, waiting, |row, planned| {
        resend::permit_close(row.row_state())?;
        if row.attempt_count == planned.attempt_count { Ok(()) } else { Err(Refusal::ChangedMeanwhile) }
    })
    .await?;
    let ids: Vec<PaymentId> = closable.iter().map(|row| row.send_error).collect();
    let processing = Processing { at: now, by: batch.actor_name.clone(), reason: batch.reason.clone() };
    store::send_errors::close_many(&system, tx, &ids, &processing).await?;
    store::resend_batch_rows::set_state(&system, tx, batch.id, &ids, (BatchRowState::Done, None), now)
        .await?;
    batch.progress.done += u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let mut moved = leave_alone(tx, batch, left_alone, now).await?;
    moved.extend(ids);
    Ok(moved)
}

/// Which of the planned rows are still as they were. Rows that somebody else holds just now wait for the next turn.
async fn judge(
    tx: &DatabaseTransaction,
    batch: &ResendBatch,
    planned: Vec<BatchRow>,
    permit: impl Fn(&SendError, &BatchRow) -> Result<(), Refusal>,
) -> Result<(Vec<BatchRow>, Vec<(PaymentId, Refusal)>), DbErr> {
    debug_assert!(batch.state == BatchState::Running, "only running batches are fed");
    let ids: Vec<PaymentId> = planned.iter().map(|row| row.send_error).collect();
    let held = store::send_errors::lock_many_free(&Scope::system(), tx, &ids).await?;
    let present: HashMap<PaymentId, SendError> = held.into_iter().map(|row| (row.id, row)).collect();
    let (mut permitted, mut refused) = (Vec::new(), Vec::new());
    for row in planned {
        let Some(now_stored) = present.get(&row.send_error) else { continue };
        match permit(now_stored, &row) {
            Ok(()) => permitted.push(row),
            Err(refusal) => refused.push((row.send_error, refusal)),
        }
    }
    Ok((permitted, refused))
}

async fn leave_alone(
    tx: &DatabaseTransaction,
    batch: &mut ResendBatch,
    refused: Vec<(PaymentId, Refusal)>,
    now: Timestamp,
) -> Result<Vec<PaymentId>, DbErr> {
    let mut left_alone = Vec::new();
    for (id, refusal) in refused {
        let why = match refusal {
            Refusal::AlreadyResending => "ALREADY_RESENDING",
            Refusal::AlreadyProcessed => "ALREADY_PROCESSED",
            Refusal::ChangedMeanwhile => "CHANGED_MEANWHILE",
            Refusal::MaybeReceivedNotConfirmed => "MAYBE_RECEIVED_NOT_CONFIRMED",
        };
        let rows = std::slice::from_ref(&id);
        let state = (BatchRowState::Skipped, Some(why));
        store::resend_batch_rows::set_state(&Scope::system(), tx, batch.id, rows, state, now).await?;
        batch.progress.skipped += 1;
        left_alone.push(id);
    }
    Ok(left_alone)
}

/// Counts the outcomes of batch resends, in the transaction that records them. What changed is told after the commit.
pub(super) async fn count_outcomes(
    tx: &DatabaseTransaction,
    finished: &[&Finished],
    now: Timestamp,
) -> Result<Vec<Change>, DbErr> {
    let mut of_batches: HashMap<ResendBatchId, Vec<(PaymentId, Outcome)>> = HashMap::new();
    for outcome in finished.iter().filter(|outcome| outcome.attempt.trigger == Trigger::Batch) {
        if let Some(decision) = outcome.attempt.decision_id {
            let rows = of_batches.entry(ResendBatchId::of_decision(decision)).or_default();
            rows.push((outcome.facts.payment_id, outcome.attempt.outcome));
        }
    }
    let mut changes = Vec::new();
    for (id, outcomes) in of_batches {
        if let Some(mut batch) = store::resend_batches::lock(&Scope::system(), tx, id).await? {
            count(tx, &mut batch, &outcomes, now).await?;
            settle(&mut batch, now);
            store::resend_batches::update(&Scope::system(), tx, &batch).await?;
            changes.push(Change::ResendBatch { id: id.value() });
        }
    }
    Ok(changes)
}

async fn count(
    tx: &DatabaseTransaction,
    batch: &mut ResendBatch,
    outcomes: &[(PaymentId, Outcome)],
    now: Timestamp,
) -> Result<(), DbErr> {
    let system = Scope::system();
    let mut delivered = Vec::new();
    let mut failed: HashMap<Cause, Vec<PaymentId>> = HashMap::new();
    for (id, outcome) in outcomes {
        batch.progress.failures_in_a_row =
            resend_batch::failures_in_a_row_after(batch.progress.failures_in_a_row, *outcome);
        match outcome {
            Outcome::Delivered => delivered.push(*id),
            Outcome::Failed(cause) => failed.entry(*cause).or_default().push(*id),
        }
    }
    let done = (BatchRowState::Done, None);
    let counted = store::resend_batch_rows::set_state(&system, tx, batch.id, &delivered, done, now).await?;
    batch.progress.done += u32::try_from(counted).unwrap_or(u32::MAX);
    for (cause, ids) in failed {
        let state = (BatchRowState::Failed, Some(cause.code()));
        let counted = store::resend_batch_rows::set_state(&system, tx, batch.id, &ids, state, now).await?;
        batch.progress.failed += u32::try_from(counted).unwrap_or(u32::MAX);
    }
    Ok(())
}

/// Completed when every row has its outcome; paused when too many failed in a row.
fn settle(batch: &mut ResendBatch, now: Timestamp) {
    let is_active = matches!(batch.state, BatchState::Running | BatchState::Paused);
    if is_active && batch.progress.is_complete() {
        batch.state = BatchState::Completed;
        batch.pause_reason = None;
        batch.finished_at = Some(now);
    } else if batch.state == BatchState::Running
        && batch.progress.failures_in_a_row >= batch.failures_in_a_row_max
    {
        batch.state = BatchState::Paused;
        batch.pause_reason = Some(FAILURES_IN_A_ROW.to_owned());
    }
}
