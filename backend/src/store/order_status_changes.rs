//! The history of orders' statuses: who changed what, when and why. Only ever added to.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use todoke_domain::{ids::OrderId, order::OrderStatus, time::Timestamp};
use uuid::Uuid;

use super::{
    entity::order_status_changes::{self, Column},
    rows,
};
use crate::auth::scope::Scope;

/// Changes that are read for each order asked for: nobody goes back and forth more often.
const CHANGES_MAX: u64 = 200;

/// A change of an order's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusChange {
    /// When.
    pub at: Timestamp,
    /// The login or the token's name.
    pub by: String,
    /// From which status.
    pub before: OrderStatus,
    /// To which.
    pub after: OrderStatus,
    /// Why.
    pub reason: Option<String>,
}

/// Adds a change.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    order: OrderId,
    change: &StatusChange,
) -> Result<(), DbErr> {
    let row = order_status_changes::ActiveModel {
        id: Set(Uuid::now_v7()),
        order_id: Set(order.value()),
        at: Set(change.at.as_micros()),
        actor_name: Set(change.by.clone()),
        status_before: Set(change.before.code().to_owned()),
        status_after: Set(change.after.code().to_owned()),
        reason: Set(change.reason.clone()),
    };
    order_status_changes::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// The changes of orders that may be seen, newest first.
pub(crate) async fn list_of_orders(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<Vec<(OrderId, StatusChange)>, DbErr> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.value()).collect();
    let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let query = order_status_changes::Entity::find()
        .filter(Column::OrderId.is_in(ids))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(CHANGES_MAX.saturating_mul(count));
    query.all(db).await?.into_iter().map(change_of).collect()
}

fn change_of(row: order_status_changes::Model) -> Result<(OrderId, StatusChange), DbErr> {
    let status = |name: &str| rows::named("order_status_changes.status", name, OrderStatus::from_code);
    let change = StatusChange {
        at: Timestamp::from_micros(row.at),
        by: row.actor_name,
        before: status(&row.status_before)?,
        after: status(&row.status_after)?,
        reason: row.reason,
    };
    Ok((OrderId::new(row.order_id), change))
}
