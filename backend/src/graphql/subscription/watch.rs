//! What every subscription does: hears changes, asks again whether the watcher may still see them, reads the row.

use std::sync::Arc;

use todoke_domain::{
    access::Action,
    ids::{IpCode, ResendBatchId},
    time::Timestamp,
};
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

/// What is watched.
#[derive(Clone, Debug)]
pub(crate) enum Watched {
    /// Rows of these IP codes.
    IpCodes(Vec<IpCode>),
    /// One resend batch.
    Batch(ResendBatchId),
}

impl Watched {
    /// The IP codes among these texts; what is none is watched by nobody.
    pub(crate) fn ip_codes(asked: &[String]) -> Self {
        Self::IpCodes(asked.iter().filter_map(|code| IpCode::parse(code).ok()).collect())
    }

    fn covers(&self, change: &Change, scope: &Scope) -> bool {
        match (self, change) {
            (
                Self::IpCodes(watched),
                Change::SendError { ip_code, .. }
                | Change::AbnormalOrder { ip_code, .. }
                | Change::Order { ip_code, .. },
            ) => watched.contains(ip_code) && scope.may(ip_code, Action::View),
            (Self::Batch(watched), Change::ResendBatch { id }) => watched.value() == *id,
            (Self::IpCodes(_), Change::ResendBatch { .. } | Change::DeliveriesDue)
            | (
                Self::Batch(_),
                Change::SendError { .. }
                | Change::AbnormalOrder { .. }
                | Change::Order { .. }
                | Change::DeliveriesDue,
            ) => false,
        }
    }
}

/// Somebody who watches.
pub(crate) struct Watcher {
    app: Arc<App>,
    asker: Asker,
    scope: Scope,
    checked_at: Timestamp,
    watched: Watched,
    changes: Receiver<Change>,
}

impl Watcher {
    /// Begins to watch.
    pub(crate) fn begin(app: Arc<App>, asker: Asker, watched: Watched) -> Result<Self, Error> {
        let authorized = asker.authorized.clone().ok_or(Error::Unauthenticated)?;
        let changes = app.live.hear();
        let checked_at = app.clock.now();
        Ok(Self { app, asker, scope: authorized.scope, checked_at, watched, changes })
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
            // What was not visible is not asked for again: a right that is new begins with the next subscription.
            if !self.watched.covers(&change, &self.scope) {
                continue;
            }
            self.check_rights().await?;
            if self.watched.covers(&change, &self.scope) {
                return Ok(Some(change));
            }
        }
    }

    /// Forgets the changes that came meanwhile: what is read next tells of them too.
    pub(crate) fn forget_waiting(&mut self) {
        self.changes = self.changes.resubscribe();
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
