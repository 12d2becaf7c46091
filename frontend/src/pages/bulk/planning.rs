//! Freezes a plan out of the ticks. Nothing is sent by it; the same ticks can be planned again.
use crate::api::error::ApiError;
use crate::api::queries::{PlanResendBatch, plan_resend_batch};
use crate::api::{self};
use crate::browser;
use crate::context::App;
use crate::model::enums::ResendBatchAction;
use crate::model::send_error_search::{SendErrorAddress, SendErrorSearch};
use crate::model::ticks::Planned;
use leptos::prelude::*;
use plan_resend_batch::{PeriodInput, SendErrorFilter, Variables};

/// The server's word for a plan that would hold nothing but rows that may have been received.
const ONLY_MAYBE_RECEIVED: &str = "ONLY_MAYBE_RECEIVED";

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Planning {
    /// The address of its confirmation.
    Planned(String),
    OnlyMaybeReceived(String),
    Refused(String),
}

pub(crate) async fn plan(
    app: App,
    action: ResendBatchAction,
    origin: String,
    includes_maybe_received: bool,
) -> Result<Planning, ApiError> {
    let ticks = app.ticks.get_untracked();
    let search = ticks.all.and_then(|_| ticks.search.split_once('?'));
    let filter = search
        .and_then(|(_, query)| SendErrorAddress::parse(query))
        .map(|address| filter_of(&address.search));
    let variables = Variables {
        action,
        ids: filter.is_none().then(|| ticks.ids.clone()),
        filter,
        include_maybe_received: includes_maybe_received,
    };
    let payload = api::run::<PlanResendBatch>(app, variables).await?.plan_resend_batch;
    let Some(batch) = payload.batch else {
        let fault = payload.user_errors.into_iter().next();
        let is_only_doubtful = fault.as_ref().is_some_and(|fault| fault.code == ONLY_MAYBE_RECEIVED);
        let unread = || app.lang.get_untracked().error_unreadable().to_owned();
        let message = fault.map_or_else(unread, |fault| fault.message);
        return Ok(if is_only_doubtful {
            Planning::OnlyMaybeReceived(message)
        } else {
            Planning::Refused(message)
        });
    };
    let href = ["/send-errors/bulk/", &batch.id].concat();
    let planned = Planned {
        id: batch.id,
        idempotency_key: browser::new_uuid(),
        origin,
        asked: ticks.asked(),
        maybe_left_out: payload.left_out,
        includes_maybe_received,
        is_of_these_ticks: true,
    };
    app.change_ticks(|ticks| ticks.planned = Some(planned));
    Ok(Planning::Planned(href))
}

fn filter_of(search: &SendErrorSearch) -> SendErrorFilter {
    let keyword = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    let period = &search.period;
    SendErrorFilter {
        ip_codes: search.ip_codes.clone(),
        condition: search.condition,
        order_no: keyword(&search.order_no),
        email: keyword(&search.email),
        phone: keyword(&search.phone),
        sendid: keyword(&search.sendid),
        period: period.is_bounded().then(|| PeriodInput {
            year_month: period.year_month(),
            from: period.first_day(),
            to: period.last_day(),
            preset: period.preset(),
        }),
    }
}
