//! The bar at the foot in 一括: how much is ticked, what is to be done with it, and 次へ, which freezes the plan.
use super::Page;
use crate::browser;
use crate::components::field::radio;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::batch;
use crate::model::enums::{Action, ResendBatchAction};
use crate::model::format;
use crate::model::send_error_search::SendErrorAddress;
use crate::model::ticks::Ticks;
use crate::pages::bulk::planning::{self, Planning};
use crate::router;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// What stands in the way of a plan.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Choosing,
    Planning,
    ActionMissing,
    Refused(String),
    /// All of them may have been received: they are taken only on purpose.
    OnlyMaybeReceived(String),
}

#[component]
pub(crate) fn BulkBar(address: Memo<Option<SendErrorAddress>>, page: Query<Page>) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let step = RwSignal::new(Step::Choosing);
    let is_empty = Memo::new(move |_| app.ticks.with(Ticks::is_empty));
    let actions =
        Memo::new(move |_| address.with(|address| address.as_ref().map(|found| permitted(app, found))));
    let summary = move || {
        let in_view = page.with(|found| {
            found.as_ref().map(|found| found.nodes.iter().map(|row| row.id.clone()).collect::<Vec<_>>())
        });
        app.ticks.with(|ticks| summary(l, ticks, &in_view.unwrap_or_default()))
    };
    let next = Callback::new(move |includes: bool| plan(app, step, includes));
    move || {
        if is_empty.get() {
            return ().into_any();
        }
        let actions = actions.get().unwrap_or_default();
        keep_permitted(app, &actions);
        let choices: Vec<AnyView> = actions.into_iter().map(|action| choice(app, l, action, step)).collect();
        let is_busy = move || (step.get() == Step::Planning).then_some("true");
        view! {
            <div class="foot-bar" role="region" aria-label=l.chosen()>
                <span class="strong" aria-live="polite">{summary}</span>
                <button type="button" class="button" on:click=move |_| app.change_ticks(Ticks::clear)>{l.clear_choice()}</button>
                <div class="choices" id="f-action" tabindex="-1" role="radiogroup" aria-label=l.cgi_processing()>{choices}</div>
                <button type="button" class="button primary" aria-disabled=is_busy on:click=move |_| next.run(false)>{l.next()}</button>
                {move || trouble(l, step.get(), next)}
            </div>
        }
        .into_any()
    }
}

/// `53件を選択 (このページ 50件 · 他のページ 3件)`
fn summary(l: Lang, ticks: &Ticks, in_view: &[String]) -> String {
    if let Some(all) = ticks.all {
        return l.all_chosen(&format::count(all.count, all.is_capped));
    }
    let (here, elsewhere) = ticks.here_and_elsewhere(in_view);
    let total = format::number(here.saturating_add(elsewhere));
    if elsewhere == 0 {
        l.ticked(&total)
    } else {
        l.ticked_elsewhere(&format::number(elsewhere), &format::number(here), &total)
    }
}

/// What one has the right to do with some IP code of the search.
fn permitted(app: App, address: &SendErrorAddress) -> Vec<ResendBatchAction> {
    let may = |action| address.search.ip_codes.iter().any(|code| app.may(code, action));
    let resend = may(Action::Resend).then_some(ResendBatchAction::Resend);
    let close = may(Action::Close).then_some(ResendBatchAction::MarkProcessed);
    resend.into_iter().chain(close).collect()
}

/// Where there is one thing to do, it is chosen; what one may not do is not.
fn keep_permitted(app: App, actions: &[ResendBatchAction]) {
    let chosen = app.ticks.with_untracked(|ticks| ticks.action);
    let kept = match actions {
        [only] => Some(*only),
        _ => chosen.filter(|action| actions.contains(action)),
    };
    if kept != chosen {
        app.change_ticks(|ticks| ticks.action = kept);
    }
}

fn choice(app: App, l: Lang, action: ResendBatchAction, step: RwSignal<Step>) -> AnyView {
    radio(
        "bulk-action",
        batch::action(l, action),
        move || app.ticks.with(|ticks| ticks.action == Some(action)),
        move || {
            step.set(Step::Choosing);
            app.change_ticks(|ticks| ticks.choose_action(action));
        },
    )
}

fn trouble(l: Lang, step: Step, next: Callback<bool>) -> AnyView {
    match step {
        Step::Choosing | Step::Planning => ().into_any(),
        Step::ActionMissing => {
            view! { <p class="fault bar-wide" role="alert">{l.bulk_action_missing()}</p> }.into_any()
        }
        Step::Refused(message) => view! { <p class="fault bar-wide" role="alert">{message}</p> }.into_any(),
        Step::OnlyMaybeReceived(message) => view! {
            <div class="bar-wide joined" role="alert">
                <p class="fault">{message}</p>
                <button type="button" class="button" on:click=move |_| next.run(true)>{l.bulk_include()}</button>
            </div>
        }
        .into_any(),
    }
}

fn plan(app: App, step: RwSignal<Step>, includes_maybe_received: bool) {
    let Some(action) = app.ticks.with_untracked(|ticks| ticks.action) else {
        step.set(Step::ActionMissing);
        browser::focus("f-action");
        return;
    };
    if step.get_untracked() == Step::Planning {
        return;
    }
    step.set(Step::Planning);
    let origin = browser::here();
    spawn_local(async move {
        let next = match planning::plan(app, action, origin, includes_maybe_received).await {
            Ok(Planning::Planned(href)) => {
                // Whoever left the list meanwhile stays where they are.
                if step.try_set(Step::Choosing).is_none() {
                    router::go(app, &href);
                }
                return;
            }
            Ok(Planning::OnlyMaybeReceived(message)) => Step::OnlyMaybeReceived(message),
            Ok(Planning::Refused(message)) => Step::Refused(message),
            Err(error) => Step::Refused(error.text(app.lang.get_untracked())),
        };
        let _ = step.try_set(next);
    });
}
