//! Idempotency keys: by them a repeat of a decision is known, so that one decision is one request.

use sea_orm::{DbErr, SqlErr};
use todoke_domain::time::Timestamp;

use super::{ConflictReason, Error};
use crate::{auth::scope::Scope, messages::Message};

/// Longest key, in characters.
const KEY_CHARS_MAX: usize = 100;

/// Checks a key.
///
/// # Errors
/// It is empty, too long, or holds control characters.
pub(crate) fn check_key(key: &str) -> Result<(), Error> {
    let fits = (1..=KEY_CHARS_MAX).contains(&key.chars().count());
    let is_clean = !key.chars().any(char::is_control);
    if fits && is_clean {
        Ok(())
    } else {
        Err(Error::field(&["idempotencyKey"], Message::IdempotencyKeyInvalid))
    }
}

/// The same key was shown for something else at the same time, and that decision was stored first.
pub(crate) fn key_taken_meanwhile(scope: &Scope, error: DbErr, now: Timestamp) -> Error {
    if is_taken(&error) {
        Error::conflict(ConflictReason::KeyReused, Some(scope.actor().name().to_owned()), Some(now))
    } else {
        error.into()
    }
}

/// Whether a unique index refused: somebody else was first with this very thing.
pub(crate) fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
