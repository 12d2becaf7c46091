//! Whether a row may be re-sent or closed: the guard against double issue
//! (docs/REQUIREMENTS.md, A.8 and A.11).
//!
//! The rule is enforced on the server from the stored row, never from what a page believed.

use crate::{delivery::Receipt, send_error::SendErrorStatus};

/// What is known of a row when somebody decides about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowState {
    /// 未処理 or 処理済.
    pub status: SendErrorStatus,
    /// What the merchant may have received.
    pub receipt: Receipt,
    /// A resend was decided and its outcome is not known yet.
    pub resending: bool,
    /// Attempts made so far.
    pub attempt_count: u32,
}

/// What the one who decides says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResendRequest {
    /// "I have checked what was provided."
    pub confirms_maybe_received: bool,
    /// The number of attempts that was on the page when the decision was made, where it is told.
    pub expected_attempt_count: Option<u32>,
}

/// Why a decision is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A resend of this row is already on its way.
    AlreadyResending,
    /// The row is 処理済.
    AlreadyProcessed,
    /// The row was tried again since the page was read.
    ChangedMeanwhile,
    /// The merchant may have received it, and that was not confirmed.
    MaybeReceivedNotConfirmed,
}

/// Whether the row may be sent once more.
///
/// # Errors
/// The first reason against it, gravest first.
pub fn permit_resend(row: RowState, request: ResendRequest) -> Result<(), Refusal> {
    permit_close(row)?;
    if request.expected_attempt_count.is_some_and(|expected| expected != row.attempt_count) {
        return Err(Refusal::ChangedMeanwhile);
    }
    match row.receipt {
        Receipt::MaybeReceived if !request.confirms_maybe_received => Err(Refusal::MaybeReceivedNotConfirmed),
        Receipt::MaybeReceived | Receipt::NotReceived => Ok(()),
    }
}

/// Whether the row may be closed without sending.
///
/// # Errors
/// A resend runs, or somebody closed it already.
pub fn permit_close(row: RowState) -> Result<(), Refusal> {
    if row.resending {
        return Err(Refusal::AlreadyResending);
    }
    match row.status {
        SendErrorStatus::Processed => Err(Refusal::AlreadyProcessed),
        SendErrorStatus::Unprocessed => Ok(()),
    }
}

/// Why a row is not opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReopenRefusal {
    /// A resend of this row is on its way.
    AlreadyResending,
    /// The row is 未処理.
    NotProcessed,
}

/// Whether a closed row may be opened again.
///
/// # Errors
/// It is not closed.
pub fn permit_reopen(row: RowState) -> Result<(), ReopenRefusal> {
    match row.status {
        _ if row.resending => Err(ReopenRefusal::AlreadyResending),
        SendErrorStatus::Unprocessed => Err(ReopenRefusal::NotProcessed),
        SendErrorStatus::Processed => Ok(()),
    }
}

/// What the merchant may have received of a row that is opened again: an acknowledged delivery arrived, whatever the
/// attempt before it met.
pub fn receipt_when_reopened(row: RowState, was_acknowledged: bool) -> Receipt {
    if was_acknowledged { Receipt::MaybeReceived } else { row.receipt }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: RowState = RowState {
        status: SendErrorStatus::Unprocessed,
        receipt: Receipt::NotReceived,
        resending: false,
        attempt_count: 1,
    };
    const PLAIN: ResendRequest =
        ResendRequest { confirms_maybe_received: false, expected_attempt_count: None };

    #[test]
    fn an_open_row_that_was_not_received_may_be_sent() {
        assert_eq!(permit_resend(OPEN, PLAIN), Ok(()));
    }

    #[test]
    fn a_row_that_may_have_been_received_needs_the_confirmation() {
        let row = RowState { receipt: Receipt::MaybeReceived, ..OPEN };
        assert_eq!(permit_resend(row, PLAIN), Err(Refusal::MaybeReceivedNotConfirmed));
        assert_eq!(permit_resend(row, ResendRequest { confirms_maybe_received: true, ..PLAIN }), Ok(()));
        assert_eq!(permit_close(row), Ok(()));
    }

    #[test]
    fn a_running_or_closed_row_takes_no_second_decision() {
        let confirmed = ResendRequest { confirms_maybe_received: true, ..PLAIN };
        let running = RowState { resending: true, ..OPEN };
        let closed = RowState { status: SendErrorStatus::Processed, ..OPEN };
        assert_eq!(permit_resend(running, confirmed), Err(Refusal::AlreadyResending));
        assert_eq!(permit_close(running), Err(Refusal::AlreadyResending));
        assert_eq!(permit_resend(closed, confirmed), Err(Refusal::AlreadyProcessed));
        assert_eq!(permit_close(closed), Err(Refusal::AlreadyProcessed));
    }

    #[test]
    fn only_a_closed_row_is_opened_again() {
        let closed = RowState { status: SendErrorStatus::Processed, ..OPEN };
        assert_eq!(permit_reopen(closed), Ok(()));
        assert_eq!(permit_reopen(OPEN), Err(ReopenRefusal::NotProcessed));
        let running = RowState { resending: true, ..OPEN };
        assert_eq!(permit_reopen(running), Err(ReopenRefusal::AlreadyResending));
    }

    #[test]
    fn what_was_acknowledged_comes_back_as_maybe_received() {
        for receipt in [Receipt::NotReceived, Receipt::MaybeReceived] {
            let closed = RowState { status: SendErrorStatus::Processed, receipt, ..OPEN };
            assert_eq!(receipt_when_reopened(closed, true), Receipt::MaybeReceived);
            assert_eq!(receipt_when_reopened(closed, false), receipt);
        }
    }

    #[test]
    fn a_page_that_has_not_seen_the_last_attempt_decides_nothing() {
        let stale = ResendRequest { expected_attempt_count: Some(0), ..PLAIN };
        let fresh = ResendRequest { expected_attempt_count: Some(1), ..PLAIN };
        assert_eq!(permit_resend(OPEN, stale), Err(Refusal::ChangedMeanwhile));
        assert_eq!(permit_resend(OPEN, fresh), Ok(()));
    }
}
