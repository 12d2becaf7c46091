//! How the endpoint of an IP code fares.

use async_graphql::{Enum, SimpleObject};
use todoke_domain::endpoint_health::Phase;

use crate::{app::endpoint_health::Health, graphql::scalars::DateTime};

/// What `IpCode.health` counts for in a query's complexity: it counts attempts, for each IP code that is asked for.
pub(crate) const HEALTH_COMPLEXITY: usize = 50;

/// What happens to results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum EndpointHealthState {
    /// They are sent, and the last attempt did not fail.
    Healthy,
    /// They are sent, and the last attempt failed.
    Failing,
    /// They are kept until a probe succeeds or somebody resumes the endpoint. Resends by people are sent.
    Paused,
}

/// How an endpoint fares. Needs VIEW.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct EndpointHealth {
    /// What happens to results.
    pub state: EndpointHealthState,
    /// When the failures in a row began; null while there are none.
    pub since: Option<DateTime>,
    /// When the pause began; null but for PAUSED.
    pub paused_at: Option<DateTime>,
    /// From when on the longest kept result is sent as a probe; null but for PAUSED.
    pub next_probe_at: Option<DateTime>,
    /// Results that are kept, or were and wait for their turn to be made due.
    pub kept_deliveries: u64,
    /// Attempts of the last hour; of more than 10,000, the newest.
    pub attempts: u64,
    /// Of these, those that the endpoint did not acknowledge.
    pub failures: u64,
}

impl EndpointHealth {
    /// Of what is stored and counted.
    pub(crate) fn of(found: &Health) -> Self {
        let health = &found.health;
        let (state, pause) = match (health.phase, health.streak) {
            (Phase::Paused(pause), _) => (EndpointHealthState::Paused, Some(pause)),
            (Phase::Healthy | Phase::Releasing, Some(_)) => (EndpointHealthState::Failing, None),
            (Phase::Healthy | Phase::Releasing, None) => (EndpointHealthState::Healthy, None),
        };
        Self {
            state,
            since: health.streak.map(|streak| DateTime(streak.since)),
            paused_at: pause.map(|pause| DateTime(pause.since)),
            next_probe_at: pause.map(|pause| DateTime(pause.next_probe_at)),
            kept_deliveries: found.kept,
            attempts: found.counts.attempts,
            failures: found.counts.failures,
        }
    }
}
