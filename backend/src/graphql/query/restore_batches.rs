//! Restore batches: one.

use async_graphql::{Context, ID, Object};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{context::Asked, types::restore_batches::RestoreBatch},
};

/// Queries about restore batches.
#[derive(Default)]
pub(crate) struct RestoreBatchesQuery;

#[Object]
impl RestoreBatchesQuery {
    /// One batch; NOT_FOUND where there is none that may be seen. Needs VIEW on every IP code in it.
    async fn restore_batch(&self, ctx: &Context<'_>, id: ID) -> async_graphql::Result<Option<RestoreBatch>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("RestoreBatch", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let found = app::restore_batches::find_restore_batch(app, scope, id).await;
        found.map(|found| Some(found.into())).map_err(|error| ctx.error(error))
    }
}
