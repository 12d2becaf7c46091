//! What a person does with an abnormal order besides 復旧: closing it once it was dealt with elsewhere, and 削除
//! (docs/REQUIREMENTS.md, B.6; reference B, 「重複注文一覧」, 「復旧不可注文一覧」 and 「ボタン説明」).
//!
//! Neither asks the gateway nor touches an order.

use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};
use todoke_domain::{
    abnormal_order_actions::{Resolution, RowAction},
    ids::AbnormalOrderId,
    payment::FaultKind,
    time::Timestamp,
};

use super::{ConflictReason, Error, abnormal_orders::find_abnormal_order, refusals::note_refusal};
use crate::{
    app::App,
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, Closing},
        audit::AuditEntry,
        notifications::StoredNotification,
    },
};

/// The mutations' names in the audit log.
const CLOSE: &str = "closeAbnormalOrder";
const DELETE: &str = "deleteAbnormalOrder";
/// Longest reason or note, in characters.
const REASON_CHARS_MAX: usize = 500;

/// A closing as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Close {
    /// The row.
    pub id: AbnormalOrderId,
    /// What was done about it.
    pub resolution: Resolution,
    /// More, in the person's words.
    pub note: Option<String>,
}

/// Closes a row that no order can be made from. It stays in its list, marked.
///
/// # Errors
/// `NotFound`, also where the right is missing; `Conflict` where it was closed already or is not to be closed.
pub(crate) async fn close_abnormal_order(
    app: &App,
    scope: &Scope,
    asked: Close,
) -> Result<AbnormalOrder, Error> {
    let note = asked.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    check_length("note", note.as_deref().unwrap_or_default())?;
    let now = app.clock.now();
    let by = scope.actor().name().to_owned();
    let closing = Closing { at: now, by, resolution: asked.resolution, note };
    let tx = app.database.begin_write().await?;
    let row = match find_for(scope, &tx, asked.id, RowAction::Close).await {
        Ok(row) => row,
        Err(error) => {
            drop(tx);
            return refuse(app, scope, CLOSE, asked.id, error).await;
        }
    };
    store::abnormal_orders::close(scope, &tx, row.id(), &closing).await?;
    let entry = AuditEntry::done(CLOSE, Some(&row.payment.ip_code), row.id()).with_change(
        json!({ "status": row.status.code(), "closed": false }),
        json!({ "closed": true, "resolution": closing.resolution.code(), "note": closing.note }),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    app.live.tell(Change::abnormal_order(&row.payment.ip_code, row.id()));
    Ok(AbnormalOrder { closing: Some(closing), ..row })
}

/// 削除: takes a row off the lists. The order of a restored one stays; the whole record goes into the audit log.
///
/// # Errors
/// `NotFound`, also where the right is missing or the row was deleted already.
pub(crate) async fn delete_abnormal_order(
    app: &App,
    scope: &Scope,
    id: AbnormalOrderId,
    reason: &str,
) -> Result<(), Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::field(&["reason"], Message::Field(FaultKind::Required)));
    }
    check_length("reason", reason)?;
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let row = match find_for(scope, &tx, id, RowAction::Delete).await {
        Ok(row) => row,
        Err(error) => {
            drop(tx);
            return refuse(app, scope, DELETE, id, error).await;
        }
    };
    let notifications = store::notifications::list_of_payments(scope, &tx, &[id]).await?;
    store::abnormal_orders::delete(scope, &tx, id, now).await?;
    let entry = AuditEntry::done(DELETE, Some(&row.payment.ip_code), id)
        .with_change(record_of(&row, &notifications), json!({ "deleted": true, "reason": reason }));
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    app.live.tell(Change::abnormal_order(&row.payment.ip_code, id));
    Ok(())
}

fn check_length(field: &str, text: &str) -> Result<(), Error> {
    if text.chars().count() <= REASON_CHARS_MAX {
        return Ok(());
    }
    Err(Error::field(&[field], Message::Field(FaultKind::TooLong(REASON_CHARS_MAX))))
}

/// The row, held until the transaction ends, if the action is permitted and fits.
async fn find_for(
    scope: &Scope,
    tx: &DatabaseTransaction,
    id: AbnormalOrderId,
    action: RowAction,
) -> Result<AbnormalOrder, Error> {
    let row = store::abnormal_orders::find_for_change(scope, tx, id).await?;
    let row = row
        .filter(|row| row.deleted_at.is_none() && scope.may(&row.payment.ip_code, action.needs()))
        .ok_or(Error::NotFound)?;
    if action.fits(row.state()) {
        return Ok(row);
    }
    let closing = row.closing.as_ref();
    Err(match closing {
        Some(closing) => {
            Error::conflict(ConflictReason::AlreadyClosed, Some(closing.by.clone()), Some(closing.at))
        }
        None => Error::conflict(ConflictReason::NotClosable, None, None),
    })
}

/// Found for everybody, so that also who may not know of the row leaves a trace.
async fn refuse<T>(
    app: &App,
    scope: &Scope,
    action: &'static str,
    id: AbnormalOrderId,
    error: Error,
) -> Result<T, Error> {
    if let Some(row) = find_abnormal_order(app, &Scope::system(), id).await? {
        note_refusal(app, scope, action, &row.payment.ip_code, id, error.code()).await?;
    }
    Err(error)
}

/// Everything that the lists and the detail knew of the row. Secrets of notifications were never stored.
fn record_of(row: &AbnormalOrder, notifications: &[StoredNotification]) -> Value {
    let at = |at: Timestamp| at.to_rfc3339();
    let ordered = row.ordered.as_ref().map(|ordered| {
        json!({
            "checkoutId": ordered.checkout_id.to_string(), "orderType": ordered.order_type,
            "orderedAt": at(ordered.ordered_at), "customerName": ordered.customer_name,
            "memberId": ordered.member_id, "total": ordered.total.amount(),
            "shippingFee": ordered.shipping_fee.amount(), "itemCount": ordered.item_count,
        })
    });
    let received = |stored: &StoredNotification| json!({ "receivedAt": at(stored.received_at), "fields": stored.notification.fields });
    json!({
        "orderNo": row.order_no, "status": row.status.code(), "reason": row.reason.map(|reason| reason.code()),
        "evidence": row.evidence.as_ref().map(|evidence| {
            json!({ "field": evidence.field, "expected": evidence.expected, "actual": evidence.actual })
        }),
        "shopId": row.payment.shop_id, "gatewayOrderId": row.payment.gateway_order_id,
        "accessId": row.payment.access_id, "cancelledAtGateway": row.cancelled_at_gateway,
        "receivedAt": at(row.received_at), "evaluatedAt": at(row.evaluated_at), "ordered": ordered,
        "collidingOrderId": row.colliding_order.map(|id| id.to_string()),
        "restored": row.restored.as_ref().map(|restored| {
            json!({ "orderId": restored.order_id.to_string(), "at": at(restored.at), "by": restored.by })
        }),
        "closing": row.closing.as_ref().map(|closing| {
            json!({
                "at": at(closing.at), "by": closing.by, "resolution": closing.resolution.code(),
                "note": closing.note,
            })
        }),
        "notifications": notifications.iter().map(received).collect::<Vec<_>>(),
    })
}
