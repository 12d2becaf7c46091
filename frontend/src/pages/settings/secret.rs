//! Signing secrets: which are valid until when, and a new one, made after a confirmation and shown once.
//! The secret is held by this page alone and is gone with it.
use crate::api;
use crate::api::error::ApiError;
use crate::api::settings_queries::{RotateSigningSecret, rotate_signing_secret};
use crate::browser;
use crate::components::copy::CopyButton;
use crate::context::App;
use crate::i18n::Lang;
use crate::model::enums::SigningSecretPurpose;
use crate::model::format;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// For so many hours the older one signs too, at most: the server's own limit.
const OVERLAP_HOURS_MAX: i64 = 168;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Idle,
    Asking,
    Sending,
    Failed(String),
    Made(String),
}

/// One that signs now, or did before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Secret {
    pub(crate) created_at: String,
    pub(crate) retires_at: Option<String>,
}

/// The secrets of one purpose.
#[derive(Clone, Copy)]
pub(crate) struct Secrets {
    pub(crate) code: StoredValue<String>,
    pub(crate) purpose: SigningSecretPurpose,
    pub(crate) meaning: &'static str,
    /// Nothing until they were read.
    pub(crate) shown: Signal<Option<Vec<Secret>>>,
    pub(crate) changed: Callback<()>,
}

pub(crate) fn secrets(app: App, l: Lang, secrets: Secrets, may_change: bool) -> AnyView {
    let step = RwSignal::new(Step::Idle);
    let hours = RwSignal::new("24".to_owned());
    let list = move || secrets.shown.get().map(|shown| list_view(l, &shown));
    let action = may_change.then(|| action_view(app, l, secrets, step, hours));
    view! {
        <section class="panel" aria-labelledby="secret-heading">
            <h2 id="secret-heading">{l.secret_heading()}</h2>
            <p class="quiet small">{secrets.meaning}</p>
            {list}
            {action}
        </section>
    }
    .into_any()
}

fn list_view(l: Lang, secrets: &[Secret]) -> AnyView {
    if secrets.is_empty() {
        return view! { <p>{l.secret_none()}</p> }.into_any();
    }
    let items: Vec<AnyView> = secrets
        .iter()
        .map(|secret| {
            let until = match &secret.retires_at {
                Some(at) => l.secret_until(&format::instant(at)),
                None => l.secret_current().to_owned(),
            };
            view! { <li>{l.secret_made_at(&format::instant(&secret.created_at))} " · " <span class="strong">{until}</span></li> }
                .into_any()
        })
        .collect();
    view! { <ul class="secrets">{items}</ul> }.into_any()
}

fn action_view(
    app: App,
    l: Lang,
    secrets: Secrets,
    step: RwSignal<Step>,
    hours: RwSignal<String>,
) -> AnyView {
    let begin = move || {
        step.set(Step::Asking);
        browser::focus_when_drawn("f-overlap");
    };
    let view = move || {
        match step.get() {
        Step::Idle => view! {
            <p class="actions"><button type="button" class="button" on:click=move |_| begin()>{l.secret_rotate()}</button></p>
        }
        .into_any(),
        Step::Asking | Step::Sending | Step::Failed(_) => asking_view(app, l, secrets, step, hours),
        Step::Made(secret) => view! {
            <div class="done panel" role="status">
                <p class="strong">{l.secret_once()}</p>
                <pre class="wire" tabindex="0" role="region" aria-label=l.secret_heading()>{secret.clone()}</pre>
                <p class="actions">
                    <CopyButton label=l.secret_copy() text=secret />
                    <button type="button" class="button small-button" on:click=move |_| step.set(Step::Idle)>{l.secret_hide()}</button>
                </p>
            </div>
        }
        .into_any(),
    }
    };
    view.into_any()
}

fn asking_view(
    app: App,
    l: Lang,
    secrets: Secrets,
    step: RwSignal<Step>,
    hours: RwSignal<String>,
) -> AnyView {
    let why = move || match step.get() {
        Step::Failed(why) => Some(why),
        Step::Idle | Step::Asking | Step::Sending | Step::Made(_) => None,
    };
    let label = move || if step.get() == Step::Sending { l.sending() } else { l.secret_rotate_do() };
    view! {
        <div class="fields">
            <p>{l.secret_confirm()}</p>
            <div class="field">
                <label for="f-overlap">{l.secret_overlap()}</label>
                <input id="f-overlap" type="text" inputmode="numeric" autocomplete="off" prop:value=move || hours.get()
                    on:input=move |event| hours.set(event_target_value(&event)) aria-describedby="f-overlap-hint f-overlap-fault"
                    aria-invalid=move || why().map(|_| "true") />
                <p class="quiet small" id="f-overlap-hint">{l.secret_overlap_hint()}</p>
                <p class="fault" id="f-overlap-fault" role="alert">{why}</p>
            </div>
            <div class="form-foot">
                <button type="button" class="button" on:click=move |_| step.set(Step::Idle)>{l.cancel()}</button>
                <button type="button" class="button" on:click=move |_| rotate(app, l, secrets, step, hours)>{label}</button>
            </div>
        </div>
    }
    .into_any()
}

fn rotate(app: App, l: Lang, secrets: Secrets, step: RwSignal<Step>, hours: RwSignal<String>) {
    if step.get_untracked() == Step::Sending {
        return;
    }
    let hours = hours.get_untracked().trim().parse::<i64>().ok();
    let Some(overlap_hours) = hours.filter(|hours| (0..=OVERLAP_HOURS_MAX).contains(hours)) else {
        step.set(Step::Failed(l.secret_overlap_invalid().to_owned()));
        browser::focus("f-overlap");
        return;
    };
    step.set(Step::Sending);
    spawn_local(async move {
        let next = match send(app, secrets, overlap_hours).await {
            Ok(Ok(secret)) => Step::Made(secret),
            Ok(Err(refusal)) => Step::Failed(refusal),
            Err(error) => Step::Failed(error.text(l)),
        };
        if step.try_set(next).is_none() {
            secrets.changed.run(());
        }
    });
}

/// The secret, or what the person can mend.
async fn send(app: App, secrets: Secrets, overlap_hours: i64) -> Result<Result<String, String>, ApiError> {
    let ip_code = secrets.code.get_value();
    let variables = rotate_signing_secret::Variables { ip_code, purpose: secrets.purpose, overlap_hours };
    let payload = api::run::<RotateSigningSecret>(app, variables).await?.rotate_signing_secret;
    let refusal = payload.user_errors.into_iter().next().map(|fault| fault.message);
    Ok(match (payload.secret, refusal) {
        (Some(secret), None) => Ok(secret),
        (_, refusal) => {
            Err(refusal.unwrap_or_else(|| app.lang.get_untracked().error_unreadable().to_owned()))
        }
    })
}
