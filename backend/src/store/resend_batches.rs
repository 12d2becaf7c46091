//! Resend batches: the plan as a whole, its state and its counts. Its rows are in `resend_batch_rows`.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, LockType},
};
use todoke_domain::{
    access::Action,
    ids::{IpCode, ResendBatchId},
    resend_batch::{BatchAction, BatchState},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::{
        resend_batch_ip_codes as ip_codes,
        resend_batches::{ActiveModel, Column, Entity, Model},
    },
    keyset,
    page::{COUNT_MAX, Page, PageRequest, Place, Total},
    rows,
};
use crate::auth::scope::Scope;

/// A frozen plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResendBatch {
    /// The batch.
    pub id: ResendBatchId,
    /// What it does with its rows.
    pub action: BatchAction,
    /// Where it stands.
    pub state: BatchState,
    /// Why it paused by itself.
    pub pause_reason: Option<String>,
    /// Who planned it.
    pub actor_id: Option<Uuid>,
    /// The name of who planned it.
    pub actor_name: String,
    /// Every IP code that has a row in it.
    pub ip_codes: Vec<IpCode>,
    /// Why.
    pub reason: Option<String>,
    /// "I have checked what was provided."
    pub confirms_maybe_received: bool,
    /// How the rows stand.
    pub progress: Progress,
    /// After so many failures in a row it pauses.
    pub failures_in_a_row_max: u32,
    /// When the plan was frozen.
    pub planned_at: Timestamp,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// When its last row got its outcome, or it was cancelled.
    pub finished_at: Option<Timestamp>,
}

/// How the rows of a batch stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// All rows.
    pub total: u32,
    /// Acknowledged, or closed.
    pub done: u32,
    /// Sent and not acknowledged.
    pub failed: u32,
    /// Left alone.
    pub skipped: u32,
    /// Failures since the last success.
    pub failures_in_a_row: u32,
}

impl Progress {
    /// Whether every row has its outcome.
    pub(crate) const fn is_complete(self) -> bool {
        self.done + self.failed + self.skipped >= self.total
    }
}

/// Stores a plan.
pub(crate) async fn insert(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: ResendBatchId,
    action: BatchAction,
    failures_in_a_row_max: u32,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(id.value()),
        action: Set(action.code().to_owned()),
        state: Set(BatchState::Planned.code().to_owned()),
        pause_reason: Set(None),
        actor_id: Set(scope.actor().id()),
        actor_name: Set(scope.actor().name().to_owned()),
        ip_codes: Set("[]".to_owned()),
        reason: Set(None),
        confirms_maybe_received: Set(false),
        total: Set(0),
        done: Set(0),
        failed: Set(0),
        skipped: Set(0),
        failures_in_a_row: Set(0),
        failures_in_a_row_max: Set(number(failures_in_a_row_max)),
        planned_at: Set(now.as_micros()),
        started_at: Set(None),
        finished_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// A batch, if every IP code in it may be seen.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: ResendBatchId,
) -> Result<Option<ResendBatch>, DbErr> {
    visible(scope, Entity::find_by_id(id.value()).one(db).await?)
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: ResendBatchId,
) -> Result<Option<ResendBatch>, DbErr> {
    visible(scope, Entity::find_by_id(id.value()).lock(LockType::Update).one(db).await?)
}

/// Names the IP codes of which a batch has rows, for the lists.
pub(crate) async fn insert_ip_codes(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: ResendBatchId,
    codes: &[IpCode],
) -> Result<(), DbErr> {
    let rows = codes.iter().map(|ip_code| ip_codes::ActiveModel {
        batch_id: Set(id.value()),
        ip_code: Set(ip_code.to_string()),
    });
    ip_codes::Entity::insert_many(rows).exec_without_returning(db).await.map(|_| ())
}

/// One page of the batches that may be seen, newest first.
pub(crate) async fn list_page(
    scope: &Scope,
    db: &impl ConnectionTrait,
    request: PageRequest,
) -> Result<Page<ResendBatch>, DbErr> {
    keyset::page(db, vec![seen(scope)], (Column::PlannedAt, Column::Id), request, |row| {
        let place = Place { at: row.planned_at, id: row.id };
        batch_of(row).map(|batch| (place, batch))
    })
    .await
}

/// How many batches may be seen.
pub(crate) async fn count(scope: &Scope, db: &impl ConnectionTrait) -> Result<Total, DbErr> {
    keyset::count_together(db, vec![seen(scope)], Column::Id, COUNT_MAX + 1).await.map(Total::of)
}

/// The batches with rows, each of them of an IP code that may be seen.
fn seen(scope: &Scope) -> Select<Entity> {
    let batches_of = |which: Condition| {
        let found = ip_codes::Entity::find().select_only().column(ip_codes::Column::BatchId).filter(which);
        found.into_query()
    };
    let Some(codes) = scope.ip_codes(Action::View) else {
        return Entity::find().filter(Column::Total.gt(0));
    };
    let codes: Vec<String> = codes.into_iter().map(String::from).collect();
    let mine = Condition::all().add(ip_codes::Column::IpCode.is_in(codes.clone()));
    let others = Condition::all().add(ip_codes::Column::IpCode.is_not_in(codes));
    Entity::find()
        .filter(Column::Id.in_subquery(batches_of(mine)))
        .filter(Column::Id.not_in_subquery(batches_of(others)))
}

/// The batches that are being worked on. For the runner.
pub(crate) async fn list_running(
    _scope: &Scope,
    db: &impl ConnectionTrait,
) -> Result<Vec<ResendBatch>, DbErr> {
    let running = Entity::find().filter(Column::State.eq(BatchState::Running.code()));
    running.order_by_asc(Column::StartedAt).all(db).await?.into_iter().map(batch_of).collect()
}

/// Writes back what can change of a locked batch.
pub(crate) async fn update(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: &ResendBatch,
) -> Result<(), DbErr> {
    let codes: Vec<&str> = batch.ip_codes.iter().map(IpCode::as_str).collect();
    Entity::update_many()
        .col_expr(Column::State, Expr::value(batch.state.code()))
        .col_expr(Column::PauseReason, Expr::value(batch.pause_reason.clone()))
        .col_expr(Column::IpCodes, Expr::value(rows::to_json(&codes)?))
        .col_expr(Column::Reason, Expr::value(batch.reason.clone()))
        .col_expr(Column::ConfirmsMaybeReceived, Expr::value(batch.confirms_maybe_received))
        .col_expr(Column::Total, Expr::value(number(batch.progress.total)))
        .col_expr(Column::Done, Expr::value(number(batch.progress.done)))
        .col_expr(Column::Failed, Expr::value(number(batch.progress.failed)))
        .col_expr(Column::Skipped, Expr::value(number(batch.progress.skipped)))
        .col_expr(Column::FailuresInARow, Expr::value(number(batch.progress.failures_in_a_row)))
        .col_expr(Column::StartedAt, Expr::value(batch.started_at.map(Timestamp::as_micros)))
        .col_expr(Column::FinishedAt, Expr::value(batch.finished_at.map(Timestamp::as_micros)))
        .filter(Column::Id.eq(batch.id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

fn visible(scope: &Scope, row: Option<Model>) -> Result<Option<ResendBatch>, DbErr> {
    let batch = row.map(batch_of).transpose()?;
    let may_see = |batch: &ResendBatch| batch.ip_codes.iter().all(|ip_code| scope.may(ip_code, Action::View));
    Ok(batch.filter(may_see).filter(|batch| scope.is_system() || !batch.ip_codes.is_empty()))
}

fn batch_of(row: Model) -> Result<ResendBatch, DbErr> {
    let codes: Vec<String> = rows::json("resend_batches.ip_codes", &row.ip_codes)?;
    Ok(ResendBatch {
        id: ResendBatchId::new(row.id),
        action: rows::named("resend_batches.action", &row.action, BatchAction::from_code)?,
        state: rows::named("resend_batches.state", &row.state, BatchState::from_code)?,
        pause_reason: row.pause_reason,
        actor_id: row.actor_id,
        actor_name: row.actor_name,
        ip_codes: codes.iter().map(|code| rows::ip_code(code)).collect::<Result<_, _>>()?,
        reason: row.reason,
        confirms_maybe_received: row.confirms_maybe_received,
        progress: Progress {
            total: rows::count(row.total),
            done: rows::count(row.done),
            failed: rows::count(row.failed),
            skipped: rows::count(row.skipped),
            failures_in_a_row: rows::count(row.failures_in_a_row),
        },
        failures_in_a_row_max: rows::count(row.failures_in_a_row_max),
        planned_at: Timestamp::from_micros(row.planned_at),
        started_at: row.started_at.map(Timestamp::from_micros),
        finished_at: row.finished_at.map(Timestamp::from_micros),
    })
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
