//! The timeline of a payment, newest first: results, decisions with their reasons and edits, attempts, mails, and what
//! the gateway and the cart told. Each attempt opens.
//! What is there already is never drawn anew: a request that one reads stays open while the next result arrives.
mod exchange;

use crate::components::diff::diff_table;
use crate::components::mark::mark_view;
use crate::components::timeline::{MailCopy, copy_view};
use crate::i18n::Lang;
use crate::model::enums::TimelineKind;
use crate::model::history::{Attempt, Told};
use crate::model::status::Mark;
use crate::model::{format, order_event, status};
use leptos::prelude::*;

/// What is drawn.
#[derive(Clone, Copy)]
pub(crate) struct History {
    pub(crate) events: Signal<Vec<Told>>,
    /// A resend that is on its way.
    pub(crate) running: Signal<Option<Mark>>,
    /// Texts that are known to have been sent: by them the charset of a request is known.
    pub(crate) known: Signal<Vec<String>>,
}

/// Of what is stored, and of what was edited, that by which a charset can be told.
pub(crate) fn known_values(stored: impl Iterator<Item = String>, events: &[Told]) -> Vec<String> {
    let edited = events.iter().flat_map(|event| &event.changes).filter_map(|(_, _, after)| after.clone());
    stored.chain(edited).filter(|text| !text.is_ascii()).collect()
}

pub(crate) fn history(l: Lang, history: History) -> AnyView {
    let events = move || history.events.get();
    view! {
        <ol class="timeline">
            {move || history.running.get().map(|mark| running_view(l, mark))}
            <For each=events key=Told::key children=move |event| event_view(l, event, history.known) />
        </ol>
    }
    .into_any()
}

fn running_view(l: Lang, mark: Mark) -> AnyView {
    view! {
        <li class="running">
            <p class="marks">{mark_view(mark)} <span class="quiet">{l.result_running_detail()}</span></p>
        </li>
    }
    .into_any()
}

fn event_view(l: Lang, event: Told, known: Signal<Vec<String>>) -> AnyView {
    let when = format::instant(&event.at);
    let content = match event.attempt {
        Some(attempt) => {
            let notice = event.kind == TimelineKind::EventAttempted;
            let what =
                notice.then(|| view! { <span class="strong">{status::timeline(l, event.kind)}</span> });
            attempt_view(l, what.into_any(), attempt, known)
        }
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
fn told_view(l: Lang, event: Told) -> AnyView {
    let (what, detail) = event.words(l);
    let what = if event.kind == TimelineKind::MailFailed {
        mark_view(Mark { text: what, tone: "warning" })
    } else {
        what.into_any()
    };
    let by = event.actor.map(|actor| view! { <span class="quiet">{actor}</span> });
    let detail = detail.map(|detail| view! { <p class="said quiet">{detail}</p> });
    let changes = (!event.changes.is_empty()).then(|| diff_table(l, event.changes.into_iter()));
    let copy = event.mail.map(|mail| {
        let state = order_event::mail_state(l, mail.state);
        copy_view(
            l,
            MailCopy { to: mail.to, subject: mail.subject, body: mail.body, state, error: mail.error },
        )
    });
    view! {
        <p class="marks"><span class="strong">{what}</span> {by}</p>
        {detail}
        {changes}
        {copy}
    }
    .into_any()
}

/// `what`: to whom, where it was not the merchant's endpoint.
fn attempt_view(l: Lang, what: AnyView, attempt: Attempt, known: Signal<Vec<String>>) -> AnyView {
    let cause = attempt.cause.map(|cause| status::cause(l, cause, attempt.made.http_status));
    let trigger = [Some(status::trigger(l, attempt.trigger)), attempt.decided_by.as_deref()];
    let trigger: Vec<&str> = trigger.into_iter().flatten().collect();
    let trigger = [&trigger.join(" · "), " · ", &l.duration(&attempt.duration_ms.to_string())].concat();
    let edited = attempt.is_edited.then(|| mark_view(Mark { text: l.attempt_edited(), tone: "violet" }));
    let outcome = mark_view(status::attempt(l, attempt.outcome));
    let made = StoredValue::new(attempt.made);
    // What is inside is made when it is first opened: two hundred of them would be long to draw.
    let was_opened = RwSignal::new(false);
    let exchange = move || {
        was_opened.get().then(|| {
            // Not followed: what is open is never drawn anew.
            let known = known.get_untracked();
            made.with_value(|made| exchange::exchange(l, made, &known))
        })
    };
    view! {
        <p class="marks">{what} {outcome} <span>{cause}</span> {edited} <span class="quiet">{trigger}</span></p>
        <details on:toggle=move |_| was_opened.set(true)>
            <summary>{l.request_and_answer()}</summary>
            {exchange}
        </details>
    }
    .into_any()
}
