//! The worker that tells carts of restored orders: claims what is due, sends it, and records the outcome under its lease.
//!
//! A lease that ran out belongs to a process that died: nobody knows whether its request was written. Unlike a payment
//! result the event is sent again all the same, on its schedule, because the cart knows a second copy by its id. No
//! transaction is open while a request is out.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sea_orm::DbErr;
use todoke_domain::{
    access::Action,
    acknowledgement::BodyRule,
    delivery::{Cause, DeliveryState, Outcome},
    ids::{AttemptId, IpCode, OrderId},
    order_event::{EventStep, TIMEOUT_MS, step_after},
    time::Timestamp,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    endpoints::KnownEndpoint,
    machinery::{Machinery, lease_for, retry_after_ms},
    message::{Mark, Prepared, Stamp, prepare_event},
    recorder::{RETRY_TIME, TRIES_MAX, draw_jitter},
    sender::Exchange,
    slots::Slot,
};
use crate::{
    auth::scope::Scope,
    live::Change,
    providers::order_restored,
    store::{
        self,
        attempts::{Attempt, Timings},
        order_events::OrderEvent,
        orders::Order,
    },
    telemetry,
};

/// Longest time between two looks at the outbox.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Events looked at in one turn.
const CLAIMED_MAX: u64 = 32;

/// Sends until told to stop.
pub(crate) async fn run(machinery: Arc<Machinery>, stop: CancellationToken) {
    loop {
        let goes_on = match take_turn(&machinery).await {
            Ok(moved) => moved > 0,
            Err(error) => {
                tracing::warn!(%error, "events to carts could not be claimed; trying again");
                false
            }
        };
        let wait = if goes_on { Duration::ZERO } else { LOOK_EVERY };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One turn. How many events it moved.
async fn take_turn(machinery: &Arc<Machinery>) -> Result<usize, DbErr> {
    let now = machinery.clock.now();
    if !store::order_events::is_any_due(&Scope::system(), machinery.database.reader(), now).await? {
        return Ok(0);
    }
    let orphans = record_orphans(machinery, now).await?;
    Ok(orphans + start_due(machinery, now).await?)
}

/// An event with all that its attempt needs.
struct Job {
    event: OrderEvent,
    body: String,
    settings: Arc<KnownEndpoint>,
}

/// How an attempt ended.
struct Finished {
    attempt: Attempt,
    order_id: OrderId,
    lease_id: Uuid,
    retry_after_ms: Option<i64>,
}

async fn start_due(machinery: &Arc<Machinery>, now: Timestamp) -> Result<usize, DbErr> {
    let system = Scope::system();
    let tx = machinery.database.begin_write().await?;
    let busy = machinery.event_slots.full_endpoints();
    let due = store::order_events::lock_due(&system, &tx, &busy, now, CLAIMED_MAX).await?;
    let lease = lease_for(TIMEOUT_MS, now);
    let mut started: Vec<(Job, Slot)> = Vec::new();
    for mut job in load_jobs(machinery, &tx, due).await? {
        let Some(slot) = machinery.event_slots.try_take(&job.event.ip_code) else { continue };
        job.event.lease_id = Some(lease.id);
        started.push((job, slot));
    }
    let ids: Vec<_> = started.iter().map(|(job, _)| job.event.id).collect();
    store::order_events::lease_many(&system, &tx, &ids, lease, now).await?;
    tx.commit().await?;
    let count = started.len();
    for (job, slot) in started {
        let machinery = machinery.clone();
        tokio::spawn(async move {
            if let Some(finished) = make_attempt(&machinery, job).await {
                record_until_done(&machinery, &finished).await;
            }
            drop(slot);
        });
    }
    Ok(count)
}

/// Everything that the attempts of these events are made of.
async fn load_jobs(
    machinery: &Machinery,
    tx: &sea_orm::DatabaseTransaction,
    events: Vec<OrderEvent>,
) -> Result<Vec<Job>, DbErr> {
    let orders: Vec<OrderId> = events.iter().map(|event| event.order_id).collect();
    let orders: HashMap<OrderId, Order> = store::orders::load(&Scope::system(), tx, Action::View, &orders)
        .await?
        .into_iter()
        .map(|order| (order.id, order))
        .collect();
    let settings = machinery.endpoints.load(events.iter().map(|event| &event.ip_code)).await?;
    let job_of = |event: OrderEvent| {
        let (order, settings) = (orders.get(&event.order_id), settings.get(&event.ip_code));
        let (Some(order), Some(settings)) = (order, settings) else {
            tracing::error!(event = %event.id, "an event has no order or no IP code");
            return None;
        };
        let body = order_restored::body_of(&event, order);
        Some(Job { event, body, settings: settings.clone() })
    };
    Ok(events.into_iter().filter_map(job_of).collect())
}

/// The one request of an attempt; `None` where the event holds no lease, which the claim has seen to.
async fn make_attempt(machinery: &Machinery, job: Job) -> Option<Finished> {
    let started_at = machinery.clock.now();
    let stopwatch = std::time::Instant::now();
    let prepared = prepare(&job, started_at);
    let exchange = match &prepared {
        Ok(prepared) => machinery.sender.send(prepared, TIMEOUT_MS).await,
        Err(cause) => Exchange { result: Err(*cause), timings: Timings::default() },
    };
    let duration_ms = u32::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u32::MAX);
    // The status alone decides, as the Standard Webhooks specification has it.
    let outcome = match &exchange.result {
        Ok(answer) => Outcome::of_answer(answer.status, "", &BodyRule::Any),
        Err(cause) => Outcome::Failed(*cause),
    };
    let retry_after_ms = exchange.result.as_ref().ok().and_then(retry_after_ms);
    let blank = attempt_of(&job, prepared.ok(), (started_at, outcome));
    let attempt = match exchange.result {
        Ok(answer) => Attempt {
            http_status: Some(answer.status),
            response_headers: answer.headers,
            response_body: answer.body,
            ..blank
        },
        Err(_) => blank,
    };
    let attempt = Attempt { duration_ms, timings: exchange.timings, ..attempt };
    Some(Finished { attempt, order_id: job.event.order_id, lease_id: job.event.lease_id?, retry_after_ms })
}

fn prepare(job: &Job, at: Timestamp) -> Result<Prepared, Cause> {
    let stamp = Stamp { delivery_id: job.event.id, mark: Mark::Plain, at };
    let settings = &job.settings;
    prepare_event(settings.restored_url.as_deref(), &settings.event_signer, job.body.clone(), stamp)
}

/// The record of an attempt of which no answer is known (yet).
fn attempt_of(job: &Job, prepared: Option<Prepared>, (at, outcome): (Timestamp, Outcome)) -> Attempt {
    let event = &job.event;
    let (request_url, request_body, request_headers) = match prepared {
        Some(Prepared { request, headers }) => (request.url.to_string(), request.body, headers),
        None => (job.settings.restored_url.clone().unwrap_or_default(), String::new(), Vec::new()),
    };
    Attempt {
        id: AttemptId::new(Uuid::now_v7()),
        delivery_id: event.id,
        payment_id: None,
        decision_id: event.decision_id,
        ip_code: event.ip_code.clone(),
        trigger: event.trigger,
        started_at: at,
        duration_ms: 0,
        outcome,
        http_status: None,
        request_method: "POST".to_owned(),
        request_url,
        request_body,
        request_headers,
        timings: Timings::default(),
        response_headers: Vec::new(),
        response_body: Vec::new(),
        decided_by: None,
        is_edited: false,
    }
}

async fn record_orphans(machinery: &Machinery, now: Timestamp) -> Result<usize, DbErr> {
    let tx = machinery.database.begin_write().await?;
    let orphaned = store::order_events::lock_orphaned(&Scope::system(), &tx, now, CLAIMED_MAX).await?;
    let jobs = load_jobs(machinery, &tx, orphaned).await?;
    tx.commit().await?;
    let count = jobs.len();
    for job in jobs {
        tracing::warn!(event = %job.event.id, "a process died while it told a cart; it will be told again");
        let at = job.event.leased_at.unwrap_or(now);
        let Some(lease_id) = job.event.lease_id else { continue };
        let outcome = (at, Outcome::Failed(Cause::ProcessDied));
        let attempt = attempt_of(&job, prepare(&job, at).ok(), outcome);
        let finished = Finished { attempt, order_id: job.event.order_id, lease_id, retry_after_ms: None };
        record_until_done(machinery, &finished).await;
    }
    Ok(count)
}

/// Writes an outcome; while the database is away it tries again until the lease tells anyway.
async fn record_until_done(machinery: &Machinery, finished: &Finished) {
    for _ in 0..TRIES_MAX {
        match record(machinery, finished).await {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(%error, "the outcome of an event could not be recorded; trying again");
                tokio::time::sleep(RETRY_TIME).await;
            }
        }
    }
}

/// One outcome in one transaction, guarded by the lease: who lost it records nothing.
async fn record(machinery: &Machinery, finished: &Finished) -> Result<(), DbErr> {
    let system = Scope::system();
    let now = machinery.clock.now();
    let Finished { attempt, order_id, lease_id, retry_after_ms } = finished;
    let tx = machinery.database.begin_write().await?;
    let held = store::order_events::lock(&system, &tx, attempt.delivery_id).await?;
    let holds =
        |event: &OrderEvent| event.state == DeliveryState::Leased && event.lease_id == Some(*lease_id);
    let Some(event) = held.filter(holds) else {
        tracing::warn!(event = %attempt.delivery_id, "an outcome came after its lease was lost; it is not recorded");
        return Ok(());
    };
    store::attempts::insert_many(&system, &tx, &[attempt]).await?;
    let failures = event.failures + 1;
    match step_after(attempt.outcome, failures, *retry_after_ms, draw_jitter()) {
        EventStep::Delivered => store::order_events::finish_delivered(&system, &tx, event.id, now).await?,
        EventStep::RetryAfter { delay_ms } => {
            let due_at = now.plus_millis(delay_ms);
            store::order_events::put_off(&system, &tx, event.id, failures, due_at).await?;
        }
        EventStep::GiveUp => {
            store::order_events::finish_failed(&system, &tx, event.id, failures, now).await?;
        }
    }
    tx.commit().await?;
    tell(machinery, &event.ip_code, *order_id);
    telemetry::count("todoke_order_event_attempts_total", "outcome", attempt.outcome.code(), 1);
    Ok(())
}

fn tell(machinery: &Machinery, ip_code: &IpCode, order: OrderId) {
    machinery.live.tell(Change::order(ip_code, order));
}
