//! Bulk restore (復旧の一括処理): which rows a frozen plan takes, and what becomes of them (docs/REQUIREMENTS.md, B.5).
//!
//! The states of the plan as a whole are those of `resend_batch`; whether one row may be restored at the moment of its
//! restore is asked again there, not here.

use crate::{abnormal_order::AbnormalOrderStatus, abnormal_order_actions::RowState};

/// Most rows of one plan: each is a restore of its own, with a question at the gateway.
pub const ROWS_MAX: usize = 1_000;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestoreRowState {
    /// Not begun.
    Left,
    /// 復旧済, by this batch.
    Done,
    /// The gateway contradicted or did not tell, or a defect.
    Failed,
    /// Left alone: somebody else acted on it since the plan was frozen, or the batch was cancelled.
    Skipped,
}

/// Why a chosen row is not in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The one who plans may see it and not restore it.
    NotPermitted,
    /// 復旧済.
    AlreadyRestored,
    /// 重複注文.
    Duplicate,
    /// 復旧不可.
    Unrestorable,
    /// The payment was cancelled at the gateway.
    CancelledAtGateway,
    /// A person closed it.
    Closed,
}

/// Why a row in this state is not in a plan; `None` where it is. What a person did about it says more than its state.
pub const fn left_out(row: RowState) -> Option<LeftOut> {
    if row.is_closed {
        return Some(LeftOut::Closed);
    }
    match row.status {
        AbnormalOrderStatus::Restored => Some(LeftOut::AlreadyRestored),
        AbnormalOrderStatus::Duplicate
        | AbnormalOrderStatus::Unrestorable
        | AbnormalOrderStatus::Restorable
            if row.is_cancelled_at_gateway =>
        {
            Some(LeftOut::CancelledAtGateway)
        }
        AbnormalOrderStatus::Duplicate => Some(LeftOut::Duplicate),
        AbnormalOrderStatus::Unrestorable => Some(LeftOut::Unrestorable),
        AbnormalOrderStatus::Restorable => None,
    }
}

impl RestoreRowState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Left, Self::Done, Self::Failed, Self::Skipped];

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Left => "LEFT",
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
    use crate::abnormal_order_actions::RowAction;

    #[test]
    fn a_plan_takes_exactly_the_rows_that_one_could_restore() {
        for status in [
            AbnormalOrderStatus::Restorable,
            AbnormalOrderStatus::Restored,
            AbnormalOrderStatus::Duplicate,
            AbnormalOrderStatus::Unrestorable,
        ] {
            for (is_cancelled_at_gateway, is_closed) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let row = RowState { status, is_cancelled_at_gateway, is_closed };
                assert_eq!(left_out(row).is_none(), RowAction::Restore.fits(row), "{row:?}");
            }
        }
    }

    #[test]
    fn the_reason_is_the_one_that_a_person_would_name() {
        let row = |status, is_cancelled_at_gateway, is_closed| RowState {
            status,
            is_cancelled_at_gateway,
            is_closed,
        };
        for (row, reason) in [
            (row(AbnormalOrderStatus::Restored, true, false), LeftOut::AlreadyRestored),
            (row(AbnormalOrderStatus::Duplicate, false, false), LeftOut::Duplicate),
            (row(AbnormalOrderStatus::Duplicate, true, false), LeftOut::CancelledAtGateway),
            (row(AbnormalOrderStatus::Duplicate, true, true), LeftOut::Closed),
            (row(AbnormalOrderStatus::Unrestorable, false, false), LeftOut::Unrestorable),
            (row(AbnormalOrderStatus::Restorable, true, false), LeftOut::CancelledAtGateway),
        ] {
            assert_eq!(left_out(row), Some(reason), "{row:?}");
        }
    }

    #[test]
    fn names_survive_storage() {
        for state in RestoreRowState::ALL {
            assert_eq!(RestoreRowState::from_code(state.code()), Some(state));
        }
    }
}
