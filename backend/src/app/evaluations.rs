//! From notifications to abnormal orders: the evaluation after the grace period, and again whenever a checkout or
//! an order changes (docs/REQUIREMENTS.md, B.3).
//!
//! The rule is the domain's. Here everything that is known is read inside one transaction, under the lock of the
//! order number, and the row is brought to what follows.

use std::{sync::Arc, time::Duration};

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    abnormal_order::{self, Evaluation, Known},
    ids::{IpCode, NotificationId, OrderId},
    notification::MoneyState,
    order::{candidate_order_numbers, item_count},
    text,
    time::Timestamp,
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, Error},
    auth::scope::Scope,
    live::Change,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, Ordered, StoredEvidence},
        checkouts::Checkout,
        notifications::{GatewayPayment, StoredNotification},
        orders::Order,
    },
};

/// How often it is looked for what became due; the grace period is minutes.
const TURN_EVERY: Duration = Duration::from_millis(250);
/// Payments of one turn: a turn ends within seconds and hears a stop between two.
const DUE_PAYMENTS_MAX: u64 = 200;
/// Wait before a payment whose evaluation failed is tried again, in milliseconds.
const FAILED_EVALUATION_WAIT_MS: i64 = 60_000;

/// Everything that is known of one payment at the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Its notifications, in the order in which they came.
    pub notifications: Vec<StoredNotification>,
    /// Its checkout.
    pub checkout: Option<Checkout>,
    /// The order with its number.
    pub order: Option<Order>,
}

/// Evaluates what becomes due, turn after turn, until the process stops.
pub(crate) async fn keep_evaluating(app: Arc<App>, stop: CancellationToken) {
    loop {
        let is_full = match evaluate_due(&app).await {
            Ok(evaluated) => u64::try_from(evaluated).is_ok_and(|evaluated| evaluated >= DUE_PAYMENTS_MAX),
            Err(error) => {
                tracing::warn!(?error, "notifications could not be evaluated; trying again");
                false
            }
        };
        let wait = if is_full { Duration::ZERO } else { TURN_EVERY };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Evaluates the payments whose grace is over. How many it were; as many as a turn takes means that more may wait.
///
/// # Errors
/// The database is away. A payment that fails for another reason is put off and holds up no other.
pub(crate) async fn evaluate_due(app: &App) -> Result<usize, Error> {
    let scope = Scope::system();
    let now = app.clock.now();
    let due = store::notifications::list_due(&scope, app.database.reader(), now, DUE_PAYMENTS_MAX).await?;
    for payment in &due {
        match evaluate_one(app, payment).await {
            Ok(()) => {}
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(abnormal_order_id = %payment.id, ?error, "a payment could not be evaluated");
                let tx = app.database.begin_write().await?;
                let until = now.plus_millis(FAILED_EVALUATION_WAIT_MS);
                store::notifications::postpone(&scope, &tx, payment.id, until).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(due.len())
}

async fn evaluate_one(app: &App, payment: &GatewayPayment) -> Result<(), Error> {
    let tx = app.database.begin_write().await?;
    let number = std::iter::once((&payment.ip_code, payment.gateway_order_id.as_str()));
    store::locks::lock_order_numbers(&Scope::system(), &tx, number).await?;
    let change = evaluate_payment(app, &tx, payment, app.clock.now()).await?;
    tx.commit().await?;
    if let Some(change) = change {
        app.live.tell(change);
    }
    Ok(())
}

/// Evaluates again the payments that mean one of these order numbers, at once. Payments still in their grace keep
/// it. The numbers are locked already. What changed is to be told after the commit.
pub(super) async fn re_evaluate_order_numbers(
    app: &App,
    tx: &DatabaseTransaction,
    ip_code: &IpCode,
    numbers: &[&str],
    now: Timestamp,
) -> Result<Vec<Change>, DbErr> {
    let scope = Scope::system();
    let affected = store::notifications::list_evaluated_of_numbers(&scope, tx, ip_code, numbers).await?;
    let mut changes = Vec::new();
    for payment in &affected {
        changes.extend(evaluate_payment(app, tx, payment, now).await?);
    }
    Ok(changes)
}

/// Brings the row of one payment to what follows from everything that is known. Its number is locked already.
async fn evaluate_payment(
    app: &App,
    tx: &DatabaseTransaction,
    payment: &GatewayPayment,
    now: Timestamp,
) -> Result<Option<Change>, DbErr> {
    let scope = Scope::system();
    let facts = load_facts(tx, payment).await?;
    let evaluated: Vec<NotificationId> = facts.notifications.iter().map(|stored| stored.id).collect();
    store::notifications::mark_evaluated(&scope, tx, &evaluated).await?;
    let row = store::abnormal_orders::find_for_change(&scope, tx, payment.id).await?;
    if row.as_ref().is_some_and(|row| row.deleted_at.is_some()) {
        return Ok(None);
    }
    let is_changed = match (facts.evaluate(payment, app.config.checkout_retention_days), row) {
        (evaluation, Some(row)) if row.restored.is_some() => {
            flag_cancellation(tx, row, &evaluation, now).await?
        }
        // Somebody dealt with it as it was: it stays in its list.
        (evaluation @ Evaluation::Abnormal { .. }, Some(row)) if row.closing.is_some() => {
            flag_cancellation(tx, row, &evaluation, now).await?
        }
        (Evaluation::NotPaid | Evaluation::OrderSaved, None) => false,
        (Evaluation::NotPaid | Evaluation::OrderSaved, Some(_)) => {
            store::abnormal_orders::remove(&scope, tx, payment.id).await?;
            true
        }
        (evaluation @ Evaluation::Abnormal { .. }, before) => {
            let Some(after) = row_of(payment, &facts, evaluation, now) else {
                return Ok(None);
            };
            store::abnormal_orders::put(&scope, tx, &after).await?;
            before.is_none_or(|before| {
                AbnormalOrder { evaluated_at: after.evaluated_at, gateway_check: None, ..before } != after
            })
        }
    };
    Ok(is_changed.then(|| Change::abnormal_order(&payment.ip_code, payment.id)))
}

/// A restored or closed row never steps back; that its payment was cancelled since is all that it still learns.
async fn flag_cancellation(
    tx: &DatabaseTransaction,
    row: AbnormalOrder,
    evaluation: &Evaluation,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let is_cancelled = match evaluation {
        Evaluation::Abnormal { cancelled_at_gateway, .. } => *cancelled_at_gateway,
        Evaluation::NotPaid | Evaluation::OrderSaved => row.cancelled_at_gateway,
    };
    if is_cancelled == row.cancelled_at_gateway {
        return Ok(false);
    }
    let flagged = AbnormalOrder { cancelled_at_gateway: is_cancelled, evaluated_at: now, ..row };
    store::abnormal_orders::put(&Scope::system(), tx, &flagged).await?;
    Ok(true)
}

/// Reads everything that is known of a payment.
pub(super) async fn load_facts(tx: &DatabaseTransaction, payment: &GatewayPayment) -> Result<Facts, DbErr> {
    let scope = Scope::system();
    let notifications = store::notifications::list_of_payments(&scope, tx, &[payment.id]).await?;
    let numbers = candidate_order_numbers(&payment.gateway_order_id);
    let checkout = store::checkouts::find_by_numbers(&scope, tx, &payment.ip_code, &numbers).await?;
    let orders = store::orders::find_by_numbers(&scope, tx, &payment.ip_code, &numbers).await?;
    // Of two orders the one that this payment paid is its own; an order of another payment may bear the other number.
    let is_own = |order: &&Order| {
        order.restored_from == Some(payment.id) || order.cart.access_id.as_ref() == Some(&payment.access_id)
    };
    let order = orders.iter().find(is_own).or_else(|| orders.first()).cloned();
    Ok(Facts { notifications, checkout, order })
}

impl Facts {
    /// What follows from it, where a checkout counts for so many days.
    pub(crate) fn evaluate(&self, payment: &GatewayPayment, retention_days: i64) -> Evaluation {
        let notifications = self
            .notifications
            .iter()
            .map(|stored| (stored.received_at, stored.notification.clone()))
            .collect();
        abnormal_order::evaluate(&Known {
            notifications,
            checkout: self.checkout.as_ref().map(|checkout| checkout.facts(retention_days)),
            order: self.order.as_ref().map(|order| order.facts_for(payment.id)),
        })
    }
}

/// The row of an abnormal payment that was not restored; `None` where nothing is abnormal.
pub(crate) fn row_of(
    payment: &GatewayPayment,
    facts: &Facts,
    evaluation: Evaluation,
    now: Timestamp,
) -> Option<AbnormalOrder> {
    let Evaluation::Abnormal { status, reason, evidence, cancelled_at_gateway } = evaluation else {
        return None;
    };
    // The first that says "paid" is the signal (復旧信号); a later one does not move the row in the lists.
    let signal =
        facts.notifications.iter().find(|stored| stored.notification.money_state() == MoneyState::Paid)?;
    let checkout_number = facts.checkout.as_ref().map(|checkout| &checkout.snapshot.cart.order_no);
    let order_number = facts.order.as_ref().map(|order| &order.cart.order_no);
    Some(AbnormalOrder {
        payment: payment.clone(),
        order_no: checkout_number.or(order_number).unwrap_or(&payment.gateway_order_id).clone(),
        status,
        reason,
        evidence: evidence.map(|evidence| StoredEvidence {
            field: evidence.field.to_owned(),
            expected: evidence.expected,
            actual: evidence.actual,
        }),
        cancelled_at_gateway,
        received_at: signal.received_at,
        evaluated_at: now,
        ordered: facts.checkout.as_ref().map(ordered_of),
        colliding_order: facts.order.as_ref().map(colliding_id),
        restored: None,
        closing: None,
        gateway_check: None,
        deleted_at: None,
    })
}

fn colliding_id(order: &Order) -> OrderId {
    order.id
}

/// What the lists show of a checkout.
pub(crate) fn ordered_of(checkout: &Checkout) -> Ordered {
    let cart = &checkout.snapshot.cart;
    let name = text::normalise(&cart.customer_name).to_lowercase();
    Ordered {
        checkout_id: checkout.id,
        order_type: checkout.snapshot.order_type.clone(),
        ordered_at: cart.ordered_at,
        customer_name: cart.customer_name.clone(),
        customer_search: format!("{name} {}", text::normalise_email(&cart.email)),
        member_id: cart.member_id.clone(),
        total: cart.total,
        shipping_fee: cart.shipping_fee,
        item_count: item_count(&cart.lines),
    }
}
