//! 異常注文復旧処理: payments that the gateway took and the cart has no order for, in five lists.
//! The address is the state. Nothing is restored from here: 復旧 leads to its confirmation.
mod search;
mod ticks;

use crate::api;
use crate::api::order_queries::{AbnormalOrders as AbnormalOrdersQuery, abnormal_orders};
use crate::api::queries::create_download_link;
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head, page_query, payment_href};
use crate::components::pager::{PAGE_ROWS, Pager, stack_after, stack_before};
use crate::components::rows::{RowKey, cell, figure_cell, head_row, row_key, tab_stop};
use crate::context::{App, use_app};
use crate::download::Download;
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect, refresh_with_changes};
use crate::model::enums::{AbnormalOrderAction, AbnormalOrderList, DownloadEncoding};
use crate::model::order_search::AbnormalOrderSearch;
use crate::model::{format, status};
use crate::router::use_go;
use abnormal_orders::{
    AbnormalOrderFilter, AbnormalOrdersAbnormalOrders, AbnormalOrdersAbnormalOrdersNodes, PeriodInput,
};
use leptos::prelude::*;
use ticks::Ticks;

const LISTS: [AbnormalOrderList; 5] = [
    AbnormalOrderList::All,
    AbnormalOrderList::Restorable,
    AbnormalOrderList::Restored,
    AbnormalOrderList::Duplicate,
    AbnormalOrderList::Unrestorable,
];

#[component]
pub(crate) fn AbnormalOrders() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let query = page_query("/abnormal-orders");
    let address = Memo::new(move |_| query.with(|query| AbnormalOrderSearch::parse(query)));
    let page = Query::new(move || ask(app, address.get()));
    refresh_with_changes(app, page);
    effect(move || {
        let total = page.with(|found| Some(format::count(found.total_count, found.total_count_is_capped)));
        name_page(l, l.abnormal_orders(), total.as_deref());
    });
    let wanted = move |encoding| wanted_file(app, &address.get_untracked(), encoding);
    let ticks = Ticks::new(app, l, address);
    view! {
        {page_head(l.abnormal_orders(), l.abnormal_orders_purpose())}
        <Tabs address />
        <search::Search address />
        <div class="toolbar"><Download wanted=Callback::new(wanted) /></div>
        {load_view(page, 8, move |found| list_view(l, &address.get_untracked(), ticks, found))}
        <p class="quiet small">{l.wire_format_note()}</p>
    }
}

async fn ask(
    app: App,
    search: AbnormalOrderSearch,
) -> Result<AbnormalOrdersAbnormalOrders, api::error::ApiError> {
    let variables = abnormal_orders::Variables {
        filter: filter_of(app, &search),
        first: i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX),
        after: search.after.last().cloned(),
    };
    Ok(api::run::<AbnormalOrdersQuery>(app, variables).await?.abnormal_orders)
}

pub(super) fn filter_of(app: App, search: &AbnormalOrderSearch) -> AbnormalOrderFilter {
    let keyword = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let period = &search.period;
    AbnormalOrderFilter {
        ip_codes: untrack(|| app.gateway_codes()),
        list: search.list,
        order_no: keyword(&search.order_no),
        customer: keyword(&search.customer),
        member_id: keyword(&search.member_id),
        period: period.is_bounded().then(|| PeriodInput {
            year_month: period.year_month(),
            from: period.first_day(),
            to: period.last_day(),
            preset: period.preset(),
        }),
    }
}

/// The list in view, all its pages; each operation has its own type of the list's filter.
fn wanted_file(
    app: App,
    search: &AbnormalOrderSearch,
    encoding: DownloadEncoding,
) -> create_download_link::CreateDownloadLinkInput {
    let filter = filter_of(app, search);
    let filter = create_download_link::AbnormalOrderFilter {
        ip_codes: filter.ip_codes,
        list: filter.list,
        order_no: filter.order_no,
        customer: filter.customer,
        member_id: filter.member_id,
        period: filter.period.map(|period| create_download_link::PeriodInput {
            year_month: period.year_month,
            from: period.from,
            to: period.to,
            preset: period.preset,
        }),
    };
    create_download_link::CreateDownloadLinkInput {
        send_errors: None,
        send_errors_sort: None,
        resend_batch: None,
        abnormal_orders: Some(filter),
        encoding,
    }
}

fn list_name(l: Lang, list: AbnormalOrderList) -> &'static str {
    match list {
        AbnormalOrderList::All => l.list_all(),
        AbnormalOrderList::Restorable => l.list_restorable(),
        AbnormalOrderList::Restored => l.list_restored(),
        AbnormalOrderList::Duplicate => l.list_duplicate(),
        AbnormalOrderList::Unrestorable => l.list_unrestorable(),
    }
}

/// What a list means and what to do, in the sense of the reference document on abnormal orders.
fn list_meaning(l: Lang, list: AbnormalOrderList) -> &'static str {
    match list {
        AbnormalOrderList::All => l.meaning_all(),
        AbnormalOrderList::Restorable => l.meaning_restorable(),
        AbnormalOrderList::Restored => l.meaning_restored(),
        AbnormalOrderList::Duplicate => l.meaning_duplicate(),
        AbnormalOrderList::Unrestorable => l.meaning_unrestorable(),
    }
}

#[component]
fn Tabs(address: Memo<AbnormalOrderSearch>) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let tab = move |list: AbnormalOrderList| {
        let href = move || {
            let search = AbnormalOrderSearch { list, after: Vec::new(), ..address.get() };
            search.href()
        };
        let count = move || {
            app.counts.with(|counts| {
                let counts = counts.as_ref()?;
                let count = match list {
                    AbnormalOrderList::All => counts.all,
                    AbnormalOrderList::Restorable => counts.restorable,
                    AbnormalOrderList::Restored => counts.restored,
                    AbnormalOrderList::Duplicate => counts.duplicate,
                    AbnormalOrderList::Unrestorable => counts.unrestorable,
                };
                Some(format::count(count, false))
            })
        };
        let current = move || address.with(|address| address.list == list).then_some("page");
        view! { <li><a href=href aria-current=current>{list_name(l, list)} " " <span class="figures">{count}</span></a></li> }
            .into_any()
    };
    let tabs: Vec<AnyView> = LISTS.into_iter().map(tab).collect();
    view! {
        <nav class="tabs" aria-label=l.lists()><ul>{tabs}</ul></nav>
        <p class="meaning">{move || list_meaning(l, address.with(|address| address.list))}</p>
    }
}

fn list_view(
    l: Lang,
    search: &AbnormalOrderSearch,
    ticks: Ticks,
    found: &AbnormalOrdersAbnormalOrders,
) -> AnyView {
    if found.nodes.is_empty() {
        let next =
            if search.is_narrowed() { l.empty_narrowed_next() } else { l.abnormal_orders_empty_next() };
        return view! { <Empty why=l.abnormal_orders_empty() next /> }.into_any();
    }
    let total = format::count(found.total_count, found.total_count_is_capped);
    let href = |after: Vec<String>| AbnormalOrderSearch { after, ..search.clone() }.href();
    let before = stack_before(&search.after).map(href);
    let end = found.page_info.end_cursor.as_ref();
    let after = stack_after(&search.after, end, found.page_info.has_next_page).map(href);
    let ticks = ticks.are_offered(search).then_some(ticks);
    let here: Vec<String> = found
        .nodes
        .iter()
        .filter(|row| row.allowed_actions.contains(&AbnormalOrderAction::Restore))
        .map(|row| row.id.clone())
        .collect();
    let is_everything = !found.page_info.has_next_page && search.after.is_empty();
    let narrow = ticks.map(|ticks| ticks.narrow_view(here.clone()));
    let bar = ticks.map(|ticks| ticks.bar_view(here.clone(), total.clone(), is_everything));
    view! {
        {narrow}
        <Table rows=found.nodes.clone() ticks here />
        <Pager turned=search.after.len() rows=found.nodes.len() total before after />
        {bar}
    }
    .into_any()
}

#[component]
fn Table(
    rows: Vec<AbnormalOrdersAbnormalOrdersNodes>,
    ticks: Option<Ticks>,
    here: Vec<String>,
) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let headings = [
        l.order_type(),
        l.status(),
        l.order_no(),
        l.received_at(),
        l.ordered_at(),
        l.customer(),
        l.total(),
        l.shipping_fee(),
        l.item_count(),
        l.restore(),
        l.delete(),
        l.open_details(),
    ];
    let tickable = here.clone();
    let on_key = move |event: web_sys::KeyboardEvent| match (row_key(&event), ticks) {
        (Some((id, RowKey::Open)), _) => go(&["/abnormal-orders/", &id].concat()),
        (Some((id, RowKey::Toggle)), Some(ticks)) if tickable.contains(&id) => {
            ticks.toggle(&id, &tickable);
        }
        (Some((_, RowKey::Toggle)) | None, _) => {}
    };
    let first = ticks.map(|ticks| ticks.head_view(here.clone()));
    let body: Vec<AnyView> =
        rows.into_iter().enumerate().map(|(index, row)| row_view(l, index, row, ticks, &here)).collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.abnormal_orders()>
            <table class="list" aria-label=l.abnormal_orders()>
                {head_row(first, &headings, &[l.total(), l.shipping_fee(), l.item_count()])}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
    }
}

fn row_view(
    l: Lang,
    index: usize,
    row: AbnormalOrdersAbnormalOrdersNodes,
    ticks: Option<Ticks>,
    here: &[String],
) -> AnyView {
    let tick = ticks.map(|ticks| ticks.cell_view(&row.id, &row.order_no, here));
    let href = ["/abnormal-orders/", &row.id].concat();
    let mark = mark_view(status::abnormal_order(l, row.status));
    let cancelled = row
        .cancelled_at_gateway
        .then(|| view! { <span class="mark mark-grey">{l.cancelled_at_gateway()}</span> });
    let closed = row.closed_at.as_ref().map(|_| view! { <span class="mark mark-plain">{l.closed()}</span> });
    let customer = format::customer(row.customer_name.as_deref(), row.member_id.as_deref());
    let count = row.item_count.map_or_else(|| format::MISSING.to_owned(), |count| count.to_string());
    view! {
        <tr tabindex=tab_stop(index) data-id=row.id.clone()>
            {tick}
            {cell(l.order_type(), format::text_or_missing(row.order_type.as_deref()))}
            {cell(l.status(), view! { <span class="marks">{mark} {cancelled} {closed}</span> })}
            {cell(l.order_no(), number_view(l, &row))}
            {cell(l.received_at(), format::instant(&row.received_at))}
            {cell(l.ordered_at(), format::instant_or_missing(row.ordered_at.as_deref()))}
            {cell(l.customer(), customer)}
            {figure_cell(l.total(), format::yen_or_missing(row.total))}
            {figure_cell(l.shipping_fee(), format::yen_or_missing(row.shipping_fee))}
            {figure_cell(l.item_count(), count)}
            {cell(l.restore(), restore_view(l, &row))}
            {cell(l.delete(), delete_view(l, &row))}
            {cell(l.open_details(), view! { <a href=href aria-label=l.open_details_of(&row.order_no)>{l.open_details()}</a> })}
        </tr>
    }
    .into_any()
}

/// The number leads to everything that happened to its payment, where a result of one came in.
fn number_view(l: Lang, row: &AbnormalOrdersAbnormalOrdersNodes) -> AnyView {
    let number = row.order_no.clone();
    match &row.payment {
        Some(payment) => {
            view! { <a href=payment_href(&payment.id) aria-label=l.payment_to_of(&number)>{number.clone()}</a> }
                .into_any()
        }
        None => number.into_any(),
    }
}

/// A button only where restoring is possible; elsewhere the state's word stands in its place.
fn restore_view(l: Lang, row: &AbnormalOrdersAbnormalOrdersNodes) -> AnyView {
    if row.allowed_actions.contains(&AbnormalOrderAction::Restore) {
        let href = ["/abnormal-orders/", &row.id, "/restore"].concat();
        return view! { <a class="button small-button" href=href>{l.restore()}</a> }.into_any();
    }
    let word = if row.cancelled_at_gateway {
        l.cancelled_at_gateway()
    } else {
        status::abnormal_order(l, row.status).text
    };
    word.into_any()
}

fn delete_view(l: Lang, row: &AbnormalOrdersAbnormalOrdersNodes) -> AnyView {
    if !row.allowed_actions.contains(&AbnormalOrderAction::Delete) {
        return format::MISSING.into_any();
    }
    let href = ["/abnormal-orders/", &row.id, "/delete"].concat();
    view! { <a href=href aria-label=l.delete_of(&row.order_no)>{l.delete()}</a> }.into_any()
}
