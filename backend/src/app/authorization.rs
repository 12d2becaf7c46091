//! From a bearer token to the scope. Rights are read afresh for every request: a revoked right ends with the next.

use std::collections::BTreeMap;

use todoke_domain::{
    access,
    ids::{ApiTokenId, IpCode, SessionId, UserId},
};
use uuid::Uuid;

use super::{App, Error, tokens};
use crate::{
    auth::{
        api_token,
        identity::Identity,
        jwt,
        scope::{Actor, Origin, Scope},
        sha256_hex,
    },
    store::{self, accounts::Account, tokens::ApiToken},
};

/// A good credential: the scope that stands behind it.
#[derive(Clone, Debug)]
pub(crate) struct Authorized {
    /// Who asks, and what they reach.
    pub scope: Scope,
}

/// The bearer token of an `Authorization` header.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Turns a bearer token into a scope.
///
/// # Errors
/// `Unauthenticated` for anything that is not a good token of a living session or an unrevoked API token.
pub(crate) async fn authorize(app: &App, bearer_token: &str, origin: Origin) -> Result<Authorized, Error> {
    if bearer_token.starts_with(api_token::PREFIX) {
        authorize_api_token(app, bearer_token, origin).await
    } else {
        authorize_session(app, bearer_token, origin).await
    }
}

async fn authorize_session(app: &App, access_token: &str, origin: Origin) -> Result<Authorized, Error> {
    let now = app.clock.now();
    let claims = jwt::read(&app.secrets, access_token, now).ok_or(Error::Unauthenticated)?;
    scope_of_session(app, claims.user, claims.session, origin).await
}

/// What stands behind a download link at the moment of its use.
///
/// # Errors
/// `Unauthenticated` where the session has ended or the token was revoked meanwhile.
pub(crate) async fn authorize_link(app: &App, who: Identity, origin: Origin) -> Result<Authorized, Error> {
    match who {
        Identity::Session { user, session } => {
            scope_of_session(app, UserId::new(user), SessionId::new(session), origin).await
        }
        Identity::Token { id } => scope_of_token_id(app, id, origin).await,
    }
}

/// What stands behind somebody whose work goes on after the request: the rights of this moment. A session that ended
/// takes nothing away; a person who was disabled or a token that was revoked reaches nothing.
///
/// # Errors
/// `Unauthenticated` where there is nobody any more.
pub(crate) async fn authorize_starter(app: &App, who: Identity) -> Result<Authorized, Error> {
    match who {
        Identity::Session { user, session } => {
            let found =
                store::accounts::find_user(&Scope::system(), app.database.reader(), UserId::new(user))
                    .await?;
            let account = found.ok_or(Error::Unauthenticated)?;
            scope_of_account(app, account, SessionId::new(session), Origin::default()).await
        }
        Identity::Token { id } => scope_of_token_id(app, id, Origin::default()).await,
    }
}

async fn scope_of_token_id(app: &App, id: Uuid, origin: Origin) -> Result<Authorized, Error> {
    let (system, reader, now) = (Scope::system(), app.database.reader(), app.clock.now());
    let found = store::tokens::find_living_by_id(&system, reader, ApiTokenId::new(id), now).await?;
    Ok(scope_of_token(found.ok_or(Error::Unauthenticated)?, origin))
}

async fn scope_of_session(
    app: &App,
    user: UserId,
    session: SessionId,
    origin: Origin,
) -> Result<Authorized, Error> {
    let now = app.clock.now();
    let system = Scope::system();
    let reader = app.database.reader();
    let account = store::accounts::find_living_session(&system, reader, session, now)
        .await?
        .filter(|account| account.user_id == user)
        .ok_or(Error::Unauthenticated)?;
    scope_of_account(app, account, session, origin).await
}

async fn scope_of_account(
    app: &App,
    account: Account,
    session: SessionId,
    origin: Origin,
) -> Result<Authorized, Error> {
    let (system, reader) = (Scope::system(), app.database.reader());
    let grants = store::accounts::list_grants(&system, reader, account.user_id).await?;
    let rights =
        grants.into_iter().map(|(ip_code, role)| (ip_code, vec![access::Holder::Member(role)])).collect();
    let actor = Actor::User {
        id: account.user_id,
        login: account.login,
        name: account.name,
        session,
        is_platform: account.is_platform,
        merchant: account.merchant,
    };
    Ok(Authorized { scope: Scope::of(actor, rights, origin) })
}

async fn authorize_api_token(app: &App, secret: &str, origin: Origin) -> Result<Authorized, Error> {
    let token = tokens::find_living_token(app, sha256_hex(secret)).await?.ok_or(Error::Unauthenticated)?;
    Ok(scope_of_token(token, origin))
}

fn scope_of_token(token: ApiToken, origin: Origin) -> Authorized {
    let holders: Vec<access::Holder> =
        token.rights.iter().map(|right| access::Holder::Token(*right)).collect();
    let rights: BTreeMap<IpCode, Vec<access::Holder>> =
        token.ip_codes.into_iter().map(|ip_code| (ip_code, holders.clone())).collect();
    let actor = Actor::Token { id: token.id, name: token.name };
    Authorized { scope: Scope::of(actor, rights, origin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_headers_hold_a_token() {
        for (header, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Bearer ", None),
            ("abc", None),
        ] {
            assert_eq!(bearer(header), token);
        }
    }
}
