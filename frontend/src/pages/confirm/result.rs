//! 結果: how each row went, while it goes and afterwards; then back to the same search and place.
use super::submit;
use crate::api::queries::send_errors::SendErrorRow;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head};
use crate::components::rows::{cell, head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::effect;
use crate::model::decisions::{Decision, Item, Outcome};
use crate::model::enums::SendErrorStatus;
use crate::model::status::{self, Mark};
use leptos::prelude::*;

#[component]
pub(crate) fn Result() -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    live::on_send_error_changed(move |row| take_outcome(app, row));
    let progress = move || app.plan.with(|plan| (plan.settled(), plan.items.len()));
    effect(move || {
        let (done, total) = progress();
        name_page(l, l.results(), Some(&[done.to_string(), "/".to_owned(), total.to_string()].concat()));
    });
    let headings = [l.result(), l.order_no_carrier(), l.cgi_processing(), l.details()];
    let rows = move || {
        let items = app.plan.with(|plan| plan.items.clone());
        items.into_iter().map(|item| result_row(l, item)).collect::<Vec<AnyView>>()
    };
    view! {
        {page_head(l.results(), l.results_purpose())}
        <div role="status">
            <p class="strong">{move || { let (done, total) = progress(); l.progress(&done.to_string(), &total.to_string()) }}</p>
            <progress aria-label=l.results() max=move || progress().1.to_string() value=move || progress().0.to_string()></progress>
        </div>
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.results()>
            <table class="list" aria-label=l.results()>
                {head(&headings, &[])}
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Foot />
    }
}

#[component]
fn Foot() -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    move || {
        let (is_finished, origin) = app.plan.with(|plan| (plan.is_finished(), plan.origin.clone()));
        let origin = if origin.is_empty() { "/send-errors".to_owned() } else { origin };
        if is_finished {
            view! { <div class="form-foot"><a class="button primary" href=origin>{l.back_to_list()}</a></div> }.into_any()
        } else if submit::is_running() {
            ().into_any()
        } else {
            view! {
                <div class="panel error-panel" role="alert">
                    <p class="strong">{l.interrupted()}</p>
                    <button type="button" class="button primary" on:click=move |_| submit::start(app)>{l.go_on()}</button>
                </div>
            }
            .into_any()
        }
    }
}

fn result_row(l: Lang, item: Item) -> AnyView {
    let (mark, detail) = outcome_text(l, item.outcome.as_ref());
    let decision = match item.decision {
        Decision::Resend => l.resend(),
        Decision::MarkProcessed => l.mark_processed(),
    };
    let href = ["/send-errors/", &item.id].concat();
    view! {
        <tr>
            {cell(l.result(), mark_view(mark))}
            {cell(l.order_no_carrier(), view! { <a href=href>{item.order_no}</a> })}
            {cell(l.cgi_processing(), decision)}
            {cell(l.details(), detail)}
        </tr>
    }
    .into_any()
}

pub(crate) fn outcome_text(l: Lang, outcome: Option<&Outcome>) -> (Mark, String) {
    let mark = |text, tone| Mark { text, tone };
    match outcome {
        None => (mark(l.result_waiting(), "open"), String::new()),
        Some(Outcome::Succeeded) => {
            (mark(l.result_succeeded(), "good"), l.result_succeeded_detail().to_owned())
        }
        Some(Outcome::Closed) => (mark(l.result_succeeded(), "good"), l.result_closed_detail().to_owned()),
        Some(Outcome::Running) => (mark(l.result_running(), "ring"), l.result_running_detail().to_owned()),
        Some(Outcome::Conflicted(conflict)) => {
            (mark(l.result_not_done(), "warning"), status::conflict(l, conflict))
        }
        Some(Outcome::Refused(message)) => (mark(l.result_not_done(), "warning"), message.clone()),
        Some(Outcome::Failed { cause, http_status, receipt }) => {
            let cause = cause.map(|cause| status::cause(l, cause, *http_status));
            let receipt = receipt.map(|receipt| status::receipt(l, receipt).text.to_owned());
            let detail: Vec<String> = [cause, receipt].into_iter().flatten().collect();
            (mark(l.result_failed(), "danger"), detail.join(" · "))
        }
    }
}

/// A resend that outlasted its request tells its outcome here.
fn take_outcome(app: App, row: &SendErrorRow) {
    let is_awaited = app.plan.with_untracked(|plan| {
        plan.items.iter().any(|item| item.id == row.id && item.outcome == Some(Outcome::Running))
    });
    if is_awaited && !row.resending {
        let outcome = match row.status {
            SendErrorStatus::Processed => Outcome::Succeeded,
            SendErrorStatus::Unprocessed => Outcome::Failed {
                cause: Some(row.cause),
                http_status: row.http_status,
                receipt: Some(row.receipt),
            },
        };
        app.change_plan(|plan| plan.settle(&row.id, outcome));
    }
}
