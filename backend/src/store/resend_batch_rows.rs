//! The rows of resend batches: what was frozen, and what became of each.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Query},
};
use todoke_domain::{
    access::Action,
    delivery::Receipt,
    ids::{DeliveryId, IpCode, PaymentId, ResendBatchId},
    resend_batch::BatchRowState,
    search::SendErrorSearch,
    send_error::SendErrorStatus,
    time::Timestamp,
};

use super::{
    entity::{
        resend_batch_rows::{Column, Entity, Model},
        send_errors,
    },
    few_statements::padded,
    keyset,
    page::{COUNT_MAX, Page, PageRequest, Place, Total},
    rows,
};
use crate::auth::scope::Scope;

/// A row of a frozen plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BatchRow {
    /// The send error.
    pub send_error: PaymentId,
    /// Its delivery.
    pub delivery: DeliveryId,
    /// Whose.
    pub ip_code: IpCode,
    /// オーダーNo.
    pub order_no: String,
    /// The class when the plan was frozen.
    pub receipt: Receipt,
    /// When it had failed.
    pub occurred_at: Timestamp,
    /// Attempts when the plan was frozen.
    pub attempt_count: u32,
    /// What became of it.
    pub state: BatchRowState,
    /// Why it failed or was left alone.
    pub cause: Option<String>,
    /// When it got its outcome.
    pub finished_at: Option<Timestamp>,
}

/// How many rows of a plan have one IP code and one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BatchCount {
    /// The IP code.
    pub ip_code: IpCode,
    /// The class.
    pub receipt: Receipt,
    /// How many.
    pub count: u32,
}

/// Which rows a plan takes: the ones of a search, or the ticked ones.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Chosen<'a> {
    /// Everything that matches.
    Search(&'a SendErrorSearch),
    /// These.
    Ids(&'a [PaymentId]),
}

/// Freezes the rows of one IP code into a plan: 未処理 ones with no resend on its way, read and written in one
/// statement, so that memory does not grow with the plan. How many they were.
pub(crate) async fn freeze(
    scope: &Scope,
    db: &impl ConnectionTrait,
    (batch, action): (ResendBatchId, Action),
    ip_code: &IpCode,
    chosen: Chosen<'_>,
    (includes_maybe_received, rows_max): (bool, u64),
) -> Result<u64, DbErr> {
    if !scope.may(ip_code, action) {
        return Ok(0);
    }
    let mut open = open_rows(ip_code, chosen);
    if !includes_maybe_received {
        open = open.filter(send_errors::Column::Receipt.eq(Receipt::NotReceived.code()));
    }
    let select = open
        .select_only()
        .expr(Expr::value(batch.value()))
        .columns([
            send_errors::Column::Id,
            send_errors::Column::DeliveryId,
            send_errors::Column::IpCode,
            send_errors::Column::OrderNo,
            send_errors::Column::Receipt,
            send_errors::Column::OccurredAt,
            send_errors::Column::AttemptCount,
        ])
        .expr(Expr::value(BatchRowState::Waiting.code()))
        .order_by_desc(send_errors::Column::OccurredAt)
        .limit(rows_max)
        .into_query();
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([
        Column::BatchId,
        Column::SendErrorId,
        Column::DeliveryId,
        Column::IpCode,
        Column::OrderNo,
        Column::Receipt,
        Column::OccurredAt,
        Column::AttemptCount,
        Column::State,
    ]);
    insert.select_from(select).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(db.execute(&insert).await?.rows_affected())
}

/// How many rows a plan leaves out because they may have been received, counted no further than `rows_max`.
pub(crate) async fn count_maybe_received(
    scope: &Scope,
    db: &impl ConnectionTrait,
    action: Action,
    ip_code: &IpCode,
    chosen: Chosen<'_>,
    rows_max: u64,
) -> Result<u64, DbErr> {
    use sea_orm::PaginatorTrait;
    if !scope.may(ip_code, action) {
        return Ok(0);
    }
    let open = open_rows(ip_code, chosen)
        .filter(send_errors::Column::Receipt.eq(Receipt::MaybeReceived.code()))
        .limit(rows_max);
    open.count(db).await
}

/// The chosen rows of an IP code that wait: 未処理, with no resend on its way.
fn open_rows(ip_code: &IpCode, chosen: Chosen<'_>) -> Select<send_errors::Entity> {
    let rows = match chosen {
        Chosen::Search(search) => super::send_error_lists::matching(search, ip_code),
        Chosen::Ids(ids) => {
            let ids = padded(ids.iter().map(|id| id.value()));
            send_errors::Entity::find()
                .filter(send_errors::Column::IpCode.eq(ip_code.as_str()))
                .filter(send_errors::Column::Id.is_in(ids))
        }
    };
    rows.filter(send_errors::Column::Status.eq(SendErrorStatus::Unprocessed.code()))
        .filter(send_errors::Column::ResendDecisionId.is_null())
}

/// The counts of a plan by IP code and class.
pub(crate) async fn count_by_class(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
) -> Result<Vec<BatchCount>, DbErr> {
    let counting = Query::select()
        .columns([Column::IpCode, Column::Receipt])
        .expr_as(Func::count(Expr::col(Column::SendErrorId)), Alias::new("number"))
        .from(Entity)
        .and_where(Expr::col(Column::BatchId).eq(batch.value()))
        .group_by_columns([Column::IpCode, Column::Receipt])
        .order_by(Column::IpCode, sea_orm::Order::Asc)
        .order_by(Column::Receipt, sea_orm::Order::Desc)
        .to_owned();
    let read = |row: &sea_orm::QueryResult| {
        let (code, receipt): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok(BatchCount {
            ip_code: rows::ip_code(&code)?,
            receipt: rows::named("resend_batch_rows.receipt", &receipt, Receipt::from_code)?,
            count: u32::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or(u32::MAX),
        })
    };
    db.query_all(&counting).await?.iter().map(read).collect()
}

/// How many rows of an IP code are in a state.
pub(crate) async fn count_in_state(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
    ip_code: &IpCode,
    state: BatchRowState,
) -> Result<u64, DbErr> {
    use sea_orm::PaginatorTrait;
    of_batch(batch, Some(state)).filter(Column::IpCode.eq(ip_code.as_str())).count(db).await
}

/// Rows of an IP code that were not begun, oldest first.
pub(crate) async fn list_waiting(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
    ip_code: &IpCode,
    rows_max: u64,
) -> Result<Vec<BatchRow>, DbErr> {
    // Written out, not bound: the planner must see that the index of the waiting rows has them all.
    let waits = Expr::col(Column::State).eq(Expr::Constant(BatchRowState::Waiting.code().into()));
    let found = of_batch(batch, None)
        .filter(waits)
        .filter(Column::IpCode.eq(ip_code.as_str()))
        .order_by_asc(Column::OccurredAt)
        .order_by_asc(Column::SendErrorId)
        .limit(rows_max)
        .all(db)
        .await?;
    found.into_iter().map(row_of).collect()
}

/// Sets the state of rows, with the same cause for all of them.
pub(crate) async fn set_state(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
    ids: &[PaymentId],
    (state, cause): (BatchRowState, Option<&str>),
    now: Timestamp,
) -> Result<u64, DbErr> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    let updated = changed(state, cause, now)
        .filter(Column::BatchId.eq(batch.value()))
        .filter(Column::SendErrorId.is_in(ids))
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// Leaves everything alone that was not begun. How many rows that were.
pub(crate) async fn skip_waiting(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
    cause: &str,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let updated = changed(BatchRowState::Skipped, Some(cause), now)
        .filter(Column::BatchId.eq(batch.value()))
        .filter(Column::State.eq(BatchRowState::Waiting.code()))
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// How many rows a batch has, all or those in one state. The caller has checked that the batch may be seen.
pub(crate) async fn count(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
    state: Option<BatchRowState>,
) -> Result<Total, DbErr> {
    let rows = of_batch(batch, state);
    keyset::count_together(db, vec![rows], Column::SendErrorId, COUNT_MAX + 1).await.map(Total::of)
}

/// One page of a batch's rows, newest failure first, all or those in one state. The caller has checked that the batch
/// may be seen.
pub(crate) async fn list_page(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: ResendBatchId,
    state: Option<BatchRowState>,
    request: PageRequest,
) -> Result<Page<BatchRow>, DbErr> {
    let rows = vec![of_batch(batch, state)];
    keyset::page(db, rows, (Column::OccurredAt, Column::SendErrorId), request, |row| {
        let place = Place { at: row.occurred_at, id: row.send_error_id };
        row_of(row).map(|row| (place, row))
    })
    .await
}

fn of_batch(batch: ResendBatchId, state: Option<BatchRowState>) -> Select<Entity> {
    let rows = Entity::find().filter(Column::BatchId.eq(batch.value()));
    match state {
        Some(state) => rows.filter(Column::State.eq(state.code())),
        None => rows,
    }
}

fn changed(state: BatchRowState, cause: Option<&str>, now: Timestamp) -> sea_orm::UpdateMany<Entity> {
    let finished_at = match state {
        BatchRowState::Waiting | BatchRowState::Sending => None,
        BatchRowState::Done | BatchRowState::Failed | BatchRowState::Skipped => Some(now.as_micros()),
    };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::Cause, Expr::value(cause.map(str::to_owned)))
        .col_expr(Column::FinishedAt, Expr::value(finished_at))
}

fn row_of(row: Model) -> Result<BatchRow, DbErr> {
    Ok(BatchRow {
        send_error: PaymentId::new(row.send_error_id),
        delivery: DeliveryId::new(row.delivery_id),
        ip_code: rows::ip_code(&row.ip_code)?,
        order_no: row.order_no,
        receipt: rows::named("resend_batch_rows.receipt", &row.receipt, Receipt::from_code)?,
        occurred_at: Timestamp::from_micros(row.occurred_at),
        attempt_count: rows::count(row.attempt_count),
        state: rows::named("resend_batch_rows.state", &row.state, BatchRowState::from_code)?,
        cause: row.cause,
        finished_at: row.finished_at.map(Timestamp::from_micros),
    })
}
