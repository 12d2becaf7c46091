//! Sends a plan: one mutation per row, one after the other, each with the key of its decision.
//! It outlives the page: whoever leaves while it runs finds the results when coming back.
use crate::api;
use crate::api::error::ApiError;
use crate::api::queries::{
    MarkSendErrorProcessed, ResendSendError, mark_send_error_processed, resend_send_error,
};
use crate::context::App;
use crate::model::decisions::{Decision, Item, Outcome};
use crate::model::enums::{AttemptOutcome, Receipt, SendErrorStatus};
use leptos::prelude::*;
use resend_send_error::ResendSendErrorResendSendError as ResendPayload;
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;

thread_local! {
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn is_running() -> bool {
    IS_RUNNING.get()
}

/// Starts or goes on; a second call while it runs does nothing.
pub(crate) fn start(app: App) {
    if IS_RUNNING.replace(true) {
        return;
    }
    spawn_local(async move {
        while let Some(item) = app.plan.with_untracked(|plan| plan.next_open()) {
            let outcome = match item.decision {
                Decision::Resend => resend(app, &item).await,
                Decision::MarkProcessed => close(app, &item).await,
            };
            let outcome = outcome.unwrap_or_else(|error| match error.conflict {
                Some(conflict) => Outcome::Conflicted(*conflict),
                None => Outcome::Refused(error.text(app.lang.get_untracked())),
            });
            app.change_plan(|plan| plan.settle(&item.id, outcome));
        }
        IS_RUNNING.set(false);
        app.plan.update(|_| {});
    });
}

async fn resend(app: App, item: &Item) -> Result<Outcome, ApiError> {
    let variables = resend_send_error::Variables {
        id: item.id.clone(),
        parameters: None,
        reason: None,
        // A row that turned worse, or was tried again, since the confirmation was read is refused by the server.
        confirm_maybe_received: item.seen.as_ref().is_some_and(|seen| seen.is_checked),
        expected_attempt_count: item.seen.as_ref().map(|seen| seen.attempt_count),
        idempotency_key: item.idempotency_key.clone().unwrap_or_default(),
    };
    let payload = api::run::<ResendSendError>(app, variables).await?.resend_send_error;
    Ok(outcome_of(payload))
}

pub(crate) fn outcome_of(payload: ResendPayload) -> Outcome {
    if let Some(fault) = payload.user_errors.into_iter().next() {
        return Outcome::Refused(fault.message);
    }
    let failed = |cause, http_status, receipt| Outcome::Failed { cause, http_status, receipt: Some(receipt) };
    match (payload.attempt, payload.send_error) {
        (Some(attempt), _) => match attempt.outcome {
            AttemptOutcome::Delivered => Outcome::Succeeded,
            AttemptOutcome::NotReceived => failed(attempt.cause, attempt.http_status, Receipt::NotReceived),
            AttemptOutcome::MaybeReceived => {
                failed(attempt.cause, attempt.http_status, Receipt::MaybeReceived)
            }
        },
        (None, Some(row)) if row.status == SendErrorStatus::Processed => Outcome::Succeeded,
        (None, _) => Outcome::Running,
    }
}

async fn close(app: App, item: &Item) -> Result<Outcome, ApiError> {
    let variables = mark_send_error_processed::Variables { id: item.id.clone() };
    let payload = api::run::<MarkSendErrorProcessed>(app, variables).await?.mark_send_error_processed;
    Ok(payload
        .user_errors
        .into_iter()
        .next()
        .map_or(Outcome::Closed, |fault| Outcome::Refused(fault.message)))
}
