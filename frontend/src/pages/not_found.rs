//! An address that leads nowhere. What one may not see is not told apart from what does not exist.
use crate::components::page::name_page;
use crate::i18n::use_lang;
use leptos::prelude::*;

#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let l = use_lang();
    name_page(l, l.not_found(), None);
    view! {
        <div class="panel empty">
            <h1>{l.not_found()}</h1>
            <p>{l.not_found_next()}</p>
            <a class="button" href="/send-errors">{l.send_errors()}</a>
        </div>
    }
}
