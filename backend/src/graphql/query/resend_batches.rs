//! Resend batches: one, and the list.

use async_graphql::{Context, ID, Object};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        types::{
            connection::Connection,
            page::{page_cost, parse_page},
            resend_batches::ResendBatch,
        },
    },
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

    /// The batches that may be seen, newest first. Needs VIEW on every IP code in them.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn resend_batches(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<ResendBatch>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let request = parse_page(first, after.as_deref()).map_err(|error| ctx.error(error))?;
        let page = app::resend_batches::list_resend_batches(app, scope, request).await;
        Ok(Connection::of((), request, page.map_err(|error| ctx.error(error))?))
    }
}
