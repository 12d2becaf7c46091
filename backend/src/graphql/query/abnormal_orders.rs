//! Queries about abnormal orders.

use async_graphql::{Context, ID, Object};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        types::{
            abnormal_order_lists::{AbnormalOrderCounts, AbnormalOrderFilter},
            abnormal_orders::AbnormalOrder,
            connection::Connection,
            page::{page_cost, parse_page},
        },
    },
};

/// Queries about abnormal orders.
#[derive(Debug, Default)]
pub(crate) struct AbnormalOrdersQuery;

#[Object]
impl AbnormalOrdersQuery {
    /// 異常注文一覧, newest signal first. Needs VIEW on the IP codes.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn abnormal_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rows.")] filter: AbnormalOrderFilter,
        #[graphql(desc = "Rows of the page, 1 to 100; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> async_graphql::Result<Connection<AbnormalOrder>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let request = parse_page(first, after.as_deref()).map_err(|error| ctx.error(error))?;
        let search = filter.into_search().map_err(|error| ctx.error(error))?;
        let filter =
            app::abnormal_orders::parse_search(&search, app.clock.now()).map_err(|error| ctx.error(error))?;
        let page = app::abnormal_orders::search_abnormal_orders(app, scope, &filter, request).await;
        let page = page.map_err(|error| ctx.error(error))?;
        Ok(Connection::of(filter, request, page))
    }

    /// One abnormal order; NOT_FOUND where there is none that one may see. Needs VIEW on its IP code.
    async fn abnormal_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row.")] id: ID,
    ) -> async_graphql::Result<Option<AbnormalOrder>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("AbnormalOrder", &id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let found = app::abnormal_orders::find_abnormal_order(app, scope, id).await;
        let row = found.map_err(|error| ctx.error(error))?.ok_or_else(|| ctx.error(Error::NotFound))?;
        Ok(Some(AbnormalOrder::from(row)))
    }

    /// How many rows each of the five lists has. Needs VIEW on the IP codes; the others count nothing.
    async fn abnormal_order_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "IP codes.")] ip_codes: Vec<String>,
    ) -> async_graphql::Result<AbnormalOrderCounts> {
        let counts = app::abnormal_orders::count_lists(ctx.app()?, ctx.scope()?, &ip_codes).await;
        counts.map(AbnormalOrderCounts::from).map_err(|error| ctx.error(error))
    }
}
