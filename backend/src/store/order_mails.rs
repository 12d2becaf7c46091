//! Mails to buyers about their orders, as they stand in the outbox; they stay there as the copy.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use todoke_domain::{ids::OrderId, time::Timestamp};
use uuid::Uuid;

use super::{
    entity::{mails, mails::Column, orders},
    mails::MailState,
    rows,
};
use crate::auth::scope::Scope;

/// Mails that are read for each order asked for: one is usual, a few are many.
const MAILS_MAX: u64 = 50;

/// A mail about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderMail {
    /// The mail; also the decision behind it.
    pub id: Uuid,
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Who sent it.
    pub by: String,
    /// When it was taken into the outbox.
    pub at: Timestamp,
    /// Where it stands.
    pub state: MailState,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
    /// When the last try failed.
    pub failed_at: Option<Timestamp>,
    /// Tries so far.
    pub attempt_count: u32,
    /// Why the last try failed.
    pub error: Option<String>,
}

/// The mails of orders that may be seen, newest first.
pub(crate) async fn list_of_orders(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    of: &[OrderId],
) -> Result<Vec<(OrderId, OrderMail)>, DbErr> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.value()).collect();
    let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let query = mails::Entity::find()
        .filter(Column::OrderId.is_in(ids))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(MAILS_MAX.saturating_mul(count));
    let found = query.all(db).await?.into_iter().filter_map(|row| row.order_id.map(|order| (order, row)));
    found.map(|(order, row)| Ok((OrderId::new(order), mail_of(row)?))).collect()
}

/// Notes when an order's confirmation mail was sent; `None` where it still waits for one.
pub(crate) async fn set_confirmation(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    order: OrderId,
    at: Option<Timestamp>,
) -> Result<(), DbErr> {
    orders::Entity::update_many()
        .col_expr(orders::Column::ConfirmationMailSentAt, Expr::value(at.map(Timestamp::as_micros)))
        .filter(orders::Column::Id.eq(order.value()))
        .exec(db)
        .await
        .map(|_| ())
}

fn mail_of(row: mails::Model) -> Result<OrderMail, DbErr> {
    Ok(OrderMail {
        id: row.id,
        to: row.recipient,
        subject: row.subject,
        body: row.body,
        by: row.decided_by.unwrap_or_default(),
        at: Timestamp::from_micros(row.created_at),
        state: rows::named("mails.state", &row.state, MailState::from_code)?,
        sent_at: row.sent_at.map(Timestamp::from_micros),
        failed_at: row.failed_at.map(Timestamp::from_micros),
        attempt_count: rows::count(row.attempt_count),
        error: row.last_error,
    })
}
