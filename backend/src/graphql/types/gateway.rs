//! The gateway: its settings, and what it says of a payment.

use async_graphql::{Enum, SimpleObject};
use todoke_domain::gateway_check;

use super::abnormal_orders::Evidence;
use crate::{
    graphql::scalars::DateTime,
    store::{gateway_checks, refused_notifications},
};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "gateway_checks::CheckOutcome")]
pub(crate) enum GatewayCheckOutcome {
    /// Paid, the same amount, the same transaction.
    Passed,
    /// The gateway contradicts the notification: no order may be made.
    Blocked,
    /// Nobody knows: a restore needs `proceedWithoutGatewayCheck`.
    Unreachable,
}

/// What went wrong with a check, or what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "gateway_check::Problem")]
pub(crate) enum GatewayCheckProblem {
    /// The transaction is cancelled.
    Cancelled,
    /// The transaction is in a state in which no money is taken.
    NotPaid,
    /// Another amount than the notification's.
    AmountMismatch,
    /// Another transaction than the notification's.
    AccessIdMismatch,
    /// The gateway answered with an error.
    Refused,
    /// The gateway answered nothing in time.
    TimedOut,
    /// The gateway could not be reached.
    ConnectionFailed,
    /// The answer cannot be read.
    InvalidAnswer,
}

/// What the gateway said of a payment when it was asked last.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct GatewayCheck {
    /// How it ended.
    pub outcome: GatewayCheckOutcome,
    /// What went wrong.
    pub problem: Option<GatewayCheckProblem>,
    /// The transaction's state, as the gateway names it.
    pub status: Option<String>,
    /// Amount and tax together, whole yen.
    pub amount: Option<i32>,
    /// The gateway's ErrCode.
    pub error_code: Option<String>,
    /// The gateway's ErrInfo.
    pub error_info: Option<String>,
    /// When it was asked.
    pub checked_at: DateTime,
    /// Who asked.
    pub checked_by: String,
    /// What contradicts the notification.
    pub evidence: Option<Evidence>,
}

impl From<gateway_checks::GatewayCheck> for GatewayCheck {
    fn from(check: gateway_checks::GatewayCheck) -> Self {
        let (error_code, error_info) = check.error.unzip();
        Self {
            outcome: check.outcome.into(),
            problem: check.problem.map(Into::into),
            status: check.status,
            amount: check.amount,
            error_code,
            error_info,
            checked_at: DateTime(check.at),
            checked_by: check.by,
            evidence: check.evidence.map(Evidence::from),
        }
    }
}

/// The gateway of an IP code. The ShopPass itself is never shown.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct GatewaySettings {
    /// Whether notifications are taken.
    pub enabled: bool,
    /// The gateway's ShopID.
    pub shop_id: Option<String>,
    /// Whether a ShopPass is stored.
    pub has_shop_pass: bool,
    /// Whether a restore asks the gateway first: a ShopPass is stored and the server knows the gateway's address.
    pub check_configured: bool,
    /// The networks from which notifications may come; empty means from everywhere.
    pub allowed_sources: Vec<String>,
    /// The notifications that were refused in the last 30 days, newest day first.
    pub refused_notifications: Vec<RefusedNotifications>,
}

/// Why a notification of a known shop was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "refused_notifications::NotificationRefusal")]
pub(crate) enum NotificationRefusal {
    /// It came from elsewhere than `allowedSources`.
    SourceRefused,
    /// The gateway is off for this IP code.
    Disabled,
    /// It cannot be read.
    Unreadable,
}

/// The refusals of a day.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RefusedNotifications {
    /// The day in Tokyo, `yyyy-mm-dd`.
    pub day: String,
    /// Why.
    pub reason: NotificationRefusal,
    /// How many.
    pub count: u32,
    /// When the last one came.
    pub last_at: DateTime,
}

impl From<refused_notifications::RefusedNotifications> for RefusedNotifications {
    fn from(refused: refused_notifications::RefusedNotifications) -> Self {
        let refused_notifications::RefusedNotifications { day, reason, count, last_at } = refused;
        Self { day, reason: reason.into(), count, last_at: DateTime(last_at) }
    }
}
