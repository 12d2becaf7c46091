//! Writes the outcomes of many attempts in one transaction, each guarded by its lease: who lost the lease records
//! nothing, because somebody else has recorded already.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    delivery::{
        AttemptContext, Cause, DeliveryState, FailurePolicy, NextStep, Outcome, Receipt, Trigger, next_step,
    },
    ids::{DecisionId, DeliveryId},
    send_error::SendErrorStatus,
    time::Timestamp,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use uuid::Uuid;

use super::{alerts, batches, endpoints::KnownEndpoint, health, machinery::Machinery};
use crate::{
    auth::{random_bytes, scope::Scope},
    live::Change,
    store::{
        self,
        attempts::Attempt,
        deliveries::Delivery,
        payments::ResultFacts,
        send_errors::{Processing, SendError},
    },
    telemetry,
};

/// Outcomes gathered into one transaction.
const GATHERED_MAX: usize = 256;
/// How long the first of them waits for others: nobody waits for the answer, and the inbox needs the writer more.
const GATHER_TIME: Duration = Duration::from_millis(2);
/// Outcomes waiting in memory; attempts hold their slots until they are recorded, so this never fills in practice.
const WAITING_MAX: usize = 1_024;
/// Wait before an outcome is written again after the database was away.
pub(super) const RETRY_TIME: Duration = Duration::from_millis(500);
/// Tries to write an outcome: together they outlast the lease, after which it is recorded as orphaned anyway.
pub(super) const TRIES_MAX: u32 = 60;

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    /// The attempt.
    pub attempt: Attempt,
    /// The lease under which it was made.
    pub lease_id: Uuid,
    /// What its request was made of.
    pub facts: ResultFacts,
    /// The settings it was made with.
    pub settings: Arc<KnownEndpoint>,
    /// The answer's `Retry-After`, in milliseconds.
    pub retry_after_ms: Option<i64>,
}

struct Waiting {
    finished: Finished,
    recorded: oneshot::Sender<()>,
}

/// The way to the recorder.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    outcomes: mpsc::Sender<Waiting>,
}

/// The recorder's end of the way.
pub(crate) struct RecorderInbox(mpsc::Receiver<Waiting>);

impl Recorder {
    /// The two ends.
    pub(crate) fn new() -> (Self, RecorderInbox) {
        let (outcomes, inbox) = mpsc::channel(WAITING_MAX);
        (Self { outcomes }, RecorderInbox(inbox))
    }

    /// Returns when the outcome is durable (or was given up, and the lease will tell).
    pub(crate) async fn record(&self, finished: Finished) {
        let (recorded, done) = oneshot::channel();
        if self.outcomes.send(Waiting { finished, recorded }).await.is_ok() {
            let _ = done.await;
        }
    }
}

/// Records until every sender is gone.
pub(crate) async fn run(machinery: Arc<Machinery>, mut inbox: RecorderInbox) {
    while let Some(first) = inbox.0.recv().await {
        let deadline = Instant::now() + GATHER_TIME;
        let mut batch = vec![first];
        while batch.len() < GATHERED_MAX {
            match tokio::time::timeout_at(deadline, inbox.0.recv()).await {
                Ok(Some(next)) => batch.push(next),
                Ok(None) | Err(_) => break,
            }
        }
        let (finished, recorded): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.finished, waiting.recorded)).unzip();
        write_until_done(&machinery, &finished).await;
        for done in recorded {
            let _ = done.send(());
        }
    }
}

async fn write_until_done(machinery: &Machinery, finished: &[Finished]) {
    for _ in 0..TRIES_MAX {
        match write(machinery, finished).await {
            Ok(changes) => {
                for change in changes {
                    machinery.live.tell(change);
                }
                return;
            }
            Err(error) => {
                tracing::error!(%error, outcomes = finished.len(), "outcomes could not be recorded; trying again");
                tokio::time::sleep(RETRY_TIME).await;
            }
        }
    }
    tracing::error!(outcomes = finished.len(), "outcomes given up; their leases run out and tell");
}

async fn write(machinery: &Machinery, finished: &[Finished]) -> Result<Vec<Change>, DbErr> {
    let system = Scope::system();
    let now = machinery.clock.now();
    let ip_codes = finished.iter().map(|outcome| &outcome.attempt.ip_code);
    let known = machinery.endpoints.load(ip_codes).await?;
    let tx = machinery.database.begin_write().await?;
    let ids: Vec<DeliveryId> = finished.iter().map(|outcome| outcome.attempt.delivery_id).collect();
    let locked: HashMap<DeliveryId, Delivery> = store::deliveries::lock_many(&system, &tx, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut recorded = HashSet::new();
    let guarded: Vec<(&Finished, &Delivery)> = finished
        .iter()
        .filter_map(|outcome| Some((outcome, locked.get(&outcome.attempt.delivery_id)?)))
        .filter(|(outcome, delivery)| holds_lease(outcome, delivery))
        .filter(|(_, delivery)| recorded.insert(delivery.id))
        .collect();
    let health = health::lock(&tx, &known, &guarded).await?;
    let attempts: Vec<&Attempt> = guarded.iter().map(|(outcome, _)| &outcome.attempt).collect();
    store::attempts::insert_many(&system, &tx, &attempts).await?;
    let mut changes = finish_delivered(&tx, &guarded, now).await?;
    // What an earlier attempt may have brought is not taken back by a later one that never left.
    let retried: Vec<DeliveryId> = guarded
        .iter()
        .filter(|(outcome, delivery)| {
            outcome.attempt.outcome != Outcome::Delivered && delivery.attempt_count > 0
        })
        .map(|(_, delivery)| delivery.id)
        .collect();
    let maybe_received = store::attempts::find_maybe_received(&system, &tx, &retried).await?;
    for (outcome, delivery) in &guarded {
        if let Outcome::Failed(cause) = outcome.attempt.outcome {
            let endpoint = health.get(&delivery.ip_code).filter(|_| delivery.kept_at.is_some());
            if endpoint.is_some_and(|endpoint| endpoint.keeps_again(outcome.attempt.outcome)) {
                store::kept_deliveries::keep_again(&system, &tx, delivery.id).await?;
                continue;
            }
            let is_known = maybe_received.contains(&delivery.id);
            let receipt = if is_known { Receipt::MaybeReceived } else { cause.receipt() };
            changes.extend(finish_failed(machinery, &tx, outcome, delivery, (cause, receipt), now).await?);
        }
    }
    let outcomes: Vec<&Finished> = guarded.iter().map(|(outcome, _)| *outcome).collect();
    changes.extend(batches::count_outcomes(&tx, &outcomes, now).await?);
    let turned = health::settle(machinery, &tx, health, &guarded, now).await?;
    tx.commit().await?;
    turned.iter().for_each(|ip_code| machinery.endpoints.forget(ip_code));
    for (outcome, _) in &guarded {
        let attempt = &outcome.attempt;
        telemetry::count("todoke_attempts_total", "outcome", attempt.outcome.code(), 1);
        telemetry::observe_ms("todoke_attempt_duration_seconds", attempt.duration_ms);
    }
    Ok(changes)
}

fn holds_lease(outcome: &Finished, delivery: &Delivery) -> bool {
    let holds = delivery.state == DeliveryState::Leased && delivery.lease_id == Some(outcome.lease_id);
    if !holds {
        tracing::warn!(delivery = %delivery.id, "an outcome came after its lease was lost; it is not recorded");
    }
    holds
}

/// Everything that was acknowledged, in one update; the rows of send errors among it become 処理済.
async fn finish_delivered(
    tx: &DatabaseTransaction,
    guarded: &[(&Finished, &Delivery)],
    now: Timestamp,
) -> Result<Vec<Change>, DbErr> {
    let system = Scope::system();
    let delivered: Vec<&Delivery> = guarded
        .iter()
        .filter(|(outcome, _)| outcome.attempt.outcome == Outcome::Delivered)
        .map(|(_, delivery)| *delivery)
        .collect();
    let ids: Vec<DeliveryId> = delivered.iter().map(|delivery| delivery.id).collect();
    store::deliveries::finish_delivered(&system, tx, &ids).await?;
    let decided: Vec<DecisionId> = delivered.iter().filter_map(|delivery| delivery.decision_id).collect();
    let deciders: HashMap<DecisionId, String> = store::decisions::load(&system, tx, &decided)
        .await?
        .into_iter()
        .map(|decision| (decision.id, decision.actor_name))
        .collect();
    // Rows that one decision closes are closed by one statement: a batch brings many at once.
    let mut closings: HashMap<(String, u32), Vec<&Delivery>> = HashMap::new();
    for delivery in delivered.into_iter().filter(|delivery| delivery.attempt_count > 0) {
        let by = delivery.decision_id.and_then(|id| deciders.get(&id).cloned());
        let key = (by.unwrap_or_else(|| "system".to_owned()), delivery.attempt_count + 1);
        closings.entry(key).or_default().push(delivery);
    }
    let mut changes = Vec::new();
    for ((by, attempt_count), deliveries) in closings {
        let processing = Processing { at: now, by, reason: None };
        let rows: Vec<_> = deliveries.iter().map(|delivery| (delivery.payment_id, delivery.id)).collect();
        let closed =
            store::send_errors::close_delivered(&system, tx, &rows, &processing, attempt_count).await?;
        let of_closed = deliveries.iter().filter(|delivery| closed.contains(&delivery.payment_id));
        changes.extend(of_closed.map(|delivery| Change::send_error(&delivery.ip_code, delivery.payment_id)));
    }
    Ok(changes)
}

async fn finish_failed(
    machinery: &Machinery,
    tx: &DatabaseTransaction,
    outcome: &Finished,
    delivery: &Delivery,
    failure: (Cause, Receipt),
    now: Timestamp,
) -> Result<Option<Change>, DbErr> {
    let system = Scope::system();
    let trigger = outcome.attempt.trigger;
    let failures = delivery.failures + u32::from(trigger == Trigger::Automatic);
    let endpoint = &outcome.settings.endpoint;
    let policy = FailurePolicy {
        retry: endpoint.retry_policy.clone(),
        endpoint_is_idempotent: endpoint.is_idempotent,
    };
    let context = AttemptContext {
        trigger,
        failures,
        retry_after_ms: outcome.retry_after_ms,
        jitter_permille: draw_jitter(),
    };
    match next_step(outcome.attempt.outcome, context, &policy) {
        NextStep::Finish => Ok(None),
        NextStep::RetryAfter { delay_ms } => {
            let due_at = now.plus_millis(delay_ms);
            store::deliveries::put_off(&system, tx, delivery.id, failures, due_at).await?;
            Ok(None)
        }
        NextStep::RaiseSendError => {
            store::deliveries::finish_failed(&system, tx, delivery.id, failures).await?;
            let row = send_error_of(outcome, delivery, failure);
            store::send_errors::raise(&system, tx, &row).await?;
            if trigger == Trigger::Automatic {
                alerts::raise(machinery, tx, &outcome.settings, &row, now).await?;
            }
            Ok(Some(Change::send_error(&row.ip_code, row.id)))
        }
    }
}

fn send_error_of(outcome: &Finished, delivery: &Delivery, (cause, receipt): (Cause, Receipt)) -> SendError {
    let facts = &outcome.facts;
    SendError {
        id: facts.payment_id,
        delivery_id: delivery.id,
        ip_code: delivery.ip_code.clone(),
        order_no: facts.order_no.clone(),
        carrier: facts.carrier.clone(),
        amount: facts.amount,
        phone: facts.phone.clone(),
        email: facts.email.clone(),
        sendid: facts.sendid.clone(),
        status: SendErrorStatus::Unprocessed,
        receipt,
        cause,
        http_status: outcome.attempt.http_status,
        occurred_at: outcome.attempt.started_at,
        attempt_count: delivery.attempt_count + 1,
        resend_decision_id: None,
        processing: None,
    }
}

/// 0 to 1,000; without randomness from the system there is no jitter.
pub(super) fn draw_jitter() -> u16 {
    let bytes = random_bytes::<2>().unwrap_or_default();
    u16::from_le_bytes(bytes) % 1_001
}
