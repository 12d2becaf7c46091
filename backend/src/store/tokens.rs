//! API tokens and the IP codes they reach.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use todoke_domain::{
    access::TokenRight,
    ids::{ApiTokenId, IpCode, MerchantId},
    time::Timestamp,
};

use super::{
    entity::{api_token_ip_codes, api_tokens},
    rows,
};
use crate::auth::{api_token::FreshToken, scope::Scope};

/// A token as it is used.
#[derive(Clone, Debug)]
pub(crate) struct ApiToken {
    /// The token.
    pub id: ApiTokenId,
    /// Its name.
    pub name: String,
    /// What lists show of the secret.
    pub prefix: String,
    /// Its rights on each of its IP codes.
    pub rights: Vec<TokenRight>,
    /// Its IP codes.
    pub ip_codes: Vec<IpCode>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked.
    pub is_revoked: bool,
}

/// A token to be stored.
#[derive(Debug)]
pub(crate) struct NewApiToken<'a> {
    /// The token.
    pub id: ApiTokenId,
    /// Whose.
    pub merchant_id: MerchantId,
    /// Its name.
    pub name: &'a str,
    /// Its rights.
    pub rights: &'a [TokenRight],
    /// Its IP codes.
    pub ip_codes: &'a [IpCode],
    /// Now.
    pub created_at: Timestamp,
}

/// The token with this hash, if it is neither revoked nor over.
pub(crate) async fn find_living_token(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    hash: &str,
    now: Timestamp,
) -> Result<Option<ApiToken>, DbErr> {
    find_living(db, api_tokens::Column::TokenHash.eq(hash), now).await
}

/// The token with this id, if it is neither revoked nor over.
pub(crate) async fn find_living_by_id(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: ApiTokenId,
    now: Timestamp,
) -> Result<Option<ApiToken>, DbErr> {
    find_living(db, api_tokens::Column::Id.eq(id.value()), now).await
}

async fn find_living(
    db: &impl ConnectionTrait,
    wanted: sea_orm::sea_query::Expr,
    now: Timestamp,
) -> Result<Option<ApiToken>, DbErr> {
    let query = api_tokens::Entity::find().filter(wanted).filter(api_tokens::Column::RevokedAt.is_null());
    let Some(row) = query.one(db).await? else {
        return Ok(None);
    };
    if row.expires_at.is_some_and(|expires_at| expires_at <= now.as_micros()) {
        return Ok(None);
    }
    token_of(db, row).await.map(Some)
}

/// Every token, for the operator's list.
pub(crate) async fn list_tokens(_scope: &Scope, db: &impl ConnectionTrait) -> Result<Vec<ApiToken>, DbErr> {
    let mut tokens = Vec::new();
    for row in api_tokens::Entity::find().order_by_asc(api_tokens::Column::CreatedAt).all(db).await? {
        tokens.push(token_of(db, row).await?);
    }
    Ok(tokens)
}

async fn token_of(db: &impl ConnectionTrait, row: api_tokens::Model) -> Result<ApiToken, DbErr> {
    let reach = api_token_ip_codes::Entity::find()
        .filter(api_token_ip_codes::Column::ApiTokenId.eq(row.id))
        .order_by_asc(api_token_ip_codes::Column::IpCode)
        .all(db)
        .await?;
    let right = |name: &str| rows::named("api_tokens.rights", name, TokenRight::from_code);
    Ok(ApiToken {
        id: ApiTokenId::new(row.id),
        name: row.name,
        prefix: row.prefix,
        rights: row.rights.split(' ').map(right).collect::<Result<_, _>>()?,
        ip_codes: reach.iter().map(|entry| rows::ip_code(&entry.ip_code)).collect::<Result<_, _>>()?,
        expires_at: row.expires_at.map(Timestamp::from_micros),
        is_revoked: row.revoked_at.is_some(),
    })
}

/// Stores a token.
pub(crate) async fn insert_token(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    token: &NewApiToken<'_>,
    fresh: &FreshToken,
) -> Result<(), DbErr> {
    let rights: Vec<&str> = token.rights.iter().map(|right| right.code()).collect();
    let row = api_tokens::ActiveModel {
        id: Set(token.id.value()),
        merchant_id: Set(token.merchant_id.value()),
        name: Set(token.name.to_owned()),
        prefix: Set(fresh.prefix.clone()),
        token_hash: Set(fresh.hash.clone()),
        rights: Set(rights.join(" ")),
        origins: Set("[]".to_owned()),
        created_at: Set(token.created_at.as_micros()),
        expires_at: Set(None),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    api_tokens::Entity::insert(row).exec_without_returning(db).await?;
    for ip_code in token.ip_codes {
        let entry = api_token_ip_codes::ActiveModel {
            api_token_id: Set(token.id.value()),
            ip_code: Set(ip_code.as_str().to_owned()),
        };
        api_token_ip_codes::Entity::insert(entry).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Revokes the tokens of this name or prefix. How many there were.
pub(crate) async fn revoke_tokens(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    name_or_prefix: &str,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let matching =
        api_tokens::Column::Name.eq(name_or_prefix).or(api_tokens::Column::Prefix.eq(name_or_prefix));
    let updated = api_tokens::Entity::update_many()
        .col_expr(api_tokens::Column::RevokedAt, Expr::value(now.as_micros()))
        .filter(api_tokens::Column::RevokedAt.is_null())
        .filter(matching)
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// Keeps when a token was last used.
pub(crate) async fn note_use(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: ApiTokenId,
    at: Timestamp,
) -> Result<(), DbErr> {
    api_tokens::Entity::update_many()
        .col_expr(api_tokens::Column::LastUsedAt, Expr::value(at.as_micros()))
        .filter(api_tokens::Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}
