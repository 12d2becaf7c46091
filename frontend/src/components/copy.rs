//! A button that copies a text, and says whether it could. Where the browser refuses, the text stands to be selected.
use crate::browser;
use crate::i18n::use_lang;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[component]
pub(crate) fn CopyButton(label: &'static str, text: String) -> impl IntoView {
    let l = use_lang();
    let told = RwSignal::new("");
    let text = StoredValue::new(text);
    let copy = move || {
        spawn_local(async move {
            let is_copied = browser::copy(&text.get_value()).await;
            let _ = told.try_set(if is_copied { l.copied() } else { l.copy_refused() });
        });
    };
    view! {
        <span class="joined">
            <button type="button" class="button small-button" on:click=move |_| copy()>{label}</button>
            <span class="quiet small" role="status">{told}</span>
        </span>
    }
}
