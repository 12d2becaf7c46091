//! Signing in and out, and keeping a session alive (docs/REQUIREMENTS.md, Access).
//!
//! Wrong passwords are slowed down and locked out per account and per address; which of login and password was wrong
//! is never told, neither by words nor by time.

use todoke_domain::{
    ids::{SessionId, UserId},
    text,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    App, Error,
    authorization::{self, Authorized},
};
use crate::{
    auth::{
        jwt, password, refresh,
        scope::{Actor, Origin, Scope},
    },
    messages::Message,
    store::{
        self,
        accounts::{Account, Session},
        audit::AuditEntry,
    },
};

/// Failures of one account before it is locked.
const ACCOUNT_FAILURES_MAX: u32 = 5;
/// Failures from one address before it is locked: an office may share one.
const ADDRESS_FAILURES_MAX: u32 = 20;
/// First lock, in milliseconds; it doubles with every further failure.
const LOCK_MS: i64 = 30_000;
/// Longest lock, in milliseconds.
const LOCK_MS_MAX: i64 = 15 * 60_000;
/// After this time without a failure the count begins anew, in milliseconds.
const FORGET_MS: i64 = 60 * 60_000;
/// Longest login id, in characters.
const LOGIN_CHARS_MAX: usize = 254;

/// A session that has just begun or gone on.
#[derive(Debug)]
pub(crate) struct OpenSession {
    /// The access token.
    pub access_token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The next refresh token, for the cookie.
    pub refresh_token: String,
    /// Who signed in.
    pub authorized: Authorized,
}

/// Signs in with login and password.
///
/// # Errors
/// Faults beside the fields: wrong credentials, locked out.
pub(crate) async fn sign_in(
    app: &App,
    login: &str,
    given_password: String,
    origin: Origin,
) -> Result<OpenSession, Error> {
    let system = Scope::system();
    let login: String = text::normalise(login).chars().take(LOGIN_CHARS_MAX).collect();
    let subjects = throttle_subjects(&login, &origin);
    refuse_while_locked(app, &subjects, &login, &origin).await?;
    let account = store::accounts::find_account(&system, app.database.reader(), &login).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let fits = password::verify(given_password, stored).await?;
    match account.filter(|_| fits) {
        Some(account) => open_session(app, account, origin).await,
        None => {
            count_failure(app, &subjects, &login, origin).await?;
            Err(Error::field(&["password"], Message::WrongCredentials))
        }
    }
}

/// Exchanges a refresh token for the next one and an access token.
///
/// # Errors
/// `Unauthenticated` for a token that is not the good one; an old one ends the session.
pub(crate) async fn refresh_session(
    app: &App,
    token: Option<&str>,
    origin: Origin,
) -> Result<OpenSession, Error> {
    let system = Scope::system();
    let now = app.clock.now();
    let (id, hash) = token.and_then(refresh::read).ok_or(Error::Unauthenticated)?;
    let tx = app.database.begin_write().await?;
    let session = store::accounts::find_session(&system, &tx, id).await?.ok_or(Error::Unauthenticated)?;
    if session.is_ended || session.expires_at <= now {
        return Err(Error::Unauthenticated);
    }
    if session.refresh_hash != hash {
        store::accounts::end_session(&system, &tx, id, "REUSED", now).await?;
        let entry = AuditEntry::refused("refreshSession", None, id, "REFRESH_TOKEN_REUSED");
        store::audit::insert_event(&Scope::anonymous(origin), &tx, entry, now).await?;
        tx.commit().await?;
        tracing::warn!(session = %id, "an old refresh token was shown; the session is ended");
        return Err(Error::Unauthenticated);
    }
    let next = refresh::make(id)?;
    let expires_at = now.plus_millis(refresh::SESSION_MS);
    if !store::accounts::rotate_session(&system, &tx, &session, next.hash, now, expires_at).await? {
        return Err(Error::Unauthenticated);
    }
    tx.commit().await?;
    authorized_session(app, session.user_id, id, next.token, origin).await
}

/// Ends the session of a refresh token. Without one there is nothing to end.
pub(crate) async fn sign_out(app: &App, token: Option<&str>, origin: Origin) -> Result<(), Error> {
    let Some((id, hash)) = token.and_then(refresh::read) else {
        return Ok(());
    };
    let system = Scope::system();
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let session = store::accounts::find_session(&system, &tx, id).await?;
    if session.is_some_and(|session| session.refresh_hash == hash && !session.is_ended) {
        store::accounts::end_session(&system, &tx, id, "SIGNED_OUT", now).await?;
        store::audit::insert_event(
            &Scope::anonymous(origin),
            &tx,
            AuditEntry::done("signOut", None, id),
            now,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn open_session(app: &App, account: Account, origin: Origin) -> Result<OpenSession, Error> {
    let system = Scope::system();
    let now = app.clock.now();
    let id = SessionId::new(Uuid::now_v7());
    let next = refresh::make(id)?;
    let session = Session {
        id,
        user_id: account.user_id,
        refresh_hash: next.hash,
        expires_at: now.plus_millis(refresh::SESSION_MS),
        is_ended: false,
    };
    let tx = app.database.begin_write().await?;
    // Only the account's failures are forgotten: one good account must not clear the way for guesses at others.
    store::accounts::clear_throttle(&system, &tx, &account_subject(&account.login).key).await?;
    store::accounts::insert_session(&system, &tx, &session, now).await?;
    let actor = Actor::User {
        id: account.user_id,
        login: account.login,
        name: account.name,
        session: id,
        is_platform: account.is_platform,
        merchant: account.merchant,
    };
    let scope = Scope::of(actor, std::collections::BTreeMap::new(), origin.clone());
    store::audit::insert_event(&scope, &tx, AuditEntry::done("signIn", None, id), now).await?;
    tx.commit().await?;
    authorized_session(app, account.user_id, id, next.token, origin).await
}

async fn authorized_session(
    app: &App,
    user: UserId,
    session: SessionId,
    refresh_token: String,
    origin: Origin,
) -> Result<OpenSession, Error> {
    let (access_token, expires_at) = jwt::issue(&app.secrets, user, session, app.clock.now())?;
    let authorized = authorization::authorize(app, &access_token, origin).await?;
    Ok(OpenSession { access_token, expires_at, refresh_token, authorized })
}

struct Subject {
    key: String,
    failures_max: u32,
}

fn throttle_subjects(login: &str, origin: &Origin) -> Vec<Subject> {
    let address = origin
        .address
        .as_ref()
        .map(|address| Subject { key: format!("address:{address}"), failures_max: ADDRESS_FAILURES_MAX });
    std::iter::once(account_subject(login)).chain(address).collect()
}

fn account_subject(login: &str) -> Subject {
    Subject { key: format!("account:{login}"), failures_max: ACCOUNT_FAILURES_MAX }
}

async fn refuse_while_locked(
    app: &App,
    subjects: &[Subject],
    login: &str,
    origin: &Origin,
) -> Result<(), Error> {
    let now = app.clock.now();
    for subject in subjects {
        let lock = store::accounts::find_lock(&Scope::system(), app.database.reader(), &subject.key).await?;
        if let Some(until) = lock.filter(|until| *until > now) {
            let tx = app.database.begin_write().await?;
            let entry = AuditEntry::refused("signIn", None, login, "LOCKED_OUT");
            store::audit::insert_event(&Scope::anonymous(origin.clone()), &tx, entry, now).await?;
            tx.commit().await?;
            let seconds = u32::try_from(until.millis_since(now) / 1_000 + 1).unwrap_or(u32::MAX);
            return Err(Error::field(&["login"], Message::LockedOut(seconds)));
        }
    }
    Ok(())
}

async fn count_failure(app: &App, subjects: &[Subject], login: &str, origin: Origin) -> Result<(), Error> {
    let system = Scope::system();
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    for subject in subjects {
        let forget_before = now.plus_millis(-FORGET_MS);
        let failures = store::accounts::count_failure(&system, &tx, &subject.key, now, forget_before).await?;
        let locked_until = now.plus_millis(lock_ms(failures, subject.failures_max));
        store::accounts::lock_out(&system, &tx, &subject.key, locked_until).await?;
    }
    let entry = AuditEntry::refused("signIn", None, login, "WRONG_CREDENTIALS");
    store::audit::insert_event(&Scope::anonymous(origin), &tx, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

fn lock_ms(failures: u32, failures_max: u32) -> i64 {
    match failures.checked_sub(failures_max) {
        None => 0,
        Some(beyond) => {
            let factor = 1_i64.checked_shl(beyond.min(20)).unwrap_or(i64::MAX);
            LOCK_MS.saturating_mul(factor).min(LOCK_MS_MAX)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_and_locks_double_up_to_a_quarter_of_an_hour() {
        let locks: Vec<i64> = (4..=12).map(|failures| lock_ms(failures, ACCOUNT_FAILURES_MAX)).collect();
        assert_eq!(locks, [0, 30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000, 900_000]);
        assert_eq!(lock_ms(u32::MAX, ACCOUNT_FAILURES_MAX), LOCK_MS_MAX);
    }
}
