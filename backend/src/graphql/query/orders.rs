//! Queries about orders.

use async_graphql::{Context, ID, Object};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        types::{
            connection::Connection,
            order_lists::OrderFilter,
            orders::Order,
            page::{page_cost, parse_page},
        },
    },
};

/// Queries about orders.
#[derive(Debug, Default)]
pub(crate) struct OrdersQuery;

#[Object]
impl OrdersQuery {
    /// 注文一覧, newest first by their own date. Needs VIEW on the IP codes.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which orders.")] filter: OrderFilter,
        #[graphql(desc = "Rows of the page, 1 to 100; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> async_graphql::Result<Connection<Order>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let request = parse_page(first, after.as_deref()).map_err(|error| ctx.error(error))?;
        let search = filter.into_search().map_err(|error| ctx.error(error))?;
        let filter = app::orders::parse_search(&search, app.clock.now()).map_err(|error| ctx.error(error))?;
        let page = app::orders::search_orders(app, scope, &filter, request).await;
        let page = page.map_err(|error| ctx.error(error))?;
        Ok(Connection::of(filter, request, page))
    }

    /// One order; NOT_FOUND where there is none that one may see. Needs VIEW on its IP code.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] id: ID,
    ) -> async_graphql::Result<Option<Order>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("Order", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let found = app::orders::find_order(app, scope, id).await;
        let order = found.map_err(|error| ctx.error(error))?.ok_or_else(|| ctx.error(Error::NotFound))?;
        Ok(Some(Order::from(order)))
    }
}
