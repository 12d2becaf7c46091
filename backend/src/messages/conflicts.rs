//! Why somebody was second, in both languages.

use super::Language;

/// Ways of being second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConflictReason {
    /// A resend of this row is on its way.
    AlreadyResending,
    /// The event is on its way to the cart.
    AlreadySending,
    /// The row is closed.
    AlreadyProcessed,
    /// The row is open.
    NotProcessed,
    /// The row was tried again since the page was read.
    ChangedMeanwhile,
    /// The order is in another status than the page showed.
    StatusChanged,
    /// The order's confirmation mail was sent already.
    MailAlreadySent,
    /// The order was restored already.
    AlreadyRestored,
    /// The row is in a state that cannot be restored.
    NotRestorable,
    /// The row is closed already.
    AlreadyClosed,
    /// The row is in a state that cannot be closed.
    NotClosable,
    /// The gateway contradicts the notification.
    GatewayCheckBlocked,
    /// The idempotency key was used for something else.
    KeyReused,
    /// The batch is in a state in which the command has no place.
    BatchState,
    /// The plan was not started within its hour.
    PlanExpired,
    /// The settings were changed since they were read.
    SettingsChanged,
}

impl ConflictReason {
    /// Every reason.
    #[cfg(test)]
    pub(crate) const ALL: &[Self] = &[
        Self::AlreadyResending,
        Self::AlreadySending,
        Self::AlreadyProcessed,
        Self::NotProcessed,
        Self::ChangedMeanwhile,
        Self::StatusChanged,
        Self::MailAlreadySent,
        Self::AlreadyRestored,
        Self::NotRestorable,
        Self::AlreadyClosed,
        Self::NotClosable,
        Self::GatewayCheckBlocked,
        Self::KeyReused,
        Self::BatchState,
        Self::PlanExpired,
        Self::SettingsChanged,
    ];

    /// The stable public code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::AlreadyResending => "ALREADY_RESENDING",
            Self::AlreadySending => "ALREADY_SENDING",
            Self::AlreadyProcessed => "ALREADY_PROCESSED",
            Self::NotProcessed => "NOT_PROCESSED",
            Self::ChangedMeanwhile => "CHANGED_MEANWHILE",
            Self::StatusChanged => "STATUS_CHANGED",
            Self::MailAlreadySent => "MAIL_ALREADY_SENT",
            Self::AlreadyRestored => "ALREADY_RESTORED",
            Self::NotRestorable => "NOT_RESTORABLE",
            Self::AlreadyClosed => "ALREADY_CLOSED",
            Self::NotClosable => "NOT_CLOSABLE",
            Self::GatewayCheckBlocked => "GATEWAY_CHECK_BLOCKED",
            Self::KeyReused => "KEY_REUSED",
            Self::BatchState => "BATCH_STATE",
            Self::PlanExpired => "PLAN_EXPIRED",
            Self::SettingsChanged => "SETTINGS_CHANGED",
        }
    }
}

impl ConflictReason {
    /// The text in the reader's language.
    pub(crate) const fn text(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::AlreadyResending, Language::Japanese) => "このデータは現在再送信中です。",
            (Self::AlreadyResending, Language::English) => "This row is being re-sent already.",
            (Self::AlreadySending, Language::Japanese) => "この注文の復旧通知は現在送信中です。",
            (Self::AlreadySending, Language::English) => {
                "The cart is being told of this order at this moment."
            }
            (Self::AlreadyProcessed, Language::Japanese) => "このデータはすでに処理済です。",
            (Self::AlreadyProcessed, Language::English) => "This row is processed already.",
            (Self::NotProcessed, Language::Japanese) => "このデータは処理済ではありません。",
            (Self::NotProcessed, Language::English) => "This row is not processed.",
            (Self::ChangedMeanwhile, Language::Japanese) => {
                "表示後に再送信が行われました。最新の内容を確認してください。"
            }
            (Self::ChangedMeanwhile, Language::English) => {
                "The row was tried again since you read it. Check its present state."
            }
            (Self::StatusChanged, Language::Japanese) => {
                "表示後に注文処理状況が変更されました。最新の内容を確認してください。"
            }
            (Self::StatusChanged, Language::English) => {
                "The order's status was changed since you read it. Check its present state."
            }
            (Self::MailAlreadySent, Language::Japanese) => "この注文の確認メールはすでに送信されています。",
            (Self::MailAlreadySent, Language::English) => {
                "The confirmation mail of this order was sent already."
            }
            (Self::AlreadyRestored, Language::Japanese) => "この注文はすでに復旧済です。",
            (Self::AlreadyRestored, Language::English) => "This order is restored already.",
            (Self::NotRestorable, Language::Japanese) => "この注文は復旧できません。",
            (Self::NotRestorable, Language::English) => "This order cannot be restored.",
            (Self::AlreadyClosed, Language::Japanese) => "この注文はすでに対応済みとして処理されています。",
            (Self::AlreadyClosed, Language::English) => "This row is closed already.",
            (Self::NotClosable, Language::Japanese) => {
                "対応済みにできるのは、重複注文と復旧不可の注文だけです。"
            }
            (Self::NotClosable, Language::English) => {
                "Only duplicates and orders that cannot be restored can be closed."
            }
            (Self::SettingsChanged, Language::Japanese) => {
                "表示後に設定が変更されました。最新の内容を確認してください。"
            }
            (Self::SettingsChanged, Language::English) => {
                "The settings were changed since you read them. Check their present state."
            }
            (Self::GatewayCheckBlocked, Language::Japanese) => {
                "決済代行会社の取引状態が結果通知と一致しないため、復旧できません。"
            }
            (Self::GatewayCheckBlocked, Language::English) => {
                "The gateway's state of this payment contradicts the notification. It cannot be restored."
            }
            (Self::KeyReused, Language::Japanese) => "このidempotencyKeyは別の操作で使用済みです。",
            (Self::BatchState, Language::Japanese) => {
                "この一括処理は、現在の状態ではこの操作を受け付けません。"
            }
            (Self::BatchState, Language::English) => {
                "In its present state this batch does not take this command."
            }
            (Self::PlanExpired, Language::Japanese) => {
                "確認から1時間以上経過しました。もう一度条件を指定してください。"
            }
            (Self::PlanExpired, Language::English) => {
                "More than an hour has passed since the confirmation. Choose the rows again."
            }
            (Self::KeyReused, Language::English) => "This idempotencyKey was used for something else.",
        }
    }
}
