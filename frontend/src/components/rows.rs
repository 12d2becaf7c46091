//! Moving through the rows of a table with the keyboard: arrows, Home and End; one row is the tab stop.
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// What a key asks of the row it was pressed on; moving is done already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKey {
    Open,
    Toggle,
}

/// To be called from `on:keydown` of a table's body. Keys pressed within a field or link of a row are left to it.
pub(crate) fn row_key(event: &KeyboardEvent) -> Option<(String, RowKey)> {
    let row = event.target()?.dyn_into::<Element>().ok().filter(|target| target.tag_name() == "TR")?;
    let key = event.key();
    let neighbour = match key.as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        "Home" => row.parent_element().and_then(|body| body.first_element_child()),
        "End" => row.parent_element().and_then(|body| body.last_element_child()),
        _ => None,
    };
    if let Some(next) = neighbour {
        event.prevent_default();
        let _ = row.set_attribute("tabindex", "-1");
        let _ = next.set_attribute("tabindex", "0");
        if let Ok(next) = next.dyn_into::<HtmlElement>() {
            let _ = next.focus();
        }
        return None;
    }
    let asked = match key.as_str() {
        "Enter" => RowKey::Open,
        " " => RowKey::Toggle,
        _ => return None,
    };
    event.prevent_default();
    Some((row.get_attribute("data-id")?, asked))
}

/// The first row is the tab stop until one moves.
pub(crate) fn tab_stop(index: usize) -> &'static str {
    if index == 0 { "0" } else { "-1" }
}

/// A cell whose heading the narrow layout shows beside it.
pub(crate) fn cell(heading: &'static str, value: impl IntoAny) -> AnyView {
    view! { <td data-label=heading>{value.into_any()}</td> }.into_any()
}

/// A cell of figures, set to the right.
pub(crate) fn figure_cell(heading: &'static str, value: String) -> AnyView {
    view! { <td class="figures" data-label=heading>{value}</td> }.into_any()
}

/// The headings; those of figures stand to the right, like their figures.
pub(crate) fn head(headings: &[&'static str], of_figures: &[&'static str]) -> AnyView {
    head_row(None, headings, of_figures)
}

/// The same behind a first one that is more than a word.
pub(crate) fn head_row(
    first: Option<AnyView>,
    headings: &[&'static str],
    of_figures: &[&'static str],
) -> AnyView {
    let cells: Vec<AnyView> = headings
        .iter()
        .map(|heading| {
            let class = of_figures.contains(heading).then_some("figures");
            view! { <th scope="col" class=class>{*heading}</th> }.into_any()
        })
        .collect();
    view! {
        <thead>
            <tr>{first} {cells}</tr>
        </thead>
    }
    .into_any()
}
