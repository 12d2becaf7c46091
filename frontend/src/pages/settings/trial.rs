//! Trying before saving: the exact request as one types, テスト送信 with its answer, and the acknowledgement rule against
//! an answer of one's own. The rule runs in the browser; it is the server's own.
use super::ip_code::Editing;
use super::saving::{path_of, rule_text};
use crate::api;
use crate::api::error::{ApiError, FieldFault};
use crate::api::settings_queries::{TestEndpoint, test_endpoint};
use crate::browser;
use crate::components::field::field_id;
use crate::components::mark::mark_view;
use crate::components::wire::{optional_wire, timings_view, wire};
use crate::context::App;
use crate::i18n::Lang;
use crate::load::effect;
use crate::model::exchange::{Sent, Timings};
use crate::model::settings::Settings;
use crate::model::status::{self, Mark};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use test_endpoint::{
    BodyRuleInput, EndpointInput, TestEndpointInput, TestEndpointTestEndpoint as Payload,
    TestEndpointTestEndpointAttempt as Answer,
};
use wasm_bindgen_futures::spawn_local;

/// So long nobody types before the preview asks.
const PREVIEW_AFTER_MS: u32 = 500;

/// What the server makes of the settings as they are typed.
#[derive(Clone, Debug, PartialEq)]
enum Preview {
    Waiting,
    Broken(Vec<FieldFault>),
    Failed(String),
    Request(Sent),
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Idle,
    Running,
    Failed(String),
    Done(Box<(Sent, Answer)>),
}

pub(crate) fn trial(app: App, l: Lang, editing: Editing) -> AnyView {
    let preview = RwSignal::new(Preview::Waiting);
    let test = RwSignal::new(Test::Idle);
    follow(app, l, editing, preview);
    let shown = move || match preview.get() {
        Preview::Waiting => view! { <p class="quiet">{l.loading()}</p> }.into_any(),
        Preview::Failed(why) => view! { <p class="quiet">{why}</p> }.into_any(),
        Preview::Broken(faults) => {
            let told: Vec<AnyView> = faults
                .into_iter()
                .map(|fault| view! { <li class="fault">{fault.message}</li> }.into_any())
                .collect();
            view! { <ul>{told}</ul> }.into_any()
        }
        Preview::Request(sent) => wire(l.preview_request(), sent.raw()),
    };
    let label = move || if test.get() == Test::Running { l.sending() } else { l.test_send() };
    view! {
        <section class="panel" aria-labelledby="preview-heading">
            <h2 id="preview-heading">{l.preview_heading()}</h2>
            <p class="quiet small">{l.preview_purpose()}</p>
            {shown}
            <p class="actions">
                <button type="button" class="button" aria-describedby="test-hint"
                    aria-disabled=move || (test.get() == Test::Running).then_some("true")
                    on:click=move |_| send_test(app, l, editing, test)>{label}</button>
            </p>
            <p class="quiet small" id="test-hint">{l.test_hint()}</p>
            <div role="status">{move || test_view(l, test.get())}</div>
        </section>
    }
    .into_any()
}

/// Asks once typing pauses; an answer that was overtaken is dropped.
fn follow(app: App, l: Lang, editing: Editing, preview: RwSignal<Preview>) {
    let newest = StoredValue::new(0_u32);
    let endpoint = Memo::new(move |_| {
        editing.form.with(|form| {
            let typed = form.typed.clone();
            // Only what the request is made of: other fields do not ask again.
            let plain = Settings::default();
            Settings {
                url: typed.url,
                method: typed.method,
                charset: typed.charset,
                timeout_s: typed.timeout_s,
                ..plain
            }
        })
    });
    effect(move || {
        let typed = endpoint.get();
        let mine = newest.get_value().wrapping_add(1);
        newest.set_value(mine);
        let broken = typed.broken_endpoint_rules(l);
        if !broken.is_empty() {
            preview.set(if typed.url.trim().is_empty() {
                Preview::Failed(l.preview_needs_url().to_owned())
            } else {
                Preview::Broken(broken)
            });
            return;
        }
        spawn_local(async move {
            TimeoutFuture::new(PREVIEW_AFTER_MS).await;
            if newest.try_get_value() != Some(mine) {
                return;
            }
            let answer = ask(app, &typed, editing.code.get_value(), true).await;
            if newest.try_get_value() != Some(mine) {
                return;
            }
            preview.set(match answer {
                Ok(payload) => preview_of(l, payload),
                Err(error) => Preview::Failed(error.text(l)),
            });
        });
    });
}

fn preview_of(l: Lang, payload: Payload) -> Preview {
    match payload.request {
        Some(request) => Preview::Request(sent_of(request)),
        None if payload.user_errors.is_empty() => Preview::Failed(l.error_unreadable().to_owned()),
        None => Preview::Broken(faults_of(&payload)),
    }
}

fn faults_of(payload: &Payload) -> Vec<FieldFault> {
    let told = payload.user_errors.iter();
    told.map(|fault| FieldFault { field: path_of(&fault.field), message: fault.message.clone() }).collect()
}

fn sent_of(request: test_endpoint::TestEndpointTestEndpointRequest) -> Sent {
    Sent {
        method: request.method,
        url: request.url,
        headers: request.headers.into_iter().map(|header| (header.name, header.value)).collect(),
        body: request.body,
    }
}

async fn ask(app: App, typed: &Settings, ip_code: String, dry_run: bool) -> Result<Payload, ApiError> {
    let endpoint = EndpointInput {
        url: typed.url.trim().to_owned(),
        method: typed.method,
        charset: typed.charset,
        timeout_ms: typed.timeout_ms().unwrap_or_default(),
        body_rule: Some(BodyRuleInput { kind: typed.rule, text: rule_text(typed) }),
        idempotent: typed.is_idempotent,
    };
    let input = TestEndpointInput { ip_code, endpoint: Some(endpoint), parameters: None, dry_run };
    Ok(api::run::<TestEndpoint>(app, test_endpoint::Variables { input }).await?.test_endpoint)
}

fn send_test(app: App, l: Lang, editing: Editing, test: RwSignal<Test>) {
    if test.get_untracked() == Test::Running {
        return;
    }
    let typed = editing.form.with_untracked(|form| form.typed.clone());
    let broken = typed.broken_endpoint_rules(l);
    let first = broken.first().map(|fault| field_id(&fault.field));
    editing.faults.set(broken);
    if let Some(first) = first {
        browser::focus(&first);
        return;
    }
    test.set(Test::Running);
    spawn_local(async move {
        let next = match ask(app, &typed, editing.code.get_value(), false).await {
            Ok(payload) if !payload.user_errors.is_empty() => {
                let told = faults_of(&payload);
                let why: Vec<&str> = told.iter().map(|fault| fault.message.as_str()).collect();
                let why = why.join(" ");
                let _ = editing.faults.try_set(told);
                Test::Failed(why)
            }
            Ok(payload) => match (payload.request, payload.attempt) {
                (Some(request), Some(answer)) => Test::Done(Box::new((sent_of(request), answer))),
                (_, None) | (None, _) => Test::Failed(l.error_unreadable().to_owned()),
            },
            Err(error) => Test::Failed(error.text(l)),
        };
        let _ = test.try_set(next);
    });
}

fn test_view(l: Lang, test: Test) -> AnyView {
    let (sent, answer) = match test {
        Test::Idle | Test::Running => return ().into_any(),
        Test::Failed(why) => return view! { <p class="fault">{why}</p> }.into_any(),
        Test::Done(done) => *done,
    };
    let times = &answer.timings;
    let times = Timings {
        dns_ms: times.dns_ms,
        connect_ms: times.connect_ms,
        tls_ms: times.tls_ms,
        first_byte_ms: times.first_byte_ms,
        total_ms: times.total_ms,
    };
    let cause = answer.cause.map(|cause| status::cause(l, cause, answer.http_status));
    let code = answer.http_status.map_or_else(|| l.no_answer().to_owned(), |code| code.to_string());
    let headers: Vec<String> =
        answer.response_headers.iter().map(|header| [&header.name, ": ", &header.value].concat()).collect();
    view! {
        <h3>{l.test_result()}</h3>
        <p class="marks">{mark_view(status::attempt(l, answer.outcome))} <span>{cause}</span></p>
        {timings_view(l, &times)}
        {wire(l.request(), sent.raw())}
        {wire(l.answer_status(), code)}
        {optional_wire(l.answer_headers(), headers.join("\n"))}
        {optional_wire(l.answer_body(), answer.response_body)}
    }
    .into_any()
}

/// An answer of one's own, held against the rule as it is typed.
pub(crate) fn rule_trial(l: Lang, editing: Editing) -> AnyView {
    let answer = RwSignal::new(String::new());
    let verdict = move || {
        let is_met = editing.form.with(|form| answer.with(|answer| form.typed.body_rule().is_met_by(answer)));
        mark_view(if is_met {
            Mark { text: l.rule_met(), tone: "good" }
        } else {
            Mark { text: l.rule_not_met(), tone: "danger" }
        })
    };
    view! {
        <div class="field">
            <label for="f-rule-trial">{l.rule_trial()}</label>
            <textarea id="f-rule-trial" rows="2" spellcheck="false" aria-describedby="f-rule-trial-verdict"
                prop:value=move || answer.get()
                on:input=move |event| answer.set(event_target_value(&event))></textarea>
            <p id="f-rule-trial-verdict" role="status">{verdict}</p>
        </div>
    }
    .into_any()
}
