//! Keeping searches.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::saved_searches::SavedSearch,
    },
};

/// A search to be kept.
#[derive(InputObject)]
pub(crate) struct SaveSearchInput {
    /// 1 to 50 characters; one with the same name is replaced.
    pub name: String,
    /// The query string of the list's address, at most 1,000 characters.
    pub query: String,
}

/// The search as it is kept.
#[derive(SimpleObject)]
pub(crate) struct SaveSearchPayload {
    /// The search.
    pub saved_search: Option<SavedSearch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// A search to be deleted.
#[derive(InputObject)]
pub(crate) struct DeleteSavedSearchInput {
    /// The search.
    pub id: ID,
}

/// What was deleted.
#[derive(SimpleObject)]
pub(crate) struct DeleteSavedSearchPayload {
    /// The id of the search that is gone.
    pub deleted_id: Option<ID>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about saved searches.
#[derive(Default)]
pub(crate) struct SavedSearchesMutation;

#[Object]
impl SavedSearchesMutation {
    /// Keeps a search under a name, at most 20 for each person. For people only: a token gets NOT_FOUND.
    async fn save_search(
        &self,
        ctx: &Context<'_>,
        input: SaveSearchInput,
    ) -> async_graphql::Result<SaveSearchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let result = app::saved_searches::save_search(app, scope, &input.name, &input.query).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(kept) => Ok(SaveSearchPayload { saved_search: Some(kept.into()), user_errors: Vec::new() }),
            Err(user_errors) => Ok(SaveSearchPayload { saved_search: None, user_errors }),
        }
    }

    /// Deletes a search of the signed-in person; NOT_FOUND where it is not theirs.
    async fn delete_saved_search(
        &self,
        ctx: &Context<'_>,
        input: DeleteSavedSearchInput,
    ) -> async_graphql::Result<DeleteSavedSearchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("SavedSearch", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let deleted = app::saved_searches::delete_saved_search(app, scope, id).await;
        deleted.map_err(|error| ctx.error(error))?;
        Ok(DeleteSavedSearchPayload { deleted_id: Some(input.id), user_errors: Vec::new() })
    }
}
