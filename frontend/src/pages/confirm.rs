//! 確認: what will be done, row by row, before anything is done; then, in the same place, the results.
//! The choices are the session's plan: going back or reloading keeps them, and no key is made twice.
pub(crate) mod result;
pub(crate) mod submit;

use crate::api;
use crate::api::error::ErrorKind;
use crate::api::queries::{SendErrorById, send_error_by_id};
use crate::browser;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head};
use crate::components::rows::{cell, figure_cell, head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, on_change};
use crate::model::decisions::{Decision, Item, Seen};
use crate::model::enums::{Receipt, SendErrorStatus};
use crate::model::{format, status};
use futures_util::future::join_all;
use leptos::prelude::*;
use send_error_by_id::SendErrorRow;

/// A choice with its row as it stands now; none when it is no longer there.
type Chosen = (Item, Option<SendErrorRow>);

#[component]
pub(crate) fn Confirm() -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    if app.plan.with_untracked(|plan| plan.lacks_keys()) {
        app.change_plan(|plan| plan.give_keys(browser::new_uuid));
    }
    let is_submitted = Memo::new(move |_| app.plan.with(|plan| plan.is_submitted));
    on_change(move || is_submitted.get(), || browser::keep_focus("main"));
    move || {
        if app.plan.with_untracked(|plan| plan.items.is_empty()) {
            name_page(l, l.confirm(), None);
            return view! {
                <div class="panel empty">
                    <h1>{l.confirm()}</h1>
                    <p>{l.confirm_nothing()}</p>
                    <a class="button" href="/send-errors">{l.back_to_list()}</a>
                </div>
            }
            .into_any();
        }
        if is_submitted.get() {
            view! { <result::Result /> }.into_any()
        } else {
            view! { <Review /> }.into_any()
        }
    }
}

#[component]
fn Review() -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let items = app.plan.with_untracked(|plan| plan.items.clone());
    let count = items.len();
    name_page(l, l.confirm(), Some(&format::number(count)));
    let query = Query::new(move || look_up(app, app.plan.with_untracked(|plan| plan.items.clone())));
    view! {
        {page_head(l.confirm(), l.confirm_purpose())}
        {load_view(query, count, move |chosen| review_view(app, l, chosen.clone()))}
    }
}

/// Every row as it stands now: what was chosen may have been closed by somebody else meanwhile.
async fn look_up(app: App, items: Vec<Item>) -> Result<Vec<Chosen>, api::error::ApiError> {
    let asked = items.into_iter().map(|item| async move {
        match api::run::<SendErrorById>(app, send_error_by_id::Variables { id: item.id.clone() }).await {
            Ok(answer) => Ok((item, answer.send_error)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok((item, None)),
            Err(error) => Err(error),
        }
    });
    join_all(asked).await.into_iter().collect()
}

fn is_open(row: &SendErrorRow) -> bool {
    row.status == SendErrorStatus::Unprocessed && !row.resending
}

/// A row that can be acted on. Checked, once the person says so, is what the double-issue warning is about.
fn seen_of((item, row): &Chosen) -> Option<Seen> {
    let row = row.as_ref().filter(|row| is_open(row))?;
    Some(Seen {
        id: item.id.clone(),
        attempt_count: row.attempt_count,
        is_checked: item.decision == Decision::Resend && row.receipt == Receipt::MaybeReceived,
    })
}

fn review_view(app: App, l: Lang, chosen: Vec<Chosen>) -> AnyView {
    let seen: Vec<Seen> = chosen.iter().filter_map(seen_of).collect();
    let left_out = chosen.len().saturating_sub(seen.len());
    let headings = [
        l.what_happens(),
        l.order_no_carrier(),
        l.ip_code(),
        l.carrier(),
        l.amount(),
        l.cause(),
        l.receipt(),
        l.sent_at(),
    ];
    let rows: Vec<AnyView> = chosen.into_iter().map(|(item, row)| review_row(l, &item, row)).collect();
    view! {
        {(left_out > 0).then(|| view! { <p class="notice">{l.confirm_left_out(&left_out.to_string())}</p> })}
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.confirm()>
            <table class="list" aria-label=l.confirm()>
                {head(&headings, &[l.amount()])}
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Submit app seen />
    }
    .into_any()
}

fn review_row(l: Lang, item: &Item, row: Option<SendErrorRow>) -> AnyView {
    let Some(row) = row else {
        return view! {
            <tr class="left-out">
                {cell(l.what_happens(), l.error_not_found())}
                {cell(l.order_no_carrier(), item.order_no.clone())}
                <td colspan="6"></td>
            </tr>
        }
        .into_any();
    };
    let is_left_out = !is_open(&row);
    let what = match item.decision {
        _ if is_left_out => l.confirm_closed_meanwhile(),
        Decision::Resend => l.will_resend(),
        Decision::MarkProcessed => l.will_close(),
    };
    view! {
        <tr class:left-out=is_left_out>
            {cell(l.what_happens(), view! { <strong>{what}</strong> })}
            {cell(l.order_no_carrier(), row.order_no)}
            {cell(l.ip_code(), row.ip_code)}
            {cell(l.carrier(), status::carrier(l, &row.carrier))}
            {figure_cell(l.amount(), format::yen(row.amount))}
            {cell(l.cause(), status::cause(l, row.cause, row.http_status))}
            {cell(l.receipt(), mark_view(status::receipt(l, row.receipt)))}
            {cell(l.sent_at(), format::instant(&row.occurred_at))}
        </tr>
    }
    .into_any()
}

/// The warning of the reference document (二重発行), its checkbox, 戻る and 送信.
#[component]
fn Submit(app: App, seen: Vec<Seen>) -> impl IntoView {
    let l = use_lang();
    let is_checked = RwSignal::new(false);
    let is_missing = RwSignal::new(false);
    let (has_open, needs_check) = (!seen.is_empty(), seen.iter().any(|seen| seen.is_checked));
    let back = app.plan.with_untracked(|plan| plan.origin.clone());
    let back = if back.is_empty() { "/send-errors".to_owned() } else { back };
    let send = move || {
        if needs_check && !is_checked.get_untracked() {
            is_missing.set(true);
            browser::focus("checked");
        } else if has_open {
            app.change_plan(|plan| plan.submit(&seen));
            submit::start(app);
        }
    };
    let send = Callback::new(move |()| send());
    view! {
        {needs_check.then(|| view! { <DoubleIssueWarning is_checked is_missing /> })}
        <div class="form-foot">
            <a class="button" href=back>{l.back()}</a>
            {has_open.then(|| view! {
                <button type="button" class="button primary" on:click=move |_| send.run(())>{l.send()}</button>
            })}
        </div>
    }
}

#[component]
pub(crate) fn DoubleIssueWarning(is_checked: RwSignal<bool>, is_missing: RwSignal<bool>) -> impl IntoView {
    let l = use_lang();
    let check = move |event| {
        is_checked.set(event_target_checked(&event));
        is_missing.set(false);
    };
    view! {
        <section class="warning-box" aria-labelledby="warning-heading">
            <h2 id="warning-heading">{l.double_issue_heading()}</h2>
            <p>{l.double_issue_text()}</p>
            <p>{l.double_issue_todo()}</p>
            <label class="choice strong">
                <input type="checkbox" id="checked" prop:checked=is_checked on:change=check
                    aria-describedby="checked-fault" aria-invalid=move || is_missing.get().then_some("true") />
                <span>{l.double_issue_checked()}</span>
            </label>
            <p class="fault" id="checked-fault" role="alert">{move || is_missing.get().then(|| l.double_issue_required())}</p>
        </section>
    }
}
