//! The enumerations of `schema.graphql`, shared by every query of the app.
//! Those that may grow have `Unknown`, so that an older page still reads a newer server.
mod orders;

pub(crate) use orders::{
    AbnormalOrderAction, AbnormalOrderList, AbnormalOrderReason, AbnormalOrderResolution,
    AbnormalOrderStatus, ConfirmationMail, GatewayCheckOutcome, GatewayCheckProblem, NotificationRefusal,
    OrderEventState, OrderMailState, OrderStatus, RestoreBatchRowState, RestoreLeftOutReason,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SendErrorCondition {
    All,
    Unprocessed,
    Processed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SendErrorSort {
    #[default]
    NewestFirst,
    OldestFirst,
    AmountDescending,
    AmountAscending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DownloadEncoding {
    Cp932,
    Utf8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PeriodPreset {
    Today,
    Yesterday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SendErrorStatus {
    Unprocessed,
    Processed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Receipt {
    NotReceived,
    MaybeReceived,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Cause {
    NameNotResolved,
    ConnectionRefused,
    ConnectFailed,
    ConnectTimedOut,
    TlsFailed,
    BlockedTarget,
    NoEndpoint,
    InvalidRequest,
    TimedOut,
    ConnectionReset,
    InvalidAnswer,
    ServerError,
    ClientError,
    Redirect,
    BodyRuleNotMet,
    ProcessDied,
    #[serde(other)]
    Unknown,
}

/// In what way somebody else was first: `extensions.reason` of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ConflictReason {
    AlreadyResending,
    AlreadyProcessed,
    NotProcessed,
    SettingsChanged,
    ChangedMeanwhile,
    KeyReused,
    AlreadyRestored,
    NotRestorable,
    AlreadyClosed,
    NotClosable,
    StatusChanged,
    MailAlreadySent,
    GatewayCheckBlocked,
    BatchState,
    PlanExpired,
    AlreadySending,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AttemptTrigger {
    Automatic,
    Manual,
    Batch,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AttemptOutcome {
    Delivered,
    NotReceived,
    MaybeReceived,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Action {
    View,
    Resend,
    Close,
    EditParameters,
    Restore,
    Delete,
    Register,
    Settings,
    Tokens,
    Members,
    Ingest,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TimelineKind {
    NotificationReceived,
    Evaluated,
    CheckoutRegistered,
    OrderRegistered,
    Restored,
    Deleted,
    CancelledAtGateway,
    ResultReceived,
    Attempted,
    ResendDecided,
    Closed,
    Reopened,
    MailQueued,
    MailSent,
    MailFailed,
    GatewayChecked,
    StatusChanged,
    EventQueued,
    EventAttempted,
    #[serde(other)]
    Unknown,
}

/// What a signing secret signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SigningSecretPurpose {
    Results,
    OrderRestored,
}

/// The languages that have a standard text of the confirmation mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum MailLanguage {
    Ja,
    En,
    #[serde(other)]
    Unknown,
}

/// What happens to the results for an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EndpointHealthState {
    Healthy,
    Failing,
    Paused,
    #[serde(other)]
    Unknown,
}

/// What a batch does with its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ResendBatchAction {
    Resend,
    MarkProcessed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ResendBatchState {
    Planned,
    Running,
    Paused,
    Cancelled,
    Completed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ResendBatchRowState {
    Waiting,
    Sending,
    Done,
    Failed,
    Skipped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EndpointMethod {
    Get,
    Post,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EndpointCharset {
    #[serde(rename = "CP932")]
    Cp932,
    #[serde(rename = "UTF_8")]
    Utf8,
    EucJp,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum BodyRuleKind {
    Any,
    Equals,
    StartsWith,
    Contains,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RetryPolicyKind {
    None,
    Delays,
    UntilAccepted,
    #[serde(other)]
    Unknown,
}
