//! Live progress of a resend batch.

use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use todoke_domain::ids::ResendBatchId;

use super::watch::{Teller, Watched, Watcher, watch};
use crate::{
    app::{self, Error},
    global_id,
    graphql::{context::Asked, types::resend_batches::ResendBatch},
};

/// Progress is told at most this often: a fast batch changes hundreds of times a second.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// Subscriptions about resend batches.
#[derive(Default)]
pub(crate) struct ResendBatchesSubscription;

#[Subscription]
impl ResendBatchesSubscription {
    /// The batch as it stands now, and whenever it goes on, at most four times a second. Needs VIEW on every IP
    /// code in it.
    async fn resend_batch_progress(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<ResendBatch>> + use<>> {
        let id: ResendBatchId =
            global_id::decode("ResendBatch", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        watch(ctx, Watched::Batch(id), Progress { id, is_told: false })
    }
}

/// Tells how a batch stands.
struct Progress {
    id: ResendBatchId,
    is_told: bool,
}

impl Teller for Progress {
    type Item = ResendBatch;

    async fn next(&mut self, watcher: &mut Watcher) -> Result<Option<ResendBatch>, Error> {
        if self.is_told {
            if watcher.next().await?.is_none() {
                return Ok(None);
            }
            tokio::time::sleep(TOLD_EVERY).await;
            watcher.forget_waiting();
        }
        self.is_told = true;
        let batch = app::resend_batches::find_resend_batch(watcher.app(), watcher.scope(), self.id).await?;
        Ok(Some(batch.into()))
    }
}
