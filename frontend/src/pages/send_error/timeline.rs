//! The timeline, newest first: results, decisions with their reasons and edits, attempts, mails. Each attempt opens.
//! What is there already is never drawn anew: a request that one reads stays open while the next result arrives.
use super::{Detail, exchange};
use crate::api::queries::send_error_detail::{AttemptFacts, SendErrorDetailSendErrorTimeline as Event};
use crate::components::diff::diff_table;
use crate::components::mark::mark_view;
use crate::i18n::Lang;
use crate::load::Query;
use crate::model::enums::{SendErrorStatus, TimelineKind};
use crate::model::status::Mark;
use crate::model::{format, status};
use leptos::prelude::*;

pub(crate) fn timeline(l: Lang, query: Query<Detail>) -> AnyView {
    let events = move || query.with(|found| Some(found.timeline.clone())).unwrap_or_default();
    view! {
        <ol class="timeline">
            {move || query.with(|found| found.resending.then(|| running_view(l, found.status)))}
            <For each=events key=key_of children=move |event| event_view(l, event, query) />
        </ol>
    }
    .into_any()
}

/// Events have no id of their own; two of one instant differ in what they are.
fn key_of(event: &Event) -> String {
    let attempt = event.attempt.as_ref().map(|attempt| attempt.id.as_str());
    let parts = [Some(event.at.as_str()), event.actor.as_deref(), event.detail.as_deref(), attempt];
    let mut key = status::timeline(Lang::En, event.kind).to_owned();
    for part in parts {
        key.push('\n');
        key.push_str(part.unwrap_or_default());
    }
    key
}

/// Texts that are known to have been sent: by them the charset of a request is known.
fn known_values(found: &Detail) -> Vec<String> {
    let stored = found.parameters.iter().map(|one| one.value.clone());
    let edited = found.timeline.iter().flat_map(|event| &event.changes).filter_map(|one| one.after.clone());
    stored.chain(edited).filter(|text| !text.is_ascii()).collect()
}

fn running_view(l: Lang, status: SendErrorStatus) -> AnyView {
    view! {
        <li class="running">
            <p class="marks">{mark_view(status::send_error(l, status, true))} <span class="quiet">{l.result_running_detail()}</span></p>
        </li>
    }
    .into_any()
}

fn event_view(l: Lang, event: Event, query: Query<Detail>) -> AnyView {
    let when = format::instant(&event.at);
    let content = match event.attempt {
        Some(attempt) => attempt_view(l, attempt, query),
        None => told_view(l, event),
    };
    view! {
        <li>
            <p class="when figures">{when}</p>
            {content}
        </li>
    }
    .into_any()
}

/// Everything but an attempt: what, by whom, why, and what was changed.
fn told_view(l: Lang, event: Event) -> AnyView {
    let what = status::timeline(l, event.kind);
    let what = if event.kind == TimelineKind::MailFailed {
        mark_view(Mark { text: what, tone: "warning" })
    } else if event.changes.is_empty() {
        what.into_any()
    } else {
        l.timeline_edited().into_any()
    };
    let by = event.actor.map(|actor| view! { <span class="quiet">{actor}</span> });
    let detail = event.detail.filter(|detail| !detail.is_empty());
    let detail = detail.map(|detail| view! { <p class="said quiet">{detail}</p> });
    let changes = (!event.changes.is_empty()).then(|| {
        diff_table(l, event.changes.into_iter().map(|change| (change.name, change.before, change.after)))
    });
    view! {
        <p class="marks"><span class="strong">{what}</span> {by}</p>
        {detail}
        {changes}
    }
    .into_any()
}

fn attempt_view(l: Lang, attempt: AttemptFacts, query: Query<Detail>) -> AnyView {
    let cause = attempt.cause.map(|cause| status::cause(l, cause, attempt.http_status));
    let trigger = [Some(status::trigger(l, attempt.trigger)), attempt.decided_by.as_deref()];
    let trigger: Vec<&str> = trigger.into_iter().flatten().collect();
    let trigger = [&trigger.join(" · "), " · ", &l.duration(&attempt.duration_ms.to_string())].concat();
    let edited =
        attempt.edited_parameters.then(|| mark_view(Mark { text: l.attempt_edited(), tone: "violet" }));
    let outcome = mark_view(status::attempt(l, attempt.outcome));
    let attempt = StoredValue::new(attempt);
    // What is inside is made when it is first opened: two hundred of them would be long to draw.
    let was_opened = RwSignal::new(false);
    let exchange = move || {
        was_opened.get().then(|| {
            // Not followed: what is open is never drawn anew.
            let known = untrack(|| query.with(|found| Some(known_values(found)))).unwrap_or_default();
            attempt.with_value(|attempt| exchange::exchange(l, attempt, &known))
        })
    };
    view! {
        <p class="marks">{outcome} <span>{cause}</span> {edited} <span class="quiet">{trigger}</span></p>
        <details on:toggle=move |_| was_opened.set(true)>
            <summary>{l.request_and_answer()}</summary>
            {exchange}
        </details>
    }
    .into_any()
}
