//! How endpoints fare, a row for each that ever failed.
//!
//! A delivery is kept only in a transaction that holds the row (shared) and saw it paused; a pause ends only in one that
//! holds it alone. So whoever releases sees every kept delivery, and none is kept after.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, OnConflict, Query},
};
use todoke_domain::{
    access::Action,
    delivery::DeliveryState,
    endpoint_health::{EndpointHealth, Pause, Phase, Streak},
    ids::IpCode,
    time::Timestamp,
};

use super::{
    entity::{
        deliveries,
        endpoint_health::{ActiveModel, Column, Entity, Model},
    },
    rows,
};
use crate::auth::scope::Scope;

/// The names of the phases in storage.
const HEALTHY: &str = "HEALTHY";
const PAUSED: &str = "PAUSED";
const RELEASING: &str = "RELEASING";

/// How the endpoint of an IP code that may be seen fares.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
) -> Result<EndpointHealth, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(EndpointHealth::default());
    }
    let found = Entity::find_by_id(ip_code.as_str()).one(db).await?;
    Ok(found.map(health_of).transpose()?.unwrap_or_default())
}

/// The same for several, whether or not they may be seen: for the inbox and the sender. Who never failed is left out.
pub(crate) async fn load(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_codes: &[IpCode],
) -> Result<HashMap<IpCode, EndpointHealth>, DbErr> {
    debug_assert!(scope.is_system(), "only the worker and the receiver read health unasked");
    let codes: Vec<&str> = ip_codes.iter().map(IpCode::as_str).collect();
    by_ip_code(Entity::find().filter(Column::IpCode.is_in(codes)).all(db).await?)
}

/// The same, locked until the transaction ends; rows are made for those that never failed. In one order for everybody,
/// so that two recorders never wait for each other in a circle.
pub(crate) async fn lock_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_codes: &BTreeSet<IpCode>,
) -> Result<HashMap<IpCode, EndpointHealth>, DbErr> {
    if ip_codes.is_empty() {
        return Ok(HashMap::new());
    }
    let codes: Vec<&str> = ip_codes.iter().map(IpCode::as_str).collect();
    let known = by_ip_code(Entity::find().filter(Column::IpCode.is_in(codes.clone())).all(db).await?)?;
    for ip_code in ip_codes.iter().filter(|ip_code| !known.contains_key(ip_code)) {
        let conflict = OnConflict::column(Column::IpCode).do_nothing().to_owned();
        let row = model_of(ip_code, &EndpointHealth::default());
        Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    }
    let locked = Entity::find()
        .filter(Column::IpCode.is_in(codes))
        .order_by_asc(Column::IpCode)
        .lock(LockType::Update)
        .all(db)
        .await?;
    by_ip_code(locked)
}

/// One of an endpoint that has failed before, locked until the transaction ends.
pub(crate) async fn lock(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
) -> Result<Option<EndpointHealth>, DbErr> {
    let found = Entity::find_by_id(ip_code.as_str()).lock(LockType::Update).one(db).await?;
    found.map(health_of).transpose()
}

/// Which of these are paused. They stay so until the transaction ends.
pub(crate) async fn hold_paused(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_codes: &[&IpCode],
) -> Result<HashSet<IpCode>, DbErr> {
    let codes: Vec<&str> = ip_codes.iter().map(|ip_code| ip_code.as_str()).collect();
    // All of them are held, and judged after: a filter by phase could miss one that changes just now.
    let held = Entity::find()
        .filter(Column::IpCode.is_in(codes))
        .order_by_asc(Column::IpCode)
        .lock(LockType::Share)
        .all(db)
        .await?;
    let paused = by_ip_code(held)?.into_iter().filter(|(_, health)| health.is_paused());
    Ok(paused.map(|(ip_code, _)| ip_code).collect())
}

/// Stores how an endpoint fares. The caller holds the row.
pub(crate) async fn put(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    health: &EndpointHealth,
) -> Result<(), DbErr> {
    Entity::update(model_of(ip_code, health)).exec(db).await.map(|_| ())
}

/// The endpoints about which something is to be done: a probe is due and something kept to send, or what was kept is
/// to be released.
pub(crate) async fn list_due(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<(IpCode, EndpointHealth)>, DbErr> {
    let kept = Query::select()
        .expr(Expr::val(1))
        .from(deliveries::Entity)
        .and_where(
            Expr::col((deliveries::Entity, deliveries::Column::IpCode)).equals((Entity, Column::IpCode)),
        )
        .and_where(Expr::col((deliveries::Entity, deliveries::Column::KeptAt)).is_not_null())
        .and_where(
            Expr::col((deliveries::Entity, deliveries::Column::State)).eq(DeliveryState::Pending.code()),
        )
        .to_owned();
    let probe_is_due = Condition::all()
        .add(Column::Phase.eq(PAUSED))
        .add(Column::NextProbeAt.lte(now.as_micros()))
        .add(Expr::exists(kept));
    let due = Condition::any().add(Column::Phase.eq(RELEASING)).add(probe_is_due);
    let found = Entity::find().filter(due).order_by_asc(Column::IpCode).limit(rows_max).all(db).await?;
    found.into_iter().map(|row| Ok((rows::ip_code(&row.ip_code)?, health_of(row)?))).collect()
}

/// How many are paused.
pub(crate) async fn count_paused(_scope: &Scope, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find().filter(Column::Phase.eq(PAUSED)).count(db).await
}

fn by_ip_code(found: Vec<Model>) -> Result<HashMap<IpCode, EndpointHealth>, DbErr> {
    found.into_iter().map(|row| Ok((rows::ip_code(&row.ip_code)?, health_of(row)?))).collect()
}

fn model_of(ip_code: &IpCode, health: &EndpointHealth) -> ActiveModel {
    let (phase, pause) = match health.phase {
        Phase::Healthy => (HEALTHY, None),
        Phase::Paused(pause) => (PAUSED, Some(pause)),
        Phase::Releasing => (RELEASING, None),
    };
    ActiveModel {
        ip_code: Set(ip_code.as_str().to_owned()),
        streak: Set(rows::to_i32(health.streak.map_or(0, |streak| streak.failures))),
        streak_since: Set(health.streak.map(|streak| streak.since.as_micros())),
        phase: Set(phase.to_owned()),
        paused_at: Set(pause.map(|pause| pause.since.as_micros())),
        next_probe_at: Set(pause.map(|pause| pause.next_probe_at.as_micros())),
        probe_wait_ms: Set(pause.map(|pause| pause.probe_wait_ms)),
    }
}

fn health_of(row: Model) -> Result<EndpointHealth, DbErr> {
    let phase = match (row.phase.as_str(), row.paused_at, row.next_probe_at, row.probe_wait_ms) {
        (HEALTHY, ..) => Phase::Healthy,
        (RELEASING, ..) => Phase::Releasing,
        (PAUSED, Some(since), Some(next_probe_at), Some(probe_wait_ms)) => Phase::Paused(Pause {
            since: Timestamp::from_micros(since),
            next_probe_at: Timestamp::from_micros(next_probe_at),
            probe_wait_ms,
        }),
        _ => return Err(rows::unreadable("endpoint_health.phase", &row.phase)),
    };
    let failures = rows::count(row.streak);
    let streak = row.streak_since.map(|since| Streak { failures, since: Timestamp::from_micros(since) });
    Ok(EndpointHealth { streak, phase })
}
