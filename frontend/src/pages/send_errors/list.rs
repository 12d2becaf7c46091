//! The list of send errors: one row per payment, newest first, with the choice of what is done (CGI処理).
use super::Page;
use crate::api::queries::send_errors::SendErrorRow;
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::pager::{Pager, stack_after, stack_before};
use crate::components::rows::{RowKey, cell, figure_cell, head, row_key, tab_stop};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::decisions::Decision;
use crate::model::enums::{Action, SendErrorStatus};
use crate::model::send_error_search::SendErrorAddress;
use crate::model::{format, status};
use crate::router::use_go;
use leptos::prelude::*;

const SKELETON_ROWS: usize = 8;

#[component]
pub(crate) fn List(
    address: SendErrorAddress,
    page: Query<Page>,
    fresh: RwSignal<Vec<String>>,
) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let shown = address.clone();
    view! {
        <FreshLine address page fresh />
        {load_view(page, SKELETON_ROWS, move |found| match found {
            None => ().into_any(),
            Some(found) if found.nodes.is_empty() => {
                view! { <Empty why=l.send_errors_empty() next=l.send_errors_empty_next() /> }.into_any()
            }
            Some(found) => {
                let total = format::count(found.total_count, found.total_count_is_capped);
                let end = found.page_info.end_cursor.as_ref();
                let before = stack_before(&shown.after).map(|after| shown.with_after(after).href());
                let after = stack_after(&shown.after, end, found.page_info.has_next_page)
                    .map(|after| shown.with_after(after).href());
                view! {
                    <Table app rows=found.nodes.clone() />
                    <Pager turned=shown.after.len() rows=found.nodes.len() total before after />
                }
                .into_any()
            }
        })}
    }
}

/// 「新しいエラー n件 [表示]」
#[component]
fn FreshLine(address: SendErrorAddress, page: Query<Page>, fresh: RwSignal<Vec<String>>) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let is_first_page = address.after.is_empty();
    let first_page = StoredValue::new(SendErrorAddress::first_page(address.search).href());
    let show = move || {
        fresh.set(Vec::new());
        if is_first_page {
            page.refresh();
        } else {
            first_page.with_value(|href| go(href));
        }
    };
    let show = Callback::new(move |()| show());
    view! {
        <div role="status">
            {move || {
                let count = fresh.with(Vec::len);
                (count > 0).then(|| view! {
                    <p class="notice">
                        <span>{l.fresh_errors(&count.to_string())}</span>
                        <button type="button" class="button" on:click=move |_| show.run(())>{l.show()}</button>
                    </p>
                })
            }}
        </div>
    }
}

#[component]
fn Table(app: App, rows: Vec<SendErrorRow>) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let headings = [
        l.sent_at(),
        l.ip_code(),
        l.order_no_carrier(),
        l.carrier(),
        l.amount(),
        "CGISendErr",
        l.cause(),
        l.receipt(),
        l.attempts(),
        l.cgi_processing(),
    ];
    let known = StoredValue::new(rows.clone());
    let on_key = move |event: web_sys::KeyboardEvent| match row_key(&event) {
        Some((id, RowKey::Open)) => go(&["/send-errors/", &id].concat()),
        Some((id, RowKey::Toggle)) => known.with_value(|rows| {
            if let Some(row) = rows.iter().find(|row| row.id == id && may_decide(app, row, Action::Resend)) {
                toggle(app, &row.id, &row.order_no, Decision::Resend);
            }
        }),
        None => {}
    };
    let body: Vec<AnyView> =
        rows.into_iter().enumerate().map(|(index, row)| row_view(app, l, index, row)).collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.send_errors()>
            <table class="list" aria-label=l.send_errors()>
                {head(&headings, &[l.amount(), l.attempts()])}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
    }
}

fn row_view(app: App, l: Lang, index: usize, row: SendErrorRow) -> AnyView {
    let href = ["/send-errors/", &row.id].concat();
    let id = row.id.clone();
    let is_chosen = move || app.plan.with(|plan| plan.decision(&id).is_some());
    view! {
        <tr tabindex=tab_stop(index) data-id=row.id.clone() class:chosen=is_chosen
            class:unprocessed=row.status == SendErrorStatus::Unprocessed>
            {cell(l.sent_at(), format::instant(&row.occurred_at))}
            {cell(l.ip_code(), row.ip_code.clone())}
            {cell(l.order_no_carrier(), view! { <a href=href>{row.order_no.clone()}</a> })}
            {cell(l.carrier(), status::carrier(l, &row.carrier))}
            {figure_cell(l.amount(), format::yen(row.amount))}
            {cell("CGISendErr", mark_view(status::send_error(l, row.status, row.resending)))}
            {cell(l.cause(), status::cause(l, row.cause, row.http_status))}
            {cell(l.receipt(), mark_view(status::receipt(l, row.receipt)))}
            {figure_cell(l.attempts(), row.attempt_count.to_string())}
            {cell(l.cgi_processing(), decision_view(app, l, &row))}
        </tr>
    }
    .into_any()
}

fn may_decide(app: App, row: &SendErrorRow, action: Action) -> bool {
    let is_running = app.plan.with_untracked(|plan| plan.is_submitted && !plan.is_finished());
    row.status == SendErrorStatus::Unprocessed
        && !row.resending
        && !is_running
        && app.may(&row.ip_code, action)
}

fn toggle(app: App, id: &str, order_no: &str, decision: Decision) {
    app.change_plan(|plan| plan.toggle(id, order_no, decision));
}

/// 再送信 | 処理済 on rows that wait; elsewhere who closed it.
fn decision_view(app: App, l: Lang, row: &SendErrorRow) -> AnyView {
    let choice = |action: Action, decision: Decision, text: &'static str| {
        may_decide(app, row, action).then(|| decision_choice(app, row, decision, text))
    };
    let resend = choice(Action::Resend, Decision::Resend, l.resend());
    let close = choice(Action::Close, Decision::MarkProcessed, l.mark_processed());
    if resend.is_none() && close.is_none() {
        return row.processed_by.clone().unwrap_or_else(|| format::MISSING.to_owned()).into_any();
    }
    let label = l.cgi_processing_of(&row.order_no);
    view! { <div class="decisions" role="radiogroup" aria-label=label>{resend} {close}</div> }.into_any()
}

/// A radio button that a second press takes back, for nothing is chosen at first.
fn decision_choice(app: App, row: &SendErrorRow, decision: Decision, text: &'static str) -> AnyView {
    let (id, order_no) = (row.id.clone(), row.order_no.clone());
    let name = ["decision-", &id].concat();
    let shown = id.clone();
    let is_chosen = move || app.plan.with(|plan| plan.decision(&shown) == Some(decision));
    view! {
        <label class="choice">
            <input type="radio" name=name tabindex="0" prop:checked=is_chosen on:click=move |_| toggle(app, &id, &order_no, decision) />
            <span>{text}</span>
        </label>
    }
    .into_any()
}
