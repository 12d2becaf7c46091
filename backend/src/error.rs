//! The one error of all use cases, and of what they stand on. What is internal never leaves: the rim logs it and tells code and request id.

use sea_orm::{DbErr, RuntimeErr};
use todoke_domain::{order_search::ListFault, payment::FieldFault, time::Timestamp};

use crate::messages::{ConflictReason, Message};

/// Why a use case did not do what was asked.
#[derive(Debug)]
pub(crate) enum Error {
    /// No good credential.
    Unauthenticated,
    /// There is no such thing, or the asker may not know of it.
    NotFound,
    /// Something that the person who asked can mend.
    BadInput(Vec<FieldError>),
    /// Somebody else was first.
    Conflict(Conflict),
    /// The database is away, or a queue is full.
    Unavailable(String),
    /// A defect.
    Internal(String),
}

/// A fault beside a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// The path of the field.
    pub field: Vec<String>,
    /// What is wrong.
    pub message: Message,
}

/// Who was first, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// In what way.
    pub reason: ConflictReason,
    /// The login of who acts or acted.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

impl Error {
    /// A defect, told to the log only.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// One fault beside one field.
    pub(crate) fn field(path: &[&str], message: Message) -> Self {
        Self::BadInput(vec![FieldError::new(path, message)])
    }

    /// Somebody was first.
    pub(crate) fn conflict(reason: ConflictReason, by: Option<String>, at: Option<Timestamp>) -> Self {
        Self::Conflict(Conflict { reason, by, at })
    }

    /// The stable public code (docs/API.md, GraphQL).
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::NotFound => "NOT_FOUND",
            Self::BadInput(_) => "BAD_USER_INPUT",
            Self::Conflict(_) => "CONFLICT",
            Self::Unavailable(_) | Self::Internal(_) => "INTERNAL",
        }
    }
}

impl FieldError {
    /// A fault of a parameter, beside `["parameters", NAME]`: a name may hold dots.
    pub(crate) fn of_parameter(fault: FieldFault) -> Self {
        Self {
            field: fault.field.splitn(2, '.').map(str::to_owned).collect(),
            message: Message::Field(fault.kind),
        }
    }

    /// A fault beside a field.
    pub(crate) fn new(path: &[&str], message: Message) -> Self {
        Self { field: path.iter().map(|part| (*part).to_owned()).collect(), message }
    }
}

impl From<ListFault> for Error {
    fn from(fault: ListFault) -> Self {
        Self::field(fault.path, Message::Search(fault.rule))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_database_away(&error) {
            Self::Unavailable(error.to_string())
        } else {
            Self::Internal(error.to_string())
        }
    }
}

/// Whether the database itself is away, as against a statement that it refuses.
fn is_database_away(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return true;
    }
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    // PostgreSQL's class 57P (operator intervention): it is going down or coming up.
    let is_shutdown = cause
        .as_database_error()
        .and_then(|refusal| refusal.code())
        .is_some_and(|code| code.starts_with("57P"));
    let is_refusal =
        matches!(cause.as_ref(), sea_orm::sqlx::Error::Database(_) | sea_orm::sqlx::Error::RowNotFound);
    is_shutdown || !is_refusal
}
