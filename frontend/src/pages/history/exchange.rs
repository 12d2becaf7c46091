//! One attempt, opened: how long its steps took, the request as it was sent, the answer as it came, and the command
//! that sends the same request once more.
use crate::browser;
use crate::components::copy::CopyButton;
use crate::components::facts::named_values;
use crate::components::wire::{optional_wire, timings_view, wire};
use crate::i18n::Lang;
use crate::model::exchange::{Charset, Exchange, Sent, decoded};
use leptos::prelude::*;

pub(crate) fn exchange(l: Lang, made: &Exchange, known: &[String]) -> AnyView {
    let was_sent = !made.sent.url.is_empty();
    let status = made.http_status.map_or_else(|| l.no_answer().to_owned(), |code| code.to_string());
    let headers: Vec<String> =
        made.answer_headers.iter().map(|(name, value)| [name, ": ", value].concat()).collect();
    view! {
        {timings_view(l, &made.timings)}
        {was_sent.then(|| request_view(l, &made.sent, known))}
        <h3>{l.answer()}</h3>
        {wire(l.answer_status(), status)}
        {optional_wire(l.answer_headers(), headers.join("\n"))}
        {optional_wire(l.answer_body(), made.answer_body.clone())}
    }
    .into_any()
}

fn request_view(l: Lang, sent: &Sent, known: &[String]) -> AnyView {
    let parameters = decoded(sent.form(), known, |charset, bytes| {
        let label = match charset {
            Charset::Utf8 => "utf-8",
            Charset::Cp932 => "shift_jis",
            Charset::EucJp => "euc-jp",
        };
        browser::decode_text(label, bytes)
    });
    let curl = sent.curl();
    view! {
        <h3>{l.request()}</h3>
        {wire(l.request_url(), [&sent.method, " ", &sent.url].concat())}
        {sent.is_form().then(|| view! { <h4>{l.request_parameters()}</h4> {named_values(parameters)} })}
        {wire(l.request_bytes(), sent.raw())}
        <h4>{l.curl()}</h4>
        <p class="quiet small">{l.curl_warning()}</p>
        <p class="actions"><CopyButton label=l.curl_copy() text=curl.clone() /></p>
        <pre class="wire" tabindex="0" role="region" aria-label=l.curl()>{curl}</pre>
    }
    .into_any()
}
