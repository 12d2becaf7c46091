//! The timeline of attempts, newest first; each opens the request as it was sent and the answer as it came.
use crate::api::queries::send_error_detail::SendErrorDetailSendErrorAttemptsNodes as Attempt;
use crate::components::mark::mark_view;
use crate::i18n::Lang;
use crate::model::{format, status};
use leptos::prelude::*;

pub(crate) fn timeline(l: Lang, attempts: Vec<Attempt>, received_at: &str) -> AnyView {
    let items: Vec<AnyView> = attempts.into_iter().map(|attempt| attempt_view(l, attempt)).collect();
    view! {
        <ol class="timeline">
            {items}
            <li>
                <p class="when figures">{format::instant(received_at)}</p>
                <p>{l.result_received()}</p>
            </li>
        </ol>
    }
    .into_any()
}

fn attempt_view(l: Lang, attempt: Attempt) -> AnyView {
    let cause = attempt.cause.map(|cause| status::cause(l, cause, attempt.http_status));
    let decided_by = attempt.decided_by.clone().map(|login| [" · ", &login].concat());
    view! {
        <li>
            <p class="when figures">{format::instant(&attempt.started_at)}</p>
            <p class="marks">
                {mark_view(status::attempt(l, attempt.outcome))}
                <span>{cause}</span>
                <span class="quiet">{status::trigger(l, attempt.trigger)} {decided_by} " · " {l.duration(&attempt.duration_ms.to_string())}</span>
            </p>
            <details>
                <summary>{l.request_and_answer()}</summary>
                {exchange_view(l, attempt)}
            </details>
        </li>
    }
    .into_any()
}

fn exchange_view(l: Lang, attempt: Attempt) -> AnyView {
    let answer_status = attempt.http_status.map_or_else(|| l.no_answer().to_owned(), |code| code.to_string());
    let headers: Vec<String> =
        attempt.response_headers.iter().map(|header| [&header.name, ": ", &header.value].concat()).collect();
    view! {
        <h3>{l.request()}</h3>
        <pre class="wire" tabindex="0">{attempt.request_method} " " {attempt.request_url}</pre>
        {optional_wire(l.request_body(), attempt.request_body)}
        <h3>{l.answer()}</h3>
        <pre class="wire" tabindex="0">{answer_status}</pre>
        {optional_wire(l.answer_headers(), headers.join("\n"))}
        {optional_wire(l.answer_body(), attempt.response_body)}
    }
    .into_any()
}

fn optional_wire(heading: &'static str, content: String) -> AnyView {
    if content.is_empty() {
        return ().into_any();
    }
    view! {
        <h4>{heading}</h4>
        <pre class="wire" tabindex="0">{content}</pre>
    }
    .into_any()
}
