//! What every subscription does: hears changes, asks again whether the watcher may still see them, reads what it sends.

use std::{marker::PhantomData, sync::Arc};

use async_graphql::Context;
use futures_util::Stream;
use todoke_domain::{access::Action, ids::IpCode, time::Timestamp};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use crate::{
    app::{App, Error, authorization},
    auth::scope::Scope,
    graphql::{
        context::{Asked, Asker},
        errors,
    },
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
    /// One batch, of resends or of restores.
    Batch(Uuid),
}

impl Watched {
    /// The IP codes among these texts; what is none is watched by nobody.
    fn ip_codes(asked: &[String]) -> Self {
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
            (Self::Batch(watched), Change::ResendBatch { id } | Change::RestoreBatch { id }) => watched == id,
            (
                Self::IpCodes(_),
                Change::ResendBatch { .. } | Change::RestoreBatch { .. } | Change::DeliveriesDue,
            )
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

/// How a subscription makes what it sends out of what happens.
pub(crate) trait Teller: Send + 'static {
    /// What is sent.
    type Item: Send;

    /// The next item; `None` when the server stops.
    fn next(
        &mut self,
        watcher: &mut Watcher,
    ) -> impl Future<Output = Result<Option<Self::Item>, Error>> + Send;
}

/// A row that is sent whenever it changes.
pub(crate) trait ChangedRow: Send + Sized + 'static {
    /// The row as it stands after the change, read with the rights of the moment; `None` where the change is of
    /// another noun or the row is none that the watcher may see.
    fn read(
        app: &App,
        scope: &Scope,
        change: &Change,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send;
}

/// Tells of every changed row of a noun.
struct Rows<R>(PhantomData<fn() -> R>);

impl<R: ChangedRow> Teller for Rows<R> {
    type Item = R;

    async fn next(&mut self, watcher: &mut Watcher) -> Result<Option<R>, Error> {
        while let Some(change) = watcher.next().await? {
            if let Some(row) = R::read(&watcher.app, &watcher.scope, &change).await? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// The changed rows of these IP codes, as long as the watcher may see them.
pub(crate) fn changed_rows<R: ChangedRow>(
    ctx: &Context<'_>,
    ip_codes: &[String],
) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<R>> + use<R>> {
    watch(ctx, Watched::ip_codes(ip_codes), Rows(PhantomData))
}

/// What the teller makes of the changes of what is watched. It ends with the server, or with an error: that the
/// credential is no longer good, or what the teller met.
pub(crate) fn watch<T: Teller>(
    ctx: &Context<'_>,
    watched: Watched,
    teller: T,
) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<T::Item>> + use<T>> {
    let asker = ctx.asker()?.clone();
    let (language, request_id) = (asker.language, asker.origin.request_id.clone());
    let watcher = Watcher::begin(ctx.app()?.clone(), asker, watched).map_err(|error| ctx.error(error))?;
    Ok(futures_util::stream::unfold(Some((watcher, teller)), move |watching| {
        let request_id = request_id.clone();
        async move {
            let (mut watcher, mut teller) = watching?;
            match teller.next(&mut watcher).await {
                Ok(Some(item)) => Some((Ok(item), Some((watcher, teller)))),
                Ok(None) => None,
                Err(error) => Some((Err(errors::to_graphql(error, language, request_id)), None)),
            }
        }
    }))
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
    fn begin(app: Arc<App>, asker: Asker, watched: Watched) -> Result<Self, Error> {
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
        self.scope = authorization::authorize(&self.app, bearer, self.asker.origin.clone()).await?.scope;
        self.checked_at = now;
        Ok(())
    }
}
