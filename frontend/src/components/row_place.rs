//! Where the keyboard stands within a list: it stands there again after the list was drawn anew, or left and come back to.
//! It moves the focus only where nothing else has it.
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement};

/// A control within a row bears `data-act`, a row or a control outside of rows `data-id`.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    list: String,
    id: String,
    act: Option<String>,
}

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Whether what is focused may be scrolled into view, or must leave everything where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scroll {
    IntoView,
    Nothing,
}

/// To be called from `on:focusin` of the list; `list` names its search.
pub(crate) fn remember(list: &str, event: &FocusEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let holder = target.closest("[data-id]").ok().flatten();
    let place = holder.and_then(|holder| holder.get_attribute("data-id")).map(|id| Place {
        list: list.to_owned(),
        id,
        act: target.get_attribute("data-act"),
    });
    PLACE.set(place);
}

/// To be called when the list was drawn: once the browser has it, the focus goes where it was.
pub(crate) fn restore_soon(list: String, scroll: Scroll) {
    request_animation_frame(move || restore(&list, scroll));
}

fn restore(list: &str, scroll: Scroll) {
    let Some(place) = PLACE.with_borrow(Clone::clone).filter(|place| place.list == list) else { return };
    if is_focus_taken() {
        return;
    }
    let Some(holder) = element(&["[data-id=\"", &place.id, "\"]"].concat()) else { return };
    let control = place
        .act
        .and_then(|act| holder.query_selector(&["[data-act=\"", &act, "\"]"].concat()).ok().flatten());
    if holder.tag_name() == "TR" {
        // One row is the tab stop: this one, and no longer the one it was.
        if let Some(stop) = element("tr[tabindex=\"0\"]") {
            let _ = stop.set_attribute("tabindex", "-1");
        }
        let _ = holder.set_attribute("tabindex", "0");
    }
    if let Ok(target) = control.unwrap_or(holder).dyn_into::<HtmlElement>() {
        match scroll {
            Scroll::IntoView => {
                let _ = target.focus();
            }
            Scroll::Nothing => focus_in_place(&target),
        }
    }
}

/// Whoever has scrolled on reads something else: what scrolls with the focus goes back.
fn focus_in_place(target: &HtmlElement) {
    let (left, top) = (window().scroll_x().unwrap_or(0.0), window().scroll_y().unwrap_or(0.0));
    let table = target.closest(".table-scroll").ok().flatten();
    let table_top = table.as_ref().map(Element::scroll_top);
    let _ = target.focus();
    window().scroll_to_with_x_and_y(left, top);
    if let (Some(table), Some(table_top)) = (table, table_top) {
        table.set_scroll_top(table_top);
    }
}

/// A page that was just gone to has the focus on its main part, which nobody chose.
fn is_focus_taken() -> bool {
    document().active_element().is_some_and(|active| active.tag_name() != "BODY" && active.id() != "main")
}

fn element(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}
