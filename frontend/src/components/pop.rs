//! A list that opens below its button: it closes when the focus goes elsewhere, and with Escape, which gives the focus
//! back to the button.
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent};

/// Which edge of the button the list keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    Start,
    End,
}

/// `label` names the group of what is inside.
pub(crate) fn pop(edge: Edge, summary: AnyView, label: &'static str, body: AnyView) -> AnyView {
    let class = match edge {
        Edge::Start => "pop",
        Edge::End => "pop pop-right",
    };
    view! {
        <details class=class on:focusout=close_when_left on:keydown=close_with_escape>
            <summary>{summary}</summary>
            <div class="pop-body" tabindex="-1" role="group" aria-label=label>{body}</div>
        </details>
    }
    .into_any()
}

fn close_when_left(event: FocusEvent) {
    let details = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    if let Some(details) = details
        && !details.contains(next.as_ref())
    {
        let _ = details.remove_attribute("open");
    }
}

fn close_with_escape(event: KeyboardEvent) {
    let details = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(details) = details.filter(|details| event.key() == "Escape" && details.has_attribute("open"))
    else {
        return;
    };
    // Escape is meant for this list, not for what lies below it.
    event.stop_propagation();
    let _ = details.remove_attribute("open");
    let summary = details.first_element_child().and_then(|found| found.dyn_into::<HtmlElement>().ok());
    if let Some(summary) = summary {
        let _ = summary.focus();
    }
}
