//! CSV of a whole list, not only of the page in view: the server gives an address that works for a minute and needs no
//! header, so that the browser saves the file as it streams and the app holds none of it.
use crate::api;
use crate::api::queries::{CreateDownloadLink, create_download_link};
use crate::browser;
use crate::components::pop::{Edge, pop};
use crate::context::{App, use_app};
use crate::i18n::use_lang;
use crate::model::enums::DownloadEncoding;
use create_download_link::CreateDownloadLinkInput;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Started,
    Refused(String),
}

#[component]
pub(crate) fn Download(
    /// The list in view, as it is to be written.
    wanted: Callback<DownloadEncoding, CreateDownloadLinkInput>,
) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let state = RwSignal::new(None::<State>);
    let choice = move |encoding: DownloadEncoding, text: &'static str| {
        let start = move || {
            if state.get_untracked() == Some(State::Waiting) {
                return;
            }
            state.set(Some(State::Waiting));
            let input = wanted.run(encoding);
            spawn_local(async move {
                let _ = state.try_set(Some(download(app, input).await));
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

async fn download(app: App, input: CreateDownloadLinkInput) -> State {
    let lang = app.lang.get_untracked();
    let payload = match api::run::<CreateDownloadLink>(app, create_download_link::Variables { input }).await {
        Ok(answer) => answer.create_download_link,
        Err(error) => return State::Refused(error.text(lang)),
    };
    match (payload.url, payload.user_errors.into_iter().next()) {
        (_, Some(fault)) => State::Refused(fault.message),
        (Some(url), None) => {
            browser::download(&url);
            State::Started
        }
        (None, None) => State::Refused(lang.error_unreadable().to_owned()),
    }
}
