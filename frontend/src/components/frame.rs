//! The frame round every page: skip link, menu, top bar, landmarks.
use super::menu::Menu;
use super::top_bar::TopBar;
use crate::browser;
use crate::context::use_app;
use crate::i18n::use_lang;
use leptos::prelude::*;

const MENU_KEY: &str = "todoke.menu";

#[component]
pub(crate) fn Frame(children: Children) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    // On wide screens the menu folds to make room; on phones it is a drawer that a page closes.
    let is_folded = RwSignal::new(browser::remembered(MENU_KEY).as_deref() == Some("folded"));
    let is_drawer_open = RwSignal::new(false);
    Effect::new(move |before: Option<String>| {
        let path = app.path.get();
        if before.is_some_and(|before| before != path) {
            is_drawer_open.set(false);
            browser::focus("main");
        }
        path
    });
    let toggle = move || {
        is_drawer_open.update(|open| *open = !*open);
        is_folded.update(|folded| *folded = !*folded);
        browser::remember(MENU_KEY, if is_folded.get_untracked() { "folded" } else { "open" });
    };
    view! {
        <a class="skip" href="#main" on:click=move |event| { event.prevent_default(); browser::focus("main"); }>{l.skip_to_content()}</a>
        <div class="frame" class:folded=is_folded class:drawer-open=is_drawer_open
            on:keydown=move |event| if event.key() == "Escape" { is_drawer_open.set(false) }>
            <TopBar toggle=Callback::new(move |()| toggle()) />
            <div class="body">
                <Menu />
                <div class="scrim" on:click=move |_| is_drawer_open.set(false)></div>
                <main id="main" tabindex="-1">{children()}</main>
            </div>
        </div>
    }
}
