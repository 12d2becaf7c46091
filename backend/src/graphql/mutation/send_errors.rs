//! Re-sending, closing and opening again.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use todoke_domain::payment;

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{
            attempts::Attempt,
            send_errors::{ParameterInput, SendError},
        },
    },
};

/// A resend of one row.
#[derive(InputObject)]
pub(crate) struct ResendSendErrorInput {
    /// The row.
    pub id: ID,
    /// The whole new list of parameters; absent: as stored. Needs EDIT_PARAMETERS.
    pub parameters: Option<Vec<ParameterInput>>,
    /// Why, at most 500 characters.
    pub reason: Option<String>,
    /// "I have checked what was provided": needed where the merchant may have received it.
    #[graphql(default)]
    pub confirm_maybe_received: bool,
    /// The row's `attemptCount` as it was read; where it is given and the row was tried again since, the resend is
    /// refused with CONFLICT.
    pub expected_attempt_count: Option<u32>,
    /// 1 to 100 characters; the same key again is the same decision and sends nothing more.
    pub idempotency_key: String,
}

/// The row after the resend. `attempt` is null while the resend still runs after 20 s; its outcome then comes by
/// `sendErrorChanged`.
#[derive(SimpleObject)]
pub(crate) struct ResendSendErrorPayload {
    /// The row.
    pub send_error: Option<SendError>,
    /// The attempt.
    pub attempt: Option<Attempt>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Closing one row.
#[derive(InputObject)]
pub(crate) struct MarkSendErrorProcessedInput {
    /// The row.
    pub id: ID,
    /// Why, at most 500 characters.
    pub reason: Option<String>,
}

/// The row after it was closed.
#[derive(SimpleObject)]
pub(crate) struct MarkSendErrorProcessedPayload {
    /// The row.
    pub send_error: Option<SendError>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Opening one closed row again.
#[derive(InputObject)]
pub(crate) struct ReopenSendErrorInput {
    /// The row.
    pub id: ID,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// The row after it was opened again.
#[derive(SimpleObject)]
pub(crate) struct ReopenSendErrorPayload {
    /// The row.
    pub send_error: Option<SendError>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about send errors.
#[derive(Default)]
pub(crate) struct SendErrorsMutation;

#[Object]
impl SendErrorsMutation {
    /// 再送信: sends the result once more. Needs RESEND. One decision, at most one request: who comes second gets
    /// CONFLICT with who acts or acted, and when.
    async fn resend_send_error(
        &self,
        ctx: &Context<'_>,
        input: ResendSendErrorInput,
    ) -> async_graphql::Result<ResendSendErrorPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("SendError", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let parameter =
            |edited: ParameterInput| payment::Parameter { name: edited.name, value: edited.value };
        let resend = app::send_errors::Resend {
            id,
            parameters: input.parameters.map(|edited| edited.into_iter().map(parameter).collect()),
            reason: input.reason,
            confirms_maybe_received: input.confirm_maybe_received,
            expected_attempt_count: input.expected_attempt_count,
            idempotency_key: input.idempotency_key,
        };
        let result = app::send_errors::resend_send_error(app, scope, resend).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok((row, attempt)) => Ok(ResendSendErrorPayload {
                send_error: Some(row.into()),
                attempt: attempt.map(Attempt),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(ResendSendErrorPayload { send_error: None, attempt: None, user_errors }),
        }
    }

    /// 処理済: closes a row; nothing is sent. Needs CLOSE.
    async fn mark_send_error_processed(
        &self,
        ctx: &Context<'_>,
        input: MarkSendErrorProcessedInput,
    ) -> async_graphql::Result<MarkSendErrorProcessedPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("SendError", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let result = app::send_errors::mark_send_error_processed(app, scope, id, input.reason).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(row) => {
                Ok(MarkSendErrorProcessedPayload { send_error: Some(row.into()), user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(MarkSendErrorProcessedPayload { send_error: None, user_errors }),
        }
    }

    /// 未処理に戻す: opens a closed row again, with a reason. Needs CLOSE. What the endpoint acknowledged comes back as
    /// MAYBE_RECEIVED. A row that is not closed gets CONFLICT.
    async fn reopen_send_error(
        &self,
        ctx: &Context<'_>,
        input: ReopenSendErrorInput,
    ) -> async_graphql::Result<ReopenSendErrorPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("SendError", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let result = app::send_errors::reopen_send_error(app, scope, id, &input.reason).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(row) => Ok(ReopenSendErrorPayload { send_error: Some(row.into()), user_errors: Vec::new() }),
            Err(user_errors) => Ok(ReopenSendErrorPayload { send_error: None, user_errors }),
        }
    }
}
