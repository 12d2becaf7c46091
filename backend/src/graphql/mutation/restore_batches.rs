//! Planning, starting and cancelling restore batches.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use todoke_domain::{payment::FaultKind, restore_batch::LeftOut};

use crate::{
    app::{
        self, App, Error,
        restore_batches::{Found, Planned, Selection},
    },
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{
            abnormal_order_lists::AbnormalOrderFilter,
            restore_batches::{RestoreBatch, RestoreLeftOut},
        },
    },
    messages::Message,
};

/// A plan: exactly one of `ids` and `filter`.
#[derive(InputObject)]
pub(crate) struct PlanRestoreBatchInput {
    /// The ticked rows, at most 1,000.
    pub ids: Option<Vec<ID>>,
    /// Everything that matches; of these at most 1,000 that can be restored.
    pub filter: Option<AbnormalOrderFilter>,
}

/// The frozen plan.
#[derive(SimpleObject)]
pub(crate) struct PlanRestoreBatchPayload {
    /// The batch.
    pub batch: Option<RestoreBatch>,
    /// Chosen rows that are not in it, by reason; what one may not see was not chosen.
    pub left_out: Vec<RestoreLeftOut>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// The start of a plan.
#[derive(InputObject)]
pub(crate) struct StartRestoreBatchInput {
    /// The batch.
    pub id: ID,
    /// 1 to 100 characters; the same key again starts nothing more.
    pub idempotency_key: String,
    /// "Where the gateway does not tell, restore all the same." Never goes over a gateway that contradicts.
    #[graphql(default)]
    pub accept_unreachable_gateway: bool,
}

/// The batch after its start.
#[derive(SimpleObject)]
pub(crate) struct StartRestoreBatchPayload {
    /// The batch.
    pub batch: Option<RestoreBatch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// A batch to be cancelled.
#[derive(InputObject)]
pub(crate) struct CancelRestoreBatchInput {
    /// The batch.
    pub id: ID,
}

/// The batch after it was cancelled.
#[derive(SimpleObject)]
pub(crate) struct CancelRestoreBatchPayload {
    /// The batch.
    pub batch: Option<RestoreBatch>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about restore batches.
#[derive(Default)]
pub(crate) struct RestoreBatchesMutation;

#[Object]
impl RestoreBatchesMutation {
    /// Freezes a plan of the rows among the chosen ones that can be restored; nothing is restored before it is started,
    /// within an hour. Needs RESTORE; rows without it, and rows that cannot be restored, are left out and counted.
    async fn plan_restore_batch(
        &self,
        ctx: &Context<'_>,
        input: PlanRestoreBatchInput,
    ) -> async_graphql::Result<PlanRestoreBatchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let planning = async {
            let selection = selection_of(app, input)?;
            app::restore_batches::plan_restore_batch(app, scope, selection).await
        };
        let language = ctx.asker()?.language;
        let planned = split_user_errors(planning.await, language).map_err(|error| ctx.error(error))?;
        let Planned { found, left_out } = match planned {
            Ok(planned) => planned,
            Err(user_errors) => {
                return Ok(PlanRestoreBatchPayload { batch: None, left_out: Vec::new(), user_errors });
            }
        };
        let found = found.ok_or_else(|| Error::field(&["ids"], Message::NothingToDo));
        let (batch, user_errors) = told(ctx, found)?;
        let count = |(reason, count): (LeftOut, u64)| RestoreLeftOut { reason: reason.into(), count };
        Ok(PlanRestoreBatchPayload {
            batch,
            left_out: left_out.into_iter().map(count).collect(),
            user_errors,
        })
    }

    /// Starts a plan: each row is restored as by `restoreAbnormalOrder`, in the name of who starts it. Needs RESTORE on
    /// every IP code in it.
    async fn start_restore_batch(
        &self,
        ctx: &Context<'_>,
        input: StartRestoreBatchInput,
    ) -> async_graphql::Result<StartRestoreBatchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("RestoreBatch", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let (accepts, key) = (input.accept_unreachable_gateway, input.idempotency_key);
        let started = app::restore_batches::start_restore_batch(app, scope, id, accepts, &key).await;
        let (batch, user_errors) = told(ctx, started)?;
        Ok(StartRestoreBatchPayload { batch, user_errors })
    }

    /// 中止. Rows not begun are left alone; one that is on its way gets its outcome. Needs RESTORE on every IP code in it.
    async fn cancel_restore_batch(
        &self,
        ctx: &Context<'_>,
        input: CancelRestoreBatchInput,
    ) -> async_graphql::Result<CancelRestoreBatchPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("RestoreBatch", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let cancelled = app::restore_batches::cancel_restore_batch(app, scope, id).await;
        let (batch, user_errors) = told(ctx, cancelled)?;
        Ok(CancelRestoreBatchPayload { batch, user_errors })
    }
}

fn told(
    ctx: &Context<'_>,
    result: Result<Found, Error>,
) -> async_graphql::Result<(Option<RestoreBatch>, Vec<UserError>)> {
    match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
        Ok(found) => Ok((Some(found.into()), Vec::new())),
        Err(user_errors) => Ok((None, user_errors)),
    }
}

/// Ids that are none are like ids of others: not found, the rest unharmed.
fn selection_of(app: &App, input: PlanRestoreBatchInput) -> Result<Selection, Error> {
    match (input.ids, input.filter) {
        (Some(ids), None) => {
            Ok(Selection::Ids(ids.iter().filter_map(|id| global_id::decode("AbnormalOrder", id)).collect()))
        }
        (None, Some(filter)) => {
            let search = filter.into_search()?;
            Ok(Selection::Search(app::abnormal_orders::parse_search(&search, app.clock.now())?))
        }
        (None, None) | (Some(_), Some(_)) => Err(Error::field(&["ids"], Message::Field(FaultKind::Required))),
    }
}
