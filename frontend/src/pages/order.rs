//! One order: its status, what happened around it, and where it came from when it was restored.
pub(crate) mod mail;
mod notice;
mod status_form;

use super::orders::mail_text;
use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::order_queries::{OrderDetail, order_detail};
use crate::components::facts::{facts, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::order_facts::{Line, lines_view};
use crate::components::page::{name_page, payment_href};
use crate::components::timeline::{Event, MailCopy, timeline};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect, refresh_with_changes};
use crate::model::enums::Action;
use crate::model::{format, order_event, status};
use leptos::prelude::*;
use order_detail::OrderDetailOrder as Detail;

#[component]
pub(crate) fn Order(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let query = Query::new(move || ask(app, id.clone()));
    refresh_with_changes(app, query);
    effect(move || {
        let order_no = query.with(|found| Some(found.order_no.clone()));
        match order_no {
            Some(order_no) => name_page(l, &[l.order_no(), " ", &order_no].concat(), None),
            None => name_page(l, l.orders(), None),
        }
    });
    let is_here = Memo::new(move |_| query.with(|_| Some(())).is_some());
    move || if is_here.get() { page_view(app, l, query) } else { load_view(query, 10, |_| ().into_any()) }
}

async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<OrderDetail>(app, order_detail::Variables { id }).await?;
    answer.order.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

/// Drawn once; each of its pieces follows the order by itself, so that nothing typed is lost when it changes elsewhere.
fn page_view(app: App, l: Lang, query: Query<Detail>) -> AnyView {
    let events = move || query.with(|found| Some(events_of(l, found))).unwrap_or_default();
    view! {
        {move || query.with(|found| Some(head_view(app, l, found)))}
        <div class="columns">
            <section aria-labelledby="status-heading">
                <h2 id="status-heading">{l.order_processing()}</h2>
                <status_form::StatusForm query />
                {notice::notice(app, l, query)}
                <h2>{l.timeline()}</h2>
                {timeline(l, events)}
            </section>
            <section aria-labelledby="facts-heading">
                <h2 id="facts-heading">{l.facts_heading()}</h2>
                {move || query.with(|found| Some(facts_view(l, found)))}
            </section>
        </div>
    }
    .into_any()
}

fn head_view(app: App, l: Lang, found: &Detail) -> AnyView {
    let origin = found.restored_from.as_ref().map(|origin| {
        let href = ["/abnormal-orders/", &origin.id].concat();
        view! { <a href=href>{l.restored_from()}</a> }
    });
    let payment = found.payment.as_ref();
    let payment = payment.map(|payment| view! { <a href=payment_href(&payment.id)>{l.payment_to()}</a> });
    let waits = found.restored_from.is_some() && found.confirmation_mail_sent_at.is_none();
    let mail = app.may(&found.ip_code, Action::Restore).then(|| {
        let href = ["/orders/", &found.id, "/mail"].concat();
        let class = if waits { "button primary" } else { "button" };
        view! { <div class="actions"><a class=class href=href>{l.to_mail_form()}</a></div> }
    });
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/orders">{l.orders()}</a></p>
            <h1>{l.order_no()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="marks">
                {mark_view(status::order(l, found.status))}
                <span class="figures strong">{format::yen(found.total)}</span>
                {waits.then(|| view! { <span class="mark mark-warning">{l.mail_waiting()}</span> })}
                {origin}
                {payment}
            </p>
        </header>
        {mail}
    }
    .into_any()
}

fn facts_view(l: Lang, found: &Detail) -> AnyView {
    let lines = found.lines.iter();
    let lines = lines.map(|line| Line {
        name: line.name.clone(),
        unit_price: line.unit_price,
        quantity: line.quantity,
    });
    view! {
        {facts(vec![
            (l.ip_code(), text(found.ip_code.clone())),
            (l.order_type(), text(format::text_or_missing(found.order_type.as_deref()))),
            (l.ordered_at(), text(format::instant(&found.ordered_at))),
            (l.registered_at(), text(format::instant(&found.registered_at))),
            (l.customer(), text(format::customer(Some(&found.customer_name), found.member_id.as_deref()))),
            (l.email(), text(found.email.clone())),
            (l.payment_method(), text(format::text_or_missing(found.payment_method.as_deref()))),
            (l.confirmation_mail(), text(mail_text(l, found.confirmation_mail_sent_at.as_deref()))),
        ])}
        <h2>{l.lines_heading(&found.item_count.to_string())}</h2>
        {lines_view(l, lines.collect(), found.shipping_fee, found.total)}
    }
    .into_any()
}

fn events_of(l: Lang, found: &Detail) -> Vec<Event> {
    let events = found.timeline.iter().map(|event| {
        let (what, detail) = order_event::event(l, event.kind, event.detail.as_deref());
        let mail = event.mail.as_ref().map(|mail| MailCopy {
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            body: mail.body.clone(),
            state: order_event::mail_state(l, mail.state),
            error: mail.error.clone(),
        });
        Event { at: event.at.clone(), what, by: event.actor.clone(), detail, mail }
    });
    events.collect()
}
