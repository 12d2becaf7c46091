//! API tokens in use: the lookup that ingest makes for every request, and when each token was last used.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use todoke_domain::{ids::ApiTokenId, time::Timestamp};

use super::{App, Error};
use crate::{
    auth::scope::Scope,
    store::{self, tokens::ApiToken},
};

/// How long a token that was found good is believed, in milliseconds: below the five seconds within which a
/// revocation must work.
const BELIEVED_MS: i64 = 2_000;
/// Tokens kept at most; beyond this the memory begins anew.
const TOKENS_REMEMBERED_MAX: usize = 1_000;

/// Tokens seen lately.
#[derive(Debug, Default)]
pub(crate) struct TokenUses {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    good: HashMap<String, (Timestamp, ApiToken)>,
    used: HashMap<ApiTokenId, Timestamp>,
}

impl TokenUses {
    fn recall(&self, hash: &str, now: Timestamp) -> Option<ApiToken> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, token) = seen.good.get(hash)?.clone();
        let is_fresh = (0..BELIEVED_MS).contains(&now.millis_since(at));
        if !is_fresh || token.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return None;
        }
        seen.used.insert(token.id, now);
        Some(token)
    }

    fn remember(&self, hash: String, token: &ApiToken, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.good.len() >= TOKENS_REMEMBERED_MAX {
            seen.good.clear();
        }
        seen.good.insert(hash, (now, token.clone()));
        seen.used.insert(token.id, now);
    }

    fn take_uses(&self) -> Vec<(ApiTokenId, Timestamp)> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.used.drain().collect()
    }
}

/// The living token with this hash.
pub(crate) async fn find_living_token(app: &App, hash: String) -> Result<Option<ApiToken>, Error> {
    let now = app.clock.now();
    if let Some(token) = app.token_uses.recall(&hash, now) {
        return Ok(Some(token));
    }
    let found = store::tokens::find_living_token(&Scope::system(), app.database.reader(), &hash, now).await?;
    if let Some(token) = &found {
        app.token_uses.remember(hash, token, now);
    }
    Ok(found)
}

/// Writes down when tokens were last used. Called now and then, so that no request waits for it.
pub(crate) async fn store_uses(app: &App) -> Result<(), Error> {
    let uses = app.token_uses.take_uses();
    if uses.is_empty() {
        return Ok(());
    }
    let tx = app.database.begin_write().await?;
    for (id, at) in uses {
        store::tokens::note_use(&Scope::system(), &tx, id, at).await?;
    }
    tx.commit().await?;
    Ok(())
}
