//! サインイン. After it one lands where one wanted to go.
//! It keeps neither login nor password.
use crate::api::error::{ApiError, FieldFault};
use crate::browser;
use crate::components::field::{FaultSummary, FaultText, Faults, TextField, field_id};
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{self, use_lang};
use crate::load::effect;
use crate::{router, session};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    name_page(l, l.sign_in(), None);
    keep_wanted_page(app);
    let (login, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let faults: Faults = RwSignal::new(Vec::new());
    let trouble = RwSignal::new(None::<ApiError>);
    let is_busy = RwSignal::new(false);
    let submit = move || {
        let missing = missing_fields(l, &login.get_untracked(), &password.get_untracked());
        trouble.set(None);
        faults.set(missing.clone());
        if is_busy.get_untracked() || !missing.is_empty() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            match session::sign_in(app, login.get_untracked(), password.get_untracked()).await {
                Ok(refused) => {
                    let _ = faults.try_set(refused);
                }
                Err(error) => {
                    let _ = trouble.try_set(Some(error));
                }
            }
            let _ = is_busy.try_set(false);
        });
    };
    let other = l.other();
    view! {
        <main class="alone">
            <form class="sign-in" novalidate=true on:submit=move |event| { event.prevent_default(); submit(); }>
                <p class="product-large">{l.product()} <span class="quiet">{l.product_promise()}</span></p>
                <h1>{l.sign_in()}</h1>
                {move || trouble.get().map(|error| view! { <p class="panel error-panel" role="alert">{error.text(l)}</p> })}
                <FaultSummary faults />
                <TextField label=l.login() path="login" value=login faults autocomplete="username" />
                <PasswordField value=password faults />
                <button type="submit" class="button primary wide" aria-disabled=move || is_busy.get().then_some("true")>
                    {move || if is_busy.get() { l.signing_in() } else { l.sign_in() }}
                </button>
            </form>
            <button type="button" class="quiet-button" lang=other.code() on:click=move |_| i18n::choose(app, other)>
                {other.language_name()}
            </button>
        </main>
    }
}

fn missing_fields(l: i18n::Lang, login: &str, password: &str) -> Vec<FieldFault> {
    let fields = [("login", login.trim(), l.login_required()), ("password", password, l.password_required())];
    let missing = fields.into_iter().filter(|(_, value, _)| value.is_empty());
    missing
        .map(|(field, _, message)| FieldFault { field: field.to_owned(), message: message.to_owned() })
        .collect()
}

#[component]
fn PasswordField(value: RwSignal<String>, faults: Faults) -> impl IntoView {
    let l = use_lang();
    let is_shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label for=field_id("password")>{l.password()}</label>
            <input
                id=field_id("password")
                type=move || if is_shown.get() { "text" } else { "password" }
                autocomplete="current-password"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                aria-describedby="f-password-fault"
            />
            <FaultText faults path="password" />
            <label class="choice">
                <input type="checkbox" prop:checked=is_shown on:change=move |event| is_shown.set(event_target_checked(&event)) />
                <span>{l.password_show()}</span>
            </label>
        </div>
    }
}

/// Whoever asked for a page without a session finds it again behind `next`.
fn keep_wanted_page(app: App) {
    let here = browser::here();
    if here.starts_with("/sign-in") {
        return;
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    if here != "/" {
        query.append_pair("next", &here);
    }
    let query = query.finish();
    let href = if query.is_empty() { "/sign-in".to_owned() } else { ["/sign-in?", &query].concat() };
    router::replace(app, &href);
}

/// `/sign-in` with a session: on to the wanted page, and only ever to a page of this app.
#[component]
pub(crate) fn GoOn() -> impl IntoView {
    let app = use_app();
    let search = app.search.get_untracked();
    let mut query = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
    let wanted =
        query.find(|(name, _)| name == "next").map(|(_, wanted)| wanted.into_owned()).unwrap_or_default();
    let is_own = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains('\\');
    let target = if is_own { wanted } else { "/send-errors".to_owned() };
    effect(move || router::replace(app, &target));
}
