//! Telling the cart of a restored order: where that stands, and doing it by hand (docs/REQUIREMENTS.md, B.5). The worker's
//! half stands in `delivery/order_events.rs`.

use std::collections::HashMap;

use sea_orm::DatabaseTransaction;
use todoke_domain::{
    access::Action,
    delivery::Outcome,
    ids::{DecisionId, DeliveryId, OrderId},
    order_event::{ORDER_RESTORED, is_sending},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    App, ConflictReason, Error,
    keys::{check_key, find_repeat, is_taken, key_taken_meanwhile},
    orders::find_order,
    refusals::note_refusal,
    timelines::{TimelineEvent, TimelineKind},
};
use crate::{
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{
        self,
        attempts::Attempt,
        audit::AuditEntry,
        decisions::{DecisionKind, NewDecision},
        order_event_attempts::EventAttempt,
        order_events::OrderEvent,
        orders::Order,
    },
};

/// The mutation's name in the audit log.
const RESEND: &str = "resendOrderRestored";
/// Attempts told of one event, and in a timeline of many: the schedule has ten.
const ATTEMPTS_MAX: u64 = 20;
/// Attempts read at once for many events.
const ATTEMPTS_OF_MANY_MAX: u64 = 2_000;

/// An event with what became of it.
#[derive(Clone, Debug)]
pub(crate) struct ToldEvent {
    /// The event.
    pub event: OrderEvent,
    /// Its attempts, newest first, each with who sent it by hand.
    pub attempts: Vec<(EventAttempt, Option<String>)>,
}

/// What these orders' carts were told, as far as the asker may see it.
pub(crate) async fn load_events(
    app: &App,
    scope: &Scope,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, ToldEvent>, Error> {
    let reader = app.database.reader();
    let events = store::order_events::list_of_orders(scope, reader, orders).await?;
    let ids: Vec<DeliveryId> = events.iter().map(|event| event.id).collect();
    let attempts = store::order_event_attempts::list(scope, reader, &ids, ATTEMPTS_OF_MANY_MAX).await?;
    let decided: Vec<DecisionId> = attempts.iter().filter_map(|attempt| attempt.decision).collect();
    let deciders: HashMap<DecisionId, String> = store::decisions::load(scope, reader, &decided)
        .await?
        .into_iter()
        .map(|decision| (decision.id, decision.actor_name))
        .collect();
    let mut of_events: HashMap<DeliveryId, Vec<(EventAttempt, Option<String>)>> = HashMap::new();
    for attempt in attempts {
        let by = attempt.decision.and_then(|id| deciders.get(&id).cloned());
        of_events.entry(attempt.event).or_default().push((attempt, by));
    }
    let told = events.into_iter().map(|event| {
        let attempts = of_events.remove(&event.id).unwrap_or_default();
        (event.order_id, ToldEvent { event, attempts })
    });
    Ok(told.collect())
}

/// The attempts of an event with all that was sent and came back, newest first.
pub(crate) async fn list_attempts(
    app: &App,
    scope: &Scope,
    event: &OrderEvent,
) -> Result<Vec<Attempt>, Error> {
    Ok(store::attempts::list_of_event(scope, app.database.reader(), event.id, ATTEMPTS_MAX).await?)
}

/// What a timeline tells of an event.
pub(crate) fn timeline_of_event(told: &ToldEvent) -> Vec<TimelineEvent> {
    let queued = TimelineEvent::new(told.event.created_at, TimelineKind::EventQueued);
    let mut events = vec![queued.detail(Some(ORDER_RESTORED.to_owned()))];
    events.extend(told.attempts.iter().map(|(attempt, by)| {
        let mut detail = attempt.outcome.code().to_owned();
        if let Outcome::Failed(cause) = attempt.outcome {
            detail = format!("{detail} {}", cause.code());
        }
        if let Some(status) = attempt.http_status {
            detail = format!("{detail} {status}");
        }
        let event = TimelineEvent::new(attempt.at, TimelineKind::EventAttempted);
        let event = event.by(by.clone()).detail(Some(detail));
        TimelineEvent { attempt: Some(attempt.id), ..event }
    }));
    events
}

/// Tells the cart once more, at once; also where it was told already, or was not to be told when the order was
/// restored. The same key again is the same request.
///
/// # Errors
/// `NotFound`, also where the right is missing; `Conflict` while a request is on its way; a fault where the order was
/// not restored or no address is set.
pub(crate) async fn resend_order_restored(
    app: &App,
    scope: &Scope,
    id: OrderId,
    idempotency_key: &str,
) -> Result<Order, Error> {
    check_key(idempotency_key)?;
    match try_resend(app, scope, id, idempotency_key).await {
        Ok(order) => {
            app.live.tell(Change::order(&order.cart.ip_code, order.id));
            Ok(order)
        }
        // What the person can mend is no attempt at something forbidden.
        Err(error @ Error::BadInput(_)) => Err(error),
        Err(error) => {
            if let Some(order) = find_order(app, &Scope::system(), id).await? {
                note_refusal(app, scope, RESEND, &order.cart.ip_code, id, error.code()).await?;
            }
            Err(error)
        }
    }
}

async fn try_resend(app: &App, scope: &Scope, id: OrderId, idempotency_key: &str) -> Result<Order, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    // The order is held, so that of two who make its event one waits for the other.
    let order = store::orders::lock(scope, &tx, id).await?;
    let order =
        order.filter(|order| scope.may(&order.cart.ip_code, Action::Restore)).ok_or(Error::NotFound)?;
    let this = (DecisionKind::OrderEvent, id.value());
    if find_repeat(scope, &tx, idempotency_key, this).await?.is_some() {
        return Ok(order);
    }
    let settings = store::ip_codes::find(scope, &tx, &order.cart.ip_code).await?.ok_or(Error::NotFound)?;
    if settings.restored_url.is_none() {
        return Err(Error::field(&["orderId"], Message::RestoredEndpointNotSet));
    }
    let event = find_or_make(scope, &tx, &order, now).await?;
    if is_sending(event.state, event.trigger) {
        return Err(sending(&tx, &event).await?);
    }
    let decision = NewDecision {
        id: DecisionId::new(Uuid::now_v7()),
        kind: DecisionKind::OrderEvent,
        ip_code: &order.cart.ip_code,
        subject: id.value(),
        delivery_id: Some(event.id),
        reason: None,
        idempotency_key: Some(idempotency_key),
        parameters: None,
        decided_at: now,
    };
    let decided = decision.id;
    let inserted = store::decisions::insert(scope, &tx, decision).await;
    inserted.map_err(|error| key_taken_meanwhile(scope, error, now))?;
    store::order_events::make_due(scope, &tx, event.id, decided, now).await?;
    let entry = AuditEntry::done(RESEND, Some(&order.cart.ip_code), id).with_change(
        serde_json::json!({ "state": event.state.code(), "attempts": event.attempt_count }),
        serde_json::json!({ "eventId": event.id.to_string() }),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    // What was set a moment ago counts for this request already.
    app.endpoints().forget(&order.cart.ip_code);
    Ok(order)
}

/// The order's event, locked; made now where the endpoint was off when the order was restored.
async fn find_or_make(
    scope: &Scope,
    tx: &DatabaseTransaction,
    order: &Order,
    now: Timestamp,
) -> Result<OrderEvent, Error> {
    let id = DeliveryId::of_restored_order(order.id);
    if let Some(event) = store::order_events::lock(scope, tx, id).await? {
        return Ok(event);
    }
    let Some(restored_from) = order.restored_from else {
        return Err(Error::field(&["orderId"], Message::OrderNotRestored));
    };
    let row = store::abnormal_orders::find(scope, tx, restored_from).await?;
    let shop_order = row.map(|row| row.payment.shop_order());
    let event = OrderEvent::new(order.id, &order.cart.ip_code, shop_order, now);
    match store::order_events::insert(scope, tx, &event).await {
        Err(error) if is_taken(&error) => {
            Err(Error::conflict(ConflictReason::AlreadySending, None, Some(now)))
        }
        inserted => Ok(inserted.map(|()| event)?),
    }
}

/// Who sends it, and since when.
async fn sending(tx: &DatabaseTransaction, event: &OrderEvent) -> Result<Error, Error> {
    let decided: Vec<DecisionId> = event.decision_id.into_iter().collect();
    let decision = store::decisions::load(&Scope::system(), tx, &decided).await?.pop();
    let (by, at) = decision.map(|decision| (decision.actor_name, decision.decided_at)).unzip();
    Ok(Error::conflict(ConflictReason::AlreadySending, by, at.or(event.leased_at)))
}
