//! 注文処理状況管理: the orders that the cart has, restored ones among them.
use crate::api;
use crate::api::order_queries::{Orders as OrdersQuery, orders};
use crate::browser;
use crate::components::field::{FaultSummary, Faults, Select, TextField};
use crate::components::load_view::{Empty, load_view};
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head, page_query};
use crate::components::pager::{PAGE_ROWS, Pager, stack_after, stack_before};
use crate::components::period_field::PeriodField;
use crate::components::rows::{RowKey, cell, figure_cell, head, row_key, tab_stop};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect, refresh_with_changes};
use crate::model::order_search::{self, OrderSearch};
use crate::model::period::Period;
use crate::model::{format, search_rules, status};
use crate::router::use_go;
use leptos::prelude::*;
use orders::{OrderFilter, OrdersOrders, OrdersOrdersNodes, PeriodInput};

#[component]
pub(crate) fn Orders() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let query = page_query("/orders");
    let address = Memo::new(move |_| query.with(|query| OrderSearch::parse(query)));
    let page = Query::new(move || {
        let codes = app.active_codes();
        ask(app, codes, address.get())
    });
    refresh_with_changes(app, page);
    effect(move || {
        let total = page.with(|found| Some(format::count(found.total_count, found.total_count_is_capped)));
        name_page(l, l.orders(), total.as_deref());
    });
    view! {
        {page_head(l.orders(), l.orders_purpose())}
        <Tabs address />
        <Search address />
        {load_view(page, 8, move |found| list_view(l, &address.get_untracked(), found))}
    }
}

/// Everything, or what still has to be done: restored orders whose buyer was not mailed yet.
#[component]
fn Tabs(address: Memo<OrderSearch>) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let waiting = OrderSearch::waiting_for_mail().href();
    let is_waiting = Memo::new(move |_| address.with(OrderSearch::is_waiting_for_mail));
    let current = move |is_here: bool| (is_waiting.get() == is_here).then_some("page");
    let count = move || app.waiting_mails.get().map(|count| format::count(count, false));
    view! {
        <nav class="tabs" aria-label=l.lists()>
            <ul>
                <li><a href="/orders" aria-current=move || current(false)>{l.list_all()}</a></li>
                <li><a href=waiting aria-current=move || current(true)>{l.mail_waiting()} " " <span class="figures">{count}</span></a></li>
            </ul>
        </nav>
    }
}

async fn ask(
    app: App,
    codes: Vec<String>,
    search: OrderSearch,
) -> Result<OrdersOrders, api::error::ApiError> {
    let period = &search.period;
    let filter = OrderFilter {
        ip_codes: codes,
        order_no: Some(search.order_no.clone()).filter(|text| !text.is_empty()),
        status: search.status,
        restored: search.restored,
        confirmation_mail: search.confirmation_mail,
        period: period.is_bounded().then(|| PeriodInput {
            year_month: period.year_month(),
            from: period.first_day(),
            to: period.last_day(),
            preset: period.preset(),
        }),
    };
    let variables = orders::Variables {
        filter,
        first: i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX),
        after: search.after.last().cloned(),
    };
    Ok(api::run::<OrdersQuery>(app, variables).await?.orders)
}

/// The draft of the search; texts are the words of the address.
#[derive(Clone, Copy)]
struct Draft {
    order_no: RwSignal<String>,
    status: RwSignal<String>,
    restored: RwSignal<String>,
    mail: RwSignal<String>,
    period: RwSignal<Period>,
}

impl Draft {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            order_no: text(),
            status: text(),
            restored: text(),
            mail: text(),
            period: RwSignal::new(Period::default()),
        }
    }

    fn set(self, search: OrderSearch) {
        self.order_no.set(search.order_no);
        self.status.set(search.status.map_or("", order_search::order_status_text).to_owned());
        self.restored.set(search.restored.map_or("", order_search::yes_no_text).to_owned());
        self.mail.set(search.confirmation_mail.map_or("", order_search::mail_text).to_owned());
        self.period.set(search.period);
    }

    fn search(self) -> OrderSearch {
        OrderSearch {
            order_no: self.order_no.get_untracked().trim().to_owned(),
            status: self.status.with_untracked(|text| order_search::order_status_from(text)),
            restored: self.restored.with_untracked(|text| order_search::yes_no_from(text)),
            confirmation_mail: self.mail.with_untracked(|text| order_search::mail_from(text)),
            period: self.period.get_untracked(),
            after: Vec::new(),
        }
    }
}

#[component]
fn Search(address: Memo<OrderSearch>) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let draft = Draft::new();
    let faults: Faults = RwSignal::new(Vec::new());
    effect(move || draft.set(address.get()));
    let show = {
        let go = go.clone();
        move || {
            let search = draft.search();
            let broken = search_rules::period_faults(l, &search.period, browser::now());
            let is_sound = broken.is_empty();
            faults.set(broken);
            if is_sound {
                go(&search.href());
            }
        }
    };
    let reset = move || {
        faults.set(Vec::new());
        go("/orders");
    };
    view! {
        <details class="panel search-fold" prop:open=move || address.with_untracked(OrderSearch::is_narrowed)>
            <summary>{l.search()}</summary>
            <form role="search" class="search" novalidate=true on:submit=move |event| { event.prevent_default(); show(); }>
                <FaultSummary faults />
                <Fields draft faults />
                <div class="form-foot">
                    <button type="button" class="button" on:click=move |_| reset()>{l.reset()}</button>
                    <button type="submit" class="button primary">{l.show()}</button>
                </div>
            </form>
        </details>
    }
}

#[component]
fn Fields(draft: Draft, faults: Faults) -> impl IntoView {
    let l = use_lang();
    let states = vec![
        ("", l.any()),
        ("new", l.order_status_new()),
        ("in-progress", l.order_status_in_progress()),
        ("shipped", l.order_status_shipped()),
        ("cancelled", l.order_status_cancelled()),
    ];
    let restored = vec![("", l.any()), ("yes", l.restored_yes()), ("no", l.restored_no())];
    let mails = vec![("", l.any()), ("sent", l.mail_sent()), ("not-sent", l.mail_not_sent())];
    view! {
        <div class="keywords">
            <TextField label=l.order_no() path="orderNo" value=draft.order_no faults />
            <Select label=l.status() path="status" options=states value=draft.status />
            <Select label=l.restored() path="restored" options=restored value=draft.restored />
            <Select label=l.confirmation_mail() path="confirmationMail" options=mails value=draft.mail />
        </div>
        <p class="row-head" id="f-period" tabindex="-1">{l.period_ordered()}</p>
        <PeriodField value=draft.period faults />
    }
}

fn list_view(l: Lang, search: &OrderSearch, found: &OrdersOrders) -> AnyView {
    if found.nodes.is_empty() {
        let next = if search.is_narrowed() { l.empty_narrowed_next() } else { l.orders_empty_next() };
        return view! { <Empty why=l.orders_empty() next /> }.into_any();
    }
    let total = format::count(found.total_count, found.total_count_is_capped);
    let href = |after: Vec<String>| OrderSearch { after, ..search.clone() }.href();
    let before = stack_before(&search.after).map(href);
    let end = found.page_info.end_cursor.as_ref();
    let after = stack_after(&search.after, end, found.page_info.has_next_page).map(href);
    view! {
        <Table rows=found.nodes.clone() />
        <Pager turned=search.after.len() rows=found.nodes.len() total before after />
    }
    .into_any()
}

#[component]
fn Table(rows: Vec<OrdersOrdersNodes>) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let headings = [
        l.order_no(),
        l.status(),
        l.ordered_at(),
        l.customer(),
        l.total(),
        l.item_count(),
        l.restored(),
        l.confirmation_mail(),
    ];
    let on_key = move |event: web_sys::KeyboardEvent| {
        if let Some((id, RowKey::Open)) = row_key(&event) {
            go(&["/orders/", &id].concat());
        }
    };
    let body: Vec<AnyView> =
        rows.into_iter().enumerate().map(|(index, row)| row_view(l, index, row)).collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.orders()>
            <table class="list" aria-label=l.orders()>
                {head(&headings, &[l.total(), l.item_count()])}
                <tbody on:keydown=on_key>{body}</tbody>
            </table>
        </div>
    }
}

fn row_view(l: Lang, index: usize, row: OrdersOrdersNodes) -> AnyView {
    let href = ["/orders/", &row.id].concat();
    let restored = if row.restored_from.is_some() { l.restored_yes() } else { format::MISSING };
    view! {
        <tr tabindex=tab_stop(index) data-id=row.id>
            {cell(l.order_no(), view! { <a href=href>{row.order_no}</a> })}
            {cell(l.status(), mark_view(status::order(l, row.status)))}
            {cell(l.ordered_at(), format::instant(&row.ordered_at))}
            {cell(l.customer(), format::customer(Some(&row.customer_name), row.member_id.as_deref()))}
            {figure_cell(l.total(), format::yen(row.total))}
            {figure_cell(l.item_count(), row.item_count.to_string())}
            {cell(l.restored(), restored)}
            {cell(l.confirmation_mail(), mail_text(l, row.confirmation_mail_sent_at.as_deref()))}
        </tr>
    }
    .into_any()
}

pub(crate) fn mail_text(l: Lang, sent_at: Option<&str>) -> String {
    sent_at.map_or_else(|| l.mail_not_sent().to_owned(), format::instant)
}
