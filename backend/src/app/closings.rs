//! 処理済 without sending, and its undoing: a closed row is opened again, with a reason (docs/REQUIREMENTS.md, A.8).

use todoke_domain::{
    access::Action,
    ids::{DecisionId, PaymentId},
    payment::FaultKind,
    resend::{self, ReopenRefusal},
};
use uuid::Uuid;

use super::{
    App, ConflictReason, Error,
    send_errors::{check_reason, decided_before, find_send_error, refuse, refused},
};
use crate::{
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{
        self,
        audit::AuditEntry,
        decisions::{DecisionKind, NewDecision},
        send_errors::{Processing, SendError},
    },
};

/// Closes a row without sending: 処理済.
///
/// # Errors
/// `NotFound` without the right, `Conflict` where somebody was first.
pub(crate) async fn mark_send_error_processed(
    app: &App,
    scope: &Scope,
    id: PaymentId,
    reason: Option<String>,
) -> Result<SendError, Error> {
    check_reason(reason.as_deref())?;
    if let Err(error) = close_row(app, scope, id, reason).await {
        return refuse(app, scope, "markSendErrorProcessed", id, error).await;
    }
    tell_changed(app, scope, id).await
}

/// Opens a closed row again: it is 未処理, and may be re-sent. What the endpoint acknowledged comes back as "may have
/// been received", whatever its last failure was.
///
/// # Errors
/// A missing reason, `NotFound` without the right, `Conflict` where the row is not closed.
pub(crate) async fn reopen_send_error(
    app: &App,
    scope: &Scope,
    id: PaymentId,
    reason: &str,
) -> Result<SendError, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::field(&["reason"], Message::Field(FaultKind::Required)));
    }
    check_reason(Some(reason))?;
    if let Err(error) = reopen_row(app, scope, id, reason).await {
        return refuse(app, scope, "reopenSendError", id, error).await;
    }
    tell_changed(app, scope, id).await
}

async fn tell_changed(app: &App, scope: &Scope, id: PaymentId) -> Result<SendError, Error> {
    let row = find_send_error(app, scope, id).await?;
    app.live.tell(Change::send_error(&row.ip_code, row.id));
    Ok(row)
}

async fn close_row(app: &App, scope: &Scope, id: PaymentId, reason: Option<String>) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let row = lock_closable(scope, &tx, id).await?;
    if let Err(refusal) = resend::permit_close(row.row_state()) {
        return Err(refused(scope, &tx, &row, refusal).await?);
    }
    let processing = Processing { at: now, by: scope.actor().name().to_owned(), reason: reason.clone() };
    store::send_errors::close(scope, &tx, (row.id, row.delivery_id), &processing, row.attempt_count).await?;
    let decision = NewDecision {
        reason: reason.as_deref(),
        decided_at: now,
        ..decision_about(&row, DecisionKind::MarkProcessed)
    };
    store::decisions::insert(scope, &tx, decision).await?;
    let entry = AuditEntry::done("markSendErrorProcessed", Some(&row.ip_code), row.id).with_change(
        serde_json::json!({"status": row.status.code()}),
        serde_json::json!({"status": "PROCESSED", "reason": reason}),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn reopen_row(app: &App, scope: &Scope, id: PaymentId, reason: &str) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let row = lock_closable(scope, &tx, id).await?;
    match resend::permit_reopen(row.row_state()) {
        Ok(()) => {}
        Err(ReopenRefusal::AlreadyResending) => {
            return Err(refused(scope, &tx, &row, resend::Refusal::AlreadyResending).await?);
        }
        Err(ReopenRefusal::NotProcessed) => {
            let kind = DecisionKind::Reopen;
            let reopened = store::decisions::find_newest(scope, &tx, row.id.value(), kind).await?;
            return Err(decided_before(ConflictReason::NotProcessed, reopened));
        }
    }
    // Only this row's own delivery: a newer result of the payment goes its way.
    let was_acknowledged = store::deliveries::take_back(scope, &tx, row.delivery_id).await?;
    let receipt = resend::receipt_when_reopened(row.row_state(), was_acknowledged);
    store::send_errors::reopen(scope, &tx, row.id, receipt).await?;
    let decision =
        NewDecision { reason: Some(reason), decided_at: now, ..decision_about(&row, DecisionKind::Reopen) };
    store::decisions::insert(scope, &tx, decision).await?;
    let entry = AuditEntry::done("reopenSendError", Some(&row.ip_code), row.id).with_change(
        serde_json::json!({"status": row.status.code(), "receipt": row.receipt.code(), "acknowledged": was_acknowledged}),
        serde_json::json!({"status": "UNPROCESSED", "receipt": receipt.code(), "reason": reason}),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The row, locked until the transaction ends; for who may close it.
async fn lock_closable(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    id: PaymentId,
) -> Result<SendError, Error> {
    let row = store::send_errors::lock(scope, tx, id).await?.ok_or(Error::NotFound)?;
    if scope.may(&row.ip_code, Action::Close) { Ok(row) } else { Err(Error::NotFound) }
}

/// A decision that sets nothing going.
fn decision_about(row: &SendError, kind: DecisionKind) -> NewDecision<'_> {
    NewDecision {
        id: DecisionId::new(Uuid::now_v7()),
        kind,
        ip_code: &row.ip_code,
        subject: row.id.value(),
        delivery_id: None,
        reason: None,
        idempotency_key: None,
        parameters: None,
        decided_at: row.occurred_at,
    }
}
