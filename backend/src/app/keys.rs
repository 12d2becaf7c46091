//! Idempotency keys: by them a repeat of a decision is known, so that one decision is one request.

use sea_orm::{DatabaseTransaction, DbErr, SqlErr};
use todoke_domain::time::Timestamp;
use uuid::Uuid;

use super::{ConflictReason, Error};
use crate::{
    auth::scope::Scope,
    messages::Message,
    store::{
        self,
        decisions::{Decision, DecisionKind},
    },
};

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

/// The decision that this key was given for, where it is this very one; `None` for a new key.
///
/// # Errors
/// `Conflict` where the key was used for something else.
pub(super) async fn find_repeat(
    scope: &Scope,
    tx: &DatabaseTransaction,
    key: &str,
    (kind, subject): (DecisionKind, Uuid),
) -> Result<Option<Decision>, Error> {
    let Some(earlier) = store::decisions::find_by_key(scope, tx, key).await? else { return Ok(None) };
    if earlier.kind == kind.code() && earlier.subject == subject {
        Ok(Some(earlier))
    } else {
        Err(Error::conflict(ConflictReason::KeyReused, Some(earlier.actor_name), Some(earlier.decided_at)))
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
