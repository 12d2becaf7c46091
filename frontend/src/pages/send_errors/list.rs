//! The list of send errors: one row per payment, newest first, with the choice of what is done (CGI処理).
use super::{Page, sorting, ticks, toolbar};
use crate::api::queries::send_errors::SendErrorRow;
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::pager::{Pager, stack_after, stack_before};
use crate::components::row_place::{self, Scroll};
use crate::components::rows::{RowKey, cell, figure_cell, row_key, tab_stop};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::Query;
use crate::model::columns::{Column, HiddenColumns};
use crate::model::decisions::Decision;
use crate::model::enums::{Action, SendErrorStatus};
use crate::model::send_error_search::{Mode, SendErrorAddress};
use crate::model::{format, status};
use crate::router::use_go;
use leptos::prelude::*;

const SKELETON_ROWS: usize = 8;

#[component]
pub(crate) fn List(
    address: SendErrorAddress,
    page: Query<Page>,
    fresh: RwSignal<Vec<String>>,
    hidden: RwSignal<HiddenColumns>,
) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let shown = address.clone();
    let mode = if may_bulk(app, &address) { Mode::Bulk } else { Mode::Individual };
    let list = StoredValue::new(address.name_of_search());
    let keep_place = move |event| list.with_value(|list| row_place::remember(list, &event));
    let view = load_view(page, SKELETON_ROWS, move |found| match found {
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
            let columns = hidden.get();
            let matching = (found.total_count, found.total_count_is_capped);
            row_place::restore_soon(list.get_value(), Scroll::IntoView);
            view! {
                    <Table address=shown.clone() mode matching columns rows=found.nodes.clone() />
                    <Pager turned=shown.after.len() page_rows=shown.rows rows=found.nodes.len() total before after />
                }
                .into_any()
        }
    });
    view! {
        <FreshLine address=address.clone() page fresh />
        <div on:focusin=keep_place>
            <toolbar::Toolbar address hidden />
            {view}
        </div>
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

/// The rows as they came, and as they changed since: a changed row is drawn anew in its place and no other moves.
#[component]
fn Table(
    address: SendErrorAddress,
    mode: Mode,
    /// How many match the search, and whether the server stopped counting.
    matching: (i64, bool),
    columns: HiddenColumns,
    rows: Vec<SendErrorRow>,
) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let go = use_go();
    let list = address.name_of_search();
    let known: Vec<(String, RwSignal<SendErrorRow>)> =
        rows.into_iter().map(|row| (row.id.clone(), RwSignal::new(row))).collect();
    let known = StoredValue::new(known);
    let body: Vec<AnyView> = known.with_value(|rows| {
        let numbered = rows.iter().enumerate();
        let drawn = numbered.map(|(index, (id, row))| match mode {
            Mode::Individual => row_view(app, l, &columns, (index, id), *row),
            Mode::Bulk => ticks::row_view(app, l, &columns, (index, id), *row, known),
        });
        drawn.collect()
    });
    let row_of = move |id: &str| {
        known.with_value(|known| known.iter().find(|(other, _)| other == id).map(|(_, row)| *row))
    };
    live::on_send_error_changed(move |changed| {
        if let Some(row) = row_of(&changed.id) {
            row.set(changed.clone());
            row_place::restore_soon(list.clone(), Scroll::Nothing);
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| match row_key(&event) {
        Some((id, RowKey::Open)) => go(&["/send-errors/", &id].concat()),
        Some((id, RowKey::Toggle)) if mode == Mode::Bulk => ticks::toggle(app, known, &id),
        Some((id, RowKey::Toggle)) => {
            let row = row_of(&id).map(|row| row.get_untracked());
            if let Some(row) = row.filter(|row| may_decide(app, row, Action::Resend)) {
                toggle(app, &row.id, &row.order_no, Decision::Resend);
            }
        }
        None => {}
    };
    let tick = (mode == Mode::Bulk).then(|| ticks::page_tick(app, l, known));
    view! {
        {(mode == Mode::Bulk).then(|| ticks::choice_line(app, l, known, matching))}
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.send_errors()>
            <table class="list" aria-label=l.send_errors()>
                {table_head(l, &address, mode, &columns, tick)}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
    }
}

fn table_head(
    l: Lang,
    address: &SendErrorAddress,
    mode: Mode,
    columns: &HiddenColumns,
    tick: Option<AnyView>,
) -> AnyView {
    let chosen = |column: Column| columns.shows(column).then(|| sorting::heading(l, address, column));
    let fixed = |text: &'static str| view! { <th scope="col">{text}</th> }.into_any();
    view! {
        <thead>
            <tr>
                {tick}
                {chosen(Column::SentAt)}
                {chosen(Column::IpCode)}
                {fixed(l.order_no_carrier())}
                {chosen(Column::Carrier)}
                {chosen(Column::Amount)}
                {fixed("CGISendErr")}
                {chosen(Column::Cause)}
                {chosen(Column::Receipt)}
                {chosen(Column::Attempts)}
                {fixed(if mode == Mode::Bulk { l.processed_by() } else { l.cgi_processing() })}
            </tr>
        </thead>
    }
    .into_any()
}

fn row_view(
    app: App,
    l: Lang,
    columns: &HiddenColumns,
    (index, id): (usize, &str),
    row: RwSignal<SendErrorRow>,
) -> AnyView {
    let chosen = id.to_owned();
    let is_chosen = move || app.plan.with(|plan| plan.decision(&chosen).is_some());
    let columns = columns.clone();
    let cells = move || {
        row.with(|row| {
            view! {
                {fact_cells(l, &columns, row)}
                {cell(l.cgi_processing(), decision_view(app, l, row))}
            }
            .into_any()
        })
    };
    view! {
        <tr tabindex=tab_stop(index) data-id=id.to_owned() class:chosen=is_chosen
            class:unprocessed=move || row.with(|row| row.status == SendErrorStatus::Unprocessed)>
            {cells}
        </tr>
    }
    .into_any()
}

/// What is told of a row whatever may be done with it.
pub(super) fn fact_cells(l: Lang, columns: &HiddenColumns, row: &SendErrorRow) -> AnyView {
    let href = ["/send-errors/", &row.id].concat();
    let chosen = |column: Column, cell: &dyn Fn() -> AnyView| columns.shows(column).then(cell);
    view! {
        {chosen(Column::SentAt, &|| cell(l.sent_at(), format::instant(&row.occurred_at)))}
        {chosen(Column::IpCode, &|| cell(l.ip_code(), row.ip_code.clone()))}
        {cell(l.order_no_carrier(), view! { <a href=href data-act="open">{row.order_no.clone()}</a> })}
        {chosen(Column::Carrier, &|| cell(l.carrier(), status::carrier(l, &row.carrier)))}
        {chosen(Column::Amount, &|| figure_cell(l.amount(), format::yen(row.amount)))}
        {cell("CGISendErr", mark_view(status::send_error(l, row.status, row.resending)))}
        {chosen(Column::Cause, &|| cell(l.cause(), status::cause(l, row.cause, row.http_status)))}
        {chosen(Column::Receipt, &|| cell(l.receipt(), mark_view(status::receipt(l, row.receipt))))}
        {chosen(Column::Attempts, &|| figure_cell(l.attempts(), row.attempt_count.to_string()))}
    }
    .into_any()
}

/// 一括 is asked for, and there is an IP code in the search with which something may be done.
pub(super) fn may_bulk(app: App, address: &SendErrorAddress) -> bool {
    address.search.mode == Mode::Bulk && app.may_decide_somewhere(&address.search.ip_codes)
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
    let edit = may_decide(app, row, Action::EditParameters).then(|| edit_link(l, row));
    if resend.is_none() && close.is_none() && edit.is_none() {
        return row.processed_by.clone().unwrap_or_else(|| format::MISSING.to_owned()).into_any();
    }
    let label = l.cgi_processing_of(&row.order_no);
    view! { <div class="decisions" role="radiogroup" aria-label=label>{resend} {close}</div> {edit} }
        .into_any()
}

/// 送信データ修正, for who may correct what is sent.
fn edit_link(l: Lang, row: &SendErrorRow) -> AnyView {
    let href = ["/send-errors/", &row.id, "/edit"].concat();
    let label = l.edit_parameters_of(&row.order_no);
    view! { <a class="edit-link" href=href aria-label=label>{l.edit_parameters()}</a> }.into_any()
}

/// A radio button that a second press takes back, for nothing is chosen at first.
fn decision_choice(app: App, row: &SendErrorRow, decision: Decision, text: &'static str) -> AnyView {
    let (id, order_no) = (row.id.clone(), row.order_no.clone());
    let name = ["decision-", &id].concat();
    let act = match decision {
        Decision::Resend => "resend",
        Decision::MarkProcessed => "close",
    };
    let shown = id.clone();
    let is_chosen = move || app.plan.with(|plan| plan.decision(&shown) == Some(decision));
    view! {
        <label class="choice">
            <input type="radio" name=name tabindex="0" data-act=act prop:checked=is_chosen on:click=move |_| toggle(app, &id, &order_no, decision) />
            <span>{text}</span>
        </label>
    }
    .into_any()
}
