//! Those of abnormal orders and orders.
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AbnormalOrderList {
    All,
    Restorable,
    Restored,
    Duplicate,
    Unrestorable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AbnormalOrderStatus {
    Restorable,
    Restored,
    Duplicate,
    Unrestorable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AbnormalOrderReason {
    NoCheckout,
    AmountMismatch,
    PaymentMethodMismatch,
    AccessIdMismatch,
    CheckoutExpired,
    InvalidAmount,
    InvalidCurrency,
    InvalidDate,
    OrderExists,
    CancelledAtGateway,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AbnormalOrderAction {
    Restore,
    Close,
    Delete,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AbnormalOrderResolution {
    CancelledAtGateway,
    Reordered,
    NotNeeded,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum GatewayCheckOutcome {
    Passed,
    Blocked,
    Unreachable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum GatewayCheckProblem {
    Cancelled,
    NotPaid,
    AmountMismatch,
    AccessIdMismatch,
    Refused,
    TimedOut,
    ConnectionFailed,
    InvalidAnswer,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OrderStatus {
    New,
    InProgress,
    Shipped,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ConfirmationMail {
    Sent,
    NotSent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OrderMailState {
    Waiting,
    Sent,
    Failed,
    #[serde(other)]
    Unknown,
}

/// Where the notice of a restored order to the cart stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OrderEventState {
    Waiting,
    Delivered,
    Failed,
    #[serde(other)]
    Unknown,
}

/// What became of an abnormal order in a bulk restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RestoreBatchRowState {
    Left,
    Done,
    Failed,
    Skipped,
}

/// Why a chosen row is not in the plan of a bulk restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RestoreLeftOutReason {
    NotPermitted,
    AlreadyRestored,
    Duplicate,
    Unrestorable,
    CancelledAtGateway,
    Closed,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NotificationRefusal {
    SourceRefused,
    Disabled,
    Unreadable,
    #[serde(other)]
    Unknown,
}
