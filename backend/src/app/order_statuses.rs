//! 注文処理状況: an order goes on, or a step back, with its history (docs/REQUIREMENTS.md, B.8).

use todoke_domain::{
    access::Action,
    ids::OrderId,
    order::{OrderStatus, StatusStep},
    payment::FaultKind,
};

use super::{App, ConflictReason, Error, orders::find_order, refusals::note_refusal};
use crate::{
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{self, audit::AuditEntry, order_status_changes::StatusChange, orders::Order},
};

/// The mutation's name in the audit log.
const UPDATE: &str = "updateOrderStatus";
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// A change as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct StatusUpdate {
    /// The order.
    pub id: OrderId,
    /// To which status.
    pub status: OrderStatus,
    /// Why.
    pub reason: Option<String>,
    /// The status that was on the page.
    pub expected_status: Option<OrderStatus>,
}

/// Brings an order to another status.
///
/// # Errors
/// `NotFound`, also where the right is missing; `Conflict` where the order is in another status than expected; faults
/// beside fields where there is no such step, or it needs a reason.
pub(crate) async fn update_order_status(
    app: &App,
    scope: &Scope,
    asked: StatusUpdate,
) -> Result<Order, Error> {
    let reason = asked.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > REASON_CHARS_MAX) {
        return Err(Error::field(&["reason"], Message::Field(FaultKind::TooLong(REASON_CHARS_MAX))));
    }
    match change_status(app, scope, &asked, reason).await {
        Ok(order) => {
            app.live.tell(Change::order(&order.cart.ip_code, order.id));
            Ok(order)
        }
        // What the person can mend is no attempt at something forbidden.
        Err(error @ Error::BadInput(_)) => Err(error),
        Err(error) => {
            if let Some(order) = find_order(app, &Scope::system(), asked.id).await? {
                note_refusal(app, scope, UPDATE, &order.cart.ip_code, order.id, error.code()).await?;
            }
            Err(error)
        }
    }
}

async fn change_status(
    app: &App,
    scope: &Scope,
    asked: &StatusUpdate,
    reason: Option<&str>,
) -> Result<Order, Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let order = store::orders::lock(scope, &tx, asked.id).await?;
    let order =
        order.filter(|order| scope.may(&order.cart.ip_code, Action::Restore)).ok_or(Error::NotFound)?;
    if asked.expected_status.is_some_and(|expected| expected != order.status) {
        let changes = store::order_status_changes::list_of_orders(scope, &tx, &[order.id]).await?;
        let (by, at) = changes.into_iter().next().map(|(_, last)| (last.by, last.at)).unzip();
        return Err(Error::conflict(ConflictReason::StatusChanged, by, at));
    }
    match order.status.step_to(asked.status) {
        None => return Err(Error::field(&["status"], Message::StatusNotAllowed)),
        Some(StatusStep::Back) if reason.is_none() => {
            return Err(Error::field(&["reason"], Message::Field(FaultKind::Required)));
        }
        Some(StatusStep::Back | StatusStep::Forward) => {}
    }
    let change = StatusChange {
        at: now,
        by: scope.actor().name().to_owned(),
        before: order.status,
        after: asked.status,
        reason: reason.map(str::to_owned),
    };
    store::orders::set_status(scope, &tx, order.id, asked.status).await?;
    store::order_status_changes::insert(scope, &tx, order.id, &change).await?;
    let entry = AuditEntry::done(UPDATE, Some(&order.cart.ip_code), order.id).with_change(
        serde_json::json!({ "status": change.before.code() }),
        serde_json::json!({ "status": change.after.code(), "reason": change.reason }),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(Order { status: asked.status, ..order })
}
