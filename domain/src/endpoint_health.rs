//! How an endpoint fares: when deliveries to it are paused, when one of them is sent as a probe, and when they go on
//! (docs/REQUIREMENTS.md, A.4).
//!
//! Draws on outcomes alone; knows neither the queue nor the clock.

use crate::{
    delivery::{Cause, Outcome, Receipt},
    time::Timestamp,
};

/// Failures in a row must span so long before they pause, where the operator says nothing else: a burst in one bad minute
/// is no persistent failure.
pub const SPAN_MS_DEFAULT: i64 = 600_000;
/// From the pause to the first probe, in milliseconds.
pub const FIRST_PROBE_MS: i64 = 60_000;
/// Longest wait between probes, in milliseconds: results wait at most so long after an endpoint came back.
pub const PROBE_WAIT_MS_MAX: i64 = 900_000;

/// When failures in a row pause an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseRule {
    /// So many at least, the IP code's setting; 0 means never.
    pub failures: u32,
    /// Over so long at least, in milliseconds.
    pub span_ms: i64,
}

/// Failures in a row, no success between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streak {
    /// How many.
    pub failures: u32,
    /// When the first of them was recorded.
    pub since: Timestamp,
}

/// A pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it began.
    pub since: Timestamp,
    /// When the next kept delivery is sent as a probe.
    pub next_probe_at: Timestamp,
    /// The wait before that probe, in milliseconds.
    pub probe_wait_ms: i64,
}

/// What happens to automatic deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// They are sent.
    #[default]
    Healthy,
    /// They are kept, and one at a time is sent as a probe.
    Paused(Pause),
    /// They are sent, and what was kept is made due again.
    Releasing,
}

/// How an endpoint fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointHealth {
    /// The failures in a row, where the last attempt failed.
    pub streak: Option<Streak>,
    /// What happens to automatic deliveries.
    pub phase: Phase,
}

/// A change that people are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Deliveries are kept from now on.
    Paused,
    /// Deliveries go on.
    Resumed,
}

/// Whether a failure speaks of the endpoint. A process of ours that died, a missing address and a request that could
/// not be built do not.
pub const fn is_of_the_endpoint(cause: Cause) -> bool {
    match cause {
        Cause::ProcessDied | Cause::NoEndpoint | Cause::InvalidRequest => false,
        Cause::NameNotResolved
        | Cause::ConnectionRefused
        | Cause::ConnectFailed
        | Cause::ConnectTimedOut
        | Cause::TlsFailed
        | Cause::BlockedTarget
        | Cause::TimedOut
        | Cause::ConnectionReset
        | Cause::InvalidAnswer
        | Cause::ServerError
        | Cause::ClientError
        | Cause::Redirect
        | Cause::BodyRuleNotMet => true,
    }
}

impl EndpointHealth {
    /// Whether a success would change anything.
    pub const fn is_troubled(&self) -> bool {
        self.streak.is_some() || self.is_paused()
    }

    /// Whether automatic deliveries are kept.
    pub const fn is_paused(&self) -> bool {
        matches!(self.phase, Phase::Paused(_))
    }

    /// Notes an outcome, whoever set the attempt going.
    pub fn note(&mut self, outcome: Outcome, rule: PauseRule, now: Timestamp) -> Option<Turn> {
        match outcome {
            Outcome::Delivered => self.resume().then_some(Turn::Resumed),
            Outcome::Failed(cause) if is_of_the_endpoint(cause) => self.note_failure(rule, now),
            Outcome::Failed(_) => None,
        }
    }

    fn note_failure(&mut self, rule: PauseRule, now: Timestamp) -> Option<Turn> {
        let before = self.streak.unwrap_or(Streak { failures: 0, since: now });
        let streak = Streak { failures: before.failures.saturating_add(1), ..before };
        self.streak = Some(streak);
        let is_persistent = rule.failures > 0
            && streak.failures >= rule.failures
            && now.millis_since(streak.since) >= rule.span_ms;
        if !is_persistent || self.is_paused() {
            return None;
        }
        let next_probe_at = now.plus_millis(FIRST_PROBE_MS);
        self.phase = Phase::Paused(Pause { since: now, next_probe_at, probe_wait_ms: FIRST_PROBE_MS });
        Some(Turn::Paused)
    }

    /// Ends the streak and, where there is one, the pause. Whether there was a pause.
    pub const fn resume(&mut self) -> bool {
        self.streak = None;
        let was_paused = self.is_paused();
        if was_paused {
            self.phase = Phase::Releasing;
        }
        was_paused
    }

    /// Begins a probe, if one is due: each further one comes after twice the wait, up to the longest.
    pub fn begin_probe(&mut self, now: Timestamp) -> bool {
        match &mut self.phase {
            Phase::Paused(pause) if pause.next_probe_at <= now => {
                pause.probe_wait_ms = pause.probe_wait_ms.saturating_mul(2).min(PROBE_WAIT_MS_MAX);
                pause.next_probe_at = now.plus_millis(pause.probe_wait_ms);
                true
            }
            Phase::Healthy | Phase::Paused(_) | Phase::Releasing => false,
        }
    }

    /// Whether a probe that ended like this is kept again. What may have been received follows the policy like any
    /// other; so does a result that cannot be sent at all, or it would be every probe for ever.
    pub const fn keeps_again(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Delivered => false,
            Outcome::Failed(cause) => {
                self.is_paused()
                    && is_of_the_endpoint(cause)
                    && matches!(cause.receipt(), Receipt::NotReceived)
            }
        }
    }

    /// A probe has ended. One that never left says nothing of the endpoint: the next follows at once.
    pub fn note_probe(&mut self, outcome: Outcome, now: Timestamp) {
        if let (Phase::Paused(pause), Outcome::Failed(cause)) = (&mut self.phase, outcome)
            && !is_of_the_endpoint(cause)
            && cause.receipt() == Receipt::NotReceived
        {
            pause.next_probe_at = now;
        }
    }

    /// The endpoint's settings were changed: a probe tells at once whether that helped.
    pub const fn probe_at_once(&mut self, now: Timestamp) {
        if let Phase::Paused(pause) = &mut self.phase {
            pause.next_probe_at = now;
            pause.probe_wait_ms = FIRST_PROBE_MS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    fn after(failures: u32) -> PauseRule {
        PauseRule { failures, span_ms: SPAN_MS_DEFAULT }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_millis(minute * MINUTE_MS)
    }

    fn paused(minute: i64) -> EndpointHealth {
        let mut health = EndpointHealth::default();
        health.note(Outcome::Failed(Cause::TimedOut), after(1), at(minute - 10));
        assert_eq!(health.note(Outcome::Failed(Cause::TimedOut), after(1), at(minute)), Some(Turn::Paused));
        health
    }

    #[test]
    fn persistent_failure_pauses() {
        let refused = Outcome::Failed(Cause::ConnectionRefused);
        let slow = Outcome::Failed(Cause::TimedOut);
        let died = Outcome::Failed(Cause::ProcessDied);
        let unsendable = Outcome::Failed(Cause::InvalidRequest);
        let nowhere = Outcome::Failed(Cause::NoEndpoint);
        let ok = Outcome::Delivered;
        for (what, outcomes, pause_after, is_paused) in [
            ("three over ten minutes", &[(refused, 0), (slow, 5), (refused, 10)][..], 3, true),
            ("three within less", &[(refused, 0), (slow, 5), (refused, 9)], 3, false),
            ("two over an hour", &[(refused, 0), (slow, 60)], 3, false),
            ("the fourth, late enough", &[(slow, 0), (slow, 0), (slow, 0), (slow, 10)], 3, true),
            ("a success between", &[(slow, 0), (slow, 5), (ok, 6), (slow, 11)], 3, false),
            ("a streak after a success", &[(slow, 0), (ok, 1), (slow, 2), (slow, 3), (slow, 12)], 3, true),
            ("never", &[(slow, 0), (slow, 60), (slow, 120)], 0, false),
            ("one is a streak of no length", &[(slow, 0)], 1, false),
            ("our own process", &[(slow, 0), (died, 5), (died, 20)], 2, false),
            ("a result that cannot be sent", &[(slow, 0), (unsendable, 5), (unsendable, 20)], 2, false),
            ("no address", &[(nowhere, 0), (nowhere, 5), (nowhere, 20)], 2, false),
            ("neither ends a streak", &[(slow, 0), (died, 5), (unsendable, 6), (slow, 20)], 2, true),
        ] {
            let mut health = EndpointHealth::default();
            for (outcome, minute) in outcomes {
                health.note(*outcome, after(pause_after), at(*minute));
            }
            assert_eq!(health.is_paused(), is_paused, "{what}");
        }
    }

    #[test]
    fn only_the_change_is_told() {
        let mut health = paused(20);
        let failed = Outcome::Failed(Cause::ServerError);
        assert_eq!(health.note(failed, after(1), at(40)), None);
        assert_eq!(health.note(Outcome::Delivered, after(1), at(41)), Some(Turn::Resumed));
        assert_eq!(health, EndpointHealth { streak: None, phase: Phase::Releasing });
        assert_eq!(health.note(Outcome::Delivered, after(1), at(42)), None);
        assert!(!health.resume());
        health.note(failed, after(2), at(43));
        assert_eq!(health.note(failed, after(2), at(53)), Some(Turn::Paused), "also while it is releasing");
    }

    #[test]
    fn probes_come_after_a_minute_and_ever_later_up_to_a_quarter_of_an_hour() {
        let mut health = paused(10);
        let mut began = Vec::new();
        for minute in 10..80 {
            if health.begin_probe(at(minute)) {
                began.push(minute - 10);
            }
        }
        assert_eq!(began, [1, 3, 7, 15, 30, 45, 60]);
        health.probe_at_once(at(71));
        assert!(health.begin_probe(at(71)) && !health.begin_probe(at(72)) && health.begin_probe(at(73)));
        health.resume();
        assert!(!health.begin_probe(at(200)));
        assert!(!EndpointHealth::default().begin_probe(at(200)));
    }

    #[test]
    fn a_probe_is_kept_again_only_where_it_cannot_have_arrived() {
        for cause in Cause::ALL {
            let outcome = Outcome::Failed(cause);
            let is_kept = match cause {
                Cause::NameNotResolved
                | Cause::ConnectionRefused
                | Cause::ConnectFailed
                | Cause::ConnectTimedOut
                | Cause::TlsFailed
                | Cause::BlockedTarget => true,
                Cause::NoEndpoint
                | Cause::InvalidRequest
                | Cause::TimedOut
                | Cause::ConnectionReset
                | Cause::InvalidAnswer
                | Cause::ServerError
                | Cause::ClientError
                | Cause::Redirect
                | Cause::BodyRuleNotMet
                | Cause::ProcessDied => false,
            };
            let mut health = paused(10);
            assert_eq!(health.keeps_again(outcome), is_kept, "{cause:?}");
            assert!(!EndpointHealth::default().keeps_again(outcome), "{cause:?}");
            assert!(health.begin_probe(at(11)));
            health.note_probe(outcome, at(11));
            let follows_at_once = matches!(cause, Cause::NoEndpoint | Cause::InvalidRequest);
            assert_eq!(health.begin_probe(at(11)), follows_at_once, "{cause:?}");
        }
        assert!(!paused(10).keeps_again(Outcome::Delivered));
    }
}
