//! The top bar: product, IP codes, connection, language, theme, account.
use super::pop::{Edge, pop};
use crate::context::{App, IpCode, Link, Session, theme_from, theme_text, use_app};
use crate::i18n::{self, use_lang};
use crate::session;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[component]
pub(crate) fn TopBar(toggle: Callback<()>) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let other = l.other();
    view! {
        <header class="top-bar">
            <button type="button" class="icon-button" aria-label=l.menu_toggle() on:click=move |_| toggle.run(())>
                <span class="bars" aria-hidden="true"></span>
            </button>
            <a class="product" href="/send-errors">{l.product()}</a>
            <IpSwitcher />
            <span class="spacer"></span>
            <ConnectionLight />
            <button type="button" class="quiet-button" lang=other.code() on:click=move |_| i18n::choose(app, other)>
                {other.language_name()}
            </button>
            <ThemeSelect />
            <Account />
        </header>
    }
}

#[component]
fn ConnectionLight() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    move || {
        let (tone, text) = match app.link.get() {
            Link::Live => ("good", l.link_live()),
            Link::Reconnecting => ("ring", l.link_reconnecting()),
            Link::Offline => ("danger", l.link_offline()),
        };
        view! { <span class=["mark light mark-", tone].concat() role="status">{text}</span> }.into_any()
    }
}

#[component]
fn ThemeSelect() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let option = move |code: &'static str, text: &'static str| {
        let is_chosen = move || theme_text(app.theme.get()).unwrap_or("auto") == code;
        view! { <option value=code prop:selected=is_chosen>{text}</option> }.into_any()
    };
    view! {
        <select class="quiet-select" aria-label=l.theme()
            on:change=move |event| app.choose_theme(theme_from(Some(&event_target_value(&event))))>
            {option("auto", l.theme_auto())}
            {option("light", l.theme_light())}
            {option("dark", l.theme_dark())}
        </select>
    }
}

#[component]
fn Account() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let name = move || match app.session.get() {
        Session::SignedIn(person) => Some((person.name, [person.login, person.merchant])),
        Session::Resuming | Session::Unreachable(_) | Session::SignedOut => None,
    };
    let details = move || {
        name().map(|(name, more)| {
            let more: Vec<AnyView> = more
                .into_iter()
                .flatten()
                .map(|text| view! { <p class="quiet">{text}</p> }.into_any())
                .collect();
            view! { <p class="strong">{name}</p> {more} }.into_any()
        })
    };
    let summary = view! {
        <span class="visually-hidden">{l.account()} " "</span>
        {move || name().map(|(name, _)| name)}
    };
    let body = view! {
        {details}
        <button type="button" class="button" on:click=move |_| spawn_local(session::sign_out(app))>{l.sign_out()}</button>
    };
    pop(Edge::End, summary.into_any(), l.account(), body.into_any())
}

/// All IP codes or chosen ones; remembered. There is nothing to switch with one code.
#[component]
fn IpSwitcher() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let codes = app.ip_codes.get_untracked().unwrap_or_default();
    if codes.len() < 2 {
        let only =
            codes.into_iter().next().map(|ip_code| [ip_code.code, " ".to_owned(), ip_code.name].concat());
        return view! { <span class="quiet only-code">{only}</span> }.into_any();
    }
    let total = codes.len();
    let summary = move || match app.selection.with(Vec::len) {
        0 => l.ip_codes_all(&total.to_string()),
        1 => app.selection.with(|chosen| chosen.first().cloned().unwrap_or_default()),
        chosen => l.ip_codes_chosen(&chosen.to_string()),
    };
    let options: Vec<AnyView> = codes.into_iter().map(|ip_code| code_choice(app, ip_code)).collect();
    let summary = view! { <span class="visually-hidden">{l.ip_code()} " "</span> {summary} };
    let body = view! {
        <label class="choice">
            <input type="checkbox" prop:checked=move || app.selection.with(Vec::is_empty) on:change=move |_| app.select(Vec::new()) />
            <span>{l.ip_codes_every()}</span>
        </label>
        {options}
    };
    pop(Edge::Start, summary.into_any(), l.ip_code(), body.into_any())
}

fn code_choice(app: App, ip_code: IpCode) -> AnyView {
    let code = StoredValue::new(ip_code.code.clone());
    let is_chosen = move || code.with_value(|code| app.selection.with(|chosen| chosen.contains(code)));
    let toggle = move || {
        let code = code.get_value();
        let mut chosen = app.selection.get_untracked();
        if chosen.contains(&code) {
            chosen.retain(|other| *other != code);
        } else {
            chosen.push(code);
        }
        app.select(chosen);
    };
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=is_chosen on:change=move |_| toggle() />
            <span><span class="figures">{ip_code.code}</span> " " {ip_code.name}</span>
        </label>
    }
    .into_any()
}
