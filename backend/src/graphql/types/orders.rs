//! Orders (注文).

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use todoke_domain::order::{self, StatusStep, item_count};

use super::{
    abnormal_orders::AbnormalOrder,
    carts::OrderLine,
    order_events::OrderRestoredEvent,
    order_mails::{OrderMail, OrderMailDraft},
    payments::Payment,
    timeline::TimelineEvent,
};
use crate::{
    app::{self, Error, order_events::ToldEvent},
    global_id,
    graphql::{
        context::Asked,
        order_loaders::{AbnormalOrderOf, EventOf, OrderMailsOf, StatusChangesOf},
        scalars::DateTime,
    },
    store::{order_mails::OrderMail as StoredMail, order_status_changes::StatusChange, orders::Order as Row},
};

/// What a draft or a timeline of an order costs beside its fields: each is a query of its own, meant for one order and
/// not for every row of a page.
const DRAFT_COST: usize = 100;
const TIMELINE_COST: usize = 200;

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

/// A change of an order's status.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderStatusChange {
    /// When.
    pub at: DateTime,
    /// The login or the token's name.
    pub by: String,
    /// From which status.
    pub from: OrderStatus,
    /// To which.
    pub to: OrderStatus,
    /// Why.
    pub reason: Option<String>,
}

impl From<StatusChange> for OrderStatusChange {
    fn from(change: StatusChange) -> Self {
        let StatusChange { at, by, before, after, reason } = change;
        Self { at: DateTime(at), by, from: before.into(), to: after.into(), reason }
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
    row: Row,
}

impl From<Row> for Order {
    fn from(row: Row) -> Self {
        let cart = row.cart.clone();
        Self {
            id: global_id::encode("Order", row.id),
            ip_code: cart.ip_code.to_string(),
            order_no: cart.order_no,
            order_type: row.order_type.clone(),
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
            payment_method: row.payment_method.clone(),
            confirmation_mail_sent_at: row.confirmation_mail_sent_at.map(DateTime),
            row,
        }
    }
}

#[ComplexObject]
impl Order {
    /// The abnormal order from which it was restored; null where it was not, or the row was deleted since.
    async fn restored_from(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<AbnormalOrder>> {
        let Some(id) = self.row.restored_from else {
            return Ok(None);
        };
        let loaded = ctx.loader()?.load_one(AbnormalOrderOf(id)).await;
        let row = loaded.map_err(|error| ctx.error(Error::internal(error)))?;
        Ok(row.map(AbnormalOrder::from))
    }

    /// What the cart was told of its restoration; null where it was not restored, or the endpoint was off at that time.
    async fn restored_event(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<OrderRestoredEvent>> {
        Ok(self.load_event(ctx).await?.map(OrderRestoredEvent::from))
    }

    /// The payment with this order number, where a result of it came in.
    async fn payment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Payment>> {
        Payment::of_number(ctx, &self.row.cart.ip_code, &self.row.cart.order_no).await
    }

    /// What happened to its status, newest first.
    async fn status_history(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OrderStatusChange>> {
        let changes = self.load_changes(ctx).await?;
        Ok(changes.into_iter().map(Into::into).collect())
    }

    /// The statuses that `updateOrderStatus` takes now.
    async fn next_statuses(&self) -> Vec<OrderStatus> {
        self.row.status.next_steps().into_iter().map(|(status, _)| status.into()).collect()
    }

    /// Of the next statuses, those that take something back and need a reason.
    async fn reason_required_for(&self) -> Vec<OrderStatus> {
        let back = self.row.status.next_steps().into_iter().filter(|(_, step)| *step == StatusStep::Back);
        back.map(|(status, _)| status.into()).collect()
    }

    /// The confirmation mail as the IP code's template makes it, to be edited and sent.
    #[graphql(complexity = "DRAFT_COST + child_complexity")]
    async fn mail_draft(&self, ctx: &Context<'_>) -> async_graphql::Result<OrderMailDraft> {
        let drafted = app::order_mails::draft_mail(ctx.app()?, ctx.scope()?, &self.row).await;
        let text = drafted.map_err(|error| ctx.error(error))?;
        Ok(OrderMailDraft { to: self.email.clone(), subject: text.subject, body: text.body })
    }

    /// The mails that were sent to the buyer, newest first, at most 50.
    async fn mails(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OrderMail>> {
        Ok(self.load_mails(ctx).await?.into_iter().map(Into::into).collect())
    }

    /// What happened around the order, newest first: notifications of its payment, changes of its status, mails, what
    /// the cart was told.
    #[graphql(complexity = "TIMELINE_COST + child_complexity")]
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TimelineEvent>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let notifications = app::order_timelines::load_notifications(app, scope, &self.row).await;
        let notifications = notifications.map_err(|error| ctx.error(error))?;
        let (changes, mails) = (self.load_changes(ctx).await?, self.load_mails(ctx).await?);
        let told = self.load_event(ctx).await?;
        let around = (&changes[..], &mails[..], told.as_ref());
        let events = app::order_timelines::timeline_of(&self.row, &notifications, around);
        Ok(events.into_iter().map(Into::into).collect())
    }
}

impl Order {
    async fn load_changes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<StatusChange>> {
        let loaded = ctx.loader()?.load_one(StatusChangesOf(self.row.id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.unwrap_or_default())
    }

    async fn load_event(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ToldEvent>> {
        if self.row.restored_from.is_none() {
            return Ok(None);
        }
        let loaded = ctx.loader()?.load_one(EventOf(self.row.id)).await;
        loaded.map_err(|error| ctx.error(Error::internal(error)))
    }

    async fn load_mails(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<StoredMail>> {
        let loaded = ctx.loader()?.load_one(OrderMailsOf(self.row.id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.unwrap_or_default())
    }
}
