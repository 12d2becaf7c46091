//! What became of each row of a batch, by outcome; each row leads to its send error.
use super::facts::Facts;
use super::settled;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::create_download_link::{CreateDownloadLinkInput, ResendBatchDownloadInput};
use crate::api::queries::{ResendBatchRows, resend_batch_rows};
use crate::api::{self};
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::page::page_query;
use crate::components::pager::{PAGE_ROWS, Pager, stack_after, stack_before};
use crate::components::row_place::{self, Scroll};
use crate::components::rows::{RowKey, cell, head, row_key, tab_stop};
use crate::context::App;
use crate::download::Download;
use crate::i18n::Lang;
use crate::load::{Query, refresh_behind};
use crate::model::batch_address::{BatchAddress, OUTCOMES};
use crate::model::enums::{DownloadEncoding, ResendBatchRowState};
use crate::model::{batch, format, status};
use crate::router::use_go;
use leptos::prelude::*;
use resend_batch_rows::{ResendBatchRowsResendBatchRows as Page, ResendBatchRowsResendBatchRowsNodes as Row};

pub(super) fn rows_view(app: App, l: Lang, id: String, facts: RwSignal<Facts>) -> AnyView {
    let own = id.clone();
    let search = page_query(["/batches/", &id].concat());
    let address = Memo::new(move |_| search.with(|search| BatchAddress::parse(&own, search)));
    let query = Query::new(move || ask(app, address.get()));
    refresh_behind(move || facts.with(|facts| (settled(facts), facts.state)), query);
    let wanted = move |encoding| wanted_file(address.get_untracked(), encoding);
    view! {
        <section aria-labelledby="rows-heading">
            <h2 id="rows-heading">{l.batch_rows()}</h2>
            {tabs_view(l, address, facts)}
            <div class="toolbar"><Download wanted=Callback::new(wanted) /></div>
            {load_view(query, 8, move |page| list_view(l, &address.get_untracked(), facts, page))}
        </section>
    }
    .into_any()
}

async fn ask(app: App, address: BatchAddress) -> Result<Page, ApiError> {
    let variables = resend_batch_rows::Variables {
        id: address.id,
        state: address.outcome,
        first: i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX),
        after: address.after.last().cloned(),
    };
    let found = api::run::<ResendBatchRows>(app, variables).await?.resend_batch;
    Ok(found.ok_or_else(|| ApiError::of(ErrorKind::NotFound))?.rows)
}

/// The list in view, all its pages.
fn wanted_file(address: BatchAddress, encoding: DownloadEncoding) -> CreateDownloadLinkInput {
    CreateDownloadLinkInput {
        send_errors: None,
        send_errors_sort: None,
        resend_batch: Some(ResendBatchDownloadInput { id: address.id, state: address.outcome }),
        abnormal_orders: None,
        encoding,
    }
}

fn tabs_view(l: Lang, address: Memo<BatchAddress>, facts: RwSignal<Facts>) -> AnyView {
    let tab = move |outcome: Option<ResendBatchRowState>| {
        let href = move || address.with(|address| address.of(outcome).href());
        let current = move || address.with(|address| address.outcome == outcome).then_some("page");
        let count = move || format::count(facts.with(|facts| count_of(facts, outcome)), false);
        let text = outcome.map_or_else(|| l.list_all(), |outcome| batch::row_state(l, outcome).text);
        view! { <li><a href=href aria-current=current>{text} " " <span class="figures">{count}</span></a></li> }
            .into_any()
    };
    let tabs: Vec<AnyView> = OUTCOMES.into_iter().map(tab).collect();
    view! { <nav class="tabs spaced" aria-label=l.batch_outcomes()><ul>{tabs}</ul></nav> }.into_any()
}

fn count_of(facts: &Facts, outcome: Option<ResendBatchRowState>) -> i64 {
    match outcome {
        Some(ResendBatchRowState::Done) => facts.done,
        Some(ResendBatchRowState::Failed) => facts.failed,
        Some(ResendBatchRowState::Skipped) => facts.skipped,
        None | Some(ResendBatchRowState::Waiting | ResendBatchRowState::Sending) => facts.total,
    }
}

fn list_view(l: Lang, address: &BatchAddress, facts: RwSignal<Facts>, page: &Page) -> AnyView {
    if page.nodes.is_empty() {
        return view! { <Empty why=l.batch_rows_empty() next=l.batch_rows_empty_next() /> }.into_any();
    }
    let total = format::count(facts.with_untracked(|facts| count_of(facts, address.outcome)), false);
    let before = stack_before(&address.after).map(|after| address.with_after(after).href());
    let end = page.page_info.end_cursor.as_ref();
    let after = stack_after(&address.after, end, page.page_info.has_next_page)
        .map(|after| address.with_after(after).href());
    // Rows are drawn anew while one reads: the focus stays on its row.
    row_place::restore_soon(address.href(), Scroll::Nothing);
    view! {
        {table_view(l, address.href(), &page.nodes)}
        <Pager turned=address.after.len() rows=page.nodes.len() total before after />
    }
    .into_any()
}

fn table_view(l: Lang, list: String, rows: &[Row]) -> AnyView {
    let go = use_go();
    let on_key = move |event: web_sys::KeyboardEvent| {
        if let Some((id, RowKey::Open)) = row_key(&event) {
            go(&["/send-errors/", &id].concat());
        }
    };
    let headings = [l.result(), l.order_no_carrier(), l.ip_code(), l.receipt_then(), l.details()];
    let body: Vec<AnyView> = rows.iter().enumerate().map(|(index, row)| row_view(l, index, row)).collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.batch_rows()
            on:focusin=move |event| row_place::remember(&list, &event)>
            <table class="list" aria-label=l.batch_rows()>
                {head(&headings, &[])}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row_view(l: Lang, index: usize, row: &Row) -> AnyView {
    let href = ["/send-errors/", &row.send_error_id].concat();
    let reason = row.reason.as_deref().map_or_else(String::new, |reason| batch::row_reason(l, reason));
    view! {
        <tr tabindex=tab_stop(index) data-id=row.send_error_id.clone()>
            {cell(l.result(), mark_view(batch::row_state(l, row.state)))}
            {cell(l.order_no_carrier(), view! { <a href=href data-act="open">{row.order_no.clone()}</a> })}
            {cell(l.ip_code(), row.ip_code.clone())}
            {cell(l.receipt_then(), mark_view(status::receipt(l, row.receipt)))}
            {cell(l.details(), reason)}
        </tr>
    }
    .into_any()
}
