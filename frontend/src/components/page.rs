//! What every page has: heading, one line saying what it is for, the document's title, its query.
use crate::browser;
use crate::i18n::Lang;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// Heading and purpose. The title of the document is `name_page`'s: it carries the count too.
pub(crate) fn page_head(title: &'static str, purpose: &'static str) -> AnyView {
    view! {
        <header class="page-head">
            <h1>{title}</h1>
            <p class="quiet">{purpose}</p>
        </header>
    }
    .into_any()
}

/// `CGI送信エラー処理 (128) · 届け`
pub(crate) fn name_page(l: Lang, what: &str, count: Option<&str>) {
    let title = match count {
        Some(count) => [what, " (", count, ") · ", l.product()].concat(),
        None => [what, " · ", l.product()].concat(),
    };
    browser::set_title(&title);
}

/// The query of the address while it is this page's; it stands still while one leaves for another page.
pub(crate) fn page_query(path: &'static str) -> Memo<String> {
    let location = use_location();
    Memo::new(move |before: Option<&String>| {
        let search = location.search.get();
        if location.pathname.with(|here| here == path) {
            search
        } else {
            before.cloned().unwrap_or_default()
        }
    })
}

/// Goes to an address within the app.
pub(crate) fn use_go() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |href: &str| navigate(href, NavigateOptions::default())
}
