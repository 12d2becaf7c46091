//! Abnormal orders (異常注文).

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use todoke_domain::{abnormal_order, abnormal_order_actions};

use super::{
    checkouts::Checkout, gateway::GatewayCheck, orders::Order, payments::Payment, timeline::TimelineEvent,
};
use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        order_loaders::{CheckoutOf, EventOf, NotificationsOf, OrderOf},
        scalars::DateTime,
    },
    store::{
        abnormal_orders::{AbnormalOrder as Row, StoredEvidence},
        checkouts::Checkout as StoredCheckout,
        notifications::StoredNotification,
        orders::Order as StoredOrder,
    },
};

/// What reading an IP code's settings for one row costs: a query of its own.
const SETTINGS_COST: usize = 50;

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

/// What a person can do with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "abnormal_order_actions::RowAction")]
pub(crate) enum AbnormalOrderAction {
    /// 復旧.
    Restore,
    /// Close: what had to be done about it was done elsewhere.
    Close,
    /// 削除.
    Delete,
}

/// What was done about a row that no order can be made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "abnormal_order_actions::Resolution")]
pub(crate) enum AbnormalOrderResolution {
    /// The payment was cancelled at the gateway.
    CancelledAtGateway,
    /// The customer ordered again.
    Reordered,
    /// Nothing needed to be done.
    NotNeeded,
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

impl From<StoredEvidence> for Evidence {
    fn from(evidence: StoredEvidence) -> Self {
        let StoredEvidence { field, expected, actual } = evidence;
        Self { field, expected, actual }
    }
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
    /// When a person closed it: what had to be done was done elsewhere. It stays in its list as it was.
    pub closed_at: Option<DateTime>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// What had been done about it.
    pub resolution: Option<AbnormalOrderResolution>,
    /// More, in the words of who closed it.
    pub resolution_note: Option<String>,
    #[graphql(skip)]
    row: Row,
}

impl From<Row> for AbnormalOrder {
    fn from(row: Row) -> Self {
        let ordered = row.ordered.clone();
        let ordered = ordered.as_ref();
        let closing = row.closing.clone();
        let closing = closing.as_ref();
        Self {
            id: global_id::encode("AbnormalOrder", row.id()),
            ip_code: row.payment.ip_code.to_string(),
            shop_id: row.payment.shop_id.clone(),
            order_no: row.order_no.clone(),
            order_type: ordered.map(|ordered| ordered.order_type.clone()),
            status: AbnormalOrderStatus::from(row.status),
            reason: row.reason.map(AbnormalOrderReason::from),
            evidence: row.evidence.clone().map(Evidence::from),
            cancelled_at_gateway: row.cancelled_at_gateway,
            received_at: DateTime(row.received_at),
            ordered_at: ordered.map(|ordered| DateTime(ordered.ordered_at)),
            customer_name: ordered.map(|ordered| ordered.customer_name.clone()),
            member_id: ordered.and_then(|ordered| ordered.member_id.clone()),
            total: ordered.map(|ordered| ordered.total.amount()),
            shipping_fee: ordered.map(|ordered| ordered.shipping_fee.amount()),
            item_count: ordered.map(|ordered| ordered.item_count),
            closed_at: closing.map(|closing| DateTime(closing.at)),
            closed_by: closing.map(|closing| closing.by.clone()),
            resolution: closing.map(|closing| AbnormalOrderResolution::from(closing.resolution)),
            resolution_note: closing.and_then(|closing| closing.note.clone()),
            row,
        }
    }
}

#[ComplexObject]
impl AbnormalOrder {
    /// What the asker may do with the row at this moment: its state allows it, and the right is there.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<AbnormalOrderAction>> {
        let actions = app::abnormal_orders::allowed_actions(ctx.scope()?, &self.row);
        Ok(actions.into_iter().map(AbnormalOrderAction::from).collect())
    }

    /// What the gateway said of the payment when it was asked last; null while nobody asked.
    async fn gateway_check(&self) -> Option<GatewayCheck> {
        self.row.gateway_check.clone().map(GatewayCheck::from)
    }

    /// Whether a restore asks the gateway first.
    #[graphql(complexity = "SETTINGS_COST")]
    async fn gateway_check_configured(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let ip_code = &self.row.payment.ip_code;
        let asked = app::gateway_checks::is_check_configured(ctx.app()?, ctx.scope()?, ip_code).await;
        asked.map_err(|error| ctx.error(error))
    }

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

    /// The payment with this order number, where a result of it came in.
    async fn payment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Payment>> {
        Payment::of_number(ctx, &self.row.payment.ip_code, &self.row.order_no).await
    }

    /// What happened around the row, newest first.
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TimelineEvent>> {
        let notifications = self.load_notifications(ctx).await?;
        let checkout = self.load_checkout(ctx).await?;
        let restored = self.row.restored.as_ref().map(|restored| restored.order_id);
        let order = load_order(ctx, restored.or(self.row.colliding_order).map(OrderOf)).await?;
        let told = match restored {
            Some(id) => ctx.loader()?.load_one(EventOf(id)).await,
            None => Ok(None),
        };
        let told = told.map_err(|error| ctx.error(Error::internal(error)))?;
        let (checkout, made) = (checkout.as_ref(), (order.as_ref(), told.as_ref()));
        let events = app::timelines::timeline_of_abnormal_order(&self.row, &notifications, checkout, made);
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
