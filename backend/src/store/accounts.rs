//! Users, their rights, their sessions, and the throttling of sign-ins.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use todoke_domain::{
    access::Role,
    ids::{IpCode, MerchantId, SessionId, UserId},
    time::Timestamp,
};

use super::{
    entity::{grants, merchants, sessions, sign_in_throttles, users},
    rows,
};
use crate::auth::scope::Scope;

/// A user with what signing in needs.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// The user.
    pub user_id: UserId,
    /// The login id.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The stored hash.
    pub password_hash: String,
    /// Platform operator.
    pub is_platform: bool,
    /// The merchant's name.
    pub merchant: Option<String>,
}

/// A user to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewUser {
    /// The user.
    pub id: UserId,
    /// The merchant; none for platform operators.
    pub merchant_id: Option<MerchantId>,
    /// The login id.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The stored hash.
    pub password_hash: String,
    /// Now.
    pub created_at: Timestamp,
}

/// A session as stored.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The session.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The hash of the one refresh token that is good.
    pub refresh_hash: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether it was ended.
    pub is_ended: bool,
}

/// The account of a login, if it is not disabled.
pub(crate) async fn find_account(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    login: &str,
) -> Result<Option<Account>, DbErr> {
    let query = users::Entity::find()
        .filter(users::Column::Login.eq(login))
        .filter(users::Column::DisabledAt.is_null());
    match query.one(db).await? {
        Some(user) => account_of(db, user).await.map(Some),
        None => Ok(None),
    }
}

/// The account behind a session that is neither ended nor over.
pub(crate) async fn find_living_session(
    scope: &Scope,
    db: &impl ConnectionTrait,
    session: SessionId,
    now: Timestamp,
) -> Result<Option<Account>, DbErr> {
    let living = sessions::Entity::find_by_id(session.value())
        .filter(sessions::Column::EndedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now.as_micros()));
    let Some(row) = living.one(db).await? else {
        return Ok(None);
    };
    find_user(scope, db, UserId::new(row.user_id)).await
}

/// The account of a user, if it is not disabled.
pub(crate) async fn find_user(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<Account>, DbErr> {
    let user = users::Entity::find_by_id(id.value()).filter(users::Column::DisabledAt.is_null());
    match user.one(db).await? {
        Some(user) => account_of(db, user).await.map(Some),
        None => Ok(None),
    }
}

async fn account_of(db: &impl ConnectionTrait, user: users::Model) -> Result<Account, DbErr> {
    let merchant = match user.merchant_id {
        Some(id) => merchants::Entity::find_by_id(id).one(db).await?.map(|merchant| merchant.name),
        None => None,
    };
    Ok(Account {
        user_id: UserId::new(user.id),
        login: user.login,
        name: user.name,
        password_hash: user.password_hash,
        is_platform: user.is_platform,
        merchant,
    })
}

/// The rights of a user.
pub(crate) async fn list_grants(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<(IpCode, Role)>, DbErr> {
    let query = grants::Entity::find()
        .filter(grants::Column::UserId.eq(user.value()))
        .order_by_asc(grants::Column::IpCode);
    let found = query.all(db).await?;
    let parse = |grant: grants::Model| {
        Ok((rows::ip_code(&grant.ip_code)?, rows::named("grants.role", &grant.role, Role::from_code)?))
    };
    found.into_iter().map(parse).collect()
}

/// Gives a right, or changes it.
pub(crate) async fn put_grant(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    user: UserId,
    ip_code: &IpCode,
    role: Role,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = grants::ActiveModel {
        user_id: Set(user.value()),
        ip_code: Set(ip_code.as_str().to_owned()),
        role: Set(role.code().to_owned()),
        granted_at: Set(now.as_micros()),
    };
    let conflict = OnConflict::columns([grants::Column::UserId, grants::Column::IpCode])
        .update_columns([grants::Column::Role, grants::Column::GrantedAt])
        .to_owned();
    grants::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await.map(|_| ())
}

/// Takes a right away. Whether there was one.
pub(crate) async fn delete_grant(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    user: UserId,
    ip_code: &IpCode,
) -> Result<bool, DbErr> {
    let deleted = grants::Entity::delete_by_id((user.value(), ip_code.as_str().to_owned())).exec(db).await?;
    Ok(deleted.rows_affected > 0)
}

/// Stores a user.
pub(crate) async fn insert_user(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    user: NewUser,
) -> Result<(), DbErr> {
    let row = users::ActiveModel {
        id: Set(user.id.value()),
        merchant_id: Set(user.merchant_id.map(MerchantId::value)),
        login: Set(user.login),
        name: Set(user.name),
        password_hash: Set(user.password_hash),
        is_platform: Set(user.merchant_id.is_none()),
        created_at: Set(user.created_at.as_micros()),
        disabled_at: Set(None),
    };
    users::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Every login with its name, for the operator's list.
pub(crate) async fn list_users(
    _scope: &Scope,
    db: &impl ConnectionTrait,
) -> Result<Vec<(String, String, bool)>, DbErr> {
    let found = users::Entity::find().order_by_asc(users::Column::Login).all(db).await?;
    Ok(found.into_iter().map(|user| (user.login, user.name, user.is_platform)).collect())
}

/// Stores a new session.
pub(crate) async fn insert_session(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    session: &Session,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = sessions::ActiveModel {
        id: Set(session.id.value()),
        user_id: Set(session.user_id.value()),
        refresh_hash: Set(session.refresh_hash.clone()),
        created_at: Set(now.as_micros()),
        refreshed_at: Set(now.as_micros()),
        expires_at: Set(session.expires_at.as_micros()),
        ended_at: Set(None),
        ended_because: Set(None),
    };
    sessions::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// A session by its id.
pub(crate) async fn find_session(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<Session>, DbErr> {
    let found = sessions::Entity::find_by_id(id.value()).one(db).await?;
    Ok(found.map(|row| Session {
        id: SessionId::new(row.id),
        user_id: UserId::new(row.user_id),
        refresh_hash: row.refresh_hash,
        expires_at: Timestamp::from_micros(row.expires_at),
        is_ended: row.ended_at.is_some(),
    }))
}

/// Replaces the refresh token, if the old one is still the good one. Whether it was.
pub(crate) async fn rotate_session(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    old: &Session,
    refresh_hash: String,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, DbErr> {
    let updated = sessions::Entity::update_many()
        .col_expr(sessions::Column::RefreshHash, Expr::value(refresh_hash))
        .col_expr(sessions::Column::RefreshedAt, Expr::value(now.as_micros()))
        .col_expr(sessions::Column::ExpiresAt, Expr::value(expires_at.as_micros()))
        .filter(sessions::Column::Id.eq(old.id.value()))
        .filter(sessions::Column::RefreshHash.eq(old.refresh_hash.clone()))
        .filter(sessions::Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends a session.
pub(crate) async fn end_session(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: SessionId,
    because: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::EndedAt, Expr::value(now.as_micros()))
        .col_expr(sessions::Column::EndedBecause, Expr::value(because))
        .filter(sessions::Column::Id.eq(id.value()))
        .filter(sessions::Column::EndedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// The instant before which nobody signs in as this subject, where one is set.
pub(crate) async fn find_lock(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    subject: &str,
) -> Result<Option<Timestamp>, DbErr> {
    let found = sign_in_throttles::Entity::find_by_id(subject.to_owned()).one(db).await?;
    Ok(found.map(|row| Timestamp::from_micros(row.locked_until)))
}

/// Counts one more failure and returns how many there are now. The row stays locked until the transaction ends, so
/// that failures at the same time are all counted. A row whose last failure is not after `forget_before` begins anew.
pub(crate) async fn count_failure(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    subject: &str,
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<u32, DbErr> {
    use sign_in_throttles::{Column, Entity};
    let row = sign_in_throttles::ActiveModel {
        subject: Set(subject.to_owned()),
        failures: Set(1),
        last_failure_at: Set(now.as_micros()),
        locked_until: Set(now.as_micros()),
    };
    let is_recent = Expr::col((Entity, Column::LastFailureAt)).gt(forget_before.as_micros());
    let failures = Expr::case(is_recent, Expr::col((Entity, Column::Failures)).add(1)).finally(1);
    let conflict = OnConflict::column(Column::Subject)
        .value(Column::Failures, failures)
        .update_column(Column::LastFailureAt)
        .to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    let found = Entity::find_by_id(subject.to_owned()).one(db).await?;
    Ok(found.map_or(1, |row| rows::count(row.failures)))
}

/// Locks a subject out until this instant.
pub(crate) async fn lock_out(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    subject: &str,
    until: Timestamp,
) -> Result<(), DbErr> {
    sign_in_throttles::Entity::update_many()
        .col_expr(sign_in_throttles::Column::LockedUntil, Expr::value(until.as_micros()))
        .filter(sign_in_throttles::Column::Subject.eq(subject))
        .exec(db)
        .await
        .map(|_| ())
}

/// Forgets the failures after a good sign-in.
pub(crate) async fn clear_throttle(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    subject: &str,
) -> Result<(), DbErr> {
    sign_in_throttles::Entity::delete_by_id(subject.to_owned()).exec(db).await.map(|_| ())
}
