//! Planning, starting and steering resend batches.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use todoke_domain::{payment::FaultKind, resend_batch::BatchCommand};

use crate::{
    app::{
        self, Error,
        resend_batches::{Plan, Planned, Selection},
    },
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{
            resend_batches::{ResendBatch, ResendBatchAction},
            send_errors::SendErrorFilter,
        },
    },
    messages::Message,
    store::resend_batches::ResendBatch as Stored,
};

/// A plan: exactly one of `ids` and `filter`.
#[derive(InputObject)]
pub(crate) struct PlanResendBatchInput {
    /// What it does with its rows.
    pub action: ResendBatchAction,
    /// The ticked rows, at most 10,000.
    pub ids: Option<Vec<ID>>,
    /// Everything that matches, at most 100,000 rows.
    pub filter: Option<SendErrorFilter>,
    /// Takes rows that may have been received, too.
    #[graphql(default)]
    pub include_maybe_received: bool,
}

/// The start of a plan.
#[derive(InputObject)]
pub(crate) struct StartResendBatchInput {
    /// The batch.
    pub id: ID,
    /// "I have checked what was provided": needed where a row may have been received.
    #[graphql(default)]
    pub confirm_maybe_received: bool,
    /// 1 to 100 characters; the same key again starts nothing more.
    pub idempotency_key: String,
}

/// A batch to be paused.
#[derive(InputObject)]
pub(crate) struct PauseResendBatchInput {
    /// The batch.
    pub id: ID,
}

/// A batch to be resumed.
#[derive(InputObject)]
pub(crate) struct ResumeResendBatchInput {
    /// The batch.
    pub id: ID,
}

/// A batch to be cancelled.
#[derive(InputObject)]
pub(crate) struct CancelResendBatchInput {
    /// The batch.
    pub id: ID,
}

/// The frozen plan.
#[derive(SimpleObject)]
pub(crate) struct PlanResendBatchPayload {
    /// The batch.
    pub batch: Option<ResendBatch>,
    /// Rows that were chosen and wait, but may have been received: left out, unless includeMaybeReceived takes them.
    pub left_out: u32,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The batch after its start.
#[derive(SimpleObject)]
pub(crate) struct StartResendBatchPayload {
    /// The batch.
    pub batch: Option<ResendBatch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The batch after a pause.
#[derive(SimpleObject)]
pub(crate) struct PauseResendBatchPayload {
    /// The batch.
    pub batch: Option<ResendBatch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The batch after it was resumed.
#[derive(SimpleObject)]
pub(crate) struct ResumeResendBatchPayload {
    /// The batch.
    pub batch: Option<ResendBatch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The batch after it was cancelled.
#[derive(SimpleObject)]
pub(crate) struct CancelResendBatchPayload {
    /// The batch.
    pub batch: Option<ResendBatch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about resend batches.
#[derive(Default)]
pub(crate) struct ResendBatchesMutation;

#[Object]
impl ResendBatchesMutation {
    /// Freezes a plan; nothing is sent before it is started, within an hour. Needs RESEND or CLOSE; rows of IP codes
    /// without the right are not in it.
    async fn plan_resend_batch(
        &self,
        ctx: &Context<'_>,
        input: PlanResendBatchInput,
    ) -> async_graphql::Result<PlanResendBatchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let planning = async {
            let plan = Plan {
                action: input.action.into(),
                selection: selection_of(app, input.ids, input.filter)?,
                includes_maybe_received: input.include_maybe_received,
            };
            app::resend_batches::plan_resend_batch(app, scope, plan).await
        };
        let planned = split_user_errors(planning.await, ctx.asker()?.language);
        Ok(match planned.map_err(|error| ctx.error(error))? {
            Ok(Planned { batch, left_out }) => PlanResendBatchPayload {
                batch: Some(batch.into()),
                left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
                user_errors: Vec::new(),
            },
            Err(user_errors) => PlanResendBatchPayload { batch: None, left_out: 0, user_errors },
        })
    }

    /// Starts a plan. Needs RESEND or CLOSE on every IP code in it.
    async fn start_resend_batch(
        &self,
        ctx: &Context<'_>,
        input: StartResendBatchInput,
    ) -> async_graphql::Result<StartResendBatchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("ResendBatch", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let (confirms, key) = (input.confirm_maybe_received, input.idempotency_key);
        let started = app::resend_batches::start_resend_batch(app, scope, id, confirms, &key).await;
        let (batch, user_errors) = told(ctx, started)?;
        Ok(StartResendBatchPayload { batch, user_errors })
    }

    /// 一時停止. What is on its way already gets its outcome. Needs the right of the start.
    async fn pause_resend_batch(
        &self,
        ctx: &Context<'_>,
        input: PauseResendBatchInput,
    ) -> async_graphql::Result<PauseResendBatchPayload> {
        let (batch, user_errors) = command(ctx, &input.id, BatchCommand::Pause).await?;
        Ok(PauseResendBatchPayload { batch, user_errors })
    }

    /// 再開. Needs the right of the start.
    async fn resume_resend_batch(
        &self,
        ctx: &Context<'_>,
        input: ResumeResendBatchInput,
    ) -> async_graphql::Result<ResumeResendBatchPayload> {
        let (batch, user_errors) = command(ctx, &input.id, BatchCommand::Resume).await?;
        Ok(ResumeResendBatchPayload { batch, user_errors })
    }

    /// 中止. Rows not begun are left alone. Needs the right of the start.
    async fn cancel_resend_batch(
        &self,
        ctx: &Context<'_>,
        input: CancelResendBatchInput,
    ) -> async_graphql::Result<CancelResendBatchPayload> {
        let (batch, user_errors) = command(ctx, &input.id, BatchCommand::Cancel).await?;
        Ok(CancelResendBatchPayload { batch, user_errors })
    }
}

async fn command(
    ctx: &Context<'_>,
    id: &ID,
    command: BatchCommand,
) -> async_graphql::Result<(Option<ResendBatch>, Vec<UserError>)> {
    let (app, scope) = (ctx.app()?, ctx.scope()?);
    let id = global_id::decode("ResendBatch", id).ok_or_else(|| ctx.error(Error::NotFound))?;
    told(ctx, app::resend_batches::command_resend_batch(app, scope, id, command).await)
}

fn told(
    ctx: &Context<'_>,
    result: Result<Stored, Error>,
) -> async_graphql::Result<(Option<ResendBatch>, Vec<UserError>)> {
    match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
        Ok(batch) => Ok((Some(batch.into()), Vec::new())),
        Err(user_errors) => Ok((None, user_errors)),
    }
}

/// Ids that are none are like ids of others: not found, the rest unharmed.
fn selection_of(
    app: &crate::app::App,
    ids: Option<Vec<ID>>,
    filter: Option<SendErrorFilter>,
) -> Result<Selection, Error> {
    match (ids, filter) {
        (Some(ids), None) => {
            Ok(Selection::Ids(ids.iter().filter_map(|id| global_id::decode("SendError", id)).collect()))
        }
        (None, Some(filter)) => {
            Ok(Selection::Search(app::send_errors::parse_filter(app, &filter.into_input()?)?))
        }
        (None, None) | (Some(_), Some(_)) => Err(Error::field(&["ids"], Message::Field(FaultKind::Required))),
    }
}
