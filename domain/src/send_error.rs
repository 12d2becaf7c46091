//! The newest failed delivery of a payment (CGI送信エラー): at most one row per payment is listed.

/// Whether somebody still has to act (CGISendErr).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendErrorStatus {
    /// 未処理: not re-sent with success and not closed.
    Unprocessed,
    /// 処理済: re-sent with success, or closed as needing no resend.
    Processed,
}

impl SendErrorStatus {
    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unprocessed => "UNPROCESSED",
            Self::Processed => "PROCESSED",
        }
    }

    /// The status of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Unprocessed, Self::Processed].into_iter().find(|status| status.code() == code)
    }
}

/// CGISendErr 条件 of the search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Condition {
    /// すべて.
    #[default]
    All,
    /// 未処理.
    Unprocessed,
    /// 処理済.
    Processed,
}

impl Condition {
    /// The name in links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Unprocessed => "UNPROCESSED",
            Self::Processed => "PROCESSED",
        }
    }

    /// The condition of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::All, Self::Unprocessed, Self::Processed].into_iter().find(|known| known.code() == code)
    }

    /// The one status that is wanted, if it is one.
    pub const fn status(self) -> Option<SendErrorStatus> {
        match self {
            Self::All => None,
            Self::Unprocessed => Some(SendErrorStatus::Unprocessed),
            Self::Processed => Some(SendErrorStatus::Processed),
        }
    }
}

/// The order of the list. Rows that agree in it stand in the order of their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendErrorSort {
    /// By the moment of the failure, newest first.
    #[default]
    NewestFirst,
    /// By the moment of the failure, oldest first.
    OldestFirst,
    /// By the amount, highest first.
    AmountDescending,
    /// By the amount, lowest first.
    AmountAscending,
}

impl SendErrorSort {
    /// The name in cursors and links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NewestFirst => "NEWEST_FIRST",
            Self::OldestFirst => "OLDEST_FIRST",
            Self::AmountDescending => "AMOUNT_DESCENDING",
            Self::AmountAscending => "AMOUNT_ASCENDING",
        }
    }

    /// The order of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::NewestFirst, Self::OldestFirst, Self::AmountDescending, Self::AmountAscending]
            .into_iter()
            .find(|sort| sort.code() == code)
    }

    /// Whether the order rises.
    pub const fn is_ascending(self) -> bool {
        match self {
            Self::NewestFirst | Self::AmountDescending => false,
            Self::OldestFirst | Self::AmountAscending => true,
        }
    }
}
