//! キャリア決済 CGI 送信エラー処理: search, list, and the choice of what is done with each row.
//! The address is the whole state of the search; the choices are the session's plan. Nothing is sent from here.
mod bulk_bar;
mod foot_bar;
mod list;
mod panel;
mod saved;
mod sorting;
mod ticks;
mod toolbar;
mod words;

use crate::api::queries::{SendErrors as SendErrorsQuery, send_errors};
use crate::api::{self, error::ApiError};
use crate::browser;
use crate::components::field::Faults;
use crate::components::page::{name_page, page_head, page_query};
use crate::context::{App, use_app};
use crate::i18n::use_lang;
use crate::live;
use crate::load::{Query, effect, refresh_with_reconnects};
use crate::model::decisions::Plan;
use crate::model::enums::{PeriodPreset, SendErrorStatus};
use crate::model::format;
use crate::model::search_rules::{self, Change};
use crate::model::send_error_search::{Mode, SendErrorAddress, SendErrorSearch};
use leptos::prelude::*;
use send_errors::{PeriodInput, SendErrorFilter, SendErrorRow};

/// One page of the list; `None` where the address asks for nothing yet.
type Page = Option<send_errors::SendErrorsSendErrors>;

#[component]
pub(crate) fn SendErrors() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let query = page_query("/send-errors");
    let address = Memo::new(move |_| query.with(|query| SendErrorAddress::parse(query)));
    let faults: Faults = RwSignal::new(Vec::new());
    let page = ask(app, address, faults);
    let is_open = RwSignal::new(true);
    // A fault opens the form; that there is none closes it only together with a new search.
    effect(move || {
        if faults.with(|faults| !faults.is_empty()) {
            is_open.set(true);
        }
    });
    effect(move || {
        let has_search = address.with(Option::is_some);
        is_open.set(!has_search || faults.with_untracked(|faults| !faults.is_empty()));
        keep_plan(app, address.get_untracked());
    });
    effect(move || {
        let total = page.with(|found| {
            let found = found.as_ref()?;
            Some(format::count(found.total_count, found.total_count_is_capped))
        });
        name_page(l, l.send_errors(), total.as_deref());
    });
    let fresh = RwSignal::new(Vec::<String>::new());
    let hidden = RwSignal::new(toolbar::remembered_columns());
    effect(move || {
        address.track();
        fresh.set(Vec::new());
    });
    live::on_send_error_changed(move |row| take_change(app, address.get_untracked(), page, fresh, row));
    refresh_with_reconnects(app, page);
    view! {
        {page_head(l.send_errors(), l.send_errors_purpose())}
        <panel::Search address is_open faults again=Callback::new(move |()| { is_open.set(false); page.reload(); }) />
        {move || address.get().filter(|_| faults.with(Vec::is_empty)).map(|address| view! { <list::List address page fresh hidden /> })}
        {move || if address.with(|address| address.as_ref().is_some_and(|address| list::may_bulk(app, address))) {
            view! { <bulk_bar::BulkBar address page /> }.into_any()
        } else {
            view! { <foot_bar::FootBar address /> }.into_any()
        }}
    }
}

/// Asks for the page that the address names, once the address keeps the rules.
fn ask(app: App, address: Memo<Option<SendErrorAddress>>, faults: Faults) -> Query<Page> {
    let l = use_lang();
    Query::new(move || {
        let address = address.get();
        let broken = address
            .as_ref()
            .map_or_else(Vec::new, |address| search_rules::faults(l, &address.search, browser::now()));
        let is_sound = broken.is_empty();
        faults.set(broken);
        async move {
            let Some(address) = address.filter(|_| is_sound) else {
                return Ok(None);
            };
            let variables = send_errors::Variables {
                filter: filter_of(&address.search),
                sort: address.sort,
                first: i64::try_from(address.rows).unwrap_or(i64::MAX),
                after: address.after.last().cloned(),
            };
            match api::run::<SendErrorsQuery>(app, variables).await {
                Ok(answer) => Ok(Some(answer.send_errors)),
                Err(error) => Err(share_faults(faults, error)),
            }
        }
    })
}

/// What the server finds wrong with a field stands beside the field, like what the page finds itself.
fn share_faults(faults: Faults, error: ApiError) -> ApiError {
    if !error.fields.is_empty() {
        let _ = faults.try_set(error.fields.clone());
    }
    error
}

fn filter_of(search: &SendErrorSearch) -> SendErrorFilter {
    let keyword = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    let period: &crate::model::period::Period = &search.period;
    let preset: Option<PeriodPreset> = period.preset();
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
            preset,
        }),
    }
}

/// Choices belong to one search: another search begins with none. A plan that is being sent is left alone.
fn keep_plan(app: App, address: Option<SendErrorAddress>) {
    let Some(address) = address else { return };
    let is_bulk = address.search.mode == Mode::Bulk;
    let search = address.name_of_search();
    if is_bulk && app.ticks.with_untracked(|ticks| ticks.search != search) {
        app.change_ticks(|ticks| ticks.begin_search(search.clone()));
    }
    let is_other = app.plan.with_untracked(|plan| {
        let is_running = plan.is_submitted && !plan.is_finished();
        !is_running && (plan.is_submitted || plan.search != search)
    });
    if is_other {
        app.change_plan(|plan| *plan = Plan { search, ..Plan::default() });
    }
}

/// A new row is only counted: nothing moves under the reader's eyes. One that is in view changes there, by the list.
fn take_change(
    app: App,
    address: Option<SendErrorAddress>,
    page: Query<Page>,
    fresh: RwSignal<Vec<String>>,
    changed: &SendErrorRow,
) {
    if changed.status == SendErrorStatus::Processed || changed.resending {
        app.change_ticks(|ticks| ticks.drop_row(&changed.id));
    }
    let is_in_view =
        untrack(|| page.with(|found| Some(found.as_ref()?.nodes.iter().any(|row| row.id == changed.id))));
    if is_in_view == Some(true) {
        return;
    }
    let Some(address) = address else { return };
    let change = Change {
        ip_code: &changed.ip_code,
        order_no: &changed.order_no,
        status: changed.status,
        occurred_at: &changed.occurred_at,
    };
    if search_rules::is_new_match(&address.search, &change, browser::now()) {
        fresh.update(|ids| {
            if !ids.contains(&changed.id) {
                ids.push(changed.id.clone());
            }
        });
    }
}
