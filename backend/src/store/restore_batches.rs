//! Restore batches: the plan as a whole, its state, who runs it. Its rows are in `restore_batch_rows`.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};
use todoke_domain::{
    access::Action,
    ids::{IpCode, RestoreBatchId},
    resend_batch::BatchState,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::restore_batches::{ActiveModel, Column, Entity, Model},
    rows,
};
use crate::auth::{identity::Identity, scope::Scope};

/// A frozen plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestoreBatch {
    /// The batch.
    pub id: RestoreBatchId,
    /// Where it stands; it never pauses.
    pub state: BatchState,
    /// Every IP code that has a row in it.
    pub ip_codes: Vec<IpCode>,
    /// The name of who planned it.
    pub planned_by: String,
    /// When the plan was frozen.
    pub planned_at: Timestamp,
    /// How it was started, once it was.
    pub start: Option<Start>,
    /// When its last row got its outcome, or it was cancelled.
    pub finished_at: Option<Timestamp>,
}

/// How a plan was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// Who acts, to be known again after a restart.
    pub starter: Identity,
    /// Their name.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// "The gateway does not tell; I have looked there myself."
    pub accepts_unreachable: bool,
}

/// Stores a plan.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: &RestoreBatch,
) -> Result<(), DbErr> {
    let codes: Vec<&str> = batch.ip_codes.iter().map(IpCode::as_str).collect();
    let row = ActiveModel {
        id: Set(batch.id.value()),
        state: Set(batch.state.code().to_owned()),
        ip_codes: Set(rows::to_json(&codes)?),
        planned_by: Set(batch.planned_by.clone()),
        planned_at: Set(batch.planned_at.as_micros()),
        starter: Set(None),
        started_by: Set(None),
        accepts_unreachable: Set(false),
        started_at: Set(None),
        finished_at: Set(None),
        lease_owner: Set(None),
        lease_until: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// A batch, if every IP code in it may be seen.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: RestoreBatchId,
) -> Result<Option<RestoreBatch>, DbErr> {
    visible(scope, Entity::find_by_id(id.value()).one(db).await?)
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock(
    scope: &Scope,
    tx: &impl ConnectionTrait,
    id: RestoreBatchId,
) -> Result<Option<RestoreBatch>, DbErr> {
    visible(scope, Entity::find_by_id(id.value()).lock(LockType::Update).one(tx).await?)
}

/// Writes back what can change of a locked batch. Who runs it is not among that.
pub(crate) async fn update(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    batch: &RestoreBatch,
) -> Result<(), DbErr> {
    let start = batch.start.as_ref();
    let starter = start.map(|start| rows::to_json(&start.starter)).transpose()?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(batch.state.code()))
        .col_expr(Column::Starter, Expr::value(starter))
        .col_expr(Column::StartedBy, Expr::value(start.map(|start| start.by.clone())))
        .col_expr(
            Column::AcceptsUnreachable,
            Expr::value(start.is_some_and(|start| start.accepts_unreachable)),
        )
        .col_expr(Column::StartedAt, Expr::value(start.map(|start| start.at.as_micros())))
        .col_expr(Column::FinishedAt, Expr::value(batch.finished_at.map(Timestamp::as_micros)))
        .filter(Column::Id.eq(batch.id.value()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// The batches that are to be worked on and that nobody runs, longest waiting first. For the runner.
pub(crate) async fn list_free(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    now: Timestamp,
    rows_max: u64,
) -> Result<Vec<RestoreBatchId>, DbErr> {
    let free: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(BatchState::Running.code()))
        .filter(is_free(now))
        .order_by_asc(Column::StartedAt)
        .limit(rows_max)
        .into_tuple()
        .all(db)
        .await?;
    Ok(free.into_iter().map(RestoreBatchId::new).collect())
}

/// Takes a batch to run it, or goes on holding it. Whether it is held now: not where somebody else runs it, or where it
/// is to be worked on no more.
pub(crate) async fn hold(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: RestoreBatchId,
    runner: Uuid,
    (now, until): (Timestamp, Timestamp),
) -> Result<bool, DbErr> {
    let held = Entity::update_many()
        .col_expr(Column::LeaseOwner, Expr::value(runner))
        .col_expr(Column::LeaseUntil, Expr::value(until.as_micros()))
        .filter(Column::Id.eq(id.value()))
        .filter(Column::State.eq(BatchState::Running.code()))
        .filter(is_free(now).add(Column::LeaseOwner.eq(runner)));
    Ok(held.exec(db).await?.rows_affected == 1)
}

/// Gives a batch back, so that another runner need not wait for its lease to run out.
pub(crate) async fn release(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: RestoreBatchId,
    runner: Uuid,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LeaseOwner, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id.value()))
        .filter(Column::LeaseOwner.eq(runner))
        .exec(db)
        .await
        .map(|_| ())
}

/// Frees every batch: on the embedded database a new process is the only one.
pub(crate) async fn release_all(_scope: &Scope, tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LeaseOwner, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Column::LeaseOwner.is_not_null())
        .exec(tx)
        .await
        .map(|_| ())
}

fn is_free(now: Timestamp) -> Condition {
    Condition::any().add(Column::LeaseUntil.is_null()).add(Column::LeaseUntil.lt(now.as_micros()))
}

fn visible(scope: &Scope, row: Option<Model>) -> Result<Option<RestoreBatch>, DbErr> {
    let batch = row.map(batch_of).transpose()?;
    let may_see =
        |batch: &RestoreBatch| batch.ip_codes.iter().all(|ip_code| scope.may(ip_code, Action::View));
    Ok(batch.filter(may_see))
}

fn batch_of(row: Model) -> Result<RestoreBatch, DbErr> {
    let codes: Vec<String> = rows::json("restore_batches.ip_codes", &row.ip_codes)?;
    let starter: Option<Identity> =
        row.starter.map(|text| rows::json("restore_batches.starter", &text)).transpose()?;
    let start = starter.zip(row.started_by).zip(row.started_at).map(|((starter, by), at)| Start {
        starter,
        by,
        at: Timestamp::from_micros(at),
        accepts_unreachable: row.accepts_unreachable,
    });
    Ok(RestoreBatch {
        id: RestoreBatchId::new(row.id),
        state: rows::named("restore_batches.state", &row.state, BatchState::from_code)?,
        ip_codes: codes.iter().map(|code| rows::ip_code(code)).collect::<Result<_, _>>()?,
        planned_by: row.planned_by,
        planned_at: Timestamp::from_micros(row.planned_at),
        start,
        finished_at: row.finished_at.map(Timestamp::from_micros),
    })
}
