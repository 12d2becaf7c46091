//! The rows of restore batches: which ones a plan may take, what was frozen, and what became of each.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait, Func},
};
use todoke_domain::{
    abnormal_order::AbnormalOrderStatus,
    abnormal_order_actions::RowState,
    access::Action,
    gateway_check::Problem,
    ids::{AbnormalOrderId, IpCode, OrderId, RestoreBatchId},
    restore_batch::RestoreRowState,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    abnormal_orders::{AbnormalOrderFilter, StoredEvidence, matching},
    entity::{
        abnormal_orders,
        restore_batch_rows::{ActiveModel, Column, Entity, Model},
    },
    keyset,
    page::{Page, PageRequest, Place},
    rows,
};
use crate::auth::scope::Scope;

/// A row of a frozen plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestoreRow {
    /// The abnormal order.
    pub abnormal_order: AbnormalOrderId,
    /// Whose.
    pub ip_code: IpCode,
    /// 注文番号.
    pub order_no: String,
    /// The total when the plan was frozen, whole yen.
    pub amount: i32,
    /// 復旧信号受信日時.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: RowOutcome,
    /// When it got its outcome.
    pub finished_at: Option<Timestamp>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowOutcome {
    /// In one word.
    pub state: RestoreRowState,
    /// Why it failed or was left alone.
    pub reason: Option<String>,
    /// What the gateway said.
    pub problem: Option<Problem>,
    /// What contradicts.
    pub evidence: Option<StoredEvidence>,
    /// The order that was made.
    pub order: Option<OrderId>,
}

impl RowOutcome {
    /// In this state, without more.
    pub(crate) const fn of(state: RestoreRowState) -> Self {
        Self { state, reason: None, problem: None, evidence: None, order: None }
    }
}

/// Which rows a plan takes: those of a search, or the ticked ones.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Chosen<'a> {
    /// Everything that matches.
    Search(&'a AbnormalOrderFilter),
    /// These.
    Ids(&'a [AbnormalOrderId]),
}

/// How many rows of a batch are in each state, and what they are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Rows by IP code: how many, and the sum of their amounts.
    pub by_ip_code: BTreeMap<IpCode, (u32, i64)>,
    done: u32,
    failed: u32,
    skipped: u32,
    left: u32,
}

impl Progress {
    /// How many rows are in a state.
    pub(crate) const fn count(&self, state: RestoreRowState) -> u32 {
        match state {
            RestoreRowState::Left => self.left,
            RestoreRowState::Done => self.done,
            RestoreRowState::Failed => self.failed,
            RestoreRowState::Skipped => self.skipped,
        }
    }

    fn add(&mut self, ip_code: IpCode, state: RestoreRowState, (count, amount): (u32, i64)) {
        let of_code = self.by_ip_code.entry(ip_code).or_default();
        *of_code = (of_code.0.saturating_add(count), of_code.1.saturating_add(amount));
        let of_state = match state {
            RestoreRowState::Left => &mut self.left,
            RestoreRowState::Done => &mut self.done,
            RestoreRowState::Failed => &mut self.failed,
            RestoreRowState::Skipped => &mut self.skipped,
        };
        *of_state = of_state.saturating_add(count);
    }
}

/// The chosen rows of an IP code that one may see, counted by what decides whether they can be restored.
pub(crate) async fn count_chosen(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    chosen: Chosen<'_>,
) -> Result<Vec<(RowState, u64)>, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(Vec::new());
    }
    let is_closed = Expr::col(abnormal_orders::Column::ClosedAt).is_not_null();
    let counting = chosen_rows(ip_code, chosen)
        .select_only()
        .column(abnormal_orders::Column::Status)
        .column(abnormal_orders::Column::CancelledAtGateway)
        .expr_as(is_closed.clone(), "is_closed")
        .expr_as(Func::count(Expr::col(abnormal_orders::Column::Id)), "counted")
        .group_by(abnormal_orders::Column::Status)
        .group_by(abnormal_orders::Column::CancelledAtGateway)
        .group_by(is_closed)
        .into_query();
    let read = |row: &sea_orm::QueryResult| {
        let status: String = row.try_get_by_index(0)?;
        let state = RowState {
            status: rows::named("abnormal_orders.status", &status, AbnormalOrderStatus::from_code)?,
            is_cancelled_at_gateway: row.try_get_by_index(1)?,
            is_closed: row.try_get_by_index(2)?,
        };
        Ok((state, u64::try_from(row.try_get_by_index::<i64>(3)?).unwrap_or(0)))
    };
    db.query_all(&counting).await?.iter().map(read).collect()
}

/// The chosen rows of an IP code that can be restored by their state, newest first, at most so many; only where one may
/// restore them.
pub(crate) async fn list_restorable(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    chosen: Chosen<'_>,
    rows_max: u64,
) -> Result<Vec<RestoreRow>, DbErr> {
    if !scope.may(ip_code, Action::Restore) {
        return Ok(Vec::new());
    }
    let restorable = chosen_rows(ip_code, chosen)
        .filter(abnormal_orders::Column::Status.eq(AbnormalOrderStatus::Restorable.code()))
        .filter(abnormal_orders::Column::CancelledAtGateway.eq(false))
        .filter(abnormal_orders::Column::ClosedAt.is_null())
        .order_by_desc(abnormal_orders::Column::ReceivedAt)
        .limit(rows_max);
    let row_of = |row: abnormal_orders::Model| {
        Ok(RestoreRow {
            abnormal_order: AbnormalOrderId::new(row.id),
            ip_code: rows::ip_code(&row.ip_code)?,
            order_no: row.order_no,
            amount: row.total.unwrap_or(0),
            received_at: Timestamp::from_micros(row.received_at),
            outcome: RowOutcome::of(RestoreRowState::Left),
            finished_at: None,
        })
    };
    restorable.all(db).await?.into_iter().map(row_of).collect()
}

/// Freezes rows into a plan.
pub(crate) async fn insert_many(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    batch: RestoreBatchId,
    new: &[RestoreRow],
) -> Result<(), DbErr> {
    let models = new.iter().map(|row| ActiveModel {
        batch_id: Set(batch.value()),
        abnormal_order_id: Set(row.abnormal_order.value()),
        ip_code: Set(row.ip_code.as_str().to_owned()),
        order_no: Set(row.order_no.clone()),
        amount: Set(row.amount),
        received_at: Set(row.received_at.as_micros()),
        state: Set(row.outcome.state.code().to_owned()),
        reason: Set(None),
        problem: Set(None),
        evidence: Set(None),
        order_id: Set(None),
        finished_at: Set(None),
    });
    Entity::insert_many(models).exec_without_returning(tx).await.map(|_| ())
}

/// How the rows of a batch stand. The caller has checked that the batch may be seen.
pub(crate) async fn count(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: RestoreBatchId,
) -> Result<Progress, DbErr> {
    let counting = of_batch(batch)
        .select_only()
        .column(Column::IpCode)
        .column(Column::State)
        .expr_as(Func::count(Expr::col(Column::AbnormalOrderId)), "counted")
        // A sum of 32-bit numbers is a 64-bit one on both engines.
        .expr_as(Func::sum(Expr::col(Column::Amount)), "summed")
        .group_by(Column::IpCode)
        .group_by(Column::State)
        .into_query();
    let mut progress = Progress::default();
    for row in db.query_all(&counting).await? {
        let (code, state): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let state = rows::named("restore_batch_rows.state", &state, RestoreRowState::from_code)?;
        let count = u32::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or(u32::MAX);
        progress.add(rows::ip_code(&code)?, state, (count, row.try_get_by_index(3)?));
    }
    Ok(progress)
}

/// The next row that was not begun, newest signal first.
pub(crate) async fn find_left(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: RestoreBatchId,
) -> Result<Option<RestoreRow>, DbErr> {
    let left = of_batch(batch)
        .filter(Column::State.eq(RestoreRowState::Left.code()))
        .order_by_desc(Column::ReceivedAt)
        .order_by_desc(Column::AbnormalOrderId);
    left.limit(1).one(db).await?.map(row_of).transpose()
}

/// Notes what became of a row.
pub(crate) async fn finish(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    (batch, row): (RestoreBatchId, AbnormalOrderId),
    outcome: &RowOutcome,
    now: Timestamp,
) -> Result<(), DbErr> {
    let evidence = outcome.evidence.as_ref().map(|evidence| {
        rows::to_json(&(evidence.field.as_str(), evidence.expected.as_str(), evidence.actual.as_str()))
    });
    Entity::update_many()
        .col_expr(Column::State, Expr::value(outcome.state.code()))
        .col_expr(Column::Reason, Expr::value(outcome.reason.clone()))
        .col_expr(Column::Problem, Expr::value(outcome.problem.map(Problem::code)))
        .col_expr(Column::Evidence, Expr::value(evidence.transpose()?))
        .col_expr(Column::OrderId, Expr::value(outcome.order.map(OrderId::value)))
        .col_expr(Column::FinishedAt, Expr::value(now.as_micros()))
        .filter(Column::BatchId.eq(batch.value()))
        .filter(Column::AbnormalOrderId.eq(row.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Leaves everything alone that was not begun.
pub(crate) async fn skip_left(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    batch: RestoreBatchId,
    reason: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(RestoreRowState::Skipped.code()))
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::FinishedAt, Expr::value(now.as_micros()))
        .filter(Column::BatchId.eq(batch.value()))
        .filter(Column::State.eq(RestoreRowState::Left.code()))
        .exec(tx)
        .await
        .map(|_| ())
}

/// One page of a batch's rows, all or those in one state. The caller has checked that the batch may be seen.
pub(crate) async fn list_page(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    batch: RestoreBatchId,
    state: Option<RestoreRowState>,
    request: PageRequest,
) -> Result<Page<RestoreRow>, DbErr> {
    let rows = of_batch(batch);
    let rows = match state {
        Some(state) => rows.filter(Column::State.eq(state.code())),
        None => rows,
    };
    keyset::page(db, vec![rows], (Column::ReceivedAt, Column::AbnormalOrderId), request, |row| {
        let place = Place { at: row.received_at, id: row.abnormal_order_id };
        row_of(row).map(|row| (place, row))
    })
    .await
}

fn chosen_rows(ip_code: &IpCode, chosen: Chosen<'_>) -> Select<abnormal_orders::Entity> {
    let of_code = abnormal_orders::Column::IpCode.eq(ip_code.as_str());
    match chosen {
        Chosen::Search(filter) => matching(filter, of_code),
        Chosen::Ids(ids) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.value()).collect();
            matching(&AbnormalOrderFilter::default(), of_code).filter(abnormal_orders::Column::Id.is_in(ids))
        }
    }
}

fn of_batch(batch: RestoreBatchId) -> Select<Entity> {
    Entity::find().filter(Column::BatchId.eq(batch.value()))
}

fn row_of(row: Model) -> Result<RestoreRow, DbErr> {
    let evidence: Option<(String, String, String)> =
        row.evidence.map(|text| rows::json("restore_batch_rows.evidence", &text)).transpose()?;
    let problem =
        row.problem.map(|name| rows::named("restore_batch_rows.problem", &name, Problem::from_code));
    Ok(RestoreRow {
        abnormal_order: AbnormalOrderId::new(row.abnormal_order_id),
        ip_code: rows::ip_code(&row.ip_code)?,
        order_no: row.order_no,
        amount: row.amount,
        received_at: Timestamp::from_micros(row.received_at),
        outcome: RowOutcome {
            state: rows::named("restore_batch_rows.state", &row.state, RestoreRowState::from_code)?,
            reason: row.reason,
            problem: problem.transpose()?,
            evidence: evidence.map(|(field, expected, actual)| StoredEvidence { field, expected, actual }),
            order: row.order_id.map(OrderId::new),
        },
        finished_at: row.finished_at.map(Timestamp::from_micros),
    })
}
