//! A list of terms and their values.
use leptos::prelude::*;

pub(crate) fn facts(rows: Vec<(&str, AnyView)>) -> AnyView {
    let rows: Vec<AnyView> = rows.into_iter().map(|(term, value)| fact(term.to_owned(), value)).collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// The same for names that come with the data, such as parameters.
pub(crate) fn named_values(rows: Vec<(String, String)>) -> AnyView {
    let rows: Vec<AnyView> = rows.into_iter().map(|(name, value)| fact(name, text(value))).collect();
    view! { <dl class="facts mono">{rows}</dl> }.into_any()
}

fn fact(term: String, value: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

pub(crate) fn text(value: impl Into<String>) -> AnyView {
    let value: String = value.into();
    value.into_any()
}
