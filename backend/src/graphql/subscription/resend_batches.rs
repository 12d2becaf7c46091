//! Live progress of a resend batch.

use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use todoke_domain::ids::ResendBatchId;

use super::watch::{Watched, Watcher};
use crate::{
    app::{self, Error},
    graphql::{context::Asked, errors, global_id, types::resend_batches::ResendBatch},
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
        let asker = ctx.asker()?.clone();
        let (language, request_id) = (asker.language, asker.origin.request_id.clone());
        let id: ResendBatchId =
            global_id::decode("ResendBatch", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let watcher = Watcher::begin(ctx.app()?.clone(), asker, Watched::Batch(id));
        let watcher = watcher.map_err(|error| ctx.error(error))?;
        Ok(futures_util::stream::unfold((Some(watcher), true), move |(watcher, is_first)| {
            let request_id = request_id.clone();
            async move {
                let mut watcher = watcher?;
                match next_progress(&mut watcher, id, is_first).await {
                    Ok(Some(batch)) => Some((Ok(batch), (Some(watcher), false))),
                    Ok(None) => None,
                    Err(error) => Some((Err(errors::to_graphql(error, language, request_id)), (None, false))),
                }
            }
        }))
    }
}

async fn next_progress(
    watcher: &mut Watcher,
    id: ResendBatchId,
    is_first: bool,
) -> Result<Option<ResendBatch>, Error> {
    if !is_first {
        if watcher.next().await?.is_none() {
            return Ok(None);
        }
        tokio::time::sleep(TOLD_EVERY).await;
        watcher.forget_waiting();
    }
    let batch = app::resend_batches::find_resend_batch(watcher.app(), watcher.scope(), id).await?;
    Ok(Some(batch.into()))
}
