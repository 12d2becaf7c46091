//! One payment: what happened to it in both halves, its results, and the rows that tell more of it.
//! It decides nothing: what may be done is done on the pages of those rows.
use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::payment_detail::{
    PaymentDetailPayment as Found, PaymentDetailPaymentTimeline as Event,
};
use crate::api::queries::{PaymentDetail, payment_detail};
use crate::components::facts::{facts, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::components::rows::{cell, figure_cell, head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::{Query, effect, refresh_with_changes, refresh_with_reconnects};
use crate::model::history::{Mail, Told};
use crate::model::status::Mark;
use crate::model::{format, status};
use crate::pages::history::{History, history, known_values};
use crate::pages::told::told_of;
use leptos::prelude::*;

#[component]
pub(crate) fn Payment(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let query = Query::new(move || ask(app, id.clone()));
    live::on_send_error_changed(move |row| {
        let is_own = untrack(|| {
            query.with(|found| Some(found.order_no == row.order_no && found.ip_code == row.ip_code))
        });
        if is_own == Some(true) {
            query.refresh();
        }
    });
    refresh_with_changes(app, query);
    refresh_with_reconnects(app, query);
    effect(move || {
        let order_no = query.with(|found| Some(found.order_no.clone()));
        name_page(l, &[l.payment(), " ", &order_no.unwrap_or_default()].concat(), None);
    });
    let is_here = Memo::new(move |_| query.with(|_| Some(())).is_some());
    move || if is_here.get() { page_view(l, query) } else { load_view(query, 12, |_| ().into_any()) }
}

async fn ask(app: App, id: String) -> Result<Found, ApiError> {
    let answer = api::run::<PaymentDetail>(app, payment_detail::Variables { id }).await?;
    answer.payment.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

fn told_of(event: &Event) -> Told {
    let mail = event.mail.as_ref().map(|mail| Mail {
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        body: mail.body.clone(),
        state: mail.state,
        error: mail.error.clone(),
    });
    told_of!(event, mail)
}

/// Drawn once; each of its pieces follows the payment by itself, so that nothing opened closes under the reader's eyes.
fn page_view(l: Lang, query: Query<Found>) -> AnyView {
    let told = move || query.with(|found| Some(found.timeline.iter().map(told_of).collect::<Vec<Told>>()));
    let events = Signal::derive(move || told().unwrap_or_default());
    let running = Signal::derive(move || {
        query.with(|found| {
            let row = found.send_error.as_ref().filter(|row| row.resending)?;
            Some(status::send_error(l, row.status, true))
        })
    });
    let known = Signal::derive(move || {
        let stored = query.with(|found| {
            let row = found.send_error.as_ref()?;
            Some(row.parameters.iter().map(|one| one.value.clone()).collect::<Vec<String>>())
        });
        known_values(stored.unwrap_or_default().into_iter(), &events.get())
    });
    view! {
        {move || query.with(|found| Some(head_view(l, found)))}
        <div class="columns detail">
            <section aria-labelledby="timeline-heading">
                <h2 id="timeline-heading">{l.timeline()}</h2>
                {history(l, History { events, running, known })}
            </section>
            <section aria-labelledby="data-heading">
                <h2 id="data-heading">{l.payment_data()}</h2>
                {move || query.with(|found| Some(records_view(l, found)))}
                <h2>{l.payment_results()}</h2>
                {move || query.with(|found| Some(results_view(l, found)))}
                <h2>{l.facts_heading()}</h2>
                {move || query.with(|found| Some(facts_view(l, found)))}
            </section>
        </div>
    }
    .into_any()
}

fn head_view(l: Lang, found: &Found) -> AnyView {
    let amount = found.results.last().map(|result| format::yen(result.amount));
    view! {
        <header class="page-head detail-head">
            <h1>{l.payment()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="quiet">{l.payment_purpose()}</p>
            <p class="marks">
                <span class="figures strong">{amount}</span>
                <span>{found.ip_code.clone()} " · " {status::carrier(l, &found.carrier)}</span>
            </p>
        </header>
    }
    .into_any()
}

/// The rows that tell more, each with its state.
fn records_view(l: Lang, found: &Found) -> AnyView {
    let link = |href: String, mark: Mark| {
        view! { <p class="marks">{mark_view(mark)} <a href=href>{l.open_details()}</a></p> }.into_any()
    };
    let mut rows = Vec::new();
    let row = found.send_error.as_ref();
    let send_error = row.map(|row| {
        link(["/send-errors/", &row.id].concat(), status::send_error(l, row.status, row.resending))
    });
    rows.push((l.payment_send_error(), send_error.unwrap_or_else(|| text(l.payment_none()))));
    for row in &found.abnormal_orders {
        let mark = if row.cancelled_at_gateway {
            Mark { text: l.cancelled_at_gateway(), tone: "grey" }
        } else {
            status::abnormal_order(l, row.status)
        };
        let link = link(["/abnormal-orders/", &row.id].concat(), mark);
        let at = format::instant(&row.received_at);
        let both = view! { {link} <p class="quiet small">{l.received_at()} " " {at}</p> }.into_any();
        rows.push((l.payment_abnormal_order(), both));
    }
    if found.abnormal_orders.is_empty() {
        rows.push((l.payment_abnormal_order(), text(l.payment_none())));
    }
    let order = found.order.as_ref();
    let order = order.map(|order| link(["/orders/", &order.id].concat(), status::order(l, order.status)));
    rows.push((l.payment_order(), order.unwrap_or_else(|| text(l.payment_none()))));
    facts(rows)
}

fn results_view(l: Lang, found: &Found) -> AnyView {
    let headings = [
        l.payment_occurred_at(),
        l.payment_result_status(),
        l.amount(),
        l.payment_received_at(),
        l.payment_delivery(),
    ];
    let rows: Vec<AnyView> = found
        .results
        .iter()
        .map(|result| {
            let (text, tone) = if result.delivered {
                (l.payment_delivered(), "good")
            } else {
                (l.payment_not_delivered(), "danger")
            };
            view! {
                <tr>
                    {cell(l.payment_occurred_at(), format::instant(&result.occurred_at))}
                    {cell(l.payment_result_status(), result.status.clone())}
                    {figure_cell(l.amount(), format::yen(result.amount))}
                    {cell(l.payment_received_at(), format::instant(&result.received_at))}
                    {cell(l.payment_delivery(), mark_view(Mark { text, tone }))}
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=l.payment_results()>
            <table class="list" aria-label=l.payment_results()>
                {head(&headings, &[l.amount()])}
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn facts_view(l: Lang, found: &Found) -> AnyView {
    facts(vec![
        (l.order_no_carrier(), text(found.order_no.clone())),
        (l.ip_code(), text(found.ip_code.clone())),
        (l.carrier(), text(status::carrier(l, &found.carrier))),
        (l.payment_first_result(), text(format::instant(&found.received_at))),
    ])
}
