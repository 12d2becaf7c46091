//! Resend batches: one, and the list.

use async_graphql::{Context, ID, Object};

use crate::{
    app::{self, Error},
    graphql::{context::Asked, global_id, types::resend_batches::ResendBatch},
};

/// Queries about resend batches.
#[derive(Default)]
pub(crate) struct ResendBatchesQuery;

#[Object]
impl ResendBatchesQuery {
    /// One batch; NOT_FOUND where there is none that may be seen. Needs VIEW on every IP code in it.
    async fn resend_batch(&self, ctx: &Context<'_>, id: ID) -> async_graphql::Result<Option<ResendBatch>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("ResendBatch", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let found = app::resend_batches::find_resend_batch(app, scope, id).await;
        found.map(|batch| Some(batch.into())).map_err(|error| ctx.error(error))
    }

    /// The newest 100 batches that may be seen. Needs VIEW on every IP code in them.
    #[graphql(complexity = "100 * child_complexity")]
    async fn resend_batches(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ResendBatch>> {
        let found = app::resend_batches::list_resend_batches(ctx.app()?, ctx.scope()?).await;
        Ok(found.map_err(|error| ctx.error(error))?.into_iter().map(ResendBatch::from).collect())
    }
}
