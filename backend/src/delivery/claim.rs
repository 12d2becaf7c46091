//! Picks up what is due and what was orphaned, whenever something may have become due, a slot became free, or some
//! time has passed.
//!
//! An orphaned delivery is NOT sent again here: nobody knows whether its request was written. It is recorded as
//! "may have been received" and follows the IP code's policy.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    delivery::Trigger,
    ids::{DecisionId, DeliveryId, IpCode},
    payment::Parameter,
    time::Timestamp,
};
use tokio_util::sync::CancellationToken;

use super::endpoints::KnownEndpoint;
use super::health;
use super::machinery::{Job, Machinery, OrphanedLease, new_lease, orphaned_attempt, start_attempt};
use crate::{
    auth::scope::Scope,
    store::{
        self,
        deliveries::{Delivery, Lease},
        payments::ResultFacts,
    },
};

/// Deliveries looked at in one claim.
const CLAIMED_MAX: u64 = 64;
/// Orphans recorded in one turn.
const ORPHANS_MAX: u64 = 100;
/// Longest time between two looks at the queue: a due retry or an orphan is picked up this late at most.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// After a slot became free others are waited for this long, so that one transaction leases for many.
const GATHER_TIME: Duration = Duration::from_millis(2);

/// Claims until told to stop.
pub(crate) async fn run(machinery: Arc<Machinery>, stop: CancellationToken) {
    loop {
        let turn = claim_once(&machinery).await;
        if turn.is_ok() {
            machinery.pulse.beat();
        }
        match turn {
            Ok(true) => {}
            Ok(false) => tokio::select! {
                () = stop.cancelled() => return,
                () = machinery.live.deliveries_due() => {}
                () = machinery.slots.freed() => tokio::time::sleep(GATHER_TIME).await,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            },
            Err(error) => {
                tracing::warn!(%error, "due deliveries could not be claimed; trying again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// One turn. Whether another may find more at once.
async fn claim_once(machinery: &Arc<Machinery>) -> Result<bool, DbErr> {
    let (system, reader, now) = (Scope::system(), machinery.database.reader(), machinery.clock.now());
    let mut served = 0;
    if store::deliveries::is_any_orphaned(&system, reader, now).await? {
        served += record_orphans(machinery, now).await?;
    }
    if store::deliveries::is_any_due(&system, reader, now).await? {
        served += start_due(machinery, now).await?;
    }
    Ok(served > 0)
}

async fn start_due(machinery: &Arc<Machinery>, now: Timestamp) -> Result<usize, DbErr> {
    if machinery.slots.free() == 0 {
        return Ok(0);
    }
    let system = Scope::system();
    let tx = machinery.database.begin_write().await?;
    let busy = machinery.slots.full_endpoints();
    let due = store::deliveries::lock_due(&system, &tx, &busy, now, CLAIMED_MAX).await?;
    let known = load_known(machinery, &tx, &due).await?;
    let paused = health::hold_paused(&tx, &known.settings).await?;
    // What people decided is sent all the same: they know of the pause, and a success ends it.
    let is_kept =
        |delivery: &Delivery| delivery.trigger == Trigger::Automatic && paused.contains(&delivery.ip_code);
    let (kept, due): (Vec<Delivery>, Vec<Delivery>) = due.into_iter().partition(is_kept);
    let kept: Vec<DeliveryId> = kept.iter().map(|delivery| delivery.id).collect();
    store::kept_deliveries::keep_many(&system, &tx, &kept).await?;
    let mut jobs = Vec::new();
    let mut leases: HashMap<IpCode, (Lease, Vec<DeliveryId>)> = HashMap::new();
    for delivery in due {
        let Some((facts, settings, edited)) = known.of(&delivery) else {
            tracing::error!(delivery = %delivery.id, "a due delivery has no result or no IP code");
            continue;
        };
        let Some(slot) = machinery.slots.try_take(&delivery.ip_code) else {
            continue;
        };
        // One lease for all of an endpoint in this turn, and so one statement.
        let leased = leases.entry(delivery.ip_code.clone());
        let (lease, ids) = leased.or_insert_with(|| (new_lease(&settings, now), Vec::new()));
        ids.push(delivery.id);
        let lease = *lease;
        let (delivery_id, trigger, decision_id) = (delivery.id, delivery.trigger, delivery.decision_id);
        jobs.push(Job { delivery_id, trigger, decision_id, lease, facts, edited, settings, slot });
    }
    for (lease, ids) in leases.into_values() {
        store::deliveries::lease_many(&system, &tx, &ids, lease, now).await?;
    }
    tx.commit().await?;
    let served = jobs.len() + kept.len();
    for job in jobs {
        start_attempt(machinery, job);
    }
    Ok(served)
}

async fn record_orphans(machinery: &Arc<Machinery>, now: Timestamp) -> Result<usize, DbErr> {
    let system = Scope::system();
    let tx = machinery.database.begin_write().await?;
    let orphaned = store::deliveries::lock_orphaned(&system, &tx, now, ORPHANS_MAX).await?;
    let known = load_known(machinery, &tx, &orphaned).await?;
    tx.commit().await?;
    let mut finished = Vec::new();
    for delivery in orphaned {
        let (Some((facts, settings, edited)), Some(lease_id)) = (known.of(&delivery), delivery.lease_id)
        else {
            tracing::error!(delivery = %delivery.id, "an orphaned delivery has no result or no lease");
            continue;
        };
        tracing::warn!(delivery = %delivery.id, "a process died during an attempt; it may have been received");
        let orphan = OrphanedLease {
            delivery_id: delivery.id,
            trigger: delivery.trigger,
            decision_id: delivery.decision_id,
            lease_id,
            leased_at: delivery.leased_at,
            facts,
            edited,
            settings,
        };
        finished.push(orphaned_attempt(&orphan, now));
    }
    let count = finished.len();
    for outcome in finished {
        machinery.recorder.record(outcome).await;
    }
    Ok(count)
}

/// What attempts are made of.
pub(super) struct Known {
    facts: HashMap<DeliveryId, ResultFacts>,
    settings: HashMap<IpCode, Arc<KnownEndpoint>>,
    edited: HashMap<DecisionId, Vec<Parameter>>,
}

impl Known {
    /// Everything that an attempt of a delivery needs.
    pub(super) fn of(
        &self,
        delivery: &Delivery,
    ) -> Option<(ResultFacts, Arc<KnownEndpoint>, Option<Vec<Parameter>>)> {
        let facts = self.facts.get(&delivery.id)?.clone();
        let settings = self.settings.get(&delivery.ip_code)?.clone();
        let edited = delivery.decision_id.and_then(|decision| self.edited.get(&decision).cloned());
        Some((facts, settings, edited))
    }
}

/// What the attempts of these deliveries are made of.
pub(super) async fn load_known(
    machinery: &Machinery,
    tx: &DatabaseTransaction,
    deliveries: &[Delivery],
) -> Result<Known, DbErr> {
    let system = Scope::system();
    let ids: Vec<DeliveryId> = deliveries.iter().map(|delivery| delivery.id).collect();
    let decided: Vec<DecisionId> = deliveries.iter().filter_map(|delivery| delivery.decision_id).collect();
    let facts = store::payments::load_facts(&system, tx, &ids).await?.into_iter().collect();
    let decisions = store::decisions::load(&system, tx, &decided).await?;
    let edited = decisions
        .into_iter()
        .filter_map(|decision| Some((decision.id, decision.parameters_after?)))
        .collect();
    let settings = machinery.endpoints.load(deliveries.iter().map(|delivery| &delivery.ip_code)).await?;
    Ok(Known { facts, settings, edited })
}
