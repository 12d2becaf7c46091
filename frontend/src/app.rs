//! The root: context, session gate, frame and the map from addresses to pages.
//! No page is drawn before it is known who asks and which IP codes they may see.
pub(crate) mod figures;

use crate::components::frame::Frame;
use crate::components::load_view::ErrorPanel;
use crate::context::{App, Session, theme_text, use_app};
use crate::i18n::use_lang;
use crate::load::effect;
use crate::model::page::{Page, page_of};
use crate::pages;
use crate::{browser, live, router, session};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[component]
pub(crate) fn Root() -> impl IntoView {
    let app = App::new();
    provide_context(app);
    effect(move || browser::set_root_attribute("lang", Some(app.lang.get().code())));
    effect(move || browser::set_root_attribute("data-theme", theme_text(app.theme.get())));
    let is_signed_in =
        Memo::new(move |_| app.session.with(|session| matches!(session, Session::SignedIn(_))));
    effect(move || {
        if is_signed_in.get() {
            spawn_local(async move {
                figures::refresh(app).await;
                live::keep(app).await;
            });
        }
    });
    router::follow(app);
    figures::follow(app);
    session::follow_other_tabs(app);
    spawn_local(session::resume(app));
    view! { <Gate /> }
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Waiting,
    Failed(crate::api::error::ApiError),
    SignedOut,
    Ready,
}

/// Draws everything below anew when the language changes: texts are plain strings and cost nothing more.
#[component]
fn Gate() -> impl IntoView {
    let app = use_app();
    let stage = Memo::new(move |_| match app.session.get() {
        Session::Resuming => Stage::Waiting,
        Session::Unreachable(error) => Stage::Failed(error),
        Session::SignedOut => Stage::SignedOut,
        Session::SignedIn(_) => match (app.ip_codes.with(Option::is_some), app.ip_codes_error.get()) {
            (true, _) => Stage::Ready,
            (false, Some(error)) => Stage::Failed(error),
            (false, None) => Stage::Waiting,
        },
    });
    move || {
        app.lang.track();
        match stage.get() {
            Stage::Waiting => view! { <Opening /> }.into_any(),
            Stage::Failed(error) => view! { <Closed error /> }.into_any(),
            Stage::SignedOut => view! { <pages::sign_in::SignIn /> }.into_any(),
            Stage::Ready => view! { <Frame><CurrentPage /></Frame> }.into_any(),
        }
    }
}

#[component]
fn Opening() -> impl IntoView {
    let l = use_lang();
    view! { <main class="alone delayed"><p role="status">{l.opening()}</p></main> }
}

#[component]
fn Closed(error: crate::api::error::ApiError) -> impl IntoView {
    let app = use_app();
    let retry = move || {
        spawn_local(async move {
            if app.session.with_untracked(|session| matches!(session, Session::SignedIn(_))) {
                figures::refresh(app).await;
            } else {
                session::resume(app).await;
            }
        });
    };
    view! { <main class="alone"><ErrorPanel error retry=Callback::new(move |()| retry()) /></main> }
}

#[component]
fn CurrentPage() -> impl IntoView {
    let app = use_app();
    let page = Memo::new(move |_| app.path.with(|path| page_of(path)));
    move || match page.get() {
        Page::Home | Page::SignIn => view! { <pages::sign_in::GoOn /> }.into_any(),
        Page::SendErrors => view! { <pages::send_errors::SendErrors /> }.into_any(),
        Page::Later(page) => pages::parts::part_view(page),
        Page::Nowhere => view! { <pages::not_found::NotFound /> }.into_any(),
    }
}
