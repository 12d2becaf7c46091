//! What the gateway says of a payment, in words, and what it means for a restore.
use super::enums::{GatewayCheckOutcome, GatewayCheckProblem};
use super::status::Mark;
use crate::i18n::Lang;

/// How far the question of this visit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    NotYet,
    Running,
    /// It was answered at this instant; the answer itself stands in the row.
    Told(String),
    /// The question itself did not come through.
    Failed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    /// The answer is awaited.
    Waiting,
    Closed,
    /// Nobody knows: only for who says that they looked themselves.
    OnlyIfMeant,
}

/// Whether a restore may be asked for. The server asks the gateway itself once more: where the question did not come
/// through, what it said last holds.
pub(crate) fn gate(is_configured: bool, asking: &Asking, last: Option<(GatewayCheckOutcome, &str)>) -> Gate {
    // Instants of the server compare like texts: all are written in the same way.
    let is_awaited = match (asking, last) {
        (Asking::NotYet | Asking::Running, _) => true,
        (Asking::Told(at), last) => last.is_none_or(|(_, seen)| seen < at.as_str()),
        (Asking::Failed(_), _) => false,
    };
    match (is_configured, is_awaited, last.map(|(outcome, _)| outcome)) {
        (false, _, _) => Gate::Open,
        (true, true, _) => Gate::Waiting,
        (true, false, Some(GatewayCheckOutcome::Blocked)) => Gate::Closed,
        (true, false, Some(GatewayCheckOutcome::Unreachable)) => Gate::OnlyIfMeant,
        (true, false, Some(GatewayCheckOutcome::Passed) | None) => Gate::Open,
    }
}

pub(crate) fn outcome(l: Lang, outcome: GatewayCheckOutcome) -> Mark {
    let (text, tone) = match outcome {
        GatewayCheckOutcome::Passed => (l.gateway_passed(), "good"),
        GatewayCheckOutcome::Blocked => (l.gateway_blocked(), "danger"),
        GatewayCheckOutcome::Unreachable => (l.gateway_unreachable(), "warning"),
    };
    Mark { text, tone }
}

pub(crate) fn problem(l: Lang, problem: GatewayCheckProblem) -> &'static str {
    match problem {
        GatewayCheckProblem::Cancelled => l.problem_cancelled(),
        GatewayCheckProblem::NotPaid => l.problem_not_paid(),
        GatewayCheckProblem::AmountMismatch => l.problem_amount_mismatch(),
        GatewayCheckProblem::AccessIdMismatch => l.problem_access_id_mismatch(),
        GatewayCheckProblem::Refused => l.problem_refused(),
        GatewayCheckProblem::TimedOut => l.problem_timed_out(),
        GatewayCheckProblem::ConnectionFailed => l.problem_connection_failed(),
        GatewayCheckProblem::InvalidAnswer => l.problem_invalid_answer(),
        GatewayCheckProblem::Unknown => l.problem_other(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T09:00:05+09:00";

    #[test]
    fn what_the_gateway_contradicts_cannot_be_restored_and_silence_must_be_meant() {
        use GatewayCheckOutcome::{Blocked, Passed, Unreachable};
        let failed = Asking::Failed(String::new());
        let told = || Asking::Told(NOW.to_owned());
        let cases = [
            (false, Asking::NotYet, Some(Blocked), Gate::Open),
            (true, Asking::NotYet, Some(Passed), Gate::Waiting),
            (true, Asking::Running, None, Gate::Waiting),
            (true, told(), Some(Passed), Gate::Open),
            (true, told(), Some(Blocked), Gate::Closed),
            (true, failed.clone(), Some(Blocked), Gate::Closed),
            (true, told(), Some(Unreachable), Gate::OnlyIfMeant),
            (true, told(), None, Gate::Waiting),
            (true, failed, None, Gate::Open),
        ];
        for (is_configured, asking, last, expected) in cases {
            let seen = last.map(|last| (last, NOW));
            assert_eq!(gate(is_configured, &asking, seen), expected, "{asking:?} {last:?}");
        }
        let earlier = Some((Passed, "2026-11-21T09:00:04+09:00"));
        assert_eq!(gate(true, &told(), earlier), Gate::Waiting, "the row still has the answer before");
    }
}
