//! One send error: what it is, what happened to it, what may be done. Links in alert mails lead here.
//! What changes elsewhere shows at once, and what one has opened stays open.
mod actions;

use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{SendErrorDetail, send_error_detail};
use crate::components::facts::{facts, named_values, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, payment_href};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::{Query, effect, refresh_with_reconnects};
use crate::model::history::Told;
use crate::model::{format, status};
use crate::pages::history::{History, history, known_values};
use crate::pages::told::told_of;
use leptos::prelude::*;
use send_error_detail::SendErrorDetailSendError as Detail;

#[component]
pub(crate) fn SendError(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let id = StoredValue::new(id);
    let query = Query::new(move || ask(app, id.get_value()));
    live::on_send_error_changed(move |row| {
        if id.with_value(|id| *id == row.id) {
            query.refresh();
        }
    });
    refresh_with_reconnects(app, query);
    effect(move || {
        let order_no = query.with(|found| Some(found.order_no.clone()));
        match order_no {
            Some(order_no) => name_page(l, &[l.order_no_carrier(), " ", &order_no].concat(), None),
            None => name_page(l, l.send_errors(), None),
        }
    });
    let is_here = Memo::new(move |_| query.with(|_| Some(())).is_some());
    move || {
        if is_here.get() { page_view(app, l, query) } else { load_view(query, 12, |_| ().into_any()) }
    }
}

async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<SendErrorDetail>(app, send_error_detail::Variables { id }).await?;
    answer.send_error.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

/// Drawn once; each of its pieces follows the row by itself, so that nothing opened closes under the reader's eyes.
fn page_view(app: App, l: Lang, query: Query<Detail>) -> AnyView {
    let told = move || {
        query.with(|found| {
            Some(found.timeline.iter().map(|event| told_of!(event, None)).collect::<Vec<Told>>())
        })
    };
    let events = Signal::derive(move || told().unwrap_or_default());
    let running = Signal::derive(move || {
        query.with(|found| found.resending.then(|| status::send_error(l, found.status, true)))
    });
    let known = Signal::derive(move || {
        let stored = query.with(|found| {
            Some(found.parameters.iter().map(|one| one.value.clone()).collect::<Vec<String>>())
        });
        known_values(stored.unwrap_or_default().into_iter(), &events.get())
    });
    view! {
        {move || query.with(|found| Some(head_view(app, l, found)))}
        <actions::Actions query />
        <div class="columns detail">
            <section aria-labelledby="timeline-heading">
                <h2 id="timeline-heading">{l.timeline()}</h2>
                {history(l, History { events, running, known })}
            </section>
            <section aria-labelledby="facts-heading">
                <h2 id="facts-heading">{l.facts_heading()}</h2>
                {move || query.with(|found| Some(facts_view(l, found)))}
                <h2>{l.parameters()}</h2>
                {move || query.with(|found| {
                    let named = found.parameters.iter().map(|one| (one.name.clone(), one.value.clone()));
                    Some(named_values(named.collect()))
                })}
            </section>
        </div>
    }
    .into_any()
}

fn head_view(app: App, l: Lang, found: &Detail) -> AnyView {
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href=list_href(app)>{l.send_errors()}</a></p>
            <h1>{l.order_no_carrier()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="marks">
                {mark_view(status::send_error(l, found.status, found.resending))}
                <span class="figures strong">{format::yen(found.amount)}</span>
                {mark_view(status::receipt(l, found.receipt))}
                <span class="quiet">{status::cause(l, found.cause, found.http_status)}</span>
                <a href=payment_href(&found.payment.id)>{l.payment_to()}</a>
            </p>
        </header>
    }
    .into_any()
}

/// The search that one came from, else the empty one.
pub(crate) fn list_href(app: App) -> String {
    let search = app.plan.with_untracked(|plan| plan.search.clone());
    if search.is_empty() { "/send-errors".to_owned() } else { search }
}

fn facts_view(l: Lang, found: &Detail) -> AnyView {
    let mut rows = vec![
        (l.sent_at(), text(format::instant(&found.occurred_at))),
        (l.ip_code(), text(found.ip_code.clone())),
        (l.carrier(), text(status::carrier(l, &found.carrier))),
        (l.phone(), text(format::text_or_missing(found.phone.as_deref()))),
        (l.email(), text(format::text_or_missing(found.email.as_deref()))),
        (l.sendid(), text(format::text_or_missing(found.sendid.as_deref()))),
        (l.attempts(), text(found.attempt_count.to_string())),
    ];
    if found.processed_at.is_some() {
        rows.push((l.processed_at(), text(format::instant_or_missing(found.processed_at.as_deref()))));
        rows.push((l.processed_by(), text(format::text_or_missing(found.processed_by.as_deref()))));
        rows.push((l.processed_reason(), text(format::text_or_missing(found.processed_reason.as_deref()))));
    }
    facts(rows)
}
