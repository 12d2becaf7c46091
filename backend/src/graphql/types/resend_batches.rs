//! Resend batches (一括).

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use todoke_domain::{ids::ResendBatchId, resend_batch};

use super::{
    connection::{Connection, Listed},
    page::{page_cost, parse_page},
    send_errors::Receipt,
};
use crate::{
    app::{self, App, Error},
    auth::scope::Scope,
    global_id,
    graphql::{context::Asked, scalars::DateTime},
    store::{page::Total, resend_batch_rows::BatchRow as StoredRow, resend_batches::ResendBatch as Stored},
};

/// What a batch does with its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "resend_batch::BatchAction", name = "ResendBatchAction")]
pub(crate) enum ResendBatchAction {
    /// 再送信.
    Resend,
    /// 処理済.
    MarkProcessed,
}

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "resend_batch::BatchState", name = "ResendBatchState")]
pub(crate) enum ResendBatchState {
    /// Frozen, not started; void after an hour.
    Planned,
    /// Being worked on.
    Running,
    /// Stopped for now, by a person or after failures in a row.
    Paused,
    /// Stopped for good.
    Cancelled,
    /// Every row has its outcome.
    Completed,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "resend_batch::BatchRowState", name = "ResendBatchRowState")]
pub(crate) enum ResendBatchRowState {
    /// Not begun.
    Waiting,
    /// Its request is on its way.
    Sending,
    /// Acknowledged, or closed.
    Done,
    /// Sent and not acknowledged.
    Failed,
    /// Left alone.
    Skipped,
}

/// How many rows of a plan have one IP code and one class.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ResendBatchCount {
    /// IPコード.
    pub ip_code: String,
    /// The class when the plan was frozen.
    pub receipt: Receipt,
    /// How many.
    pub count: u32,
}

/// A frozen plan of resends or closings. Needs VIEW on every IP code in it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct ResendBatch {
    /// The id.
    pub id: ID,
    /// What it does with its rows.
    pub action: ResendBatchAction,
    /// Where it stands.
    pub state: ResendBatchState,
    /// Why it paused by itself: FAILURES_IN_A_ROW.
    pub pause_reason: Option<String>,
    /// All rows.
    pub total: u32,
    /// Acknowledged, or closed.
    pub done: u32,
    /// Sent and not acknowledged.
    pub failed: u32,
    /// Left alone: somebody else acted on them since the plan was frozen, or the batch was cancelled.
    pub skipped: u32,
    /// The login of who planned it.
    pub created_by: String,
    /// When the plan was frozen.
    pub planned_at: DateTime,
    /// When it was started.
    pub started_at: Option<DateTime>,
    /// When its last row got its outcome, or it was cancelled.
    pub finished_at: Option<DateTime>,
    #[graphql(skip)]
    batch_id: ResendBatchId,
}

impl From<Stored> for ResendBatch {
    fn from(batch: Stored) -> Self {
        Self {
            id: global_id::encode("ResendBatch", batch.id),
            action: batch.action.into(),
            state: batch.state.into(),
            pause_reason: batch.pause_reason,
            total: batch.progress.total,
            done: batch.progress.done,
            failed: batch.progress.failed,
            skipped: batch.progress.skipped,
            created_by: batch.actor_name,
            planned_at: DateTime(batch.planned_at),
            started_at: batch.started_at.map(DateTime),
            finished_at: batch.finished_at.map(DateTime),
            batch_id: batch.id,
        }
    }
}

#[ComplexObject]
impl ResendBatch {
    /// The rows by IP code and class.
    async fn counts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ResendBatchCount>> {
        let counted = app::resend_batches::count_resend_batch(ctx.app()?, ctx.scope()?, self.batch_id).await;
        let count = |count: crate::store::resend_batch_rows::BatchCount| ResendBatchCount {
            ip_code: count.ip_code.to_string(),
            receipt: count.receipt.into(),
            count: count.count,
        };
        Ok(counted.map_err(|error| ctx.error(error))?.into_iter().map(count).collect())
    }

    /// The rows, newest failure first; all, or those in one state.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        state: Option<ResendBatchRowState>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<ResendBatchRow>> {
        let request = parse_page(first, after.as_deref()).map_err(|error| ctx.error(error))?;
        let (app, scope, state) = (ctx.app()?, ctx.scope()?, state.map(resend_batch::BatchRowState::from));
        let page = app::resend_batches::list_batch_rows(app, scope, self.batch_id, state, request).await;
        let page = page.map_err(|error| ctx.error(error))?;
        Ok(Connection::of((self.batch_id, state), request, page))
    }
}

/// A row of a batch.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ResendBatchRow {
    /// The send error's id.
    pub send_error_id: ID,
    /// IPコード.
    pub ip_code: String,
    /// オーダーNo.
    pub order_no: String,
    /// The class when the plan was frozen.
    pub receipt: Receipt,
    /// What became of it.
    pub state: ResendBatchRowState,
    /// Why it failed (a cause) or was left alone: ALREADY_RESENDING, ALREADY_PROCESSED, CHANGED_MEANWHILE,
    /// MAYBE_RECEIVED_NOT_CONFIRMED, BATCH_CANCELLED.
    pub reason: Option<String>,
}

impl From<StoredRow> for ResendBatchRow {
    fn from(row: StoredRow) -> Self {
        Self {
            send_error_id: global_id::encode("SendError", row.send_error),
            ip_code: row.ip_code.to_string(),
            order_no: row.order_no,
            receipt: row.receipt.into(),
            state: row.state.into(),
            reason: row.cause,
        }
    }
}

impl Listed for ResendBatchRow {
    type List = (ResendBatchId, Option<resend_batch::BatchRowState>);

    async fn count((batch, state): &Self::List, app: &App, scope: &Scope) -> Result<Total, Error> {
        app::resend_batches::count_batch_rows(app, scope, *batch, *state).await
    }
}

impl Listed for ResendBatch {
    type List = ();

    async fn count((): &(), app: &App, scope: &Scope) -> Result<Total, Error> {
        app::resend_batches::count_resend_batches(app, scope).await
    }
}
