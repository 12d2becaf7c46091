//! The outbox of the events that tell carts of restored orders, with its leases. One row an order; what is sent is made
//! of the order itself, so that a buyer's data stands in one place.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use todoke_domain::{
    access::Action,
    delivery::{DeliveryState, Trigger},
    ids::{DecisionId, DeliveryId, IpCode, OrderId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    deliveries::Lease,
    entity::order_events::{ActiveModel, Column, Entity, Model},
    rows,
};
use crate::auth::scope::Scope;

/// An event of the outbox.
#[derive(Clone, Debug)]
pub(crate) struct OrderEvent {
    /// The event, derived from the order; the cart knows a second copy by it.
    pub id: DeliveryId,
    /// The order of which it tells.
    pub order_id: OrderId,
    /// Whose.
    pub ip_code: IpCode,
    /// The payment as the gateway knows it: ShopID and OrderID.
    pub shop_order: Option<(String, String)>,
    /// Where it stands.
    pub state: DeliveryState,
    /// When the next attempt is due, while it waits.
    pub due_at: Timestamp,
    /// What sets the next attempt going, or set the present one going.
    pub trigger: Trigger,
    /// The decision behind it.
    pub decision_id: Option<DecisionId>,
    /// Who holds the lease.
    pub lease_id: Option<Uuid>,
    /// Since when.
    pub leased_at: Option<Timestamp>,
    /// Attempts made.
    pub attempt_count: u32,
    /// Failed attempts since it was last delivered.
    pub failures: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was delivered or given up.
    pub finished_at: Option<Timestamp>,
}

impl OrderEvent {
    /// A new event of an order, due at once.
    pub(crate) fn new(
        order: OrderId,
        ip_code: &IpCode,
        shop_order: Option<(String, String)>,
        now: Timestamp,
    ) -> Self {
        Self {
            id: DeliveryId::of_restored_order(order),
            order_id: order,
            ip_code: ip_code.clone(),
            shop_order,
            state: DeliveryState::Pending,
            due_at: now,
            trigger: Trigger::Automatic,
            decision_id: None,
            lease_id: None,
            leased_at: None,
            attempt_count: 0,
            failures: 0,
            created_at: now,
            finished_at: None,
        }
    }
}

/// Stores a new event. A second one of the same order is refused by its id.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    event: &OrderEvent,
) -> Result<(), DbErr> {
    let (shop_id, gateway_order_id) = event.shop_order.clone().unzip();
    let row = ActiveModel {
        id: Set(event.id.value()),
        order_id: Set(event.order_id.value()),
        ip_code: Set(event.ip_code.as_str().to_owned()),
        shop_id: Set(shop_id),
        gateway_order_id: Set(gateway_order_id),
        state: Set(event.state.code().to_owned()),
        due_at: Set(event.due_at.as_micros()),
        next_trigger: Set(event.trigger.code().to_owned()),
        decision_id: Set(event.decision_id.map(DecisionId::value)),
        lease_owner: Set(None),
        lease_until: Set(None),
        leased_at: Set(None),
        attempt_count: Set(0),
        failures: Set(0),
        created_at: Set(event.created_at.as_micros()),
        finished_at: Set(None),
        cleared_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// The events of these orders, as far as they may be seen.
pub(crate) async fn list_of_orders(
    scope: &Scope,
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<Vec<OrderEvent>, DbErr> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let orders: Vec<Uuid> = orders.iter().map(|id| id.value()).collect();
    let found = Entity::find().filter(Column::OrderId.is_in(orders)).all(db).await?;
    let events: Vec<OrderEvent> = found.into_iter().map(event_of).collect::<Result<_, _>>()?;
    Ok(events.into_iter().filter(|event| scope.may(&event.ip_code, Action::View)).collect())
}

/// An event that is about to be changed; on PostgreSQL nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    id: DeliveryId,
) -> Result<Option<OrderEvent>, DbErr> {
    let found = Entity::find_by_id(id.value()).lock(LockType::Update).one(tx).await?;
    found.map(event_of).transpose()
}

/// Whether anything is due or orphaned; cheap, so that an idle worker never begins a write.
pub(crate) async fn is_any_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<bool, DbErr> {
    if Entity::find().filter(is_due(now)).limit(1).one(db).await?.is_some() {
        return Ok(true);
    }
    Ok(Entity::find().filter(is_orphaned(now)).limit(1).one(db).await?.is_some())
}

/// The events that are due, longest waiting first, but for those of IP codes whose carts are at their limit. On
/// PostgreSQL rows that another machine claims just now are skipped.
pub(crate) async fn lock_due(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    busy: &[IpCode],
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<OrderEvent>, DbErr> {
    let mut due = Entity::find().filter(is_due(now)).order_by_asc(Column::DueAt).limit(rows_max);
    if !busy.is_empty() {
        due = due.filter(Column::IpCode.is_not_in(busy.iter().map(IpCode::as_str)));
    }
    let found = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(tx).await?;
    found.into_iter().map(event_of).collect()
}

/// The events whose lease ran out: their process died, or lost the database.
pub(crate) async fn lock_orphaned(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<OrderEvent>, DbErr> {
    let found = Entity::find()
        .filter(is_orphaned(now))
        .order_by_asc(Column::LeaseUntil)
        .limit(rows_max)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    found.into_iter().map(event_of).collect()
}

/// Leases locked events, all by one lease.
pub(crate) async fn lease_many(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    ids: &[DeliveryId],
    lease: Lease,
    now: Timestamp,
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Leased.code()))
        .col_expr(Column::LeaseOwner, Expr::value(lease.id))
        .col_expr(Column::LeaseUntil, Expr::value(lease.until.as_micros()))
        .col_expr(Column::LeasedAt, Expr::value(now.as_micros()))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.value())))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Ends every lease at once: on the embedded database a new process is the only one.
pub(crate) async fn orphan_all(_scope: &Scope, tx: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let leased = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(0_i64))
        .filter(Column::State.eq(DeliveryState::Leased.code()));
    Ok(leased.exec(tx).await?.rows_affected)
}

/// The cart has it. The caller holds its lease.
pub(crate) async fn finish_delivered(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    id: DeliveryId,
    now: Timestamp,
) -> Result<(), DbErr> {
    finished(DeliveryState::Delivered, now, 0).filter(Column::Id.eq(id.value())).exec(tx).await.map(|_| ())
}

/// It is given up until somebody decides. The caller holds its lease.
pub(crate) async fn finish_failed(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    id: DeliveryId,
    failures: u32,
    now: Timestamp,
) -> Result<(), DbErr> {
    finished(DeliveryState::Failed, now, failures)
        .filter(Column::Id.eq(id.value()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// It waits for its next attempt. The caller holds its lease.
pub(crate) async fn put_off(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    id: DeliveryId,
    failures: u32,
    due_at: Timestamp,
) -> Result<(), DbErr> {
    unleased(DeliveryState::Pending, failures)
        .col_expr(Column::DueAt, Expr::value(due_at.as_micros()))
        .col_expr(Column::NextTrigger, Expr::value(Trigger::Automatic.code()))
        .col_expr(Column::DecisionId, Expr::value(Option::<Uuid>::None))
        .filter(Column::Id.eq(id.value()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Makes a locked event due at once because somebody decided so.
pub(crate) async fn make_due(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    id: DeliveryId,
    decision: DecisionId,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Pending.code()))
        .col_expr(Column::DueAt, Expr::value(now.as_micros()))
        .col_expr(Column::NextTrigger, Expr::value(Trigger::Manual.code()))
        .col_expr(Column::DecisionId, Expr::value(decision.value()))
        .col_expr(Column::FinishedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::ClearedAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id.value()))
        .exec(tx)
        .await
        .map(|_| ())
}

fn finished(state: DeliveryState, now: Timestamp, failures: u32) -> UpdateMany<Entity> {
    unleased(state, failures).col_expr(Column::FinishedAt, Expr::value(now.as_micros()))
}

/// An update that ends a lease after an attempt.
fn unleased(state: DeliveryState, failures: u32) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::AttemptCount, Expr::col(Column::AttemptCount).add(1))
        .col_expr(Column::Failures, Expr::value(rows::to_i32(failures)))
        .col_expr(Column::LeaseOwner, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
}

fn is_due(now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::State.eq(DeliveryState::Pending.code()))
        .add(Column::DueAt.lte(now.as_micros()))
}

fn is_orphaned(now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::State.eq(DeliveryState::Leased.code()))
        .add(Column::LeaseUntil.lt(now.as_micros()))
}

fn event_of(row: Model) -> Result<OrderEvent, DbErr> {
    Ok(OrderEvent {
        id: DeliveryId::new(row.id),
        order_id: OrderId::new(row.order_id),
        ip_code: rows::ip_code(&row.ip_code)?,
        shop_order: row.shop_id.zip(row.gateway_order_id),
        state: rows::named("order_events.state", &row.state, DeliveryState::from_code)?,
        due_at: Timestamp::from_micros(row.due_at),
        trigger: rows::named("order_events.next_trigger", &row.next_trigger, Trigger::from_code)?,
        decision_id: row.decision_id.map(DecisionId::new),
        lease_id: row.lease_owner,
        leased_at: row.leased_at.map(Timestamp::from_micros),
        attempt_count: rows::count(row.attempt_count),
        failures: rows::count(row.failures),
        created_at: Timestamp::from_micros(row.created_at),
        finished_at: row.finished_at.map(Timestamp::from_micros),
    })
}
