//! How the progress of a batch is told: as it stands now, and whenever it goes on.

use std::{marker::PhantomData, time::Duration};

use async_graphql::OutputType;
use uuid::Uuid;

use super::watch::{Teller, Watcher};
use crate::{
    app::{App, Error},
    auth::scope::Scope,
};

/// Progress is told at most this often: a fast batch changes hundreds of times a second.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// What goes on step by step.
pub(super) trait Batch: OutputType + Sized + 'static {
    /// The batch as it stands, for who may see it.
    fn find(app: &App, scope: &Scope, id: Uuid) -> impl Future<Output = Result<Self, Error>> + Send;
}

/// Tells how a batch stands.
pub(super) struct Progress<B> {
    id: Uuid,
    is_told: bool,
    batch: PhantomData<fn() -> B>,
}

impl<B> Progress<B> {
    /// Of this batch.
    pub(super) const fn of(id: Uuid) -> Self {
        Self { id, is_told: false, batch: PhantomData }
    }
}

impl<B: Batch> Teller for Progress<B> {
    type Item = B;

    async fn next(&mut self, watcher: &mut Watcher) -> Result<Option<B>, Error> {
        if self.is_told {
            if watcher.next().await?.is_none() {
                return Ok(None);
            }
            tokio::time::sleep(TOLD_EVERY).await;
            watcher.forget_waiting();
        }
        self.is_told = true;
        B::find(watcher.app(), watcher.scope(), self.id).await.map(Some)
    }
}
