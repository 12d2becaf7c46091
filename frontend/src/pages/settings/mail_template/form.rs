//! The form of the template: subject, body, placeholders that are put where the cursor stands, the standard texts.
use super::{Editing, Saving, save};
use crate::browser;
use crate::components::field::{FaultSummary, TextArea, TextField, field_id};
use crate::context::App;
use crate::i18n::Lang;
use crate::model::enums::MailLanguage;
use crate::model::mail_template::{in_braces, placeholder_name};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Subject,
    Body,
}

pub(super) fn form(app: App, l: Lang, editing: Editing) -> AnyView {
    let Editing { subject, body, faults, .. } = editing;
    // Where a placeholder goes: the field in which one wrote last.
    let place = RwSignal::new(Place::Body);
    let remember = move |event: web_sys::FocusEvent| {
        let id = event_target::<web_sys::Element>(&event).id();
        place.set(if id == field_id("subject") { Place::Subject } else { Place::Body });
    };
    view! {
        <form class="settings-form" novalidate=true on:submit=move |event| { event.prevent_default(); save(app, l, editing); }>
            <FaultSummary faults />
            <section class="panel" aria-labelledby="text-heading">
                <h2 id="text-heading">{l.template_text()}</h2>
                <div class="fields" on:focusin=remember>
                    <TextField label=l.mail_subject() path="subject" value=subject faults />
                    <TextArea label=l.mail_body() path="body" value=body faults rows=18 />
                </div>
            </section>
            {placeholders_view(l, editing, place)}
            {standards_view(l, editing)}
            {save_bar(l, editing)}
        </form>
    }
    .into_any()
}

fn placeholders_view(l: Lang, editing: Editing, place: RwSignal<Place>) -> AnyView {
    let names = untrack(|| editing.found.with(|found| Some(found.order_mail_template.placeholders.clone())));
    let insert = move |text: &str| {
        let (path, value) = match place.get_untracked() {
            Place::Subject => ("subject", editing.subject),
            Place::Body => ("body", editing.body),
        };
        if let Some(next) = browser::insert_at_cursor(&field_id(path), text) {
            value.set(next);
        }
    };
    let buttons: Vec<AnyView> = names
        .unwrap_or_default()
        .into_iter()
        .map(|name| {
            let text = in_braces(&name);
            let label = placeholder_name(l, &name);
            let code = text.clone();
            view! {
                <li>
                    <button type="button" class="button small-button" on:click=move |_| insert(&text)>
                        {label} " " <code>{code}</code>
                    </button>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="panel" aria-labelledby="insert-heading">
            <h2 id="insert-heading">{l.template_insert()}</h2>
            <p class="quiet small">{l.template_insert_hint()}</p>
            <ul class="chips" aria-labelledby="insert-heading">{buttons}</ul>
        </section>
    }
    .into_any()
}

fn standards_view(l: Lang, editing: Editing) -> AnyView {
    let take = move |language: MailLanguage| {
        let found = editing.standards.with_untracked(|standards| {
            standards.iter().find(|standard| standard.language == language).map(|found| found.text.clone())
        });
        if let Some(template) = found {
            editing.faults.set(Vec::new());
            editing.fill(template);
        }
    };
    view! {
        <section class="panel" aria-labelledby="standard-heading">
            <h2 id="standard-heading">{l.template_take()}</h2>
            <p class="quiet small">{l.template_take_hint()}</p>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| take(MailLanguage::Ja)>{l.template_take_ja()}</button>
                <button type="button" class="button" on:click=move |_| take(MailLanguage::En)>{l.template_take_en()}</button>
            </p>
        </section>
    }
    .into_any()
}

fn save_bar(l: Lang, editing: Editing) -> AnyView {
    let Editing { saving, faults, .. } = editing;
    let is_changed = Memo::new(move |_| editing.is_changed());
    let told = move || match saving.get() {
        Saving::Failed(why) => view! { <span class="fault" role="alert">{why}</span> }.into_any(),
        Saving::Idle | Saving::Running | Saving::Saved => {
            let text = match (is_changed.get(), saving.get()) {
                (_, Saving::Running) => l.settings_saving(),
                (true, _) => l.settings_unsaved(),
                (false, Saving::Saved) => l.template_saved(),
                (false, _) => l.settings_unchanged(),
            };
            view! { <span class="quiet" role="status">{text}</span> }.into_any()
        }
    };
    let undo = move || {
        if let Some(base) = editing.base.get_untracked() {
            editing.fill(base);
        }
        faults.set(Vec::new());
        saving.set(Saving::Idle);
    };
    let undo_button = move || {
        is_changed.get().then(|| {
            view! { <button type="button" class="button" on:click=move |_| undo()>{l.edit_undo()}</button> }
        })
    };
    view! {
        <div class="foot-bar">
            {told}
            {undo_button}
            <button type="submit" class="button primary" aria-disabled=move || (saving.get() == Saving::Running).then_some("true")>{l.settings_save()}</button>
        </div>
    }
    .into_any()
}
