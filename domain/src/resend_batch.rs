//! Resend batches (一括): a frozen plan of resends or closings, and the states it goes through
//! (docs/REQUIREMENTS.md, A.10).
//!
//! Which row may be sent is the rule of `resend`; this file knows plans, not deliveries.

use crate::delivery::{Cause, Outcome};

/// Most rows of one plan: a merchant with a hundred thousand errors closes or re-sends them in one go.
pub const ROWS_MAX: u64 = 100_000;
/// A plan that nobody started is void after this time, in milliseconds.
pub const PLAN_LIFE_MS: i64 = 3_600_000;
/// The batch pauses by itself after so many failures in a row.
pub const FAILURES_IN_A_ROW_MAX: u32 = 20;

/// What a batch does with its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatchAction {
    /// 再送信.
    Resend,
    /// 処理済.
    MarkProcessed,
}

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatchState {
    /// Frozen, not started.
    Planned,
    /// Being worked on.
    Running,
    /// Stopped for now, by a person or after failures in a row.
    Paused,
    /// Stopped for good; rows not begun were left alone.
    Cancelled,
    /// Every row has its outcome.
    Completed,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatchRowState {
    /// Not begun.
    Waiting,
    /// Its request is on its way.
    Sending,
    /// Acknowledged, or closed.
    Done,
    /// Sent and not acknowledged.
    Failed,
    /// Left alone: somebody else acted on it since the plan was frozen, or the batch was cancelled.
    Skipped,
}

/// What can be asked of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchCommand {
    /// 送信 on the confirmation.
    Start,
    /// 一時停止.
    Pause,
    /// 再開.
    Resume,
    /// 中止.
    Cancel,
}

/// Failures in a row after one more outcome. That our own process died says nothing about the endpoint, so it neither
/// lengthens the row nor ends it.
pub const fn failures_in_a_row_after(before: u32, outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Delivered => 0,
        Outcome::Failed(Cause::ProcessDied) => before,
        Outcome::Failed(_) => before.saturating_add(1),
    }
}

impl BatchState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Planned, Self::Running, Self::Paused, Self::Cancelled, Self::Completed];

    /// The state after a command; `None` where the command has no place.
    pub const fn after(self, command: BatchCommand) -> Option<Self> {
        match (self, command) {
            (Self::Planned, BatchCommand::Start) | (Self::Paused, BatchCommand::Resume) => {
                Some(Self::Running)
            }
            (Self::Running, BatchCommand::Pause) => Some(Self::Paused),
            (Self::Planned | Self::Running | Self::Paused, BatchCommand::Cancel) => Some(Self::Cancelled),
            (Self::Planned, BatchCommand::Pause | BatchCommand::Resume)
            | (Self::Running, BatchCommand::Start | BatchCommand::Resume)
            | (Self::Paused, BatchCommand::Start | BatchCommand::Pause)
            | (Self::Cancelled | Self::Completed, _) => None,
        }
    }

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Cancelled => "CANCELLED",
            Self::Completed => "COMPLETED",
        }
    }

    /// The state of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl BatchAction {
    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Resend => "RESEND",
            Self::MarkProcessed => "MARK_PROCESSED",
        }
    }

    /// The action of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Resend, Self::MarkProcessed].into_iter().find(|action| action.code() == code)
    }
}

impl BatchRowState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sending, Self::Done, Self::Failed, Self::Skipped];

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Sending => "SENDING",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
        }
    }

    /// The state of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_their_place_and_no_other() {
        use BatchCommand::*;
        for (state, permitted) in [
            (BatchState::Planned, vec![Start, Cancel]),
            (BatchState::Running, vec![Pause, Cancel]),
            (BatchState::Paused, vec![Resume, Cancel]),
            (BatchState::Cancelled, vec![]),
            (BatchState::Completed, vec![]),
        ] {
            let found: Vec<BatchCommand> = [Start, Pause, Resume, Cancel]
                .into_iter()
                .filter(|command| state.after(*command).is_some())
                .collect();
            assert_eq!(found, permitted, "{state:?}");
        }
    }

    #[test]
    fn a_kill_of_the_process_is_no_failure_of_the_endpoint() {
        let failed = |cause| Outcome::Failed(cause);
        let outcomes = [
            failed(Cause::ConnectionRefused),
            failed(Cause::ProcessDied),
            failed(Cause::TimedOut),
            Outcome::Delivered,
            failed(Cause::ProcessDied),
        ];
        let mut row = 0;
        let rows = outcomes.map(|outcome| {
            row = failures_in_a_row_after(row, outcome);
            row
        });
        assert_eq!(rows, [1, 1, 2, 0, 0]);
    }

    #[test]
    fn names_survive_storage() {
        for state in BatchState::ALL {
            assert_eq!(BatchState::from_code(state.code()), Some(state));
        }
        for state in BatchRowState::ALL {
            assert_eq!(BatchRowState::from_code(state.code()), Some(state));
        }
    }
}
