//! Abnormal orders (異常注文).

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use todoke_domain::abnormal_order;

use super::{
    checkouts::Checkout,
    orders::Order,
    page::{LazyTotal, PageInfo},
    periods::{PeriodInput, parse_period_input},
    timeline::TimelineEvent,
};
use crate::{
    app::{self, Error, abnormal_orders::AbnormalOrderSearch},
    graphql::{
        context::Asked,
        global_id,
        order_loaders::{CheckoutOf, NotificationsOf, OrderOf},
        scalars::DateTime,
    },
    store::{
        abnormal_orders::{AbnormalOrder as Row, AbnormalOrderFilter as Filter, ListCounts},
        checkouts::Checkout as StoredCheckout,
        notifications::StoredNotification,
        orders::Order as StoredOrder,
        page::{Page, Place, Total},
    },
};

/// The five lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(crate) enum AbnormalOrderList {
    /// すべての注文一覧.
    #[default]
    All,
    /// 復旧対象注文一覧.
    Restorable,
    /// 復旧済注文一覧.
    Restored,
    /// 重複注文一覧.
    Duplicate,
    /// 復旧不可注文一覧.
    Unrestorable,
}

/// ステータス.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "abnormal_order::AbnormalOrderStatus")]
pub(crate) enum AbnormalOrderStatus {
    /// 復旧対象: paid, the checkout is there, no order.
    Restorable,
    /// 復旧済.
    Restored,
    /// 重複注文: the number belongs to an order that another payment paid; cancel this payment at the gateway.
    Duplicate,
    /// 復旧不可.
    Unrestorable,
}

/// Why a row cannot be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "abnormal_order::Reason")]
pub(crate) enum AbnormalOrderReason {
    /// The cart never registered this checkout.
    NoCheckout,
    /// Another amount was paid than the checkout's total.
    AmountMismatch,
    /// Another pay type than the checkout's.
    PaymentMethodMismatch,
    /// Another access id than the checkout's.
    AccessIdMismatch,
    /// The checkout was too old when the notification came.
    CheckoutExpired,
    /// Amount or tax is no amount.
    InvalidAmount,
    /// The currency is not JPN.
    InvalidCurrency,
    /// TranDate is no date.
    InvalidDate,
    /// An order with this number exists through another payment.
    OrderExists,
    /// The payment was cancelled at the gateway.
    CancelledAtGateway,
}

/// The search for abnormal orders. A broken rule is an error with `extensions.code = BAD_USER_INPUT` and
/// `extensions.fields`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct AbnormalOrderFilter {
    /// IP codes; those that one may not see have no rows.
    pub ip_codes: Vec<String>,
    /// Which of the five lists.
    #[graphql(default)]
    pub list: AbnormalOrderList,
    /// The beginning of the order number.
    pub order_no: Option<String>,
    /// A part of the customer's name or e-mail address.
    pub customer: Option<String>,
    /// 会員ID, exactly.
    pub member_id: Option<String>,
    /// 復旧信号受信日時; without one, all there are.
    pub period: Option<PeriodInput>,
}

impl AbnormalOrderFilter {
    /// What the rules are held against.
    pub(crate) fn into_search(self) -> Result<AbnormalOrderSearch, Error> {
        Ok(AbnormalOrderSearch {
            ip_codes: self.ip_codes,
            list: match self.list {
                AbnormalOrderList::All => None,
                AbnormalOrderList::Restorable => Some(abnormal_order::AbnormalOrderStatus::Restorable),
                AbnormalOrderList::Restored => Some(abnormal_order::AbnormalOrderStatus::Restored),
                AbnormalOrderList::Duplicate => Some(abnormal_order::AbnormalOrderStatus::Duplicate),
                AbnormalOrderList::Unrestorable => Some(abnormal_order::AbnormalOrderStatus::Unrestorable),
            },
            order_no: self.order_no,
            customer: self.customer,
            member_id: self.member_id,
            period: parse_period_input(self.period)?,
        })
    }
}

/// How many rows each of the five lists has, at most 10,000. Needs VIEW on the IP codes.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub(crate) struct AbnormalOrderCounts {
    /// すべて.
    pub all: u64,
    /// 復旧対象.
    pub restorable: u64,
    /// 復旧済.
    pub restored: u64,
    /// 重複注文.
    pub duplicate: u64,
    /// 復旧不可.
    pub unrestorable: u64,
}

impl From<ListCounts> for AbnormalOrderCounts {
    fn from(counts: ListCounts) -> Self {
        let ListCounts { all, restorable, restored, duplicate, unrestorable } = counts;
        Self { all, restorable, restored, duplicate, unrestorable }
    }
}

/// What contradicts.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Evidence {
    /// The notification's field.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
}

/// A field of the notification, decoded.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct NotificationField {
    /// Its name on the wire.
    pub field: String,
    /// Its value, as it came.
    pub value: String,
}

/// A notification that says "paid" with no matching saved order. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct AbnormalOrder {
    /// The id. The row's key is the payment at the gateway: one order number may stand twice.
    pub id: ID,
    /// IPコード.
    pub ip_code: String,
    /// The gateway's ShopID.
    pub shop_id: String,
    /// 注文番号: the cart's, where the cart knows it; else the gateway's.
    pub order_no: String,
    /// 注文種別.
    pub order_type: Option<String>,
    /// ステータス.
    pub status: AbnormalOrderStatus,
    /// Why it cannot be restored; null where it can be or was.
    pub reason: Option<AbnormalOrderReason>,
    /// What contradicts: the value that was expected and the one that the notification brought.
    pub evidence: Option<Evidence>,
    /// VOID, RETURN or CANCEL came after the payment.
    pub cancelled_at_gateway: bool,
    /// 復旧信号受信日時.
    pub received_at: DateTime,
    /// 注文日時.
    pub ordered_at: Option<DateTime>,
    /// 注文者.
    pub customer_name: Option<String>,
    /// 会員ID.
    pub member_id: Option<String>,
    /// 合計(税込), whole yen, shipping included.
    pub total: Option<i32>,
    /// 送料(税込), whole yen.
    pub shipping_fee: Option<i32>,
    /// 個数.
    pub item_count: Option<i32>,
    #[graphql(skip)]
    row: Row,
}

impl From<Row> for AbnormalOrder {
    fn from(row: Row) -> Self {
        let ordered = row.ordered.clone();
        let ordered = ordered.as_ref();
        Self {
            id: global_id::encode("AbnormalOrder", row.id()),
            ip_code: row.payment.ip_code.to_string(),
            shop_id: row.payment.shop_id.clone(),
            order_no: row.order_no.clone(),
            order_type: ordered.map(|ordered| ordered.order_type.clone()),
            status: AbnormalOrderStatus::from(row.status),
            reason: row.reason.map(AbnormalOrderReason::from),
            evidence: row.evidence.clone().map(|evidence| Evidence {
                field: evidence.field,
                expected: evidence.expected,
                actual: evidence.actual,
            }),
            cancelled_at_gateway: row.cancelled_at_gateway,
            received_at: DateTime(row.received_at),
            ordered_at: ordered.map(|ordered| DateTime(ordered.ordered_at)),
            customer_name: ordered.map(|ordered| ordered.customer_name.clone()),
            member_id: ordered.and_then(|ordered| ordered.member_id.clone()),
            total: ordered.map(|ordered| ordered.total.amount()),
            shipping_fee: ordered.map(|ordered| ordered.shipping_fee.amount()),
            item_count: ordered.map(|ordered| ordered.item_count),
            row,
        }
    }
}

#[ComplexObject]
impl AbnormalOrder {
    /// The fields of the newest notification that says "paid", in wire order. ShopPass and AccessPass are never kept.
    async fn notification(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<NotificationField>> {
        let notifications = self.load_notifications(ctx).await?;
        let shown = app::abnormal_orders::shown_notification(&notifications);
        let fields = shown.map(|stored| stored.notification.fields.clone()).unwrap_or_default();
        Ok(fields.into_iter().map(|(field, value)| NotificationField { field, value }).collect())
    }

    /// The cart's snapshot from which the order is made.
    async fn checkout(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Checkout>> {
        Ok(self.load_checkout(ctx).await?.map(Checkout::from))
    }

    /// The order that was made by restoring.
    async fn order(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Order>> {
        let id = self.row.restored.as_ref().map(|restored| restored.order_id);
        Ok(load_order(ctx, id.map(OrderOf)).await?.map(Order::from))
    }

    /// The order through another payment that bears the same number.
    async fn colliding_order(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Order>> {
        Ok(load_order(ctx, self.row.colliding_order.map(OrderOf)).await?.map(Order::from))
    }

    /// What happened around the row, newest first.
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TimelineEvent>> {
        let notifications = self.load_notifications(ctx).await?;
        let checkout = self.load_checkout(ctx).await?;
        let restored = self.row.restored.as_ref().map(|restored| restored.order_id);
        let order = load_order(ctx, restored.or(self.row.colliding_order).map(OrderOf)).await?;
        let (checkout, order) = (checkout.as_ref(), order.as_ref());
        let events = app::abnormal_orders::timeline_of(&self.row, &notifications, checkout, order);
        Ok(events.into_iter().map(TimelineEvent::from).collect())
    }
}

impl AbnormalOrder {
    async fn load_notifications(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<StoredNotification>> {
        let loaded = ctx.loader()?.load_one(NotificationsOf(self.row.id())).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.unwrap_or_default())
    }

    async fn load_checkout(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<StoredCheckout>> {
        let Some(ordered) = &self.row.ordered else {
            return Ok(None);
        };
        let loaded = ctx.loader()?.load_one(CheckoutOf(ordered.checkout_id)).await;
        loaded.map_err(|error| ctx.error(Error::internal(error)))
    }
}

async fn load_order(ctx: &Context<'_>, key: Option<OrderOf>) -> async_graphql::Result<Option<StoredOrder>> {
    let Some(key) = key else { return Ok(None) };
    ctx.loader()?.load_one(key).await.map_err(|error| ctx.error(Error::internal(error)))
}

/// A row of a page of abnormal orders.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct AbnormalOrderEdge {
    /// The row's place.
    pub cursor: String,
    /// The abnormal order.
    pub node: AbnormalOrder,
}

/// A page of abnormal orders, newest signal first.
#[derive(Debug)]
pub(crate) struct AbnormalOrderConnection {
    /// The search.
    pub filter: Filter,
    /// The page.
    pub page: Page<Row>,
    /// After which row it begins.
    pub after: Option<Place>,
    /// How many rows the search has.
    pub total: LazyTotal,
}

/// A page of abnormal orders, newest signal first.
#[Object]
impl AbnormalOrderConnection {
    /// The rows with their places.
    async fn edges(&self) -> Vec<AbnormalOrderEdge> {
        let edge = |(place, row): &(Place, Row)| AbnormalOrderEdge {
            cursor: place.to_cursor(),
            node: AbnormalOrder::from(row.clone()),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The rows.
    async fn nodes(&self) -> Vec<AbnormalOrder> {
        self.page.rows.iter().map(|(_, row)| AbnormalOrder::from(row.clone())).collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        PageInfo::of(self.page.rows.iter().map(|(place, _)| *place), self.page.has_next, self.after)
    }

    /// How many rows the list has, exact up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<u64> {
        self.total(ctx).await.map(|total| total.count)
    }

    /// Whether there are more than 10,000.
    async fn total_count_is_capped(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        self.total(ctx).await.map(|total| total.is_capped)
    }
}

impl AbnormalOrderConnection {
    async fn total(&self, ctx: &Context<'_>) -> async_graphql::Result<Total> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let counting = self.total.get(app::abnormal_orders::count_abnormal_orders(app, scope, &self.filter));
        counting.await.map_err(|error| ctx.error(error))
    }
}
