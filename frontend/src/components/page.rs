//! What every page has: heading, one line saying what it is for, the document's title, its query.
use crate::browser;
use crate::context::use_app;
use crate::i18n::Lang;
use leptos::prelude::*;

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

/// The page of a payment, by whichever of its rows one comes.
pub(crate) fn payment_href(id: &str) -> String {
    ["/payments/", id].concat()
}

/// The query of the address while it is this page's; it stands still while one leaves for another page.
pub(crate) fn page_query(path: impl Into<String>) -> Memo<String> {
    let app = use_app();
    let path: String = path.into();
    Memo::new(move |before: Option<&String>| {
        let search = app.search.get();
        if app.path.with_untracked(|here| *here == path) {
            search
        } else {
            before.cloned().unwrap_or_default()
        }
    })
}
