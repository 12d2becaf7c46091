//! 復旧: an order made from the checkout of an abnormal order, exactly once however often and from wherever it is
//! pressed (docs/REQUIREMENTS.md, B.5; reference B, 「ボタン説明」).
//!
//! Mails nobody. The gateway is asked before, where that is set up; then one write transaction holds all of it, the event
//! for the cart too.

use sea_orm::DbErr;
use todoke_domain::{
    abnormal_order::{AbnormalOrderStatus, Evaluation},
    abnormal_order_actions::RowAction,
    access::Action,
    ids::{AbnormalOrderId, DecisionId},
    order::{OrderStatus, payment_method_name},
    registration::Cart,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    abnormal_orders::{find_abnormal_order, shown_notification},
    evaluations::{Facts, load_facts, re_evaluate_order_numbers},
    gateway_checks::ask_and_keep,
    keys::{check_key, is_taken},
    refusals::note_refusal,
};
use crate::{
    app::{App, ConflictReason, Error},
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, Restoration},
        audit::AuditEntry,
        checkouts::Checkout,
        decisions::{DecisionKind, NewDecision},
        gateway_checks::CheckOutcome,
        order_events::OrderEvent,
        orders::Order,
    },
};

/// The mutation's name in the audit log.
const RESTORE: &str = "restoreAbnormalOrder";
/// Tries of a restore that meets another one at the same instant: the next try sees what the other did.
const TRIES_MAX: usize = 3;

/// A row that is restored, and its order.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    /// The row.
    pub abnormal_order: AbnormalOrder,
    /// The order.
    pub order: Order,
}

/// A restore as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Restore {
    /// The row.
    pub id: AbnormalOrderId,
    /// By which a repeat of this decision is known.
    pub idempotency_key: String,
    /// "The gateway does not tell; I have looked there myself."
    pub proceeds_unchecked: bool,
}

/// Why nothing was made.
#[derive(Clone, Debug)]
enum Refusal {
    NotPermitted,
    Gone,
    AlreadyRestored(Restoration),
    NotRestorable,
    GatewayContradicts(Timestamp),
    GatewayUnknown,
    KeyReused,
}

/// Restores a row.
///
/// # Errors
/// `NotFound`, also where the right is missing; `Conflict` where it was restored already, cannot be restored, or
/// the key was used for something else.
pub(crate) async fn restore_abnormal_order(
    app: &App,
    scope: &Scope,
    asked: Restore,
) -> Result<Restored, Error> {
    let idempotency_key = asked.idempotency_key.as_str();
    check_key(idempotency_key)?;
    // Found for everybody, so that also who may not know of the row leaves a trace; what is told is the same.
    let row = find_abnormal_order(app, &Scope::system(), asked.id).await?.ok_or(Error::NotFound)?;
    if !scope.may(&row.payment.ip_code, Action::Restore) {
        return refuse(app, scope, &row, Refusal::NotPermitted).await;
    }
    if let Some(refusal) = gateway_refusal(app, scope, &row, asked.proceeds_unchecked).await? {
        return refuse(app, scope, &row, refusal).await;
    }
    let mut tries = 1;
    loop {
        match try_restore(app, scope, &row, idempotency_key).await {
            Ok(Ok((restored, changes))) => {
                changes.into_iter().for_each(|change| app.live.tell(change));
                return Ok(restored);
            }
            Ok(Err(refusal)) => return refuse(app, scope, &row, refusal).await,
            Err(error) if tries < TRIES_MAX && is_taken(&error) => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Why the gateway's word keeps a row from being restored. Rows that are not to be restored anyway ask nobody.
async fn gateway_refusal(
    app: &App,
    scope: &Scope,
    row: &AbnormalOrder,
    proceeds_unchecked: bool,
) -> Result<Option<Refusal>, Error> {
    if !RowAction::Restore.fits(row.state()) {
        return Ok(None);
    }
    let check = ask_and_keep(app, scope, row).await?;
    Ok(check.and_then(|check| match check.outcome {
        CheckOutcome::Blocked => Some(Refusal::GatewayContradicts(check.at)),
        CheckOutcome::Unreachable if !proceeds_unchecked => Some(Refusal::GatewayUnknown),
        CheckOutcome::Passed | CheckOutcome::Unreachable => None,
    }))
}

async fn try_restore(
    app: &App,
    scope: &Scope,
    seen: &AbnormalOrder,
    idempotency_key: &str,
) -> Result<Result<(Restored, Vec<Change>), Refusal>, DbErr> {
    let now = app.clock.now();
    let payment = &seen.payment;
    let tx = app.database.begin_write().await?;
    let number = std::iter::once((&payment.ip_code, payment.gateway_order_id.as_str()));
    store::locks::lock_order_numbers(scope, &tx, number).await?;
    let row = store::abnormal_orders::find_for_change(scope, &tx, seen.id()).await?;
    let Some(row) = row.filter(|row| row.deleted_at.is_none()) else {
        return Ok(Err(Refusal::Gone));
    };
    if let Some(decision) = store::decisions::find_by_key(scope, &tx, idempotency_key).await? {
        let is_repeat =
            decision.kind == DecisionKind::Restore.code() && decision.subject == seen.id().value();
        let repeated = if is_repeat { load_restored(scope, &tx, row).await? } else { None };
        return Ok(repeated.map(|restored| (restored, Vec::new())).ok_or(Refusal::KeyReused));
    }
    if let Some(restored) = row.restored {
        return Ok(Err(Refusal::AlreadyRestored(restored)));
    }
    let facts = load_facts(&tx, payment).await?;
    // Who closed it said that no order is wanted, whatever came since.
    let retention_days = app.config.checkout_retention_days;
    let order = if row.closing.is_some() { None } else { order_of(&facts, &row, retention_days, now) };
    let Some(order) = order else {
        return Ok(Err(Refusal::NotRestorable));
    };
    store::orders::insert(scope, &tx, std::slice::from_ref(&order)).await?;
    make_event(scope, &tx, &row, &order, now).await?;
    let restored = Restored { abnormal_order: restored_row(scope, &row, &order, now), order };
    store::abnormal_orders::put(scope, &tx, &restored.abnormal_order).await?;
    record(scope, &tx, &row, &restored, idempotency_key).await?;
    // Another payment with the same number collides with the order from now on.
    let number = restored.order.cart.order_no.as_str();
    let mut changes = re_evaluate_order_numbers(app, &tx, &payment.ip_code, &[number], now).await?;
    changes.push(Change::abnormal_order(&payment.ip_code, payment.id));
    changes.push(Change::order(&payment.ip_code, restored.order.id));
    tx.commit().await?;
    Ok(Ok((restored, changes)))
}

/// The order that the checkout makes, if the row can be restored by what is known at this instant. Its date is the
/// checkout's (docs/DOMAIN.md, Carts).
fn order_of(facts: &Facts, row: &AbnormalOrder, retention_days: i64, now: Timestamp) -> Option<Order> {
    let is_restorable = matches!(
        facts.evaluate(&row.payment, retention_days),
        Evaluation::Abnormal { status: AbnormalOrderStatus::Restorable, cancelled_at_gateway: false, .. }
    );
    let checkout: &Checkout = facts.checkout.as_ref().filter(|_| is_restorable)?;
    let paid = shown_notification(&facts.notifications)?;
    let pay_type = paid.notification.field("PayType").trim();
    Some(Order {
        id: checkout.snapshot.cart.order_id(),
        cart: Cart { access_id: Some(row.payment.access_id.clone()), ..checkout.snapshot.cart.clone() },
        order_type: Some(checkout.snapshot.order_type.clone()),
        status: OrderStatus::New,
        payment_method: (!pay_type.is_empty()).then(|| payment_method_name(pay_type).to_owned()),
        registered_at: now,
        restored_from: Some(row.id()),
        confirmation_mail_sent_at: None,
    })
}

/// The cart is told of the order, where it wants to be. The event is of the same transaction, and its id the order's:
/// there is one, or none.
async fn make_event(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    row: &AbnormalOrder,
    order: &Order,
    now: Timestamp,
) -> Result<(), DbErr> {
    let settings = store::ip_codes::find(scope, tx, &order.cart.ip_code).await?;
    if settings.is_none_or(|settings| settings.restored_url.is_none()) {
        return Ok(());
    }
    let event = OrderEvent::new(order.id, &order.cart.ip_code, Some(row.payment.shop_order()), now);
    store::order_events::insert(scope, tx, &event).await
}

fn restored_row(scope: &Scope, row: &AbnormalOrder, order: &Order, now: Timestamp) -> AbnormalOrder {
    AbnormalOrder {
        order_no: order.cart.order_no.clone(),
        status: AbnormalOrderStatus::Restored,
        reason: None,
        evidence: None,
        evaluated_at: now,
        colliding_order: None,
        restored: Some(Restoration { order_id: order.id, at: now, by: scope.actor().name().to_owned() }),
        ..row.clone()
    }
}

async fn load_restored(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    row: AbnormalOrder,
) -> Result<Option<Restored>, DbErr> {
    let Some(restored) = &row.restored else {
        return Ok(None);
    };
    let order = store::orders::load(scope, tx, Action::View, &[restored.order_id]).await?.pop();
    Ok(order.map(|order| Restored { abnormal_order: row, order }))
}

async fn record(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    before: &AbnormalOrder,
    restored: &Restored,
    idempotency_key: &str,
) -> Result<(), DbErr> {
    let after = &restored.abnormal_order;
    let ip_code = &after.payment.ip_code;
    let decision = NewDecision {
        id: DecisionId::new(Uuid::now_v7()),
        kind: DecisionKind::Restore,
        ip_code,
        subject: after.id().value(),
        delivery_id: None,
        reason: None,
        idempotency_key: Some(idempotency_key),
        parameters: None,
        decided_at: after.evaluated_at,
    };
    store::decisions::insert(scope, tx, decision).await?;
    let entry = AuditEntry::done(RESTORE, Some(ip_code), after.id()).with_change(
        serde_json::json!({ "status": before.status.code() }),
        serde_json::json!({
            "status": after.status.code(),
            "orderNo": restored.order.cart.order_no,
            "orderId": restored.order.id.to_string(),
            "gatewayCheck": after.gateway_check.as_ref().map(|check| check.outcome),
        }),
    );
    store::audit::insert_event(scope, tx, entry, after.evaluated_at).await
}

/// A refused attempt stands in the audit log too.
async fn refuse(app: &App, scope: &Scope, row: &AbnormalOrder, refusal: Refusal) -> Result<Restored, Error> {
    let (why, error) = match refusal {
        Refusal::NotPermitted => ("NOT_PERMITTED", Error::NotFound),
        Refusal::Gone => ("NOT_FOUND", Error::NotFound),
        Refusal::AlreadyRestored(restored) => conflict(ConflictReason::AlreadyRestored, Some(restored)),
        Refusal::NotRestorable => conflict(ConflictReason::NotRestorable, None),
        Refusal::GatewayContradicts(at) => {
            let reason = ConflictReason::GatewayCheckBlocked;
            (reason.code(), Error::conflict(reason, None, Some(at)))
        }
        Refusal::GatewayUnknown => {
            let fault = Error::field(&["proceedWithoutGatewayCheck"], Message::GatewayUnreachable);
            ("GATEWAY_UNREACHABLE", fault)
        }
        Refusal::KeyReused => conflict(ConflictReason::KeyReused, None),
    };
    note_refusal(app, scope, RESTORE, &row.payment.ip_code, row.id(), why).await?;
    Err(error)
}

fn conflict(reason: ConflictReason, restored: Option<Restoration>) -> (&'static str, Error) {
    let at = restored.as_ref().map(|restored| restored.at);
    (reason.code(), Error::conflict(reason, restored.map(|restored| restored.by), at))
}
