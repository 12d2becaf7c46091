//! What every subscription does: hears changes, asks again whether the watcher may still see them, reads the row.

use std::sync::Arc;

use todoke_domain::{access::Action, ids::IpCode, time::Timestamp};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    app::{App, Error},
    auth::{authorize, scope::Scope},
    graphql::context::Asker,
    live::Change,
};

/// After this time the right to watch is asked for again, in milliseconds: below the five seconds within which a
/// revoked right must end.
const RIGHTS_BELIEVED_MS: i64 = 2_000;

/// Somebody who watches IP codes.
pub(crate) struct Watcher {
    app: Arc<App>,
    asker: Asker,
    scope: Scope,
    checked_at: Timestamp,
    ip_codes: Vec<IpCode>,
    changes: Receiver<Change>,
}

impl Watcher {
    /// Begins to watch those of the IP codes that may be seen.
    pub(crate) fn begin(app: Arc<App>, asker: Asker, asked: &[String]) -> Result<Self, Error> {
        let authorized = asker.authorized.clone().ok_or(Error::Unauthenticated)?;
        let ip_codes: Vec<IpCode> = asked.iter().filter_map(|code| IpCode::parse(code).ok()).collect();
        let changes = app.live.hear();
        let checked_at = app.clock.now();
        Ok(Self { app, asker, scope: authorized.scope, checked_at, ip_codes, changes })
    }

    /// The application.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// What the watcher reaches.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The next change of a watched IP code that may still be seen; `None` when the server stops.
    ///
    /// # Errors
    /// `Unauthenticated` once the credential is no longer good.
    pub(crate) async fn next(&mut self) -> Result<Option<Change>, Error> {
        loop {
            let change = match self.changes.recv().await {
                Ok(change) => change,
                // Events were lost; the watcher reads its list again on the next one.
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Ok(None),
            };
            let Some(ip_code) = ip_code_of(&change).filter(|ip_code| self.ip_codes.contains(ip_code)) else {
                continue;
            };
            self.check_rights().await?;
            if self.scope.may(ip_code, Action::View) {
                return Ok(Some(change));
            }
        }
    }

    async fn check_rights(&mut self) -> Result<(), Error> {
        let now = self.app.clock.now();
        if now.millis_since(self.checked_at) < RIGHTS_BELIEVED_MS {
            return Ok(());
        }
        let bearer = self.asker.bearer.as_deref().ok_or(Error::Unauthenticated)?;
        self.scope = authorize::authorize(&self.app, bearer, self.asker.origin.clone()).await?.scope;
        self.checked_at = now;
        Ok(())
    }
}

const fn ip_code_of(change: &Change) -> Option<&IpCode> {
    match change {
        Change::SendError { ip_code, .. } | Change::AbnormalOrder { ip_code, .. } => Some(ip_code),
        Change::DeliveriesDue => None,
    }
}
