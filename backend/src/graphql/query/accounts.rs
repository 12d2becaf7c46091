//! Who asks, and the IP codes they see.

use async_graphql::{Context, Object};

use crate::{
    app,
    graphql::{
        context::Asked,
        types::{accounts::Viewer, ip_codes::IpCode},
    },
};

/// Queries about the asker.
#[derive(Default)]
pub(crate) struct AccountsQuery;

#[Object]
impl AccountsQuery {
    /// Who is asking, and what they may do. Needs any good credential.
    async fn viewer(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Viewer>> {
        Ok(Some(Viewer(ctx.scope()?.clone())))
    }

    /// The IP codes that the viewer may see. Needs VIEW on each.
    async fn ip_codes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<IpCode>> {
        let found = app::ip_codes::list_ip_codes(ctx.app()?, ctx.scope()?).await;
        Ok(found.map_err(|error| ctx.error(error))?.into_iter().map(IpCode).collect())
    }

    /// One IP code; NOT_FOUND where one may not see it. Needs VIEW.
    async fn ip_code(&self, ctx: &Context<'_>, code: String) -> async_graphql::Result<IpCode> {
        let found = app::ip_codes::find_ip_code(ctx.app()?, ctx.scope()?, &code).await;
        found.map(IpCode).map_err(|error| ctx.error(error))
    }
}
