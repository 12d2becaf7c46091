//! Send errors: one row per payment. Searches are next door, in `send_error_lists`.

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::Uuid,
    sea_query::{Expr, LockBehavior, LockType, OnConflict},
};
use todoke_domain::{
    access::Action,
    delivery::{Cause, Receipt},
    ids::{DecisionId, DeliveryId, IpCode, PaymentId},
    money::Yen,
    resend::RowState,
    send_error::SendErrorStatus,
    time::Timestamp,
};

use super::{
    entity::send_errors::{ActiveModel, Column, Entity, Model},
    few_statements::padded,
    rows,
};
use crate::auth::scope::Scope;

/// A send error.
#[derive(Clone, Debug)]
pub(crate) struct SendError {
    /// The payment's id, which is the row's.
    pub id: PaymentId,
    /// The delivery that failed.
    pub delivery_id: DeliveryId,
    /// Whose.
    pub ip_code: IpCode,
    /// オーダーNo.
    pub order_no: String,
    /// The carrier's code.
    pub carrier: String,
    /// The amount.
    pub amount: Yen,
    /// Digits; may be empty.
    pub phone: String,
    /// Lower case; may be empty.
    pub email: String,
    /// May be empty.
    pub sendid: String,
    /// 未処理 or 処理済.
    pub status: SendErrorStatus,
    /// What the merchant may have received of all attempts of this delivery.
    pub receipt: Receipt,
    /// Why the newest attempt failed.
    pub cause: Cause,
    /// The status of its answer.
    pub http_status: Option<u16>,
    /// When it failed.
    pub occurred_at: Timestamp,
    /// Attempts of this delivery.
    pub attempt_count: u32,
    /// The decision whose resend is on its way.
    pub resend_decision_id: Option<DecisionId>,
    /// Who closed it, when and why.
    pub processing: Option<Processing>,
}

/// How a row became 処理済.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Processing {
    /// When.
    pub at: Timestamp,
    /// The login.
    pub by: String,
    /// Why, if told.
    pub reason: Option<String>,
}

impl SendError {
    /// What the guard against double issue looks at.
    pub(crate) const fn row_state(&self) -> RowState {
        RowState {
            status: self.status,
            receipt: self.receipt,
            resending: self.resend_decision_id.is_some(),
            attempt_count: self.attempt_count,
        }
    }
}

/// The row, if it may be seen.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: PaymentId,
) -> Result<Option<SendError>, DbErr> {
    let found = Entity::find_by_id(id.value()).one(db).await?.map(send_error_of).transpose()?;
    Ok(found.filter(|row| scope.may(&row.ip_code, Action::View)))
}

/// The rows with these ids that may be seen, for loaders.
pub(crate) async fn find_many(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[PaymentId],
) -> Result<Vec<SendError>, DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    let visible = found.into_iter().map(send_error_of).filter(|row| match row {
        Ok(row) => scope.may(&row.ip_code, Action::View),
        Err(_) => true,
    });
    visible.collect()
}

/// The row, locked until the transaction ends, if it may be seen.
pub(crate) async fn lock(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: PaymentId,
) -> Result<Option<SendError>, DbErr> {
    let query = Entity::find_by_id(id.value()).lock(LockType::Update);
    let found = query.one(db).await?.map(send_error_of).transpose()?;
    Ok(found.filter(|row| scope.may(&row.ip_code, Action::View)))
}

/// Raises the newest failure of a payment: the row appears, or takes the newer failure's place.
pub(crate) async fn raise(_scope: &Scope, db: &impl ConnectionTrait, row: &SendError) -> Result<(), DbErr> {
    let replaced = [
        Column::DeliveryId,
        Column::Amount,
        Column::Phone,
        Column::Email,
        Column::Sendid,
        Column::Status,
        Column::Receipt,
        Column::Cause,
        Column::HttpStatus,
        Column::OccurredAt,
        Column::AttemptCount,
        Column::ResendDecisionId,
        Column::ProcessedAt,
        Column::ProcessedBy,
        Column::ProcessedReason,
    ];
    let conflict = OnConflict::column(Column::Id).update_columns(replaced).to_owned();
    Entity::insert(active_model(row)).on_conflict(conflict).exec_without_returning(db).await.map(|_| ())
}

/// Notes that a resend was decided; its outcome is not known yet.
pub(crate) async fn note_resending(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: PaymentId,
    decision: DecisionId,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ResendDecisionId, Expr::value(decision.value()))
        .filter(Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// The rows that nobody else holds just now, locked until the transaction ends. For the runner of batches.
pub(crate) async fn lock_many_free(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[PaymentId],
) -> Result<Vec<SendError>, DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    let query = Entity::find()
        .filter(Column::Id.is_in(ids))
        .order_by_asc(Column::Id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    query.all(db).await?.into_iter().map(send_error_of).collect()
}

/// Notes that a batch resends these rows.
pub(crate) async fn note_many_resending(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[PaymentId],
    decision: DecisionId,
) -> Result<(), DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    Entity::update_many()
        .col_expr(Column::ResendDecisionId, Expr::value(decision.value()))
        .filter(Column::Id.is_in(ids))
        .exec(db)
        .await
        .map(|_| ())
}

/// Closes rows that the caller has locked and judged.
pub(crate) async fn close_many(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ids: &[PaymentId],
    processing: &Processing,
) -> Result<(), DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    closed_by(processing).filter(Column::Id.is_in(ids)).exec(db).await.map(|_| ())
}

fn closed_by(processing: &Processing) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(SendErrorStatus::Processed.code()))
        .col_expr(Column::ResendDecisionId, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::ProcessedAt, Expr::value(processing.at.as_micros()))
        .col_expr(Column::ProcessedBy, Expr::value(processing.by.clone()))
        .col_expr(Column::ProcessedReason, Expr::value(processing.reason.clone()))
}

/// Closes the rows of these deliveries, which were all tried so often. Which of them there were: most deliveries that
/// are retried by a policy never became a send error.
pub(crate) async fn close_delivered(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    deliveries: &[(PaymentId, DeliveryId)],
    processing: &Processing,
    attempt_count: u32,
) -> Result<HashSet<PaymentId>, DbErr> {
    let ids = padded(deliveries.iter().map(|(id, _)| id.value()));
    let delivery_ids = padded(deliveries.iter().map(|(_, delivery)| delivery.value()));
    let theirs = Condition::all().add(Column::Id.is_in(ids)).add(Column::DeliveryId.is_in(delivery_ids));
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(theirs.clone())
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .into_tuple()
        .all(db)
        .await?;
    if !found.is_empty() {
        closed_by(processing)
            .col_expr(Column::AttemptCount, Expr::value(i32::try_from(attempt_count).unwrap_or(i32::MAX)))
            .filter(theirs)
            .exec(db)
            .await?;
    }
    Ok(found.into_iter().map(PaymentId::new).collect())
}

/// Closes the row of a delivery: 処理済. Whether there was one.
pub(crate) async fn close(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    (id, delivery): (PaymentId, DeliveryId),
    processing: &Processing,
    attempt_count: u32,
) -> Result<bool, DbErr> {
    let updated = closed_by(processing)
        .col_expr(Column::AttemptCount, Expr::value(i32::try_from(attempt_count).unwrap_or(i32::MAX)))
        .filter(Column::Id.eq(id.value()))
        .filter(Column::DeliveryId.eq(delivery.value()))
        .exec(db)
        .await?;
    Ok(updated.rows_affected > 0)
}

/// Opens a locked row again: 未処理, with what the merchant may have received by now.
pub(crate) async fn reopen(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: PaymentId,
    receipt: Receipt,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(SendErrorStatus::Unprocessed.code()))
        .col_expr(Column::Receipt, Expr::value(receipt.code()))
        .col_expr(Column::ProcessedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::ProcessedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::ProcessedReason, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

fn active_model(row: &SendError) -> ActiveModel {
    ActiveModel {
        id: Set(row.id.value()),
        delivery_id: Set(row.delivery_id.value()),
        ip_code: Set(row.ip_code.as_str().to_owned()),
        order_no: Set(row.order_no.clone()),
        carrier: Set(row.carrier.clone()),
        amount: Set(row.amount.amount()),
        phone: Set(row.phone.clone()),
        email: Set(row.email.clone()),
        sendid: Set(row.sendid.clone()),
        status: Set(row.status.code().to_owned()),
        receipt: Set(row.receipt.code().to_owned()),
        cause: Set(row.cause.code().to_owned()),
        http_status: Set(row.http_status.map(i32::from)),
        occurred_at: Set(row.occurred_at.as_micros()),
        attempt_count: Set(i32::try_from(row.attempt_count).unwrap_or(i32::MAX)),
        resend_decision_id: Set(row.resend_decision_id.map(DecisionId::value)),
        processed_at: Set(row.processing.as_ref().map(|processing| processing.at.as_micros())),
        processed_by: Set(row.processing.as_ref().map(|processing| processing.by.clone())),
        processed_reason: Set(row.processing.as_ref().and_then(|processing| processing.reason.clone())),
    }
}

pub(super) fn send_error_of(row: Model) -> Result<SendError, DbErr> {
    let processing = match (row.processed_at, row.processed_by) {
        (Some(at), Some(by)) => {
            Some(Processing { at: Timestamp::from_micros(at), by, reason: row.processed_reason })
        }
        _ => None,
    };
    Ok(SendError {
        id: PaymentId::new(row.id),
        delivery_id: DeliveryId::new(row.delivery_id),
        ip_code: rows::ip_code(&row.ip_code)?,
        order_no: row.order_no,
        carrier: row.carrier,
        amount: rows::yen(row.amount)?,
        phone: row.phone,
        email: row.email,
        sendid: row.sendid,
        status: rows::named("send_errors.status", &row.status, SendErrorStatus::from_code)?,
        receipt: rows::named("send_errors.receipt", &row.receipt, Receipt::from_code)?,
        cause: rows::named("send_errors.cause", &row.cause, Cause::from_code)?,
        http_status: row.http_status.and_then(|status| u16::try_from(status).ok()),
        occurred_at: Timestamp::from_micros(row.occurred_at),
        attempt_count: rows::count(row.attempt_count),
        resend_decision_id: row.resend_decision_id.map(DecisionId::new),
        processing,
    })
}
