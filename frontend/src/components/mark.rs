//! A state as text, shape and colour together.
use crate::model::status::Mark;
use leptos::prelude::*;

pub(crate) fn mark_view(mark: Mark) -> AnyView {
    view! { <span class=["mark mark-", mark.tone].concat()>{mark.text}</span> }.into_any()
}
