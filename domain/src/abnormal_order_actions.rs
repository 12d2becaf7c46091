//! What a person may do with an abnormal order: 復旧, close, 削除 (docs/REQUIREMENTS.md, B.5 and B.6; reference B,
//! 「重複注文一覧」, 「復旧不可注文一覧」 and 「ボタン説明」).
//!
//! Only the row's state is asked here; whose right it takes is named beside, and the scope holds it.

use crate::{abnormal_order::AbnormalOrderStatus, access::Action};

/// Something a person can do with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowAction {
    /// 復旧.
    Restore,
    /// Close: what had to be done about it was done elsewhere.
    Close,
    /// 削除.
    Delete,
}

/// What was done about a row that no order can be made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The payment was cancelled at the gateway.
    CancelledAtGateway,
    /// The customer ordered again.
    Reordered,
    /// Nothing needed to be done.
    NotNeeded,
}

/// The parts of a row that decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowState {
    /// Its state.
    pub status: AbnormalOrderStatus,
    /// The payment was cancelled at the gateway since.
    pub is_cancelled_at_gateway: bool,
    /// A person closed it.
    pub is_closed: bool,
}

impl RowAction {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Restore, Self::Close, Self::Delete];

    /// The right that it takes.
    pub const fn needs(self) -> Action {
        match self {
            Self::Restore | Self::Close => Action::Restore,
            Self::Delete => Action::Delete,
        }
    }

    /// Whether a row in this state can take it. Every row may be deleted: the reference names rows that were never
    /// restored, because the customer ordered otherwise, and rows that were, because they are done with.
    pub const fn fits(self, row: RowState) -> bool {
        match (self, row.status) {
            (Self::Restore, AbnormalOrderStatus::Restorable) => {
                !row.is_cancelled_at_gateway && !row.is_closed
            }
            (Self::Close, AbnormalOrderStatus::Duplicate | AbnormalOrderStatus::Unrestorable) => {
                !row.is_closed
            }
            (
                Self::Restore,
                AbnormalOrderStatus::Restored
                | AbnormalOrderStatus::Duplicate
                | AbnormalOrderStatus::Unrestorable,
            )
            | (Self::Close, AbnormalOrderStatus::Restorable | AbnormalOrderStatus::Restored) => false,
            (Self::Delete, _) => true,
        }
    }
}

impl Resolution {
    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CancelledAtGateway => "CANCELLED_AT_GATEWAY",
            Self::Reordered => "REORDERED",
            Self::NotNeeded => "NOT_NEEDED",
        }
    }

    /// The resolution of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::CancelledAtGateway, Self::Reordered, Self::NotNeeded]
            .into_iter()
            .find(|resolution| resolution.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_takes_its_actions_and_no_other() {
        use AbnormalOrderStatus::*;
        use RowAction::*;
        for (status, is_cancelled_at_gateway, is_closed, expected) in [
            (Restorable, false, false, vec![Restore, Delete]),
            (Restorable, true, false, vec![Delete]),
            (Restored, false, false, vec![Delete]),
            (Restored, true, false, vec![Delete]),
            (Duplicate, false, false, vec![Close, Delete]),
            (Duplicate, true, false, vec![Close, Delete]),
            (Duplicate, false, true, vec![Delete]),
            (Unrestorable, false, false, vec![Close, Delete]),
            (Unrestorable, true, true, vec![Delete]),
        ] {
            let row = RowState { status, is_cancelled_at_gateway, is_closed };
            let found: Vec<RowAction> =
                RowAction::ALL.into_iter().filter(|action| action.fits(row)).collect();
            assert_eq!(found, expected, "{row:?}");
        }
    }

    #[test]
    fn names_survive_storage() {
        for resolution in [Resolution::CancelledAtGateway, Resolution::Reordered, Resolution::NotNeeded] {
            assert_eq!(Resolution::from_code(resolution.code()), Some(resolution));
        }
    }
}
