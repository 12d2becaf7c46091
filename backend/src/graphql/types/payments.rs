//! Payments and their results.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use todoke_domain::ids::{IpCode, OrderId, PaymentId};

use super::{abnormal_orders::AbnormalOrder, orders::Order, send_errors::SendError, timeline::TimelineEvent};
use crate::{
    app::{self, Error, timelines::EVENTS_MAX},
    global_id,
    graphql::{
        context::Asked,
        loaders::{PaymentOf, SendErrorOf, TimelineOf},
        order_loaders::{AbnormalOrdersOf, OrderOf},
        scalars::DateTime,
    },
    store::payments::Payment as Row,
};

/// What the abnormal orders of a payment count for in a query's complexity: a number rarely stands more often.
const ABNORMAL_ORDERS_COST: usize = 5;

/// One payment at the provider. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Payment {
    /// The id.
    pub id: ID,
    /// IPコード.
    pub ip_code: String,
    /// オーダーNo.
    pub order_no: String,
    /// The carrier's code.
    pub carrier: String,
    /// When its first result came in.
    pub received_at: DateTime,
    #[graphql(skip)]
    row: Row,
}

/// One outcome of a payment.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct PaymentResult {
    /// The stable delivery id that every request of this result bears.
    pub delivery_id: ID,
    /// The provider's status.
    pub status: String,
    /// The provider's error code, empty where there is none.
    pub error_code: String,
    /// Whole yen.
    pub amount: i32,
    /// When it happened.
    pub occurred_at: DateTime,
    /// When it came in.
    pub received_at: DateTime,
    /// Whether the endpoint acknowledged it.
    pub delivered: bool,
}

impl Payment {
    /// Reads a payment; NOT_FOUND where it may not be seen.
    pub(crate) async fn load(ctx: &Context<'_>, id: PaymentId) -> async_graphql::Result<Self> {
        Self::find(ctx, id).await?.ok_or_else(|| ctx.error(Error::NotFound))
    }

    /// The payment of this number, where one came in that may be seen.
    pub(crate) async fn of_number(
        ctx: &Context<'_>,
        ip_code: &IpCode,
        order_no: &str,
    ) -> async_graphql::Result<Option<Self>> {
        Self::find(ctx, PaymentId::of(ip_code, order_no)).await
    }

    async fn find(ctx: &Context<'_>, id: PaymentId) -> async_graphql::Result<Option<Self>> {
        let loaded = ctx.loader()?.load_one(PaymentOf(id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.map(Self::from))
    }
}

impl From<Row> for Payment {
    fn from(row: Row) -> Self {
        Self {
            id: global_id::encode("Payment", row.id),
            ip_code: row.ip_code.to_string(),
            order_no: row.order_no.clone(),
            carrier: row.carrier.clone(),
            received_at: DateTime(row.received_at),
            row,
        }
    }
}

/// The timeline of a payment that may be seen.
pub(crate) async fn load_timeline(
    ctx: &Context<'_>,
    id: PaymentId,
) -> async_graphql::Result<Vec<TimelineEvent>> {
    let loaded = ctx.loader()?.load_one(TimelineOf(id)).await;
    let events = loaded.map_err(|error| ctx.error(Error::internal(error)))?.unwrap_or_default();
    Ok(events.into_iter().map(TimelineEvent::from).collect())
}

#[ComplexObject]
impl Payment {
    /// The send error, where there is one.
    async fn send_error(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<SendError>> {
        let loaded = ctx.loader()?.load_one(SendErrorOf(self.row.id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.map(SendError::from))
    }

    /// The abnormal orders with its order number, newest signal first.
    #[graphql(complexity = "ABNORMAL_ORDERS_COST * child_complexity")]
    async fn abnormal_orders(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<AbnormalOrder>> {
        let key = AbnormalOrdersOf(self.row.ip_code.clone(), self.row.order_no.clone());
        let loaded = ctx.loader()?.load_one(key).await;
        let rows = loaded.map_err(|error| ctx.error(Error::internal(error)))?.unwrap_or_default();
        Ok(rows.into_iter().map(AbnormalOrder::from).collect())
    }

    /// The order with its order number, where the cart has one.
    async fn order(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Order>> {
        let id = OrderId::of(&self.row.ip_code, &self.row.order_no);
        let loaded = ctx.loader()?.load_one(OrderOf(id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.map(Order::from))
    }

    /// What happened to the payment in both halves, newest first, at most 200 events.
    #[graphql(complexity = "EVENTS_MAX * child_complexity")]
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TimelineEvent>> {
        load_timeline(ctx, self.row.id).await
    }

    /// The results, oldest first.
    async fn results(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<PaymentResult>> {
        let results = app::payments::list_results(ctx.app()?, ctx.scope()?, self.row.id).await;
        let results = results.map_err(|error| ctx.error(error))?;
        let result = |stored: crate::store::payments::StoredResult| PaymentResult {
            delivery_id: ID(stored.delivery_id.to_string()),
            status: stored.status,
            error_code: stored.error_code,
            amount: stored.amount.amount(),
            occurred_at: DateTime(stored.occurred_at),
            received_at: DateTime(stored.received_at),
            delivered: stored.is_delivered,
        };
        Ok(results.into_iter().map(result).collect())
    }
}
