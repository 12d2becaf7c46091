//! What goes on at paused endpoints: now and then the longest kept delivery is sent as a probe, and after the pause all
//! that was kept is made due in its turn.
//!
//! Each step is one transaction, and a process may die between any two: a probe's lease is an orphan then like any
//! other, and a release goes on where it stopped.

use std::{sync::Arc, time::Duration};

use sea_orm::DbErr;
use todoke_domain::{endpoint_health::Phase, ids::IpCode};
use tokio_util::sync::CancellationToken;

use super::{
    claim,
    machinery::{Job, Machinery, new_lease, start_attempt},
};
use crate::{auth::scope::Scope, live::Change, store};

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Endpoints served in one turn; the others wait for the next.
const ENDPOINTS_MAX: u64 = 100;
/// Deliveries released in one transaction, so that the inbox never waits long for the writer.
const RELEASED_MAX: u64 = 500;

/// Probes and releases until told to stop.
pub(crate) async fn run(machinery: Arc<Machinery>, stop: CancellationToken) {
    loop {
        let goes_on = match take_turn(&machinery).await {
            Ok(goes_on) => goes_on,
            Err(error) => {
                tracing::warn!(%error, "paused endpoints could not be served; trying again");
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

/// One turn. Whether another finds more at once.
async fn take_turn(machinery: &Arc<Machinery>) -> Result<bool, DbErr> {
    let now = machinery.clock.now();
    let reader = machinery.database.reader();
    let due = store::endpoint_health::list_due(&Scope::system(), reader, now, ENDPOINTS_MAX).await?;
    let mut goes_on = false;
    for (ip_code, health) in due {
        match health.phase {
            Phase::Healthy => {}
            Phase::Paused(_) => start_probe(machinery, &ip_code).await?,
            Phase::Releasing => goes_on |= release_some(machinery, &ip_code).await?,
        }
    }
    Ok(goes_on)
}

/// Leases the longest kept delivery, if no other machine began this probe.
async fn start_probe(machinery: &Arc<Machinery>, ip_code: &IpCode) -> Result<(), DbErr> {
    let system = Scope::system();
    let Some(slot) = machinery.slots.try_take(ip_code) else { return Ok(()) };
    // Settings that were changed a moment ago are why the probe comes now.
    machinery.endpoints.forget(ip_code);
    let tx = machinery.database.begin_write().await?;
    let now = machinery.clock.now();
    let Some(mut health) = store::endpoint_health::lock(&system, &tx, ip_code).await? else {
        return Ok(());
    };
    if !health.begin_probe(now) {
        return Ok(());
    }
    let Some(delivery) = store::kept_deliveries::lock_oldest(&system, &tx, ip_code).await? else {
        return Ok(());
    };
    let known = claim::load_known(machinery, &tx, std::slice::from_ref(&delivery)).await?;
    let Some((facts, settings, edited)) = known.of(&delivery) else {
        tracing::error!(delivery = %delivery.id, "a kept delivery has no result or no IP code");
        return Ok(());
    };
    let lease = new_lease(&settings, now);
    store::deliveries::lease_many(&system, &tx, &[delivery.id], lease, now).await?;
    store::endpoint_health::put(&system, &tx, ip_code, &health).await?;
    tx.commit().await?;
    tracing::info!(%ip_code, delivery = %delivery.id, "a paused endpoint is probed");
    let (delivery_id, trigger, decision_id) = (delivery.id, delivery.trigger, delivery.decision_id);
    let job = Job { delivery_id, trigger, decision_id, lease, facts, edited, settings, slot };
    start_attempt(machinery, job);
    Ok(())
}

/// Makes some of what was kept due. The endpoint is healthy once nothing is kept any more, a probe on its way included.
/// Whether more is to be released at once.
async fn release_some(machinery: &Arc<Machinery>, ip_code: &IpCode) -> Result<bool, DbErr> {
    let system = Scope::system();
    let tx = machinery.database.begin_write().await?;
    let Some(mut health) = store::endpoint_health::lock(&system, &tx, ip_code).await? else {
        return Ok(false);
    };
    if health.phase != Phase::Releasing {
        return Ok(false);
    }
    let released = store::kept_deliveries::release_some(&system, &tx, ip_code, RELEASED_MAX).await?;
    let is_done = released == 0 && store::kept_deliveries::count(&system, &tx, ip_code).await? == 0;
    if is_done {
        health.phase = Phase::Healthy;
        store::endpoint_health::put(&system, &tx, ip_code, &health).await?;
    }
    tx.commit().await?;
    if is_done {
        machinery.endpoints.forget(ip_code);
    }
    if released > 0 {
        machinery.live.tell(Change::DeliveriesDue);
    }
    Ok(released > 0)
}
