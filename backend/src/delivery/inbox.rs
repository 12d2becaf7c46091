//! The inbox: results of many requests are stored in one transaction, then all are acknowledged. What was not
//! acknowledged was not stored. What comes for a paused endpoint is stored and kept. Nothing is held in memory without
//! bound: a full inbox refuses.

use std::{collections::HashSet, sync::Arc};

use sea_orm::DbErr;
use todoke_domain::{
    delivery::Trigger,
    ids::{DeliveryId, IpCode, PaymentId},
    payment::PaymentResult,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{
    health,
    machinery::{Job, Machinery, new_lease, start_attempt},
    slots::Slot,
};
use crate::{
    auth::scope::Scope,
    error::Error,
    live::Change,
    store::{
        self,
        deliveries::{Lease, NewDelivery, Start},
        payments::ResultFacts,
    },
    telemetry,
};

/// Results gathered into one transaction before it is begun.
const GATHERED_RESULTS_MAX: usize = 256;
/// Results waiting in memory; beyond this the inbox is full.
const WAITING_RESULTS_MAX: usize = 8_192;

/// The answer for one result, in the order of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The payment.
    pub payment_id: PaymentId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Told before; nothing is sent again.
    pub is_duplicate: bool,
}

struct Request {
    results: Vec<PaymentResult>,
    answer: oneshot::Sender<Result<Vec<Accepted>, Error>>,
    _room: OwnedSemaphorePermit,
}

/// Where results come in.
#[derive(Clone)]
pub(crate) struct Inbox {
    requests: mpsc::UnboundedSender<Request>,
    room: Arc<Semaphore>,
}

impl Inbox {
    /// Opens the inbox. With `sends_here` first attempts start at once on this machine; without, a worker elsewhere
    /// claims them.
    pub(crate) fn open(machinery: Arc<Machinery>, sends_here: bool, stop: CancellationToken) -> Self {
        let (requests, incoming) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(WAITING_RESULTS_MAX));
        tokio::spawn(store_incoming(machinery, incoming, sends_here, stop));
        Self { requests, room }
    }

    /// Stores the results of one request, all or none.
    ///
    /// # Errors
    /// The inbox is full, or the database is away: then nothing was stored.
    pub(crate) async fn submit(&self, results: Vec<PaymentResult>) -> Result<Vec<Accepted>, Error> {
        let wanted = u32::try_from(results.len()).unwrap_or(u32::MAX);
        let full = || Error::Unavailable("the inbox is full".to_owned());
        let room = self.room.clone().try_acquire_many_owned(wanted).map_err(|_| full())?;
        let (answer, answered) = oneshot::channel();
        let request = Request { results, answer, _room: room };
        self.requests.send(request).map_err(|_| Error::Unavailable("the inbox is closed".to_owned()))?;
        answered.await.map_err(|_| Error::Unavailable("the inbox was closed".to_owned()))?
    }
}

async fn store_incoming(
    machinery: Arc<Machinery>,
    mut incoming: mpsc::UnboundedReceiver<Request>,
    sends_here: bool,
    stop: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            biased;
            first = incoming.recv() => first,
            () = stop.cancelled() => return,
        };
        let Some(first) = first else { return };
        let batch = gather(first, &mut incoming);
        store_batch(&machinery, batch, sends_here).await;
    }
}

/// Takes what has come while the last transaction was open, and does not wait for more: under load batches grow by
/// themselves, and a lone request is not kept waiting (docs/adr/0011).
fn gather(first: Request, incoming: &mut mpsc::UnboundedReceiver<Request>) -> Vec<Request> {
    let mut gathered = first.results.len();
    let mut batch = vec![first];
    while gathered < GATHERED_RESULTS_MAX {
        let Ok(request) = incoming.try_recv() else { break };
        gathered += request.results.len();
        batch.push(request);
    }
    batch
}

async fn store_batch(machinery: &Arc<Machinery>, batch: Vec<Request>, sends_here: bool) {
    let (mut results, mut answers) = (Vec::new(), Vec::new());
    for request in batch {
        answers.push((request.results.len(), request.answer, request._room));
        results.extend(request.results);
    }
    match store_results(machinery, &results, sends_here).await {
        Ok(stored) => {
            telemetry::count("todoke_results_total", "kind", "new", stored.new.len());
            let repeats = results.len().saturating_sub(stored.new.len());
            telemetry::count("todoke_results_total", "kind", "duplicate", repeats);
            let mut accepted = accepted_of(&results, stored.new).into_iter();
            for (count, answer, _room) in answers {
                let _ = answer.send(Ok(accepted.by_ref().take(count).collect()));
            }
            begin_attempts(machinery, results, stored.leased);
            if stored.is_any_left {
                machinery.live.tell(Change::DeliveriesDue);
            }
        }
        Err(error) => {
            tracing::error!(%error, results = results.len(), "results could not be stored; none was acknowledged");
            for (_, answer, _room) in answers {
                let _ = answer.send(Err(Error::Unavailable(error.to_string())));
            }
        }
    }
}

struct Stored {
    new: HashSet<DeliveryId>,
    leased: Vec<(DeliveryId, Lease, Slot)>,
    is_any_left: bool,
}

async fn store_results(
    machinery: &Arc<Machinery>,
    results: &[PaymentResult],
    sends_here: bool,
) -> Result<Stored, DbErr> {
    let system = Scope::system();
    let settings = machinery.endpoints.load(results.iter().map(|result| &result.ip_code)).await?;
    let now = machinery.clock.now();
    let tx = machinery.database.begin_write().await?;
    let paused = health::hold_paused(&tx, &settings).await?;
    let new = store::payments::insert_results(&system, &tx, results, now).await?;
    let mut leased = Vec::new();
    let mut seen = HashSet::new();
    let mut deliveries = Vec::new();
    for result in results.iter().filter(|result| new.contains(&result.delivery_id)) {
        if !seen.insert(result.delivery_id) {
            continue;
        }
        let is_paused = paused.contains(&result.ip_code);
        let is_begun = sends_here && !is_paused;
        let slot = if is_begun { machinery.slots.try_take(&result.ip_code) } else { None };
        let start = match (slot, settings.get(&result.ip_code)) {
            (Some(slot), Some(settings)) => {
                let lease = new_lease(settings, now);
                leased.push((result.delivery_id, lease, slot));
                Start::Leased(lease)
            }
            _ if is_paused => Start::Kept,
            _ => Start::Due,
        };
        deliveries.push(new_delivery(result, start));
    }
    deliveries.sort_by_key(|delivery| delivery.id);
    store::deliveries::insert_many(&system, &tx, &deliveries, now).await?;
    tx.commit().await?;
    let is_any_left = deliveries.iter().any(|delivery| matches!(delivery.start, Start::Due));
    Ok(Stored { new, leased, is_any_left })
}

fn new_delivery(result: &PaymentResult, start: Start) -> NewDelivery {
    NewDelivery {
        id: result.delivery_id,
        ip_code: result.ip_code.clone(),
        payment_id: result.payment_id,
        start,
    }
}

/// The first mention of a new delivery is new, every further one is a repeat.
fn accepted_of(results: &[PaymentResult], mut new: HashSet<DeliveryId>) -> Vec<Accepted> {
    let accept = |result: &PaymentResult| Accepted {
        payment_id: result.payment_id,
        delivery_id: result.delivery_id,
        is_duplicate: !new.remove(&result.delivery_id),
    };
    results.iter().map(accept).collect()
}

/// Hands what was leased straight to the sender.
fn begin_attempts(
    machinery: &Arc<Machinery>,
    results: Vec<PaymentResult>,
    leased: Vec<(DeliveryId, Lease, Slot)>,
) {
    if leased.is_empty() {
        return;
    }
    let machinery = machinery.clone();
    tokio::spawn(async move {
        let wanted: Vec<IpCode> = results.iter().map(|result| result.ip_code.clone()).collect();
        let Ok(settings) = machinery.endpoints.load(wanted.iter()).await else {
            tracing::error!(
                "settings could not be read after the results were stored; their leases will run out"
            );
            return;
        };
        let mut by_delivery: std::collections::HashMap<DeliveryId, PaymentResult> =
            results.into_iter().map(|result| (result.delivery_id, result)).collect();
        for (delivery_id, lease, slot) in leased {
            let Some(result) = by_delivery.remove(&delivery_id) else {
                continue;
            };
            let Some(settings) = settings.get(&result.ip_code).cloned() else {
                continue;
            };
            let facts = ResultFacts::of(result);
            let trigger = Trigger::Automatic;
            let job =
                Job { delivery_id, trigger, decision_id: None, lease, facts, edited: None, settings, slot };
            start_attempt(&machinery, job);
        }
    });
}
