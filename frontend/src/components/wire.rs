//! What went over the wire, to be read and selected; and how long its steps took, as a bar and in words.
use crate::i18n::Lang;
use crate::model::exchange::{Step, Timings};
use leptos::prelude::*;

pub(crate) fn wire(heading: &'static str, content: String) -> AnyView {
    view! {
        <h4>{heading}</h4>
        <pre class="wire" tabindex="0" role="region" aria-label=heading>{content}</pre>
    }
    .into_any()
}

pub(crate) fn optional_wire(heading: &'static str, content: String) -> AnyView {
    if content.is_empty() { ().into_any() } else { wire(heading, content) }
}

/// The bar shows what the words beside it say.
pub(crate) fn timings_view(l: Lang, timings: &Timings) -> AnyView {
    let spans = timings.spans();
    let bars: Vec<AnyView> = spans
        .iter()
        .map(|span| {
            view! {
                <rect class=step_class(span.step) x=span.start.to_string() y="0" width=span.width.to_string() height="10"></rect>
            }
            .into_any()
        })
        .collect();
    let words: Vec<AnyView> = spans
        .iter()
        .map(|span| {
            let class = ["step ", step_class(span.step)].concat();
            view! { <li class=class>{step_text(l, span.step)} " " {l.duration(&span.ms.to_string())}</li> }
                .into_any()
        })
        .collect();
    view! {
        <h3>{l.timings()} " " <span class="figures">{l.duration(&timings.total_ms.to_string())}</span></h3>
        <svg class="times" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>
        <ul class="steps figures">{words}</ul>
    }
    .into_any()
}

fn step_class(step: Step) -> &'static str {
    match step {
        Step::Dns => "step-dns",
        Step::Connect => "step-connect",
        Step::Tls => "step-tls",
        Step::FirstByte => "step-first-byte",
        Step::Rest => "step-rest",
    }
}

fn step_text(l: Lang, step: Step) -> &'static str {
    match step {
        Step::Dns => l.step_dns(),
        Step::Connect => l.step_connect(),
        Step::Tls => l.step_tls(),
        Step::FirstByte => l.step_first_byte(),
        Step::Rest => l.step_rest(),
    }
}
