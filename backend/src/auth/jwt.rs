//! Access tokens: short-lived JWTs that name the user and the session. They carry no rights, so that a revoked
//! right ends at once.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use todoke_domain::{
    ids::{SessionId, UserId},
    time::Timestamp,
};
use uuid::Uuid;

use super::secrets::Secrets;
use crate::error::Error;

/// How long an access token is good, in milliseconds.
pub(crate) const ACCESS_TOKEN_MS: i64 = 10 * 60 * 1_000;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// What a good access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccessClaims {
    /// The user.
    pub user: UserId,
    /// The session; ended sessions are refused although the token is still good.
    pub session: SessionId,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// Makes an access token.
pub(crate) fn issue(
    secrets: &Secrets,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<(String, Timestamp), Error> {
    let expires_at = now.plus_millis(ACCESS_TOKEN_MS);
    let claims = Claims {
        sub: user.value(),
        sid: session.value(),
        iat: now.as_micros() / 1_000_000,
        exp: expires_at.as_micros() / 1_000_000,
    };
    let key = EncodingKey::from_secret(&secrets.jwt_key);
    let token =
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(Error::internal)?;
    Ok((token, expires_at))
}

/// Reads an access token; `None` for everything that is not a good one. The expiry is held against the injected
/// clock, not against the library's.
pub(crate) fn read(secrets: &Secrets, token: &str, now: Timestamp) -> Option<AccessClaims> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_secret(&secrets.jwt_key);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    let expires_at = Timestamp::from_micros(claims.exp.checked_mul(1_000_000)?);
    (now < expires_at).then(|| AccessClaims {
        user: UserId::new(claims.sub),
        session: SessionId::new(claims.sid),
        expires_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_until_it_expires_and_with_its_own_key_only() {
        let secrets = Secrets { jwt_key: vec![1; 32] };
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let (user, session) = (UserId::new(Uuid::from_u128(1)), SessionId::new(Uuid::from_u128(2)));
        let (token, expires_at) = issue(&secrets, user, session, now).unwrap();
        assert_eq!(read(&secrets, &token, now), Some(AccessClaims { user, session, expires_at }));
        assert_eq!(read(&secrets, &token, expires_at), None);
        assert_eq!(read(&Secrets { jwt_key: vec![2; 32] }, &token, now), None);
        assert_eq!(read(&secrets, "x.y.z", now), None);
    }
}
