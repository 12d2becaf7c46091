//! Payments and their results.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use todoke_domain::ids::PaymentId;

use super::{send_errors::SendError, timeline::TimelineEvent};
use crate::{
    app::{self, Error, timelines::EVENTS_MAX},
    global_id,
    graphql::{
        context::Asked,
        loaders::{SendErrorOf, TimelineOf},
        scalars::DateTime,
    },
};

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
    payment_id: PaymentId,
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
        let payment = app::payments::find_payment(ctx.app()?, ctx.scope()?, id).await;
        let payment = payment.map_err(|error| ctx.error(error))?;
        Ok(Self {
            id: global_id::encode("Payment", payment.id),
            ip_code: payment.ip_code.to_string(),
            order_no: payment.order_no,
            carrier: payment.carrier,
            received_at: DateTime(payment.received_at),
            payment_id: payment.id,
        })
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
        let loaded = ctx.loader()?.load_one(SendErrorOf(self.payment_id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.map(SendError::from))
    }

    /// What happened to the payment in both halves, newest first, at most 200 events.
    #[graphql(complexity = "EVENTS_MAX * child_complexity")]
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TimelineEvent>> {
        load_timeline(ctx, self.payment_id).await
    }

    /// The results, oldest first.
    async fn results(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<PaymentResult>> {
        let results = app::payments::list_results(ctx.app()?, ctx.scope()?, self.payment_id).await;
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
