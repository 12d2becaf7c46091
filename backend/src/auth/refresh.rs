//! Refresh tokens: `<session>.<secret>` in an HttpOnly cookie. Each is good once; whoever shows an old one ends the
//! whole session, because then two hold it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use todoke_domain::ids::SessionId;

use super::{random_bytes, sha256_hex};
use crate::error::Error;

/// The cookie's name.
pub(crate) const COOKIE: &str = "todoke_refresh";
/// How long a session lives without being used, in milliseconds (14 days).
pub(crate) const SESSION_MS: i64 = 14 * 24 * 3_600 * 1_000;

/// A refresh token just made.
pub(crate) struct FreshRefreshToken {
    /// What the cookie holds.
    pub token: String,
    /// What is stored.
    pub hash: String,
}

/// Makes the next token of a session.
pub(crate) fn make(session: SessionId) -> Result<FreshRefreshToken, Error> {
    let secret = BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>().map_err(Error::internal)?);
    let token = format!("{session}.{secret}");
    Ok(FreshRefreshToken { hash: sha256_hex(&token), token })
}

/// The session a token belongs to and the hash to compare; `None` where it is no token.
pub(crate) fn read(token: &str) -> Option<(SessionId, String)> {
    let (session, _) = token.split_once('.')?;
    Some((session.parse().ok()?, sha256_hex(token)))
}
