//! The four states of everything that is waited for: loading, error, data, and empty.
//! It knows neither what is waited for nor how it is asked.
use crate::api::error::{ApiError, ErrorKind};
use crate::browser;
use crate::i18n::use_lang;
use crate::load::{Found, Load, Query, Waiting};
use leptos::prelude::*;

/// Skeleton rows while waiting, the error with a way to try again, or the view of what came.
pub(crate) fn load_view<T: Send + Sync + 'static>(
    query: Query<T>,
    skeleton_rows: usize,
    ready: impl Fn(&T) -> AnyView + Send + 'static,
) -> AnyView {
    let ready = move |found: &Found| found.downcast_ref().map_or_else(|| ().into_any(), &ready);
    any_load_view(query.waiting, skeleton_rows, Box::new(ready))
}

fn any_load_view(
    waiting: Waiting,
    skeleton_rows: usize,
    ready: Box<dyn Fn(&Found) -> AnyView + Send>,
) -> AnyView {
    let view = move || match waiting.state.get() {
        Load::Waiting => view! { <Skeleton rows=skeleton_rows /> }.into_any(),
        Load::Failed(error) => {
            view! { <ErrorPanel error retry=Callback::new(move |()| waiting.reload()) /> }.into_any()
        }
        Load::Ready(found) => ready(&found),
    };
    view.into_any()
}

/// Rows of the final height; the style sheet shows them only after 150 ms.
#[component]
fn Skeleton(rows: usize) -> impl IntoView {
    let l = use_lang();
    let bars: Vec<AnyView> = (0..rows).map(|_| view! { <div class="bar"></div> }.into_any()).collect();
    view! {
        <div class="skeleton delayed" role="status">
            <span class="visually-hidden">{l.loading()}</span>
            {bars}
        </div>
    }
}

#[component]
pub(crate) fn ErrorPanel(error: ApiError, retry: Callback<()>) -> impl IntoView {
    let l = use_lang();
    let request_id = error
        .request_id
        .clone()
        .map(|id| view! { <p class="quiet">{l.error_request_id()} " " <code>{id}</code></p> }.into_any());
    let reload = (error.kind == ErrorKind::PartUnavailable).then(|| {
        view! { <button type="button" class="button" on:click=|_| browser::reload()>{l.reload_page()}</button> }.into_any()
    });
    view! {
        <div class="panel error-panel" role="alert">
            <p class="strong">{error.text(l)}</p>
            {request_id}
            <button type="button" class="button" on:click=move |_| retry.run(())>{l.retry()}</button>
            {reload}
        </div>
    }
}

/// Why a list is empty and what to do next.
#[component]
pub(crate) fn Empty(
    why: &'static str,
    next: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="panel empty" role="status">
            <p class="strong">{why}</p>
            <p class="quiet">{next}</p>
            {children.map(|children| children())}
        </div>
    }
}
