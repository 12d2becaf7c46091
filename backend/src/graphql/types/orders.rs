//! Orders (注文).

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use todoke_domain::{
    ids::AbnormalOrderId,
    order::{self, item_count},
    registration::{RawCart, RawLine},
};

use super::{
    abnormal_orders::AbnormalOrder,
    checkouts::{OrderLine, OrderLineInput},
    page::{LazyTotal, PageInfo},
    periods::{PeriodInput, parse_period_input},
};
use crate::{
    app::{
        self, Error,
        orders::{OrderSearch, RawOrder},
    },
    graphql::{
        context::Asked, errors::UserError, global_id, order_loaders::AbnormalOrderOf, scalars::DateTime,
    },
    store::{
        orders::{Order as Row, OrderFilter as Filter},
        page::{Page, Place, Total},
    },
};

/// 注文処理状況.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "order::OrderStatus")]
pub(crate) enum OrderStatus {
    /// 新規受付.
    New,
    /// 対応中.
    InProgress,
    /// 発送済み.
    Shipped,
    /// 取消.
    Cancelled,
}

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

/// An order that the cart has. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Order {
    /// The id.
    pub id: ID,
    /// IPコード.
    pub ip_code: String,
    /// 注文番号.
    pub order_no: String,
    /// 注文種別, where the order was restored.
    pub order_type: Option<String>,
    /// 注文処理状況.
    pub status: OrderStatus,
    /// 注文日時.
    pub ordered_at: DateTime,
    /// When it was registered or restored.
    pub registered_at: DateTime,
    /// 注文者.
    pub customer_name: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// 会員ID.
    pub member_id: Option<String>,
    /// 合計(税込), whole yen, shipping included.
    pub total: i32,
    /// 送料(税込), whole yen.
    pub shipping_fee: i32,
    /// 個数.
    pub item_count: i32,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
    /// The method of payment, in the cart's words or by the gateway's PayType.
    pub payment_method: Option<String>,
    /// When the confirmation mail was sent.
    pub confirmation_mail_sent_at: Option<DateTime>,
    #[graphql(skip)]
    restored_from_id: Option<AbnormalOrderId>,
}

impl From<Row> for Order {
    fn from(row: Row) -> Self {
        let cart = row.cart;
        Self {
            id: global_id::encode("Order", row.id),
            ip_code: cart.ip_code.to_string(),
            order_no: cart.order_no,
            order_type: row.order_type,
            status: OrderStatus::from(row.status),
            ordered_at: DateTime(cart.ordered_at),
            registered_at: DateTime(row.registered_at),
            customer_name: cart.customer_name,
            email: cart.email,
            member_id: cart.member_id,
            total: cart.total.amount(),
            shipping_fee: cart.shipping_fee.amount(),
            item_count: item_count(&cart.lines),
            lines: cart.lines.iter().map(OrderLine::from).collect(),
            payment_method: row.payment_method,
            confirmation_mail_sent_at: row.confirmation_mail_sent_at.map(DateTime),
            restored_from_id: row.restored_from,
        }
    }
}

#[ComplexObject]
impl Order {
    /// The abnormal order from which it was restored; null where it was not, or the row was deleted since.
    async fn restored_from(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<AbnormalOrder>> {
        let Some(id) = self.restored_from_id else {
            return Ok(None);
        };
        let loaded = ctx.loader()?.load_one(AbnormalOrderOf(id)).await;
        let row = loaded.map_err(|error| ctx.error(Error::internal(error)))?;
        Ok(row.map(AbnormalOrder::from))
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

/// An order to be registered. The total need not equal the lines.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderInput {
    /// IPコード; REGISTER is needed on it.
    pub ip_code: String,
    /// 注文番号: printable ASCII, at most 64 characters. Unique within the IP code.
    pub order_no: String,
    /// 注文日時.
    pub ordered_at: DateTime,
    /// 注文者.
    pub customer_name: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// 会員ID.
    pub member_id: Option<String>,
    /// 合計(税込), whole yen, shipping included.
    pub total: i32,
    /// 送料(税込), whole yen.
    #[graphql(default = 0)]
    pub shipping_fee: i32,
    /// What was ordered, 1 to 200 lines.
    pub lines: Vec<OrderLineInput>,
    /// The method of payment, in the cart's words.
    pub payment_method: Option<String>,
    /// The gateway's AccessID of the payment that paid it; absent where it was paid otherwise.
    pub access_id: Option<String>,
}

impl From<OrderInput> for RawOrder {
    fn from(input: OrderInput) -> Self {
        Self {
            cart: RawCart {
                ip_code: input.ip_code,
                order_no: input.order_no,
                ordered_at: input.ordered_at.0,
                customer_name: input.customer_name,
                email: input.email,
                member_id: input.member_id,
                total: input.total.into(),
                shipping_fee: input.shipping_fee.into(),
                lines: input.lines.into_iter().map(RawLine::from).collect(),
                access_id: input.access_id,
            },
            payment_method: input.payment_method,
        }
    }
}

/// The input of `registerOrders`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RegisterOrdersInput {
    /// 1 to 500 orders.
    pub orders: Vec<OrderInput>,
}

/// What became of one order.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RegisterOrderResult {
    /// The order; null where it was not registered.
    pub order: Option<Order>,
    /// What the cart can mend.
    pub user_errors: Vec<UserError>,
}

/// What became of the orders, in order.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RegisterOrdersPayload {
    /// One result per element; empty where the request as a whole is at fault.
    pub results: Vec<RegisterOrderResult>,
    /// Faults of the request as a whole.
    pub user_errors: Vec<UserError>,
}
