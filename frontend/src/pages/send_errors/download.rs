//! CSV of the whole search, in the order of the list: the server gives an address that works for a minute and needs no
//! header, so that the browser saves the file as it streams and the app holds none of it.
use crate::api;
use crate::api::queries::{CreateDownloadLink, create_download_link};
use crate::browser;
use crate::components::pop::{Edge, pop};
use crate::context::{App, use_app};
use crate::i18n::use_lang;
use crate::model::enums::{DownloadEncoding, SendErrorSort};
use crate::model::send_error_search::{SendErrorAddress, SendErrorSearch};
use create_download_link::{PeriodInput, SendErrorFilter};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Started,
    Refused(String),
}

#[component]
pub(crate) fn Download(address: SendErrorAddress) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let state = RwSignal::new(None::<State>);
    let address = StoredValue::new(address);
    let choice = move |encoding: DownloadEncoding, text: &'static str| {
        let start = move || {
            state.set(Some(State::Waiting));
            let (filter, sort) = address.with_value(|address| (filter_of(&address.search), address.sort));
            spawn_local(async move {
                let _ = state.try_set(Some(download(app, filter, sort, encoding).await));
            });
        };
        view! { <button type="button" class="button" on:click=move |_| start()>{text}</button> }.into_any()
    };
    let told = move || match state.get() {
        None => ().into_any(),
        Some(State::Waiting) => view! { <p class="quiet">{l.download_waiting()}</p> }.into_any(),
        Some(State::Started) => view! { <p>{l.download_started()}</p> }.into_any(),
        Some(State::Refused(message)) => view! { <p class="fault">{message}</p> }.into_any(),
    };
    let body = view! {
        <p class="quiet">{l.download_purpose()}</p>
        {choice(DownloadEncoding::Cp932, l.download_cp932())}
        {choice(DownloadEncoding::Utf8, l.download_utf8())}
        <div role="status">{told}</div>
    };
    pop(Edge::End, "CSV".into_any(), l.download_csv(), body.into_any())
}

async fn download(
    app: App,
    filter: SendErrorFilter,
    sort: SendErrorSort,
    encoding: DownloadEncoding,
) -> State {
    let variables = create_download_link::Variables { filter, sort, encoding };
    let lang = app.lang.get_untracked();
    match api::run::<CreateDownloadLink>(app, variables).await {
        Ok(answer) => match (
            answer.create_download_link.url,
            answer.create_download_link.user_errors.into_iter().next(),
        ) {
            (_, Some(fault)) => State::Refused(fault.message),
            (Some(url), None) => {
                browser::download(&url);
                State::Started
            }
            (None, None) => State::Refused(lang.error_unreadable().to_owned()),
        },
        Err(error) => State::Refused(error.text(lang)),
    }
}

/// The list's own filter: each operation has its own type of the same shape.
fn filter_of(search: &SendErrorSearch) -> SendErrorFilter {
    let filter = super::filter_of(search);
    SendErrorFilter {
        ip_codes: filter.ip_codes,
        condition: filter.condition,
        order_no: filter.order_no,
        email: filter.email,
        phone: filter.phone,
        sendid: filter.sendid,
        period: filter.period.map(|period| PeriodInput {
            year_month: period.year_month,
            from: period.from,
            to: period.to,
            preset: period.preset,
        }),
    }
}
