//! Live progress of a restore batch.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use todoke_domain::ids::RestoreBatchId;
use uuid::Uuid;

use super::{
    progress::{Batch, Progress},
    watch::{Watched, watch},
};
use crate::{
    app::{self, App, Error},
    auth::scope::Scope,
    global_id,
    graphql::{context::Asked, types::restore_batches::RestoreBatch},
};

/// Subscriptions about restore batches.
#[derive(Default)]
pub(crate) struct RestoreBatchesSubscription;

#[Subscription]
impl RestoreBatchesSubscription {
    /// The batch as it stands now, and whenever it goes on, at most four times a second. Needs VIEW on every IP
    /// code in it.
    async fn restore_batch_progress(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<RestoreBatch>> + use<>> {
        let id: RestoreBatchId =
            global_id::decode("RestoreBatch", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        watch(ctx, Watched::Batch(id.value()), Progress::<RestoreBatch>::of(id.value()))
    }
}

impl Batch for RestoreBatch {
    async fn find(app: &App, scope: &Scope, id: Uuid) -> Result<Self, Error> {
        let found = app::restore_batches::find_restore_batch(app, scope, RestoreBatchId::new(id)).await?;
        Ok(found.into())
    }
}
