//! The few things the app asks of the browser outside of views: storage, clock, title, focus.
//! No rule and no state lives here.
use leptos::prelude::{document, window};
use leptos::task::tick;
use todoke_domain::time::Timestamp;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

pub(crate) fn remembered(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Remembering is a comfort: where the browser refuses storage, the app goes on without.
pub(crate) fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

pub(crate) fn session_item(key: &str) -> Option<String> {
    window().session_storage().ok()??.get_item(key).ok()?
}

pub(crate) fn set_session_item(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.set_item(key, value);
    }
}

pub(crate) fn language() -> Option<String> {
    window().navigator().language()
}

pub(crate) fn now() -> Timestamp {
    let text = js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default();
    Timestamp::parse_rfc3339(&text).unwrap_or(Timestamp::from_micros(0))
}

/// `wss://host/graphql`, where the page came from.
pub(crate) fn socket_url() -> String {
    let location = window().location();
    let scheme =
        if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss://" } else { "ws://" };
    [scheme, &location.host().unwrap_or_default(), "/graphql"].concat()
}

/// The path and query one is at, to come back to after signing in.
pub(crate) fn here() -> String {
    let location = window().location();
    [location.pathname().unwrap_or_default(), location.search().unwrap_or_default()].concat()
}

pub(crate) fn set_title(text: &str) {
    document().set_title(text);
}

/// Fetches the page anew: the newest version of the app comes with it.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Sets or removes an attribute of `<html>`.
pub(crate) fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

pub(crate) fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Moves the focus to what the last change of a signal draws: before the next key can come, however late the next frame is.
pub(crate) fn focus_when_drawn(id: impl AsRef<str> + 'static) {
    spawn_local(async move {
        tick().await;
        focus(id.as_ref());
    });
}

/// What had the focus is gone, once the page is drawn: who works by keyboard goes on here instead of at the page's top.
pub(crate) fn keep_focus(id: &'static str) {
    spawn_local(async move {
        tick().await;
        let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if is_lost {
            focus(id);
        }
    });
}

/// Lets the browser save what an address of this server gives, while the page stays.
pub(crate) fn download(url: &str) {
    let link =
        document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = link {
        let _ = link.set_attribute("href", url);
        let _ = link.set_attribute("download", "");
        link.click();
    }
}

/// Puts text where the cursor of a field stands, or in the place of what is marked there, and goes on writing after it.
/// The field's new text; nothing where there is no such field.
pub(crate) fn insert_at_cursor(id: &str, text: &str) -> Option<String> {
    let field = document().get_element_by_id(id)?;
    let length = u32::try_from(text.encode_utf16().count()).ok()?;
    if let Some(area) = field.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        let (start, end) = (area.selection_start().ok()??, area.selection_end().ok()??);
        area.set_range_text_with_start_and_end(text, start, end).ok()?;
        area.focus().ok()?;
        let _ = area.set_selection_range(start + length, start + length);
        return Some(area.value());
    }
    let field = field.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    let (start, end) = (field.selection_start().ok()??, field.selection_end().ok()??);
    field.set_range_text_with_start_and_end(text, start, end).ok()?;
    field.focus().ok()?;
    let _ = field.set_selection_range(start + length, start + length);
    Some(field.value())
}

pub(crate) fn new_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Whether the clipboard took it: browsers refuse without HTTPS, or when the person says no.
pub(crate) async fn copy(text: &str) -> bool {
    if !window().is_secure_context() {
        return false;
    }
    let copied = window().navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(copied).await.is_ok()
}

/// The text of bytes in a charset by its label; nothing where they are none.
pub(crate) fn decode_text(label: &str, bytes: &[u8]) -> Option<String> {
    let options = web_sys::TextDecoderOptions::new();
    options.set_fatal(true);
    web_sys::TextDecoder::new_with_label_and_options(label, &options).ok()?.decode_with_u8_array(bytes).ok()
}
