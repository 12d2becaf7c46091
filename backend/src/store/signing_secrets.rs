//! The secrets with which requests to merchants are signed. What comes in and goes out is sealed; nothing is opened here.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use todoke_domain::{
    ids::{IpCode, SigningSecretId},
    time::Timestamp,
};

use super::{entity::signing_secrets, rows};
use crate::auth::{
    scope::Scope,
    signing::{SealedSecret, SecretPurpose},
};

/// The secrets of these IP codes, newest first.
pub(crate) async fn load(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_codes: &[String],
) -> Result<HashMap<String, Vec<SealedSecret>>, DbErr> {
    let found = signing_secrets::Entity::find()
        .filter(signing_secrets::Column::IpCode.is_in(ip_codes))
        .order_by_desc(signing_secrets::Column::CreatedAt)
        .all(db)
        .await?;
    let mut secrets: HashMap<String, Vec<SealedSecret>> = HashMap::new();
    for row in found {
        secrets.entry(row.ip_code.clone()).or_default().push(secret_of(row)?);
    }
    Ok(secrets)
}

/// The secret made last, of whichever IP code: to see at the start whether the key fits.
pub(crate) async fn find_newest(
    _scope: &Scope,
    db: &impl ConnectionTrait,
) -> Result<Option<(String, SealedSecret)>, DbErr> {
    let found =
        signing_secrets::Entity::find().order_by_desc(signing_secrets::Column::CreatedAt).one(db).await?;
    found.map(|row| Ok((row.ip_code.clone(), secret_of(row)?))).transpose()
}

/// Stores a new secret.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    secret: &SealedSecret,
) -> Result<(), DbErr> {
    let row = signing_secrets::ActiveModel {
        id: Set(secret.id.value()),
        ip_code: Set(ip_code.as_str().to_owned()),
        sealed: Set(secret.sealed.clone()),
        created_at: Set(secret.created_at.as_micros()),
        retires_at: Set(secret.retires_at.map(Timestamp::as_micros)),
        purpose: Set(secret.purpose.code().to_owned()),
    };
    signing_secrets::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Lets the newest secret of an IP code for a purpose sign until this instant, and forgets those before it.
pub(crate) async fn retire(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    purpose: SecretPurpose,
    at: Timestamp,
) -> Result<(), DbErr> {
    let of_code = signing_secrets::Column::IpCode
        .eq(ip_code.as_str())
        .and(signing_secrets::Column::Purpose.eq(purpose.code()));
    signing_secrets::Entity::delete_many()
        .filter(of_code.clone())
        .filter(signing_secrets::Column::RetiresAt.is_not_null())
        .exec(db)
        .await?;
    signing_secrets::Entity::update_many()
        .col_expr(signing_secrets::Column::RetiresAt, Expr::value(at.as_micros()))
        .filter(of_code)
        .exec(db)
        .await
        .map(|_| ())
}

fn secret_of(row: signing_secrets::Model) -> Result<SealedSecret, DbErr> {
    Ok(SealedSecret {
        id: SigningSecretId::new(row.id),
        purpose: rows::named("signing_secrets.purpose", &row.purpose, SecretPurpose::from_code)?,
        sealed: row.sealed,
        created_at: Timestamp::from_micros(row.created_at),
        retires_at: row.retires_at.map(Timestamp::from_micros),
    })
}
