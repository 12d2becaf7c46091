//! Restore batches (復旧の一括処理).

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use todoke_domain::{
    ids::{IpCode, RestoreBatchId},
    resend_batch::PLAN_LIFE_MS,
    restore_batch,
};

use super::{
    abnormal_orders::{AbnormalOrder, Evidence},
    connection::{Connection, Listed},
    gateway::GatewayCheckProblem,
    orders::Order,
    page::{page_cost, parse_page},
    resend_batches::ResendBatchState,
};
use crate::{
    app::{self, App, Error, restore_batches::Found},
    auth::scope::Scope,
    global_id,
    graphql::{
        context::Asked,
        order_loaders::{AbnormalOrderOf, OrderOf},
        scalars::DateTime,
    },
    store::{page::Total, restore_batch_rows::RestoreRow as StoredRow},
};

/// Why a chosen row is not in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "restore_batch::LeftOut")]
pub(crate) enum RestoreLeftOutReason {
    /// The asker may see it and not restore it.
    NotPermitted,
    /// 復旧済.
    AlreadyRestored,
    /// 重複注文.
    Duplicate,
    /// 復旧不可.
    Unrestorable,
    /// The payment was cancelled at the gateway.
    CancelledAtGateway,
    /// A person closed it.
    Closed,
}

/// How many chosen rows are not in a plan for one reason.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub(crate) struct RestoreLeftOut {
    /// Why.
    pub reason: RestoreLeftOutReason,
    /// How many.
    pub count: u64,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "restore_batch::RestoreRowState")]
pub(crate) enum RestoreBatchRowState {
    /// Not begun.
    Left,
    /// 復旧済, by this batch.
    Done,
    /// The gateway contradicted or did not tell, or a defect.
    Failed,
    /// Left alone: somebody else acted on it since the plan was frozen, or the batch was cancelled.
    Skipped,
}

/// The rows of one IP code.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RestoreBatchCount {
    /// IPコード.
    pub ip_code: String,
    /// How many.
    pub count: u32,
    /// Their totals together, whole yen; may be beyond 32 bits.
    pub amount: i64,
}

/// A frozen plan of restores. Needs VIEW on every IP code in it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct RestoreBatch {
    /// The id.
    pub id: ID,
    /// Where it stands; it never pauses.
    pub state: ResendBatchState,
    /// All rows.
    pub total: u32,
    /// 復旧済, by this batch.
    pub done: u32,
    /// The gateway contradicted or did not tell, or a defect.
    pub failed: u32,
    /// Left alone.
    pub skipped: u32,
    /// Not begun.
    pub left: u32,
    /// The totals of all rows together, whole yen; may be beyond 32 bits.
    pub amount: i64,
    /// The rows by IP code.
    pub counts: Vec<RestoreBatchCount>,
    /// Chosen at the start: where the gateway does not tell, the rows are restored all the same.
    pub accepts_unreachable_gateway: bool,
    /// The login of who planned it.
    pub created_by: String,
    /// When the plan was frozen.
    pub planned_at: DateTime,
    /// Until when it can be started.
    pub expires_at: DateTime,
    /// The login of who started it; the rows are restored in this name and with the rights of the moment.
    pub started_by: Option<String>,
    /// When it was started.
    pub started_at: Option<DateTime>,
    /// When its last row got its outcome, or it was cancelled.
    pub finished_at: Option<DateTime>,
    #[graphql(skip)]
    batch_id: RestoreBatchId,
    #[graphql(skip)]
    ip_codes: Vec<IpCode>,
}

impl From<Found> for RestoreBatch {
    fn from(Found { batch, progress }: Found) -> Self {
        let state = |state| progress.count(state);
        let counts: Vec<RestoreBatchCount> = progress
            .by_ip_code
            .iter()
            .map(|(code, (count, amount))| RestoreBatchCount {
                ip_code: code.to_string(),
                count: *count,
                amount: *amount,
            })
            .collect();
        let start = batch.start.as_ref();
        Self {
            id: global_id::encode("RestoreBatch", batch.id),
            state: batch.state.into(),
            total: counts.iter().fold(0, |total, of_code| total.saturating_add(of_code.count)),
            done: state(restore_batch::RestoreRowState::Done),
            failed: state(restore_batch::RestoreRowState::Failed),
            skipped: state(restore_batch::RestoreRowState::Skipped),
            left: state(restore_batch::RestoreRowState::Left),
            amount: counts.iter().fold(0, |sum, of_code| sum.saturating_add(of_code.amount)),
            counts,
            accepts_unreachable_gateway: start.is_some_and(|start| start.accepts_unreachable),
            planned_at: DateTime(batch.planned_at),
            expires_at: DateTime(batch.planned_at.plus_millis(PLAN_LIFE_MS)),
            started_by: start.map(|start| start.by.clone()),
            started_at: start.map(|start| DateTime(start.at)),
            finished_at: batch.finished_at.map(DateTime),
            created_by: batch.planned_by,
            batch_id: batch.id,
            ip_codes: batch.ip_codes,
        }
    }
}

#[ComplexObject]
impl RestoreBatch {
    /// Whether a restore of any of its rows asks the gateway first.
    async fn gateway_check_configured(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        for ip_code in &self.ip_codes {
            let asked = app::gateway_checks::is_check_configured(app, scope, ip_code).await;
            if asked.map_err(|error| ctx.error(error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The rows, newest signal first; all, or those in one state.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        state: Option<RestoreBatchRowState>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<RestoreBatchRow>> {
        let request = parse_page(first, after.as_deref()).map_err(|error| ctx.error(error))?;
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let list = (self.batch_id, state.map(restore_batch::RestoreRowState::from));
        let page = app::restore_batches::list_batch_rows(app, scope, list, request).await;
        Ok(Connection::of(list, request, page.map_err(|error| ctx.error(error))?))
    }
}

/// A row of a batch.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct RestoreBatchRow {
    /// IPコード.
    pub ip_code: String,
    /// 注文番号.
    pub order_no: String,
    /// 合計(税込) when the plan was frozen, whole yen.
    pub amount: i32,
    /// What became of it.
    pub state: RestoreBatchRowState,
    /// Why it failed: GATEWAY_CHECK_BLOCKED, GATEWAY_UNREACHABLE, INTERNAL; or was left alone: ALREADY_RESTORED,
    /// NOT_RESTORABLE, NOT_FOUND (deleted, or the right was taken back), BATCH_CANCELLED.
    pub reason: Option<String>,
    /// What the gateway said, where it is why.
    pub problem: Option<GatewayCheckProblem>,
    /// What contradicts: the value that was expected and the one that the gateway has.
    pub evidence: Option<Evidence>,
    /// When it got its outcome.
    pub finished_at: Option<DateTime>,
    #[graphql(skip)]
    row: StoredRow,
}

impl From<StoredRow> for RestoreBatchRow {
    fn from(row: StoredRow) -> Self {
        Self {
            ip_code: row.ip_code.to_string(),
            order_no: row.order_no.clone(),
            amount: row.amount,
            state: row.outcome.state.into(),
            reason: row.outcome.reason.clone(),
            problem: row.outcome.problem.map(GatewayCheckProblem::from),
            evidence: row.outcome.evidence.clone().map(Evidence::from),
            finished_at: row.finished_at.map(DateTime),
            row,
        }
    }
}

#[ComplexObject]
impl RestoreBatchRow {
    /// The abnormal order as it stands now; null where it was deleted since.
    async fn abnormal_order(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<AbnormalOrder>> {
        let loaded = ctx.loader()?.load_one(AbnormalOrderOf(self.row.abnormal_order)).await;
        let row = loaded.map_err(|error| ctx.error(Error::internal(error)))?;
        Ok(row.map(AbnormalOrder::from))
    }

    /// The order that was made.
    async fn order(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Order>> {
        let Some(id) = self.row.outcome.order else { return Ok(None) };
        let loaded = ctx.loader()?.load_one(OrderOf(id)).await;
        let order = loaded.map_err(|error| ctx.error(Error::internal(error)))?;
        Ok(order.map(Order::from))
    }
}

impl Listed for RestoreBatchRow {
    type List = (RestoreBatchId, Option<restore_batch::RestoreRowState>);

    async fn count((batch, state): &Self::List, app: &App, scope: &Scope) -> Result<Total, Error> {
        let progress = app::restore_batches::find_restore_batch(app, scope, *batch).await?.progress;
        let states = restore_batch::RestoreRowState::ALL.into_iter();
        let wanted = states.filter(|known| state.is_none_or(|state| state == *known));
        Ok(Total::of(wanted.map(|state| u64::from(progress.count(state))).sum()))
    }
}
