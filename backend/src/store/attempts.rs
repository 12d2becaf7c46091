//! Attempts: each request as it was sent, and what came back.

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Asterisk, Expr, ExprTrait, Query},
};
use todoke_domain::{
    access::Action,
    delivery::{Cause, Outcome, Receipt, Trigger},
    ids::{AttemptId, DecisionId, DeliveryId, IpCode, PaymentId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::{attempts, decisions},
    few_statements::{insert_in_runs, padded},
    keyset,
    page::{Direction, Page, PageRequest, Place},
    rows,
};
use crate::auth::scope::Scope;

/// How long the steps of an attempt took, in milliseconds. `None` where a step was not reached or not needed, and
/// for attempts older than this record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timings {
    /// Finding the address of the host's name, also where that failed.
    pub dns_ms: Option<u32>,
    /// Making the connection, also where that failed.
    pub connect_ms: Option<u32>,
    /// The TLS handshake, also where that failed.
    pub tls_ms: Option<u32>,
    /// From the beginning of the request to the first byte of the answer; none where no byte came.
    pub first_byte_ms: Option<u32>,
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// The attempt.
    pub id: AttemptId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The payment; none where it brought an event to a cart.
    pub payment_id: Option<PaymentId>,
    /// The decision behind it.
    pub decision_id: Option<DecisionId>,
    /// Whose.
    pub ip_code: IpCode,
    /// What set it going.
    pub trigger: Trigger,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The answer's status.
    pub http_status: Option<u16>,
    /// GET or POST.
    pub request_method: String,
    /// The address with its query, as sent.
    pub request_url: String,
    /// The form body, as sent.
    pub request_body: String,
    /// The request's headers, in order; none where there was no request.
    pub request_headers: Vec<(String, String)>,
    /// How long each step took.
    pub timings: Timings,
    /// The answer's headers, in order.
    pub response_headers: Vec<(String, String)>,
    /// The first 64 KiB of the answer's body.
    pub response_body: Vec<u8>,
    /// Who decided it; filled in when read.
    pub decided_by: Option<String>,
    /// Whether the parameters were edited by hand for it; filled in when read.
    pub is_edited: bool,
}

/// Stores attempts.
pub(crate) async fn insert_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    made: &[&Attempt],
) -> Result<(), DbErr> {
    if made.is_empty() {
        return Ok(());
    }
    let models: Vec<_> = made.iter().map(|attempt| active_model(attempt)).collect::<Result<_, _>>()?;
    insert_in_runs(db, models).await
}

fn active_model(attempt: &Attempt) -> Result<attempts::ActiveModel, DbErr> {
    let cause = match attempt.outcome {
        Outcome::Delivered => None,
        Outcome::Failed(cause) => Some(cause.code().to_owned()),
    };
    Ok(attempts::ActiveModel {
        id: Set(attempt.id.value()),
        delivery_id: Set(attempt.delivery_id.value()),
        payment_id: Set(attempt.payment_id.map(PaymentId::value)),
        decision_id: Set(attempt.decision_id.map(DecisionId::value)),
        ip_code: Set(attempt.ip_code.as_str().to_owned()),
        trigger: Set(attempt.trigger.code().to_owned()),
        started_at: Set(attempt.started_at.as_micros()),
        duration_ms: Set(milliseconds(attempt.duration_ms)),
        outcome: Set(attempt.outcome.code().to_owned()),
        cause: Set(cause),
        http_status: Set(attempt.http_status.map(i32::from)),
        request_method: Set(attempt.request_method.clone()),
        request_url: Set(attempt.request_url.clone()),
        request_body: Set(attempt.request_body.clone()),
        response_headers: Set(rows::to_json(&attempt.response_headers)?),
        response_body: Set(attempt.response_body.clone()),
        request_headers: Set(Some(rows::to_json(&attempt.request_headers)?)),
        dns_ms: Set(attempt.timings.dns_ms.map(milliseconds)),
        connect_ms: Set(attempt.timings.connect_ms.map(milliseconds)),
        tls_ms: Set(attempt.timings.tls_ms.map(milliseconds)),
        first_byte_ms: Set(attempt.timings.first_byte_ms.map(milliseconds)),
    })
}

fn milliseconds(duration_ms: u32) -> i32 {
    i32::try_from(duration_ms).unwrap_or(i32::MAX)
}

/// The attempts of a payment, newest first.
pub(crate) async fn list_of_payment(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    payment: PaymentId,
    request: PageRequest,
) -> Result<Page<Attempt>, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(Page { rows: Vec::new(), has_next: false });
    }
    let mut query = of_payment(ip_code, payment);
    if let Some(place) = request.after {
        let (at, id) = (attempts::Column::StartedAt.into_expr(), attempts::Column::Id.into_expr());
        query = query.filter(keyset::following(at, id, place, Direction::Falling));
    }
    let found = query
        .order_by_desc(attempts::Column::StartedAt)
        .order_by_desc(attempts::Column::Id)
        .limit(request.rows + 1)
        .all(db)
        .await?;
    let read = with_deciders(db, found).await?;
    let placed = read
        .into_iter()
        .map(|attempt| (Place { at: attempt.started_at.as_micros(), id: attempt.id.value() }, attempt))
        .collect();
    Ok(Page::cut(placed, request.rows))
}

/// The newest attempts that brought an event to a cart, at most so many. The caller has seen that the event may be seen.
pub(crate) async fn list_of_event(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    event: DeliveryId,
    rows_max: u64,
) -> Result<Vec<Attempt>, DbErr> {
    let newest = attempts::Entity::find()
        .filter(attempts::Column::DeliveryId.eq(event.value()))
        .order_by_desc(attempts::Column::StartedAt)
        .order_by_desc(attempts::Column::Id)
        .limit(rows_max);
    with_deciders(db, newest.all(db).await?).await
}

/// How many attempts a payment has.
pub(crate) async fn count_of_payment(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    payment: PaymentId,
) -> Result<u64, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(0);
    }
    of_payment(ip_code, payment).count(db).await
}

/// Those of these attempts that may be seen, for loaders.
pub(crate) async fn find_many(
    scope: &Scope,
    db: &impl ConnectionTrait,
    wanted: &[AttemptId],
) -> Result<Vec<Attempt>, DbErr> {
    let ids = padded(wanted.iter().map(|id| id.value()));
    let found = attempts::Entity::find().filter(attempts::Column::Id.is_in(ids)).all(db).await?;
    let read = with_deciders(db, found).await?;
    Ok(read.into_iter().filter(|attempt| scope.may(&attempt.ip_code, Action::View)).collect())
}

/// The attempt that a decision led to, once it is recorded.
pub(crate) async fn find_by_decision(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    payment: PaymentId,
    decision: DecisionId,
) -> Result<Option<Attempt>, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(None);
    }
    let found = of_payment(ip_code, payment)
        .filter(attempts::Column::DecisionId.eq(decision.value()))
        .all(db)
        .await?;
    Ok(with_deciders(db, found).await?.pop())
}

/// Those of these deliveries that an attempt may have brought, acknowledged or not.
pub(crate) async fn find_maybe_received(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    deliveries: &[DeliveryId],
) -> Result<HashSet<DeliveryId>, DbErr> {
    let bringing = [Outcome::Delivered.code(), Receipt::MaybeReceived.code()];
    find_by_outcome(db, deliveries, &bringing).await
}

/// Those of these deliveries that the endpoint acknowledged, whatever was decided since.
pub(crate) async fn find_acknowledged(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    deliveries: &[DeliveryId],
) -> Result<HashSet<DeliveryId>, DbErr> {
    find_by_outcome(db, deliveries, &[Outcome::Delivered.code()]).await
}

async fn find_by_outcome(
    db: &impl ConnectionTrait,
    deliveries: &[DeliveryId],
    outcomes: &[&str],
) -> Result<HashSet<DeliveryId>, DbErr> {
    if deliveries.is_empty() {
        return Ok(HashSet::new());
    }
    let ids = padded(deliveries.iter().map(|id| id.value()));
    let found: Vec<Uuid> = attempts::Entity::find()
        .select_only()
        .column(attempts::Column::DeliveryId)
        .distinct()
        .filter(attempts::Column::DeliveryId.is_in(ids))
        .filter(attempts::Column::Outcome.is_in(outcomes.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(DeliveryId::new).collect())
}

/// Attempts of an IP code, and how many of them were not acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AttemptCounts {
    /// All of them.
    pub attempts: u64,
    /// Those that failed.
    pub failures: u64,
}

/// Counts the attempts to deliver results of an IP code since an instant; of more than `most`, the newest.
pub(crate) async fn count_since(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    since: Timestamp,
    most: u64,
) -> Result<AttemptCounts, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(AttemptCounts::default());
    }
    let newest = attempts::Entity::find()
        .select_only()
        .column(attempts::Column::Cause)
        .filter(attempts::Column::IpCode.eq(ip_code.as_str()))
        .filter(attempts::Column::StartedAt.gte(since.as_micros()))
        // What has no payment went to a cart.
        .filter(attempts::Column::PaymentId.is_not_null())
        .order_by_desc(attempts::Column::StartedAt)
        .limit(most)
        .into_query();
    // An acknowledged attempt has no cause, and what is null is not counted.
    let counting = Query::select()
        .expr(Expr::col(Asterisk).count())
        .expr(Expr::col(attempts::Column::Cause).count())
        .from_subquery(newest, "newest")
        .to_owned();
    let Some(row) = db.query_one(&counting).await? else {
        return Ok(AttemptCounts::default());
    };
    let count = |index| Ok::<u64, DbErr>(u64::try_from(row.try_get_by_index::<i64>(index)?).unwrap_or(0));
    Ok(AttemptCounts { attempts: count(0)?, failures: count(1)? })
}

fn of_payment(ip_code: &IpCode, payment: PaymentId) -> sea_orm::Select<attempts::Entity> {
    attempts::Entity::find()
        .filter(attempts::Column::PaymentId.eq(payment.value()))
        .filter(attempts::Column::IpCode.eq(ip_code.as_str()))
}

async fn with_deciders(
    db: &impl ConnectionTrait,
    found: Vec<attempts::Model>,
) -> Result<Vec<Attempt>, DbErr> {
    let decided: Vec<Uuid> = found.iter().filter_map(|row| row.decision_id).collect();
    let deciders: std::collections::HashMap<Uuid, Decider> = if decided.is_empty() {
        std::collections::HashMap::new()
    } else {
        let query = decisions::Entity::find().filter(decisions::Column::Id.is_in(decided));
        let decider = |row: decisions::Model| {
            (row.id, Decider { name: row.actor_name, edited: row.parameters_after.is_some() })
        };
        query.all(db).await?.into_iter().map(decider).collect()
    };
    let read = |row: attempts::Model| {
        let decider = row.decision_id.and_then(|id| deciders.get(&id));
        attempt_of(row, decider)
    };
    found.into_iter().map(read).collect()
}

/// What an attempt tells of the decision behind it.
struct Decider {
    name: String,
    edited: bool,
}

fn attempt_of(row: attempts::Model, decider: Option<&Decider>) -> Result<Attempt, DbErr> {
    let outcome = match &row.cause {
        None => Outcome::Delivered,
        Some(cause) => Outcome::Failed(rows::named("attempts.cause", cause, Cause::from_code)?),
    };
    Ok(Attempt {
        id: AttemptId::new(row.id),
        delivery_id: DeliveryId::new(row.delivery_id),
        payment_id: row.payment_id.map(PaymentId::new),
        decision_id: row.decision_id.map(DecisionId::new),
        ip_code: rows::ip_code(&row.ip_code)?,
        trigger: rows::named("attempts.trigger", &row.trigger, Trigger::from_code)?,
        started_at: Timestamp::from_micros(row.started_at),
        duration_ms: rows::count(row.duration_ms),
        outcome,
        http_status: row.http_status.and_then(|status| u16::try_from(status).ok()),
        request_method: row.request_method,
        request_url: row.request_url,
        request_body: row.request_body,
        response_headers: rows::json("attempts.response_headers", &row.response_headers)?,
        response_body: row.response_body,
        request_headers: match &row.request_headers {
            Some(headers) => rows::json("attempts.request_headers", headers)?,
            None => Vec::new(),
        },
        timings: Timings {
            dns_ms: row.dns_ms.map(rows::count),
            connect_ms: row.connect_ms.map(rows::count),
            tls_ms: row.tls_ms.map(rows::count),
            first_byte_ms: row.first_byte_ms.map(rows::count),
        },
        decided_by: decider.map(|decider| decider.name.clone()),
        is_edited: decider.is_some_and(|decider| decider.edited),
    })
}
