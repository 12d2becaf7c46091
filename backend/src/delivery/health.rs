//! What outcomes say of their endpoints, in the transaction that records them; and which endpoints are paused, for
//! those who would send to them. The rules stand in `domain/src/endpoint_health.rs`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    delivery::Outcome,
    endpoint_health::{EndpointHealth, PauseRule, is_of_the_endpoint},
    ids::IpCode,
    time::Timestamp,
};

use super::{alerts, endpoints::KnownEndpoint, machinery::Machinery, recorder::Finished};
use crate::{
    auth::scope::Scope,
    store::{self, deliveries::Delivery},
};

/// Settings and health as they were read lately.
pub(super) type Known = HashMap<IpCode, Arc<KnownEndpoint>>;

/// Which of these endpoints are paused, and stay so until the transaction ends. Asks the database only where one was
/// paused lately: what goes to a healthy endpoint waits for no query.
pub(super) async fn hold_paused(tx: &DatabaseTransaction, known: &Known) -> Result<HashSet<IpCode>, DbErr> {
    let paused: Vec<&IpCode> = known
        .iter()
        .filter(|(_, endpoint)| endpoint.health.is_paused())
        .map(|(ip_code, _)| ip_code)
        .collect();
    if paused.is_empty() {
        return Ok(HashSet::new());
    }
    store::endpoint_health::hold_paused(&Scope::system(), tx, &paused).await
}

/// Locks how those endpoints fare of which these outcomes may say something new. A success does so only where the last
/// attempts failed: a healthy endpoint costs no write.
pub(super) async fn lock(
    tx: &DatabaseTransaction,
    known: &Known,
    guarded: &[(&Finished, &Delivery)],
) -> Result<BTreeMap<IpCode, EndpointHealth>, DbErr> {
    let says_something = |outcome: Outcome, ip_code: &IpCode| match outcome {
        Outcome::Delivered => known.get(ip_code).is_some_and(|endpoint| endpoint.health.is_troubled()),
        Outcome::Failed(cause) => is_of_the_endpoint(cause),
    };
    let touched: BTreeSet<IpCode> = guarded
        .iter()
        .filter(|(finished, delivery)| {
            delivery.kept_at.is_some() || says_something(finished.attempt.outcome, &delivery.ip_code)
        })
        .map(|(_, delivery)| delivery.ip_code.clone())
        .collect();
    let locked = store::endpoint_health::lock_many(&Scope::system(), tx, &touched).await?;
    Ok(locked.into_iter().collect())
}

/// Notes the outcomes, and tells people of a pause and of its end. Returns the endpoints that are to be read afresh once
/// this is committed.
pub(super) async fn settle(
    machinery: &Machinery,
    tx: &DatabaseTransaction,
    locked: BTreeMap<IpCode, EndpointHealth>,
    guarded: &[(&Finished, &Delivery)],
    now: Timestamp,
) -> Result<Vec<IpCode>, DbErr> {
    let mut changed = Vec::new();
    for (ip_code, before) in locked {
        let mut health = before;
        for (finished, delivery) in guarded.iter().filter(|(_, delivery)| delivery.ip_code == ip_code) {
            let outcome = finished.attempt.outcome;
            let failures = finished.settings.pause_after_failures;
            let rule = PauseRule { failures, span_ms: machinery.pause_span_ms };
            let turn = health.note(outcome, rule, now);
            if delivery.kept_at.is_some() {
                health.note_probe(outcome, now);
            }
            if let Some(turn) = turn {
                alerts::tell_turn(machinery, tx, &finished.settings, (turn, Some(outcome)), now).await?;
            }
        }
        if health == before {
            continue;
        }
        store::endpoint_health::put(&Scope::system(), tx, &ip_code, &health).await?;
        if (health.is_troubled(), health.phase) != (before.is_troubled(), before.phase) {
            changed.push(ip_code);
        }
    }
    Ok(changed)
}
