//! What all stations of the delivery share, and one attempt from its lease to its record.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use todoke_domain::{
    delivery::{Cause, Outcome, Trigger},
    ids::{AttemptId, DecisionId, DeliveryId, PaymentId},
    payment::Parameter,
    time::Timestamp,
};
use url::Url;
use uuid::Uuid;

use super::{
    endpoints::{Endpoints, KnownEndpoint},
    message::{Mark, Prepared, Stamp, prepare},
    recorder::{Finished, Recorder},
    sender::{Answer, Exchange, Sender},
    slots::{Slot, Slots},
};
use crate::{
    clock::SharedClock,
    live::Live,
    store::{
        Database,
        attempts::{Attempt, Timings},
        deliveries::Lease,
        ip_codes::IpCodeSettings,
        payments::ResultFacts,
    },
};

/// Added to the endpoint's time-out before a lease counts as orphaned, in milliseconds: time to record the outcome
/// while the database is slow or briefly away.
const LEASE_MARGIN_MS: i64 = 15_000;

/// Shared by inbox, claim, sender and recorder.
pub(crate) struct Machinery {
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: SharedClock,
    /// Change events.
    pub live: Arc<Live>,
    /// Settings of endpoints.
    pub endpoints: Endpoints,
    /// Room for requests with results.
    pub slots: Slots,
    /// Room for events to carts.
    pub event_slots: Slots,
    /// Makes requests.
    pub sender: Sender,
    /// Writes outcomes.
    pub recorder: Recorder,
    /// How long alerts to one address are gathered, in milliseconds.
    pub alert_window_ms: i64,
    /// Failures in a row must span so long before they pause an endpoint, in milliseconds.
    pub pause_span_ms: i64,
    /// Where people reach this server; for links in mails.
    pub public_url: Url,
    /// Whether the claiming worker still takes its turns.
    pub pulse: Pulse,
}

/// Longest silence of a worker that counts as fit.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// When the worker last finished a turn.
#[derive(Debug, Default)]
pub(crate) struct Pulse(Mutex<Option<Instant>>);

impl Pulse {
    /// A turn was finished.
    pub(crate) fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a turn was finished lately.
    pub(crate) fn is_beating(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < SILENCE_MAX)
    }
}

/// A leased delivery with everything its attempt needs.
pub(crate) struct Job {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// What set it going.
    pub trigger: Trigger,
    /// The decision behind it.
    pub decision_id: Option<DecisionId>,
    /// The right to make the attempt.
    pub lease: Lease,
    /// What the request is made of.
    pub facts: ResultFacts,
    /// Parameters that take the stored ones' place.
    pub edited: Option<Vec<Parameter>>,
    /// Where it goes.
    pub settings: Arc<KnownEndpoint>,
    /// Its room.
    pub slot: Slot,
}

impl Job {
    /// The payment.
    pub(crate) const fn payment_id(&self) -> PaymentId {
        self.facts.payment_id
    }
}

/// A lease for an attempt that begins now.
pub(crate) fn new_lease(settings: &IpCodeSettings, now: Timestamp) -> Lease {
    lease_for(settings.endpoint.timeout_ms, now)
}

/// A lease for an attempt that begins now and takes so long at most.
pub(super) fn lease_for(timeout_ms: u32, now: Timestamp) -> Lease {
    let until = now.plus_millis(i64::from(timeout_ms) + LEASE_MARGIN_MS);
    Lease { id: Uuid::now_v7(), until }
}

/// Begins an attempt. The lease is committed; from here on the request may be written at any moment.
pub(crate) fn start_attempt(machinery: &Arc<Machinery>, job: Job) {
    let machinery = machinery.clone();
    tokio::spawn(async move {
        let finished = make_attempt(&machinery, &job).await;
        machinery.recorder.record(finished).await;
        drop(job.slot);
    });
}

async fn make_attempt(machinery: &Machinery, job: &Job) -> Finished {
    let endpoint = &job.settings.endpoint;
    let parameters = job.edited.as_deref().unwrap_or(&job.facts.parameters);
    let started_at = machinery.clock.now();
    let stopwatch = std::time::Instant::now();
    let stamp =
        Stamp { delivery_id: job.delivery_id, mark: Mark::of_edited(job.edited.is_some()), at: started_at };
    let prepared = prepare(endpoint, &job.settings.signer, parameters, stamp);
    let exchange = match &prepared {
        Ok(prepared) => machinery.sender.send(prepared, endpoint.timeout_ms).await,
        Err(cause) => Exchange { result: Err(*cause), timings: Timings::default() },
    };
    let duration_ms = u32::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u32::MAX);
    let outcome = match &exchange.result {
        Ok(answer) => {
            Outcome::of_answer(answer.status, &endpoint.charset.decode(&answer.body), &endpoint.body_rule)
        }
        Err(cause) => Outcome::Failed(*cause),
    };
    let retry_after_ms = exchange.result.as_ref().ok().and_then(retry_after_ms);
    let attempt = attempt_of(job, prepared.ok(), (started_at, duration_ms), outcome, exchange);
    Finished {
        attempt,
        lease_id: job.lease.id,
        facts: job.facts.clone(),
        settings: job.settings.clone(),
        retry_after_ms,
    }
}

/// The record of a delivery whose process died: the request is what would have been sent, the answer is unknown.
pub(crate) fn orphaned_attempt(job_like: &OrphanedLease, now: Timestamp) -> Finished {
    let parameters = job_like.edited.as_deref().unwrap_or(&job_like.facts.parameters);
    let started_at = job_like.leased_at.unwrap_or(now);
    let stamp = Stamp {
        delivery_id: job_like.delivery_id,
        mark: Mark::of_edited(job_like.edited.is_some()),
        at: started_at,
    };
    let settings = &job_like.settings;
    let prepared = prepare(&settings.endpoint, &settings.signer, parameters, stamp).ok();
    let request = prepared.as_ref().map(|prepared| &prepared.request);
    let attempt = Attempt {
        id: AttemptId::new(Uuid::now_v7()),
        delivery_id: job_like.delivery_id,
        payment_id: Some(job_like.facts.payment_id),
        decision_id: job_like.decision_id,
        ip_code: job_like.settings.ip_code.clone(),
        trigger: job_like.trigger,
        started_at,
        duration_ms: 0,
        outcome: Outcome::Failed(Cause::ProcessDied),
        http_status: None,
        request_method: job_like.settings.endpoint.method.code().to_ascii_uppercase(),
        request_url: request.map(|request| request.url.to_string()).unwrap_or_default(),
        request_body: request.map(|request| request.body.clone()).unwrap_or_default(),
        request_headers: prepared.map(|prepared| prepared.headers).unwrap_or_default(),
        timings: Timings::default(),
        response_headers: Vec::new(),
        response_body: Vec::new(),
        decided_by: None,
        is_edited: job_like.edited.is_some(),
    };
    Finished {
        attempt,
        lease_id: job_like.lease_id,
        facts: job_like.facts.clone(),
        settings: job_like.settings.clone(),
        retry_after_ms: None,
    }
}

/// A lease that nobody holds any more.
pub(crate) struct OrphanedLease {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// What set its attempt going.
    pub trigger: Trigger,
    /// The decision behind it.
    pub decision_id: Option<DecisionId>,
    /// The lease.
    pub lease_id: Uuid,
    /// Since when.
    pub leased_at: Option<Timestamp>,
    /// What the request was made of.
    pub facts: ResultFacts,
    /// Parameters that took the stored ones' place.
    pub edited: Option<Vec<Parameter>>,
    /// Where it went.
    pub settings: Arc<KnownEndpoint>,
}

fn attempt_of(
    job: &Job,
    prepared: Option<Prepared>,
    (started_at, duration_ms): (Timestamp, u32),
    outcome: Outcome,
    exchange: Exchange,
) -> Attempt {
    let endpoint = &job.settings.endpoint;
    let (request_url, request_body, request_headers) = match prepared {
        Some(Prepared { request, headers }) => (request.url.to_string(), request.body, headers),
        None => (endpoint.url.clone().unwrap_or_default(), String::new(), Vec::new()),
    };
    let (http_status, response_headers, response_body) = match exchange.result {
        Ok(answer) => (Some(answer.status), answer.headers, answer.body),
        Err(_) => (None, Vec::new(), Vec::new()),
    };
    Attempt {
        id: AttemptId::new(Uuid::now_v7()),
        delivery_id: job.delivery_id,
        payment_id: Some(job.payment_id()),
        decision_id: job.decision_id,
        ip_code: job.settings.ip_code.clone(),
        trigger: job.trigger,
        started_at,
        duration_ms,
        outcome,
        http_status,
        request_method: endpoint.method.code().to_ascii_uppercase(),
        request_url,
        request_body,
        request_headers,
        timings: exchange.timings,
        response_headers,
        response_body,
        decided_by: None,
        is_edited: job.edited.is_some(),
    }
}

/// `Retry-After` in seconds; the form with a date is rare in CGIs and left alone.
pub(super) fn retry_after_ms(answer: &Answer) -> Option<i64> {
    let (_, value) = answer.headers.iter().find(|(name, _)| name == "retry-after")?;
    value.trim().parse::<i64>().ok()?.checked_mul(1_000)
}
