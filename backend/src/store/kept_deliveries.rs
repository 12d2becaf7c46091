//! Deliveries that are kept because their endpoint is paused. A kept row is PENDING and due never; it stays marked while
//! it is on its way as a probe, so that a probe that never arrived is kept again where it was.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use todoke_domain::{
    access::Action,
    delivery::DeliveryState,
    ids::{DeliveryId, IpCode},
};
use uuid::Uuid;

use super::{
    deliveries::{Delivery, NEVER_DUE, delivery_of, unleased},
    entity::deliveries::{Column, Entity},
    few_statements::padded,
};
use crate::auth::scope::Scope;

/// Keeps locked deliveries that are due; their turn is remembered.
pub(crate) async fn keep_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    Entity::update_many()
        .col_expr(Column::KeptAt, Expr::col(Column::DueAt))
        .col_expr(Column::DueAt, Expr::value(NEVER_DUE))
        .filter(Column::Id.is_in(ids))
        .exec(db)
        .await
        .map(|_| ())
}

/// Keeps a probe again whose attempt never arrived. It counts as an attempt, but not against the retry policy.
pub(crate) async fn keep_again(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: DeliveryId,
) -> Result<(), DbErr> {
    unleased(DeliveryState::Pending)
        .col_expr(Column::DueAt, Expr::value(NEVER_DUE))
        .filter(Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// The one that is kept longest and not on its way, locked until the transaction ends.
pub(crate) async fn lock_oldest(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
) -> Result<Option<Delivery>, DbErr> {
    let found = waiting(ip_code).limit(1).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    found.one(db).await?.map(delivery_of).transpose()
}

/// Makes the longest kept ones due, in their turn. How many were.
pub(crate) async fn release_some(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    rows_max: u64,
) -> Result<u64, DbErr> {
    let found = waiting(ip_code)
        .limit(rows_max)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(db)
        .await?;
    if found.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = found.into_iter().map(|row| row.id).collect();
    let updated = Entity::update_many()
        .col_expr(Column::DueAt, Expr::col(Column::KeptAt))
        .col_expr(Column::KeptAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.is_in(ids))
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// How many are kept for an IP code that may be seen.
pub(crate) async fn count(scope: &Scope, db: &impl ConnectionTrait, ip_code: &IpCode) -> Result<u64, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(0);
    }
    kept().filter(Column::IpCode.eq(ip_code.as_str())).count(db).await
}

/// How many are kept in all.
pub(crate) async fn count_all(_scope: &Scope, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    kept().count(db).await
}

/// What has ended is kept no more, also where a server of an older version recorded its end and left the mark.
fn kept() -> sea_orm::Select<Entity> {
    let on_their_way = [DeliveryState::Pending.code(), DeliveryState::Leased.code()];
    Entity::find().filter(Column::KeptAt.is_not_null()).filter(Column::State.is_in(on_their_way))
}

fn waiting(ip_code: &IpCode) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::IpCode.eq(ip_code.as_str()))
        .filter(Column::KeptAt.is_not_null())
        .filter(Column::State.eq(DeliveryState::Pending.code()))
        .order_by_asc(Column::KeptAt)
        .order_by_asc(Column::Id)
}
