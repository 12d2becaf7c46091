//! 一括処理: every batch that one may see, newest first: who, when, what, and how far it is.
use crate::api::decode::decode;
use crate::api::error::ApiError;
use crate::api::queries::{ResendBatches, resend_batches};
use crate::api::{self};
use crate::browser;
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head, page_query};
use crate::components::pager::{PAGE_ROWS, Pager, stack_after, stack_before};
use crate::components::rows::{RowKey, cell, figure_cell, head, row_key, tab_stop};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::{Query, effect, refresh_with_reconnects};
use crate::model::{batch, format, paging};
use crate::router::use_go;
use leptos::prelude::*;
use resend_batches::{BatchFacts, ResendBatchesResendBatches as Page};

const PATH: &str = "/batches";

/// Batches under way that are followed live; more than these go on at once only by mistake.
const FOLLOWED_MAX: usize = 5;

#[component]
pub(crate) fn Batches() -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let search = page_query(PATH);
    let turned = Memo::new(move |_| search.with(|search| paging::cursors_of(search)));
    let query = Query::new(move || ask(app, turned.get()));
    refresh_with_reconnects(app, query);
    effect(move || {
        let count = query.with(|page| Some(format::count(page.total_count, page.total_count_is_capped)));
        name_page(l, l.batches(), count.as_deref());
    });
    view! {
        {page_head(l.batches(), l.batches_purpose())}
        {load_view(query, 8, move |page| list_view(l, &turned.get_untracked(), page))}
    }
}

async fn ask(app: App, turned: Vec<String>) -> Result<Page, ApiError> {
    let first = i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX);
    let variables = resend_batches::Variables { first, after: turned.last().cloned() };
    Ok(api::run::<ResendBatches>(app, variables).await?.resend_batches)
}

fn list_view(l: Lang, turned: &[String], page: &Page) -> AnyView {
    let rows = &page.nodes;
    if rows.is_empty() {
        return view! { <Empty why=l.batches_empty() next=l.batches_empty_next() /> }.into_any();
    }
    let go = use_go();
    let on_key = move |event: web_sys::KeyboardEvent| {
        if let Some((id, RowKey::Open)) = row_key(&event) {
            go(&["/batches/", &id].concat());
        }
    };
    let headings = [
        l.batch_planned_at(),
        l.batch_by(),
        l.cgi_processing(),
        l.status(),
        l.batch_total(),
        l.result_succeeded(),
        l.result_failed(),
        l.row_skipped(),
        l.batch_finished_at(),
    ];
    let figures = [l.batch_total(), l.result_succeeded(), l.result_failed(), l.row_skipped()];
    let under_way = rows.iter().filter(|row| !batch::is_over(row.state)).map(|row| row.id.clone());
    let followed: Vec<String> = under_way.take(FOLLOWED_MAX).collect();
    let body: Vec<AnyView> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| row_view(l, index, row, followed.contains(&row.id)))
        .collect();
    let total = format::count(page.total_count, page.total_count_is_capped);
    let href = |after: Vec<String>| paging::href_after(PATH, &after);
    let before = stack_before(turned).map(href);
    let end = page.page_info.end_cursor.as_ref();
    let after = stack_after(turned, end, page.page_info.has_next_page).map(href);
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.batches()>
            <table class="list" aria-label=l.batches()>
                {head(&headings, &figures)}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
        <Pager turned=turned.len() rows=rows.len() total before after />
    }
    .into_any()
}

fn row_view(l: Lang, index: usize, row: &BatchFacts, is_followed: bool) -> AnyView {
    let href = ["/batches/", &row.id].concat();
    let facts = RwSignal::new(row.clone());
    if is_followed {
        live::follow_batch(row.id.clone(), move |told| {
            if let Ok(now) = decode::<BatchFacts>(told) {
                facts.set(now);
            }
        });
    }
    let figure = move |read: fn(&BatchFacts) -> i64| move || format::count(facts.with(read), false);
    let mark = move || {
        facts.with(|facts| {
            let is_expired = batch::is_expired(facts.state, &facts.planned_at, browser::now());
            mark_view(batch::state(l, facts.state, is_expired))
        })
    };
    let finished = move || facts.with(|facts| format::instant_or_missing(facts.finished_at.as_deref()));
    view! {
        <tr tabindex=tab_stop(index) data-id=row.id.clone()>
            {cell(l.batch_planned_at(), view! { <a href=href>{format::instant(&row.planned_at)}</a> })}
            {cell(l.batch_by(), row.created_by.clone())}
            {cell(l.cgi_processing(), batch::action(l, row.action))}
            {cell(l.status(), mark)}
            {figure_cell(l.batch_total(), format::count(row.total, false))}
            {live_figure(l.result_succeeded(), figure(|facts| facts.done))}
            {live_figure(l.result_failed(), figure(|facts| facts.failed))}
            {live_figure(l.row_skipped(), figure(|facts| facts.skipped))}
            {cell(l.batch_finished_at(), finished)}
        </tr>
    }
    .into_any()
}

fn live_figure(heading: &'static str, value: impl Fn() -> String + Send + 'static) -> AnyView {
    view! { <td class="figures" data-label=heading>{value}</td> }.into_any()
}
