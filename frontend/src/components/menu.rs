//! The menu: what exists and is switched on for some of one's IP codes, with figures that count live.
use crate::context::use_app;
use crate::i18n::use_lang;
use crate::model::format;
use leptos::prelude::*;

/// The server counts what waits in one IP code no further than this.
const COUNTED_MAX: i64 = 10_000;

#[component]
pub(crate) fn Menu() -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let unprocessed = move || Some(app.unprocessed()).filter(|count| *count > 0);
    let restorable = move || {
        app.counts.with(|counts| counts.as_ref().map(|counts| counts.restorable)).filter(|count| *count > 0)
    };
    let waiting_mails = move || app.waiting_mails.get().filter(|count| *count > 0);
    let orders = move || {
        app.has_gateway().then(|| {
            view! {
                <p class="menu-group" id="menu-orders">{l.menu_orders()}</p>
                <ul aria-labelledby="menu-orders">
                    {entry("/abnormal-orders", l.abnormal_orders(), l.list_restorable(), restorable)}
                    {entry("/orders", l.orders(), l.mail_waiting(), waiting_mails)}
                </ul>
            }
            .into_any()
        })
    };
    view! {
        <nav class="menu" aria-label=l.menu()>
            <ul>
                {entry("/send-errors", l.send_errors(), l.status_unprocessed(), unprocessed)}
                {entry("/batches", l.batches(), "", || None)}
            </ul>
            {orders}
            <p class="menu-group" id="menu-settings">{l.menu_settings()}</p>
            <ul aria-labelledby="menu-settings">{entry("/settings/ip-codes", l.settings_ip_codes(), "", || None)}</ul>
        </nav>
    }
}

fn entry(
    href: &'static str,
    text: &'static str,
    counted: &'static str,
    count: impl Fn() -> Option<i64> + Send + 'static,
) -> AnyView {
    let app = use_app();
    let current = move || app.path.with(|path| path.starts_with(href).then_some("page"));
    let badge = move || {
        count().map(|count| {
            let figure = format::count(count.min(COUNTED_MAX), count > COUNTED_MAX);
            view! { <span class="badge"><span class="badge-word">{counted}</span> " " {figure}</span> }
                .into_any()
        })
    };
    view! {
        <li>
            <a href=href aria-current=current><span>{text}</span> {badge}</a>
        </li>
    }
    .into_any()
}
