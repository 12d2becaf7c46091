//! How the endpoint fares: state, share of failures of the last hour, a pause with its next try, and 送信を再開.
use crate::api;
use crate::api::error::ApiError;
use crate::api::settings_queries::endpoint_health::EndpointHealthIpCodeHealth as Health;
use crate::api::settings_queries::{EndpointHealth, ResumeEndpoint, endpoint_health, resume_endpoint};
use crate::browser;
use crate::components::facts::{facts, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::context::App;
use crate::i18n::Lang;
use crate::live;
use crate::load::{Query, on_change};
use crate::model::endpoint_health::{mark, share};
use crate::model::enums::EndpointHealthState;
use crate::model::format;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How often the section looks again: what a pause keeps, and its end, are told by no subscription.
const LOOK_MS: u32 = 5_000;

const BEGIN: &str = "resume-begin";
const CONFIRM: &str = "resume-confirm";
const TOLD: &str = "resume-told";

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Idle,
    Asking,
    Sending,
    Failed(String),
    Done(&'static str),
}

#[derive(Clone, Copy)]
struct Section {
    app: App,
    l: Lang,
    code: StoredValue<String>,
    found: Query<Health>,
    step: RwSignal<Step>,
}

pub(crate) fn health(app: App, l: Lang, code: StoredValue<String>, may_change: bool) -> AnyView {
    let found = Query::new(move || ask(app, code.get_value()));
    live::on_send_error_changed(move |row| {
        if code.with_value(|code| row.ip_code == *code) {
            found.refresh();
        }
    });
    let section = Section { app, l, code, found, step: RwSignal::new(Step::Idle) };
    look_again(section);
    let is_here = Memo::new(move |_| found.with(|_| Some(())).is_some());
    let content = move || {
        if is_here.get() { section_view(section, may_change) } else { load_view(found, 3, |_| ().into_any()) }
    };
    view! {
        <section class="panel" aria-labelledby="health-heading">
            <h2 id="health-heading">{l.health_heading()}</h2>
            {content}
        </section>
    }
    .into_any()
}

async fn ask(app: App, code: String) -> Result<Health, ApiError> {
    Ok(api::run::<EndpointHealth>(app, endpoint_health::Variables { code }).await?.ip_code.health)
}

fn look_again(section: Section) {
    spawn_local(async move {
        loop {
            TimeoutFuture::new(LOOK_MS).await;
            // The page is gone.
            if section.step.try_get_untracked().is_none() {
                return;
            }
            section.found.refresh();
        }
    });
}

/// What changes is drawn in pieces of their own: a look at the server takes the focus from no button.
fn section_view(section: Section, may_change: bool) -> AnyView {
    let Section { l, found, step, .. } = section;
    let state = Memo::new(move |_| found.with(|health| Some(health.state)));
    let is_paused = Memo::new(move |_| state.get() == Some(EndpointHealthState::Paused));
    let rows = Memo::new(move |_| found.with(|health| Some(health.clone())));
    let is_acting = Memo::new(move |_| step.with(|step| *step != Step::Idle));
    on_change(
        move || is_paused.get(),
        move || {
            // A new pause asks anew; what was said of the last one is over.
            if is_paused.get() && step.with(|step| matches!(step, Step::Done(_))) {
                step.set(Step::Idle);
            }
        },
    );
    // What is said of the act outlives the pause that it ends, and so does the focus.
    let has_action = Memo::new(move |_| may_change && (is_paused.get() || is_acting.get()));
    let action = move || has_action.get().then(|| action_view(section));
    view! {
        <div class="fields">
            <p role="status">{move || state.get().map(|state| mark_view(mark(l, state)))}</p>
            {move || rows.get().map(|health| facts_view(l, &health))}
            {move || is_paused.get().then(|| view! { <p class="quiet small">{l.health_paused_meaning()}</p> })}
            {action}
        </div>
    }
    .into_any()
}

fn facts_view(l: Lang, health: &Health) -> AnyView {
    let mut rows = vec![(l.health_share(), text(share(l, health.attempts, health.failures)))];
    if let Some(since) = &health.since {
        rows.push((l.health_since(), text(format::instant(since))));
    }
    if let Some(paused_at) = &health.paused_at {
        rows.push((l.health_paused_at(), text(format::instant(paused_at))));
        rows.push((l.health_next_probe(), text(format::instant_or_missing(health.next_probe_at.as_deref()))));
    }
    if health.paused_at.is_some() || health.kept_deliveries > 0 {
        let kept = format::count(health.kept_deliveries, false);
        rows.push((l.health_kept(), text(l.health_kept_count(&kept))));
    }
    facts(rows)
}

fn action_view(section: Section) -> AnyView {
    let Section { l, step, .. } = section;
    let is_asked = Memo::new(move |_| {
        step.with(|step| match step {
            Step::Asking | Step::Sending | Step::Failed(_) => Some(true),
            Step::Idle => Some(false),
            Step::Done(_) => None,
        })
    });
    let view = move || {
        match is_asked.get() {
        Some(true) => asking_view(section),
        Some(false) => view! {
            <p class="actions">
                <button type="button" class="button" id=BEGIN on:click=move |_| change(step, Step::Asking, CONFIRM)>{l.health_resume()}</button>
            </p>
        }
        .into_any(),
        None => {
            let told = step.with_untracked(|step| if let Step::Done(told) = step { *told } else { "" });
            view! { <p class="done panel" role="status" id=TOLD tabindex="-1">{told}</p> }.into_any()
        }
    }
    };
    view.into_any()
}

fn asking_view(section: Section) -> AnyView {
    let Section { l, found, step, .. } = section;
    let question = move || {
        found.with(|health| Some(l.health_resume_question(&format::count(health.kept_deliveries, false))))
    };
    let is_sending = move || step.with(|step| *step == Step::Sending);
    let label = move || if is_sending() { l.sending() } else { l.health_resume_do() };
    let why = move || step.with(|step| if let Step::Failed(why) = step { Some(why.clone()) } else { None });
    view! {
        <div class="fields" role="group" aria-labelledby="resume-question">
            <p id="resume-question">{question}</p>
            <p class="fault" role="alert">{why}</p>
            <div class="form-foot">
                <button type="button" class="button" on:click=move |_| change(step, Step::Idle, BEGIN)>{l.cancel()}</button>
                <button type="button" class="button primary" id=CONFIRM aria-disabled=move || is_sending().then_some("true")
                    aria-describedby="resume-question" on:click=move |_| resume(section)>{label}</button>
            </div>
        </div>
    }
    .into_any()
}

fn change(step: RwSignal<Step>, next: Step, focused: &'static str) {
    step.set(next);
    browser::focus_when_drawn(focused);
}

fn resume(section: Section) {
    let Section { app, l, code, found, step } = section;
    if step.get_untracked() == Step::Sending {
        return;
    }
    let has_kept = untrack(|| found.with(|health| Some(health.kept_deliveries > 0))).unwrap_or(false);
    step.set(Step::Sending);
    spawn_local(async move {
        let next = match send(app, code.get_value()).await {
            Ok(None) if has_kept => Step::Done(l.health_resumed()),
            Ok(None) => Step::Done(l.health_resumed_empty()),
            Ok(Some(refusal)) => Step::Failed(refusal),
            Err(error) => Step::Failed(error.text(l)),
        };
        let is_done = matches!(next, Step::Done(_));
        if step.try_set(next).is_none() {
            found.refresh();
            if is_done {
                browser::focus_when_drawn(TOLD);
            }
        }
    });
}

/// What the person can mend, if anything.
async fn send(app: App, ip_code: String) -> Result<Option<String>, ApiError> {
    let payload =
        api::run::<ResumeEndpoint>(app, resume_endpoint::Variables { ip_code }).await?.resume_endpoint;
    Ok(payload.user_errors.into_iter().next().map(|fault| fault.message))
}
