//! 詳細表示 of an abnormal order: everything known, why it stands where it stands, and what to do.
pub(crate) mod sides;

use crate::api;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{AbnormalOrderDetail, abnormal_order_detail};
use crate::components::facts::{facts, named_values, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, refresh_with_changes};
use crate::model::enums::{AbnormalOrderStatus, Action, TimelineKind};
use crate::model::{format, status};
use abnormal_order_detail::AbnormalOrderDetailAbnormalOrder as Detail;
use leptos::prelude::*;

#[component]
pub(crate) fn AbnormalOrder(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let query = Query::new(move || ask(app, id.clone()));
    refresh_with_changes(app, query);
    name_page(l, l.abnormal_orders(), None);
    load_view(query, 12, move |found| {
        name_page(l, &[l.order_no(), " ", &found.order_no].concat(), None);
        detail_view(app, l, found.clone())
    })
}

pub(crate) async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<AbnormalOrderDetail>(app, abnormal_order_detail::Variables { id }).await?;
    answer.abnormal_order.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

pub(crate) fn is_restorable(app: App, found: &Detail) -> bool {
    let may_be = found.status == AbnormalOrderStatus::Restorable && !found.cancelled_at_gateway;
    may_be && app.may(&found.ip_code, Action::Restore)
}

fn detail_view(app: App, l: Lang, found: Detail) -> AnyView {
    let cancelled = found
        .cancelled_at_gateway
        .then(|| view! { <span class="mark mark-grey">{l.cancelled_at_gateway()}</span> });
    let restore = is_restorable(app, &found).then(|| {
        let href = ["/abnormal-orders/", &found.id, "/restore"].concat();
        view! { <div class="actions"><a class="button primary" href=href>{l.restore_do()}</a></div> }
    });
    let notification = found.notification.iter().map(|one| (one.field.clone(), one.value.clone())).collect();
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/abnormal-orders">{l.abnormal_orders()}</a></p>
            <h1>{l.order_no()} " " <span class="figures">{found.order_no.clone()}</span></h1>
            <p class="marks">
                {mark_view(status::abnormal_order(l, found.status))} {cancelled}
                <span class="figures strong">{format::yen_or_missing(found.total)}</span>
            </p>
        </header>
        {reason_view(l, &found)}
        {restore}
        {sides::sides(l, &found)}
        <div class="columns">
            <section aria-labelledby="timeline-heading">
                <h2 id="timeline-heading">{l.timeline()}</h2>
                {timeline_view(l, &found)}
                <h2>{l.facts_heading()}</h2>
                {facts_view(l, &found)}
            </section>
            <section aria-labelledby="notification-heading">
                <h2 id="notification-heading">{l.notification()}</h2>
                <p class="quiet small">{l.wire_format_note()}</p>
                {named_values(notification)}
            </section>
        </div>
    }
    .into_any()
}

/// The reason in a sentence, the values that contradict each other, and what to do.
fn reason_view(l: Lang, found: &Detail) -> AnyView {
    let Some(reason) = found.reason else {
        let meaning = match found.status {
            AbnormalOrderStatus::Restorable => l.meaning_restorable(),
            AbnormalOrderStatus::Restored => l.meaning_restored(),
            AbnormalOrderStatus::Duplicate => l.meaning_duplicate(),
            AbnormalOrderStatus::Unrestorable => l.meaning_unrestorable(),
        };
        return view! { <p class="meaning">{meaning}</p> }.into_any();
    };
    let (why, next) = status::reason(l, reason);
    let evidence = found.evidence.as_ref().map(|evidence| {
        facts(vec![
            (l.evidence_field(), text(evidence.field.clone())),
            (l.evidence_expected(), text(format::text_or_missing(Some(&evidence.expected)))),
            (l.evidence_actual(), text(format::text_or_missing(Some(&evidence.actual)))),
        ])
    });
    view! {
        <section class="panel reason" aria-labelledby="reason-heading">
            <h2 id="reason-heading">{why}</h2>
            {evidence}
            <p>{next}</p>
        </section>
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

fn timeline_view(l: Lang, found: &Detail) -> AnyView {
    let events: Vec<AnyView> = found
        .timeline
        .iter()
        .map(|event| {
            let is_evaluation = event.kind == TimelineKind::Evaluated;
            let in_words =
                |text: &String| if is_evaluation { status::evaluation(l, text) } else { text.clone() };
            let detail = event.detail.as_ref().map(in_words);
            let more: Vec<String> = event.actor.clone().into_iter().chain(detail).collect();
            view! {
                <li>
                    <p class="when figures">{format::instant(&event.at)}</p>
                    <p>{status::timeline(l, event.kind)} " " <span class="quiet">{more.join(" · ")}</span></p>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="timeline">{events}</ol> }.into_any()
}
