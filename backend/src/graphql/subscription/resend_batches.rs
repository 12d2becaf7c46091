//! Live progress of a resend batch.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use todoke_domain::ids::ResendBatchId;
use uuid::Uuid;

use super::{
    progress::{Batch, Progress},
    watch::{Watched, watch},
};
use crate::{
    app::{self, App, Error},
    auth::scope::Scope,
    global_id,
    graphql::{context::Asked, types::resend_batches::ResendBatch},
};

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
        watch(ctx, Watched::Batch(id.value()), Progress::<ResendBatch>::of(id.value()))
    }
}

impl Batch for ResendBatch {
    async fn find(app: &App, scope: &Scope, id: Uuid) -> Result<Self, Error> {
        Ok(app::resend_batches::find_resend_batch(app, scope, ResendBatchId::new(id)).await?.into())
    }
}
