//! Send errors and the payments behind them.

use async_graphql::{Context, ID, Object};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        types::{
            connection::Connection,
            page::{page_cost, parse_page_in},
            payments::Payment,
            send_errors::{SendError, SendErrorFilter, SendErrorSort},
        },
    },
    store::send_error_lists::{from_cursor, to_cursor},
};

/// Queries about send errors.
#[derive(Default)]
pub(crate) struct SendErrorsQuery;

#[Object]
impl SendErrorsQuery {
    /// Searches send errors, at most 100 a page; a cursor belongs to the order in which it was given. Needs VIEW on the
    /// IP codes.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn send_errors(
        &self,
        ctx: &Context<'_>,
        filter: SendErrorFilter,
        #[graphql(default)] sort: SendErrorSort,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<SendError>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let read = async {
            let search = app::send_errors::parse_filter(app, &filter.into_input()?)?;
            let sort = sort.into();
            let request = parse_page_in(first, after.as_deref(), |cursor| from_cursor(cursor, sort))?;
            let page = app::send_errors::search_send_errors(app, scope, (&search, sort), request).await?;
            let cursor = |place| to_cursor(place, sort);
            Ok::<_, Error>(Connection::with_cursors(search, request, page, cursor))
        };
        read.await.map_err(|error| ctx.error(error))
    }

    /// One send error; NOT_FOUND where there is none that may be seen. Needs VIEW.
    async fn send_error(&self, ctx: &Context<'_>, id: ID) -> async_graphql::Result<Option<SendError>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("SendError", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let found = app::send_errors::find_send_error(app, scope, id).await;
        found.map(|row| Some(row.into())).map_err(|error| ctx.error(error))
    }

    /// One payment; NOT_FOUND where there is none that may be seen. Needs VIEW.
    async fn payment(&self, ctx: &Context<'_>, id: ID) -> async_graphql::Result<Option<Payment>> {
        ctx.scope()?;
        let id = global_id::decode("Payment", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        Payment::load(ctx, id).await.map(Some)
    }
}
