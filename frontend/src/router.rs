//! The address as two signals, and going to another one: what the app uses of a router, in place of leptos_router,
//! whose table of routes, nesting and server parts cost 25 kB that everybody would load.
//! Which page a path means is `model::page`'s word.
use crate::context::{App, use_app};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Follows the browser's own Back and Forward, and turns links into steps within the app.
pub(crate) fn follow(app: App) {
    window_event_listener(ev::popstate, move |_| {
        if may_leave(app) {
            read_address(app);
        } else {
            // The browser has gone already: one is put back to where something is still unsaved.
            let here = untrack(|| [app.path.get(), app.search.get()].concat());
            push(&here);
        }
    });
    window_event_listener(ev::beforeunload, move |event| {
        if app.unsaved.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    });
    window_event_listener(ev::click, move |event| {
        if let Some(href) = own_link(&event) {
            event.prevent_default();
            go(app, &href);
        }
    });
}

/// The address to go to, when a plain click on a link of the app asks for it.
fn own_link(event: &web_sys::MouseEvent) -> Option<String> {
    let is_plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    if !is_plain || event.default_prevented() {
        return None;
    }
    let link = event.target()?.dyn_into::<web_sys::Element>().ok()?.closest("a[href]").ok()??;
    let leads_out = ["download", "target", "rel"].iter().any(|name| link.has_attribute(name));
    let href = link.get_attribute("href")?;
    (!leads_out && href.starts_with('/') && !href.starts_with("//")).then_some(href)
}

/// Goes to an address of the app, as a new step that Back takes back.
pub(crate) fn go(app: App, href: &str) {
    if !may_leave(app) {
        return;
    }
    if href != crate::browser::here() {
        push(href);
    }
    read_address(app);
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Asks where something typed would be lost; whoever says yes loses it.
fn may_leave(app: App) -> bool {
    let Some(question) = app.unsaved.get_untracked() else { return true };
    let leaves = window().confirm_with_message(question).unwrap_or(true);
    if leaves {
        app.drop_draft();
    }
    leaves
}

fn push(href: &str) {
    let _ =
        window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(href)));
}

/// Goes to an address in place of the present one.
pub(crate) fn replace(app: App, href: &str) {
    let _ =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(href)));
    read_address(app);
}

pub(crate) fn use_go() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let app = use_app();
    move |href: &str| go(app, href)
}

fn read_address(app: App) {
    let location = window().location();
    app.search.set(location.search().unwrap_or_default());
    let path = location.pathname().unwrap_or_default();
    if app.path.with_untracked(|before| *before != path) {
        app.path.set(path);
    }
}
