//! The orders of a bulk restore: all of them while it is a plan, then by what became of them. The filter and the page
//! stand in the address.
use super::{Facts, Restoring};
use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::restore_queries::{RestoreBatchRows, restore_batch_rows};
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::pager::{PAGE_ROWS, Pager, stack_after, stack_before};
use crate::components::rows::{RowKey, cell, figure_cell, head, row_key, tab_stop};
use crate::context::App;
use crate::i18n::Lang;
use crate::load::{Query, refresh_behind};
use crate::model::enums::RestoreBatchRowState;
use crate::model::format;
use crate::model::restore_batch::{RestoreAddress, row_reason, row_state};
use crate::router::use_go;
use leptos::prelude::*;
use restore_batch_rows::{
    RestoreBatchRowsRestoreBatchRows as Page, RestoreBatchRowsRestoreBatchRowsNodes as Row,
};

const OUTCOMES: [Option<RestoreBatchRowState>; 4] = [
    None,
    Some(RestoreBatchRowState::Done),
    Some(RestoreBatchRowState::Failed),
    Some(RestoreBatchRowState::Skipped),
];

pub(super) fn rows_view(restoring: Restoring, is_planned: Memo<bool>) -> AnyView {
    let Restoring { app, l, facts, address, .. } = restoring;
    let query = Query::new(move || ask(app, address.get()));
    refresh_behind(move || facts.with(|facts| (facts.left, facts.state)), query);
    let heading = move || {
        if is_planned.get() {
            return l.restores_total().to_owned();
        }
        l.restores_result().to_owned()
    };
    view! {
        <section aria-labelledby="rows-heading">
            <h2 id="rows-heading">{heading}</h2>
            {move || (!is_planned.get()).then(|| tabs_view(l, address, facts))}
            {load_view(query, 8, move |page| list_view(l, &address.get_untracked(), facts, page))}
        </section>
    }
    .into_any()
}

async fn ask(app: App, address: RestoreAddress) -> Result<Page, ApiError> {
    let variables = restore_batch_rows::Variables {
        id: address.id,
        state: address.outcome,
        first: i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX),
        after: address.after.last().cloned(),
    };
    let found = api::run::<RestoreBatchRows>(app, variables).await?.restore_batch;
    Ok(found.ok_or_else(|| ApiError::of(ErrorKind::NotFound))?.rows)
}

fn tabs_view(l: Lang, address: Memo<RestoreAddress>, facts: RwSignal<Facts>) -> AnyView {
    let tab = move |outcome: Option<RestoreBatchRowState>| {
        let href = move || address.with(|address| address.of(outcome).href());
        let current = move || address.with(|address| address.outcome == outcome).then_some("page");
        let count = move || format::count(facts.with(|facts| count_of(facts, outcome)), false);
        let text = outcome.map_or_else(|| l.list_all(), |outcome| row_state(l, outcome).text);
        view! { <li><a href=href aria-current=current>{text} " " <span class="figures">{count}</span></a></li> }
            .into_any()
    };
    let tabs: Vec<AnyView> = OUTCOMES.into_iter().map(tab).collect();
    view! { <nav class="tabs spaced" aria-label=l.batch_outcomes()><ul>{tabs}</ul></nav> }.into_any()
}

fn count_of(facts: &Facts, outcome: Option<RestoreBatchRowState>) -> i64 {
    match outcome {
        None => facts.total,
        Some(RestoreBatchRowState::Done) => facts.done,
        Some(RestoreBatchRowState::Failed) => facts.failed,
        Some(RestoreBatchRowState::Skipped) => facts.skipped,
        Some(RestoreBatchRowState::Left) => facts.left,
    }
}

fn list_view(l: Lang, address: &RestoreAddress, facts: RwSignal<Facts>, page: &Page) -> AnyView {
    if page.nodes.is_empty() {
        return view! { <Empty why=l.batch_rows_empty() next=l.batch_rows_empty_next() /> }.into_any();
    }
    let total = format::count(facts.with_untracked(|facts| count_of(facts, address.outcome)), false);
    let before = stack_before(&address.after).map(|after| address.with_after(after).href());
    let end = page.page_info.end_cursor.as_ref();
    let after = stack_after(&address.after, end, page.page_info.has_next_page)
        .map(|after| address.with_after(after).href());
    view! {
        {table_view(l, &page.nodes)}
        <Pager turned=address.after.len() rows=page.nodes.len() total before after />
    }
    .into_any()
}

fn table_view(l: Lang, rows: &[Row]) -> AnyView {
    let go = use_go();
    let on_key = move |event: web_sys::KeyboardEvent| {
        if let Some((href, RowKey::Open)) = row_key(&event) {
            go(&href);
        }
    };
    let headings = [l.result(), l.order_no(), l.ip_code(), l.total(), l.details()];
    let body: Vec<AnyView> = rows.iter().enumerate().map(|(index, row)| row_view(l, index, row)).collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.restores_result()>
            <table class="list" aria-label=l.restores_result()>
                {head(&headings, &[l.total()])}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The order that was made, else the row that it would be made of.
fn href_of(row: &Row) -> Option<String> {
    let order = row.order.as_ref().map(|order| ["/orders/", &order.id].concat());
    order.or_else(|| row.abnormal_order.as_ref().map(|row| ["/abnormal-orders/", &row.id].concat()))
}

fn row_view(l: Lang, index: usize, row: &Row) -> AnyView {
    let evidence = row.evidence.as_ref();
    let evidence = evidence.map(|one| (one.field.as_str(), one.expected.as_str(), one.actual.as_str()));
    let reason = row.reason.as_deref().map(|reason| row_reason(l, reason, row.problem, evidence));
    let href = href_of(row);
    let number = row.order_no.clone();
    let number = match href.clone() {
        Some(href) => view! { <a href=href data-act="open">{number}</a> }.into_any(),
        None => number.into_any(),
    };
    view! {
        <tr tabindex=tab_stop(index) data-id=href>
            {cell(l.result(), mark_view(row_state(l, row.state)))}
            {cell(l.order_no(), number)}
            {cell(l.ip_code(), row.ip_code.clone())}
            {figure_cell(l.total(), format::yen(row.amount))}
            {cell(l.details(), reason.unwrap_or_default())}
        </tr>
    }
    .into_any()
}
