//! What a plan leaves out, and the explicit choice that plans again with it or without it.
use super::planning::{self, Planning};
use crate::context::App;
use crate::i18n::Lang;
use crate::model::enums::{Receipt, ResendBatchAction};
use crate::model::format;
use crate::model::ticks::Planned;
use crate::pages::batch::facts::Detail;
use crate::router;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Where 戻る leads: the list with its ticks, or the empty list where another tab made the plan.
pub(super) fn origin(app: App, id: &str) -> String {
    let origin = app.ticks.with_untracked(|ticks| ticks.planned(id).map(|planned| planned.origin.clone()));
    origin.unwrap_or_else(|| "/send-errors".to_owned())
}

/// The plan as this tab made it, while its ticks still stand.
fn of_these_ticks(app: App, id: &str) -> Option<Planned> {
    let planned = app.ticks.with_untracked(|ticks| ticks.planned(id).cloned());
    planned.filter(|planned| planned.is_of_these_ticks)
}

pub(super) fn left_out_view(app: App, l: Lang, detail: &Detail) -> AnyView {
    let facts = &detail.facts;
    let Some(planned) = app.ticks.with_untracked(|ticks| ticks.planned(&facts.id).cloned()) else {
        return ().into_any();
    };
    let included: i64 = detail
        .counts
        .iter()
        .filter(|count| count.receipt == Receipt::MaybeReceived)
        .map(|count| count.count)
        .sum();
    let others = planned.others_left_out(facts.total);
    let (doubtful, include) = match (planned.maybe_left_out, included) {
        _ if facts.action == ResendBatchAction::MarkProcessed => (None, true),
        (0, 0) => (None, true),
        (0, included) => (Some(l.bulk_included(&format::count(included, false))), false),
        (left_out, _) => (Some(l.bulk_left_out(&format::count(left_out, false))), true),
    };
    let others =
        (others > 0).then(|| view! { <li>{l.bulk_others_left_out(&format::count(others, false))}</li> });
    let doubtful = doubtful.map(|sentence| {
        let again = planned.is_of_these_ticks.then(|| again_button(app, l, &planned, facts.action, include));
        view! { <li class="joined"><span>{sentence}</span> {again}</li> }
    });
    if others.is_none() && doubtful.is_none() {
        return ().into_any();
    }
    view! { <ul class="notice left-out-list">{doubtful} {others}</ul> }.into_any()
}

pub(super) fn expired_view(app: App, l: Lang, detail: &Detail) -> AnyView {
    let id = &detail.facts.id;
    let again = of_these_ticks(app, id).map(|planned| {
        let includes = planned.includes_maybe_received;
        plan_again(app, l.bulk_plan_again(), &planned, detail.facts.action, includes)
    });
    view! {
        <div class="panel empty" role="status">
            <p class="strong">{l.conflict_plan_expired()}</p>
            <p class="quiet">{l.bulk_expired_next()}</p>
            <div class="actions">
                <a class="button" href=origin(app, id)>{l.back()}</a>
                {again}
            </div>
        </div>
    }
    .into_any()
}

fn again_button(app: App, l: Lang, planned: &Planned, action: ResendBatchAction, include: bool) -> AnyView {
    let text = if include { l.bulk_include() } else { l.bulk_exclude() };
    plan_again(app, text, planned, action, include)
}

/// Plans the same ticks again and goes to the new plan; the old one is never started.
fn plan_again(
    app: App,
    text: &'static str,
    planned: &Planned,
    action: ResendBatchAction,
    includes_maybe_received: bool,
) -> AnyView {
    let origin = StoredValue::new(planned.origin.clone());
    let (is_busy, refusal) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let plan = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let origin = origin.get_value();
        spawn_local(async move {
            let answer = planning::plan(app, action, origin, includes_maybe_received).await;
            let is_here = is_busy.try_set(false).is_none();
            match answer {
                Ok(Planning::Planned(href)) if is_here => router::replace(app, &href),
                Ok(Planning::Planned(_)) => {}
                Ok(Planning::OnlyMaybeReceived(message) | Planning::Refused(message)) => {
                    let _ = refusal.try_set(Some(message));
                }
                Err(error) => {
                    let _ = refusal.try_set(Some(error.text(app.lang.get_untracked())));
                }
            }
        });
    };
    view! {
        <button type="button" class="button" aria-disabled=move || is_busy.get().then_some("true") on:click=plan>{text}</button>
        <span class="fault" role="alert">{move || refusal.get()}</span>
    }
    .into_any()
}
