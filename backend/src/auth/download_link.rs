//! Download links: short-lived tokens that a browser can open without a header. They name who asked and what, and carry
//! no rights: those are read again when the link is used. Their audience keeps them apart from access tokens.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use todoke_domain::time::Timestamp;

use super::{identity::Identity, secrets::Secrets};
use crate::error::Error;

/// How long a link is good, in milliseconds: a browser opens it at once, and an address may lie about in a history.
const LINK_MS: i64 = 60_000;
/// For whom the token is: this server's exports.
const AUDIENCE: &str = "todoke-export";

#[derive(Serialize, Deserialize)]
struct Claims<T> {
    aud: String,
    exp: i64,
    who: Identity,
    what: T,
}

/// Makes the token of a link, and tells until when it is good.
pub(crate) fn issue<T: Serialize>(
    secrets: &Secrets,
    who: Identity,
    what: &T,
    now: Timestamp,
) -> Result<(String, Timestamp), Error> {
    let exp = now.plus_millis(LINK_MS).as_micros() / 1_000_000;
    let claims = Claims { aud: AUDIENCE.to_owned(), exp, who, what };
    let key = EncodingKey::from_secret(&secrets.jwt_key);
    let token =
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(Error::internal)?;
    Ok((token, Timestamp::from_micros(exp.saturating_mul(1_000_000))))
}

/// Reads the token of a link; `None` for everything that is not a good one. The expiry is held against the injected
/// clock, not against the library's.
pub(crate) fn read<T: DeserializeOwned>(
    secrets: &Secrets,
    token: &str,
    now: Timestamp,
) -> Option<(Identity, T)> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["aud"]);
    let key = DecodingKey::from_secret(&secrets.jwt_key);
    let claims = jsonwebtoken::decode::<Claims<T>>(token, &key, &validation).ok()?.claims;
    let expires_at = Timestamp::from_micros(claims.exp.checked_mul(1_000_000)?);
    (now < expires_at).then_some((claims.who, claims.what))
}

#[cfg(test)]
mod tests {
    use todoke_domain::ids::{SessionId, UserId};
    use uuid::Uuid;

    use super::*;
    use crate::auth::jwt;

    #[test]
    fn a_link_is_good_for_a_minute_and_is_no_access_token() {
        let secrets = Secrets { jwt_key: vec![1; 32] };
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let (user, session) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let who = Identity::Session { user, session };
        let (link, expires_at) = issue(&secrets, who, &"rows", now).unwrap();
        assert_eq!(expires_at, now.plus_millis(60_000));
        assert_eq!(read::<String>(&secrets, &link, now), Some((who, "rows".to_owned())));
        assert_eq!(read::<String>(&secrets, &link, expires_at), None);
        assert_eq!(read::<String>(&Secrets { jwt_key: vec![2; 32] }, &link, now), None);
        assert_eq!(read::<u32>(&secrets, &link, now), None);
        assert_eq!(jwt::read(&secrets, &link, now), None);
        let (access, _) = jwt::issue(&secrets, UserId::new(user), SessionId::new(session), now).unwrap();
        assert_eq!(read::<String>(&secrets, &access, now), None);
    }
}
