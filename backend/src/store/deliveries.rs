//! Deliveries: the queue with its leases. Only the worker, the inbox and decisions about rows come here.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use todoke_domain::{
    delivery::{DeliveryState, Trigger},
    ids::{DecisionId, DeliveryId, IpCode, PaymentId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::deliveries,
    few_statements::{insert_in_runs, padded},
    rows,
};
use crate::auth::scope::Scope;

/// The kind of every delivery of a payment result.
const KIND_PAYMENT_RESULT: &str = "PAYMENT_RESULT";

/// When a kept delivery is due: no look for due ones ever meets it.
pub(super) const NEVER_DUE: i64 = i64::MAX;

/// The right to make one attempt. Only who holds it may record the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lease {
    /// Drawn anew for every lease.
    pub id: Uuid,
    /// After this instant the attempt counts as orphaned.
    pub until: Timestamp,
}

/// A delivery as the worker sees it.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Whose.
    pub ip_code: IpCode,
    /// The payment whose result it brings.
    pub payment_id: PaymentId,
    /// What sets the next attempt going, or set the leased one going.
    pub trigger: Trigger,
    /// The decision behind it.
    pub decision_id: Option<DecisionId>,
    /// Who holds the lease.
    pub lease_id: Option<Uuid>,
    /// Since when.
    pub leased_at: Option<Timestamp>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts made.
    pub attempt_count: u32,
    /// Failed automatic attempts.
    pub failures: u32,
    /// Since when it is kept because its endpoint is paused; also while it is on its way as a probe.
    pub kept_at: Option<Timestamp>,
}

/// What happens to a new delivery first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    /// Its first attempt begins at once, under this lease.
    Leased(Lease),
    /// It is due at once, for whoever claims it.
    Due,
    /// It is kept, because its endpoint is paused.
    Kept,
}

/// A delivery to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Whose.
    pub ip_code: IpCode,
    /// The payment.
    pub payment_id: PaymentId,
    /// What happens to it first.
    pub start: Start,
}

/// Stores new deliveries.
pub(crate) async fn insert_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    new: &[NewDelivery],
    now: Timestamp,
) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let models = new.iter().map(|delivery| model_of(delivery, now)).collect();
    insert_in_runs(db, models).await
}

fn model_of(delivery: &NewDelivery, now: Timestamp) -> deliveries::ActiveModel {
    let now = now.as_micros();
    let (state, due_at, lease, kept_at) = match delivery.start {
        Start::Leased(lease) => (DeliveryState::Leased, now, Some(lease), None),
        Start::Due => (DeliveryState::Pending, now, None, None),
        Start::Kept => (DeliveryState::Pending, NEVER_DUE, None, Some(now)),
    };
    deliveries::ActiveModel {
        id: Set(delivery.id.value()),
        kind: Set(KIND_PAYMENT_RESULT.to_owned()),
        ip_code: Set(delivery.ip_code.as_str().to_owned()),
        payment_id: Set(Some(delivery.payment_id.value())),
        order_id: Set(None),
        state: Set(state.code().to_owned()),
        due_at: Set(due_at),
        next_trigger: Set(Trigger::Automatic.code().to_owned()),
        decision_id: Set(None),
        lease_owner: Set(lease.map(|lease| lease.id)),
        lease_until: Set(lease.map(|lease| lease.until.as_micros())),
        leased_at: Set(lease.map(|_| now)),
        attempt_count: Set(0),
        failures: Set(0),
        kept_at: Set(kept_at),
    }
}

/// Whether anything is due; cheap, so that an idle worker never begins a write.
pub(crate) async fn is_any_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<bool, DbErr> {
    Ok(deliveries::Entity::find().filter(is_due(now)).limit(1).one(db).await?.is_some())
}

/// Whether any lease ran out; as cheap.
pub(crate) async fn is_any_orphaned(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<bool, DbErr> {
    Ok(deliveries::Entity::find().filter(is_orphaned(now)).limit(1).one(db).await?.is_some())
}

/// The deliveries that are due, longest waiting first, but for those of endpoints that are at their limit.
/// On PostgreSQL rows that another machine claims just now are skipped.
pub(crate) async fn lock_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    busy: &[IpCode],
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<Delivery>, DbErr> {
    let busy: Vec<&str> = busy.iter().map(IpCode::as_str).collect();
    let mut query = deliveries::Entity::find().filter(is_due(now));
    if !busy.is_empty() {
        query = query.filter(deliveries::Column::IpCode.is_not_in(busy));
    }
    let found = query
        .order_by_asc(deliveries::Column::DueAt)
        .limit(rows_max)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(db)
        .await?;
    found.into_iter().map(delivery_of).collect()
}

/// The deliveries whose lease ran out: their process died, or lost the database.
pub(crate) async fn lock_orphaned(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<Delivery>, DbErr> {
    let found = deliveries::Entity::find()
        .filter(is_orphaned(now))
        .order_by_asc(deliveries::Column::LeaseUntil)
        .limit(rows_max)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(db)
        .await?;
    found.into_iter().map(delivery_of).collect()
}

/// The deliveries with these ids, locked until the transaction ends.
pub(crate) async fn lock_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
) -> Result<Vec<Delivery>, DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    let found = deliveries::Entity::find()
        .filter(deliveries::Column::Id.is_in(ids))
        .order_by_asc(deliveries::Column::Id)
        .lock(LockType::Update)
        .all(db)
        .await?;
    found.into_iter().map(delivery_of).collect()
}

/// Leases locked deliveries, all by one lease.
pub(crate) async fn lease_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
    lease: Lease,
    now: Timestamp,
) -> Result<(), DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    deliveries::Entity::update_many()
        .col_expr(deliveries::Column::State, Expr::value(DeliveryState::Leased.code()))
        .col_expr(deliveries::Column::LeaseOwner, Expr::value(lease.id))
        .col_expr(deliveries::Column::LeaseUntil, Expr::value(lease.until.as_micros()))
        .col_expr(deliveries::Column::LeasedAt, Expr::value(now.as_micros()))
        .filter(deliveries::Column::Id.is_in(ids))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends every lease at once: on the embedded database a new process is the only one, so what is leased at its
/// start belongs to a dead one.
pub(crate) async fn orphan_all(_scope: &Scope, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let updated = deliveries::Entity::update_many()
        .col_expr(deliveries::Column::LeaseUntil, Expr::value(0_i64))
        .filter(deliveries::Column::State.eq(DeliveryState::Leased.code()))
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// Marks deliveries as acknowledged. The caller holds their leases.
pub(crate) async fn finish_delivered(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    released(DeliveryState::Delivered).filter(deliveries::Column::Id.is_in(ids)).exec(db).await.map(|_| ())
}

/// Marks a delivery as failed until somebody decides.
pub(crate) async fn finish_failed(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: DeliveryId,
    failures: u32,
) -> Result<(), DbErr> {
    released(DeliveryState::Failed)
        .col_expr(deliveries::Column::Failures, Expr::value(i32::try_from(failures).unwrap_or(i32::MAX)))
        .filter(deliveries::Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Puts a delivery off until its next automatic attempt.
pub(crate) async fn put_off(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: DeliveryId,
    failures: u32,
    due_at: Timestamp,
) -> Result<(), DbErr> {
    released(DeliveryState::Pending)
        .col_expr(deliveries::Column::Failures, Expr::value(i32::try_from(failures).unwrap_or(i32::MAX)))
        .col_expr(deliveries::Column::DueAt, Expr::value(due_at.as_micros()))
        .filter(deliveries::Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Makes a failed delivery due because of a decision. Whether it was failed: a delivery that is on its way already
/// is left alone.
pub(crate) async fn make_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: DeliveryId,
    trigger: Trigger,
    decision: DecisionId,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let updated = due_by_decision(trigger, decision, now)
        .filter(deliveries::Column::Id.eq(id.value()))
        .filter(deliveries::Column::State.eq(DeliveryState::Failed.code()))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Gives an acknowledged delivery back to who decides about its row. Whether it was acknowledged: one that failed, or
/// that is on its way, is left as it is.
pub(crate) async fn take_back(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: DeliveryId,
) -> Result<bool, DbErr> {
    let updated = deliveries::Entity::update_many()
        .col_expr(deliveries::Column::State, Expr::value(DeliveryState::Failed.code()))
        .filter(deliveries::Column::Id.eq(id.value()))
        .filter(deliveries::Column::State.eq(DeliveryState::Delivered.code()))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Makes failed deliveries due because of a batch. The caller has locked them and seen that they are failed.
pub(crate) async fn make_many_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
    trigger: Trigger,
    decision: DecisionId,
    now: Timestamp,
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    due_by_decision(trigger, decision, now)
        .filter(deliveries::Column::Id.is_in(ids))
        .filter(deliveries::Column::State.eq(DeliveryState::Failed.code()))
        .exec(db)
        .await
        .map(|_| ())
}

fn due_by_decision(
    trigger: Trigger,
    decision: DecisionId,
    now: Timestamp,
) -> sea_orm::UpdateMany<deliveries::Entity> {
    deliveries::Entity::update_many()
        .col_expr(deliveries::Column::State, Expr::value(DeliveryState::Pending.code()))
        .col_expr(deliveries::Column::DueAt, Expr::value(now.as_micros()))
        .col_expr(deliveries::Column::NextTrigger, Expr::value(trigger.code()))
        .col_expr(deliveries::Column::DecisionId, Expr::value(decision.value()))
}

/// An update that ends a lease. What was kept is so no longer.
fn released(state: DeliveryState) -> sea_orm::UpdateMany<deliveries::Entity> {
    unleased(state).col_expr(deliveries::Column::KeptAt, Expr::value(Option::<i64>::None))
}

/// An update that ends a lease and leaves alone since when the delivery is kept.
pub(super) fn unleased(state: DeliveryState) -> sea_orm::UpdateMany<deliveries::Entity> {
    deliveries::Entity::update_many()
        .col_expr(deliveries::Column::State, Expr::value(state.code()))
        .col_expr(deliveries::Column::AttemptCount, Expr::col(deliveries::Column::AttemptCount).add(1))
        .col_expr(deliveries::Column::LeaseOwner, Expr::value(Option::<Uuid>::None))
        .col_expr(deliveries::Column::LeaseUntil, Expr::value(Option::<i64>::None))
}

fn is_due(now: Timestamp) -> Condition {
    Condition::all()
        .add(deliveries::Column::State.eq(DeliveryState::Pending.code()))
        .add(deliveries::Column::DueAt.lte(now.as_micros()))
}

fn is_orphaned(now: Timestamp) -> Condition {
    Condition::all()
        .add(deliveries::Column::State.eq(DeliveryState::Leased.code()))
        .add(deliveries::Column::LeaseUntil.lt(now.as_micros()))
}

pub(super) fn delivery_of(row: deliveries::Model) -> Result<Delivery, DbErr> {
    let Some(payment_id) = row.payment_id else {
        return Err(rows::unreadable("deliveries.payment_id", ""));
    };
    Ok(Delivery {
        id: DeliveryId::new(row.id),
        ip_code: rows::ip_code(&row.ip_code)?,
        payment_id: PaymentId::new(payment_id),
        trigger: rows::named("deliveries.next_trigger", &row.next_trigger, Trigger::from_code)?,
        decision_id: row.decision_id.map(DecisionId::new),
        lease_id: row.lease_owner,
        leased_at: row.leased_at.map(Timestamp::from_micros),
        state: rows::named("deliveries.state", &row.state, DeliveryState::from_code)?,
        attempt_count: rows::count(row.attempt_count),
        failures: rows::count(row.failures),
        kept_at: row.kept_at.map(Timestamp::from_micros),
    })
}
