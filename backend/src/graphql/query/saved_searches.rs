//! Searches that people keep.

use async_graphql::{Context, Object};

use crate::{
    app,
    graphql::{context::Asked, types::saved_searches::SavedSearch},
};

/// Queries about saved searches.
#[derive(Default)]
pub(crate) struct SavedSearchesQuery;

#[Object]
impl SavedSearchesQuery {
    /// The searches that the signed-in person keeps, by name; none for tokens. Needs any good credential.
    async fn saved_searches(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<SavedSearch>> {
        let found = app::saved_searches::list_saved_searches(ctx.app()?, ctx.scope()?).await;
        Ok(found.map_err(|error| ctx.error(error))?.into_iter().map(SavedSearch::from).collect())
    }
}
