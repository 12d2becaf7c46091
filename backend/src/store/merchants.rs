//! Merchants.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use todoke_domain::{ids::MerchantId, time::Timestamp};

use super::entity::merchants;
use crate::auth::scope::Scope;

/// The merchant of this name.
pub(crate) async fn find_by_name(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<MerchantId>, DbErr> {
    let found = merchants::Entity::find().filter(merchants::Column::Name.eq(name)).one(db).await?;
    Ok(found.map(|row| MerchantId::new(row.id)))
}

/// Stores a merchant.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: MerchantId,
    name: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = merchants::ActiveModel {
        id: Set(id.value()),
        name: Set(name.to_owned()),
        created_at: Set(now.as_micros()),
    };
    merchants::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Every merchant's name.
pub(crate) async fn list_names(_scope: &Scope, db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let found = merchants::Entity::find().order_by_asc(merchants::Column::Name).all(db).await?;
    Ok(found.into_iter().map(|row| row.name).collect())
}
