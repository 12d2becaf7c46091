//! What happened, newest first, in words. What is there already is never drawn anew: an opened copy stays open.
use crate::components::mark::mark_view;
use crate::i18n::Lang;
use crate::model::format;
use crate::model::status::Mark;
use leptos::prelude::*;

#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) at: String,
    pub(crate) what: &'static str,
    pub(crate) by: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) mail: Option<MailCopy>,
}

#[derive(Clone)]
pub(crate) struct MailCopy {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) state: Mark,
    pub(crate) error: Option<String>,
}

pub(crate) fn timeline(l: Lang, events: impl Fn() -> Vec<Event> + Send + Sync + 'static) -> AnyView {
    view! {
        <ol class="timeline">
            <For each=events key=key_of children=move |event| event_view(l, event) />
        </ol>
    }
    .into_any()
}

/// Events have no id of their own; two of one instant differ in what they are.
fn key_of(event: &Event) -> String {
    let mail = event.mail.as_ref().map(|mail| mail.state.text);
    let parts = [Some(event.at.as_str()), event.by.as_deref(), event.detail.as_deref(), mail];
    let mut key = event.what.to_owned();
    for part in parts {
        key.push('\n');
        key.push_str(part.unwrap_or_default());
    }
    key
}

fn event_view(l: Lang, event: Event) -> AnyView {
    let detail = event.detail.filter(|detail| !detail.is_empty());
    view! {
        <li>
            <p class="when figures">{format::instant(&event.at)}</p>
            <p class="marks"><span class="strong">{event.what}</span> {event.by.map(|by| view! { <span class="quiet">{by}</span> })}</p>
            {detail.map(|detail| view! { <p class="said quiet">{detail}</p> })}
            {event.mail.map(|mail| copy_view(l, mail))}
        </li>
    }
    .into_any()
}

/// The copy of a mail: where it stands, and on request what it says.
pub(crate) fn copy_view(l: Lang, mail: MailCopy) -> AnyView {
    let error = mail.error.map(|error| view! { <p class="said quiet">{error}</p> });
    view! {
        <p>{mark_view(mail.state)}</p>
        {error}
        <details>
            <summary>{l.mail_copy()}</summary>
            {mail_view(l, &mail.to, &mail.subject, mail.body)}
        </details>
    }
    .into_any()
}

/// A mail as the buyer reads it.
pub(crate) fn mail_view(l: Lang, to: &str, subject: &str, body: String) -> AnyView {
    view! {
        <p><span class="quiet">{l.mail_to()}</span> " " {to.to_owned()}</p>
        {mail_text_view(l, subject, body)}
    }
    .into_any()
}

/// Its subject and body.
pub(crate) fn mail_text_view(l: Lang, subject: &str, body: String) -> AnyView {
    view! {
        <p><span class="quiet">{l.mail_subject()}</span> " " <span class="strong">{subject.to_owned()}</span></p>
        <pre class="wire mail" tabindex="0" role="region" aria-label=l.mail_body()>{body}</pre>
    }
    .into_any()
}
