//! 詳細表示 of an abnormal order: everything known, why it stands where it stands, and what to do.
mod next;
pub(crate) mod sides;

use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::order_queries::{AbnormalOrderDetail, abnormal_order_detail};
use crate::components::facts::{facts, named_values, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, payment_href};
use crate::components::timeline::{Event, timeline};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect, refresh_with_changes};
use crate::model::enums::AbnormalOrderAction;
use crate::model::{abnormal_order, format, status};
use abnormal_order_detail::AbnormalOrderDetailAbnormalOrder as Detail;
use leptos::prelude::*;

#[component]
pub(crate) fn AbnormalOrder(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let query = Query::new(move || ask(app, id.clone()));
    refresh_with_changes(app, query);
    effect(move || {
        let order_no = query.with(|found| Some(found.order_no.clone()));
        match order_no {
            Some(order_no) => name_page(l, &[l.order_no(), " ", &order_no].concat(), None),
            None => name_page(l, l.abnormal_orders(), None),
        }
    });
    let is_here = Memo::new(move |_| query.with(|_| Some(())).is_some());
    move || if is_here.get() { page_view(l, query) } else { load_view(query, 12, |_| ().into_any()) }
}

pub(crate) async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<AbnormalOrderDetail>(app, abnormal_order_detail::Variables { id }).await?;
    answer.abnormal_order.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

pub(crate) fn may(found: &Detail, action: AbnormalOrderAction) -> bool {
    found.allowed_actions.contains(&action)
}

/// Drawn once; each of its pieces follows the row by itself, so that nothing typed is lost when it changes elsewhere.
fn page_view(l: Lang, query: Query<Detail>) -> AnyView {
    let events = move || query.with(|found| Some(events_of(l, found))).unwrap_or_default();
    view! {
        {move || query.with(|found| Some(head_view(l, found)))}
        <next::Next query />
        {move || query.with(|found| Some(sides::sides(l, found)))}
        <div class="columns">
            <section aria-labelledby="timeline-heading">
                <h2 id="timeline-heading">{l.timeline()}</h2>
                {timeline(l, events)}
                <h2>{l.facts_heading()}</h2>
                {move || query.with(|found| Some(facts_view(l, found)))}
            </section>
            <section aria-labelledby="notification-heading">
                <h2 id="notification-heading">{l.notification()}</h2>
                <p class="quiet small">{l.wire_format_note()}</p>
                {move || query.with(|found| {
                    let named = found.notification.iter().map(|one| (one.field.clone(), one.value.clone()));
                    Some(named_values(named.collect()))
                })}
            </section>
        </div>
    }
    .into_any()
}

fn head_view(l: Lang, found: &Detail) -> AnyView {
    let cancelled = found
        .cancelled_at_gateway
        .then(|| view! { <span class="mark mark-grey">{l.cancelled_at_gateway()}</span> });
    let closed =
        found.closed_at.as_ref().map(|_| view! { <span class="mark mark-plain">{l.closed()}</span> });
    let payment = found.payment.as_ref();
    let payment = payment.map(|payment| view! { <a href=payment_href(&payment.id)>{l.payment_to()}</a> });
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/abnormal-orders">{l.abnormal_orders()}</a></p>
            <h1>{l.order_no()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="marks">
                {mark_view(status::abnormal_order(l, found.status))} {cancelled} {closed}
                <span class="figures strong">{format::yen_or_missing(found.total)}</span>
                {payment}
            </p>
        </header>
    }
    .into_any()
}

fn facts_view(l: Lang, found: &Detail) -> AnyView {
    facts(vec![
        (l.ip_code(), text(found.ip_code.clone())),
        (l.shop_id(), text(found.shop_id.clone())),
        (l.order_type(), text(format::text_or_missing(found.order_type.as_deref()))),
        (l.received_at(), text(format::instant(&found.received_at))),
        (l.ordered_at(), text(format::instant_or_missing(found.ordered_at.as_deref()))),
        (l.customer(), text(format::customer(found.customer_name.as_deref(), found.member_id.as_deref()))),
        (l.total(), text(format::yen_or_missing(found.total))),
        (l.shipping_fee(), text(format::yen_or_missing(found.shipping_fee))),
        (
            l.item_count(),
            text(found.item_count.map_or_else(|| format::MISSING.to_owned(), |count| count.to_string())),
        ),
    ])
}

fn events_of(l: Lang, found: &Detail) -> Vec<Event> {
    let events = found.timeline.iter().map(|event| {
        let (what, detail) = abnormal_order::event(l, event.kind, event.detail.as_deref());
        Event { at: event.at.clone(), what, by: event.actor.clone(), detail, mail: None }
    });
    events.collect()
}
