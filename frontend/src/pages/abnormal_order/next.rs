//! What to do next with one row: why it stands where it stands, the values that contradict each other, the steps, and
//! the acts that are allowed at this moment. What was done about it stays here, with who did it.
use super::Detail;
use super::may;
use crate::components::facts::{facts, text};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::abnormal_order::{AtGateway, cancel_steps, resolution};
use crate::model::enums::{AbnormalOrderAction, AbnormalOrderStatus};
use crate::model::{format, status};
use leptos::prelude::*;

mod closing;

#[component]
pub(crate) fn Next(query: Query<Detail>) -> impl IntoView {
    let l = use_lang();
    view! {
        <div role="status">{move || query.with(|found| closed_view(l, found))}</div>
        {move || query.with(|found| Some(reason_view(l, found)))}
        <div class="acts">
            <closing::Closing query />
            {move || query.with(|found| Some(links_view(l, found)))}
        </div>
    }
}

/// What was done about it, by whom, and when.
fn closed_view(l: Lang, found: &Detail) -> Option<AnyView> {
    let at = found.closed_at.as_deref()?;
    let how = found.resolution.map(|how| resolution(l, how)).unwrap_or_default();
    let by: Vec<String> = found.closed_by.clone().into_iter().chain([format::instant(at)]).collect();
    let note = found.resolution_note.clone().map(|note| view! { <p class="said">{note}</p> });
    Some(
        view! {
            <section class="panel done" aria-labelledby="closed-heading">
                <h2 id="closed-heading">{l.abnormal_closed()} ": " {how}</h2>
                {note}
                <p class="quiet">{by.join(" · ")}</p>
            </section>
        }
        .into_any(),
    )
}

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
            {choices_view(l, found)}
        </section>
    }
    .into_any()
}

/// The ways on for a row that no order can be made from, while nobody has dealt with it.
fn choices_view(l: Lang, found: &Detail) -> AnyView {
    if found.closed_at.is_some() || found.cancelled_at_gateway {
        return ().into_any();
    }
    match found.status {
        AbnormalOrderStatus::Duplicate => steps_view(l, l.gateway_cancel_heading(), found),
        AbnormalOrderStatus::Unrestorable => view! {
            <h3>{l.reorder_heading()}</h3>
            <p>{l.reorder_text()}</p>
            {steps_view(l, l.cancel_choice_heading(), found)}
        }
        .into_any(),
        AbnormalOrderStatus::Restorable | AbnormalOrderStatus::Restored => ().into_any(),
    }
}

fn steps_view(l: Lang, heading: &'static str, found: &Detail) -> AnyView {
    let said = |name: &str| {
        let field = found.notification.iter().find(|one| one.field == name);
        field.map(|one| one.value.as_str()).filter(|value| !value.is_empty())
    };
    let at = AtGateway {
        shop_id: &found.shop_id,
        order_id: said("OrderID").unwrap_or(&found.order_no),
        access_id: said("AccessID"),
        total: found.total.or_else(|| sum(said("Amount"), said("Tax"))),
    };
    let steps: Vec<AnyView> =
        cancel_steps(l, &at).into_iter().map(|step| view! { <li>{step}</li> }.into_any()).collect();
    view! {
        <h3>{heading}</h3>
        <ol class="how-to">{steps}</ol>
    }
    .into_any()
}

/// What the notification says was paid; nothing where it cannot be read.
fn sum(amount: Option<&str>, tax: Option<&str>) -> Option<i64> {
    amount?.parse::<i64>().ok()?.checked_add(tax.map_or(Ok(0), str::parse).ok()?)
}

/// 復旧 and 削除 have pages of their own.
fn links_view(l: Lang, found: &Detail) -> AnyView {
    let href = |act: &str| ["/abnormal-orders/", &found.id, "/", act].concat();
    let restore = may(found, AbnormalOrderAction::Restore)
        .then(|| view! { <a class="button primary" href=href("restore")>{l.restore_do()}</a> });
    let delete = may(found, AbnormalOrderAction::Delete)
        .then(|| view! { <a class="button" href=href("delete")>{l.delete()}</a> });
    let mail = found.order.as_ref().map(|order| {
        let href = ["/orders/", &order.id, "/mail"].concat();
        view! { <a class="button" href=href>{l.to_mail_form()}</a> }
    });
    view! { <div class="actions">{restore} {mail} {delete}</div> }.into_any()
}
