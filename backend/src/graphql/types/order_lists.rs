//! The list of orders: the search and its pages.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use todoke_domain::order;

use super::{
    orders::{Order, OrderStatus},
    page::{LazyTotal, PageInfo},
    periods::{PeriodInput, parse_period_input},
};
use crate::{
    app::{self, Error, orders::OrderSearch},
    graphql::context::Asked,
    store::{
        orders::{Order as Row, OrderFilter as Filter},
        page::{Page, Place, Total},
    },
};

/// Whether the confirmation mail was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ConfirmationMail {
    /// 送信済.
    Sent,
    /// 未送信.
    NotSent,
}

/// The search for orders. A broken rule is an error with `extensions.code = BAD_USER_INPUT` and `extensions.fields`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderFilter {
    /// IP codes; those that one may not see have no rows.
    pub ip_codes: Vec<String>,
    /// The beginning of the order number.
    pub order_no: Option<String>,
    /// 注文処理状況.
    pub status: Option<OrderStatus>,
    /// Made by restoring an abnormal order, or not.
    pub restored: Option<bool>,
    /// Whether the confirmation mail was sent.
    pub confirmation_mail: Option<ConfirmationMail>,
    /// 注文日時; without one, all there are.
    pub period: Option<PeriodInput>,
}

impl OrderFilter {
    /// What the rules are held against.
    pub(crate) fn into_search(self) -> Result<OrderSearch, Error> {
        Ok(OrderSearch {
            ip_codes: self.ip_codes,
            order_no: self.order_no,
            status: self.status.map(order::OrderStatus::from),
            is_restored: self.restored,
            is_confirmation_sent: self.confirmation_mail.map(|mail| mail == ConfirmationMail::Sent),
            period: parse_period_input(self.period)?,
        })
    }
}

/// A row of a page of orders.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderEdge {
    /// The row's place.
    pub cursor: String,
    /// The order.
    pub node: Order,
}

/// A page of orders, newest first by their own date.
#[derive(Debug)]
pub(crate) struct OrderConnection {
    /// The search.
    pub filter: Filter,
    /// The page.
    pub page: Page<Row>,
    /// After which row it begins.
    pub after: Option<Place>,
    /// How many rows the search has.
    pub total: LazyTotal,
}

/// A page of orders, newest first by their own date.
#[Object]
impl OrderConnection {
    /// The rows with their places.
    async fn edges(&self) -> Vec<OrderEdge> {
        let edge = |(place, row): &(Place, Row)| OrderEdge {
            cursor: place.to_cursor(),
            node: Order::from(row.clone()),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The rows.
    async fn nodes(&self) -> Vec<Order> {
        self.page.rows.iter().map(|(_, row)| Order::from(row.clone())).collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        PageInfo::of(self.page.rows.iter().map(|(place, _)| *place), self.page.has_next, self.after)
    }

    /// How many orders the search has, exact up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<u64> {
        self.total(ctx).await.map(|total| total.count)
    }

    /// Whether there are more than 10,000.
    async fn total_count_is_capped(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        self.total(ctx).await.map(|total| total.is_capped)
    }
}

impl OrderConnection {
    async fn total(&self, ctx: &Context<'_>) -> async_graphql::Result<Total> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let counting = self.total.get(app::orders::count_orders(app, scope, &self.filter));
        counting.await.map_err(|error| ctx.error(error))
    }
}
