//! The attempts to tell carts of restored orders, which stand beside those of payment results: read for timelines, and
//! emptied when their days are over.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use todoke_domain::{
    delivery::{Cause, Outcome},
    ids::{AttemptId, DecisionId, DeliveryId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::{
        attempts,
        order_events::{Column, Entity},
    },
    rows,
};
use crate::auth::scope::Scope;

/// An attempt that was made, without what was sent.
#[derive(Clone, Debug)]
pub(crate) struct EventAttempt {
    /// The attempt.
    pub id: AttemptId,
    /// The event.
    pub event: DeliveryId,
    /// The decision behind it.
    pub decision: Option<DecisionId>,
    /// When it began.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The answer's status.
    pub http_status: Option<u16>,
}

/// The newest attempts of these events, so many in all. The caller gives events that may be seen.
pub(crate) async fn list(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    events: &[DeliveryId],
    rows_max: u64,
) -> Result<Vec<EventAttempt>, DbErr> {
    type Row = (Uuid, Uuid, Option<Uuid>, i64, Option<String>, Option<i32>);
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Row> = attempts::Entity::find()
        .select_only()
        .columns([
            attempts::Column::Id,
            attempts::Column::DeliveryId,
            attempts::Column::DecisionId,
            attempts::Column::StartedAt,
            attempts::Column::Cause,
            attempts::Column::HttpStatus,
        ])
        .filter(attempts::Column::DeliveryId.is_in(events.iter().map(|event| event.value())))
        .order_by_desc(attempts::Column::StartedAt)
        .limit(rows_max)
        .into_tuple()
        .all(db)
        .await?;
    let attempt_of = |(id, event, decision, at, cause, http_status): Row| {
        let outcome = match cause {
            None => Outcome::Delivered,
            Some(cause) => Outcome::Failed(rows::named("attempts.cause", &cause, Cause::from_code)?),
        };
        Ok(EventAttempt {
            id: AttemptId::new(id),
            event: DeliveryId::new(event),
            decision: decision.map(DecisionId::new),
            at: Timestamp::from_micros(at),
            outcome,
            http_status: http_status.and_then(|status| status.try_into().ok()),
        })
    };
    found.into_iter().map(attempt_of).collect()
}

/// Forgets what the attempts of events that ended before this instant sent and got back; how they ended stays. How many
/// events that were.
pub(crate) async fn clear_contents(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    ended_before: Timestamp,
    now: Timestamp,
    rows_max: u64,
) -> Result<u64, DbErr> {
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ClearedAt.is_null())
        .filter(Column::FinishedAt.lt(ended_before.as_micros()))
        .order_by_asc(Column::FinishedAt)
        .limit(rows_max)
        .into_tuple()
        .all(tx)
        .await?;
    if found.is_empty() {
        return Ok(0);
    }
    attempts::Entity::update_many()
        .col_expr(attempts::Column::RequestBody, Expr::value(""))
        .col_expr(attempts::Column::ResponseHeaders, Expr::value("[]"))
        .col_expr(attempts::Column::ResponseBody, Expr::value(Vec::<u8>::new()))
        .filter(attempts::Column::DeliveryId.is_in(found.iter().copied()))
        .exec(tx)
        .await?;
    let cleared = Entity::update_many()
        .col_expr(Column::ClearedAt, Expr::value(now.as_micros()))
        .filter(Column::Id.is_in(found))
        .exec(tx)
        .await?;
    Ok(cleared.rows_affected)
}
