//! The form: a line for each parameter, 現在 beside 修正後, its change as text, shape and colour; then the reason.
use super::Editing;
use crate::browser;
use crate::components::field::{FaultSummary, FaultText, fault_of, field_id};
use crate::components::mark::mark_view;
use crate::components::rows::{cell, head};
use crate::i18n::{Lang, use_lang};
use crate::model::edit::{Change, Content, Fixed, line_path, name_path};
use crate::model::format;
use crate::model::status;
use crate::router::use_go;
use leptos::prelude::*;

#[component]
pub(crate) fn Form(editing: Editing, back: String, confirm: String) -> impl IntoView {
    let l = use_lang();
    let go = use_go();
    let Editing { draft, faults, .. } = editing;
    // Lines are drawn anew when one comes, goes, or is taken out; typing changes them in place.
    let shape = Memo::new(move |_| {
        let is_fixed = |content: &Content| matches!(content, Content::Fixed { .. });
        let kind =
            |content: &Content| (content.before().is_some(), content.after().is_some(), is_fixed(content));
        draft.with(|draft| {
            draft.lines.iter().map(|line| (line.number, kind(&line.content))).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        let numbers = shape.get().into_iter().map(|(number, _)| number);
        numbers.map(|number| line_view(l, editing, number)).collect::<Vec<AnyView>>()
    };
    let check = move || {
        let broken = draft.with_untracked(|draft| draft.broken_rules(l));
        let first = broken.first().map(|fault| field_id(&fault.field));
        draft.update(|draft| draft.faults.clone_from(&broken));
        faults.set(broken);
        match first {
            Some(first) => browser::focus(&first),
            None => go(&confirm),
        }
    };
    let add = move || {
        let mut number = None;
        draft.update(|draft| number = Some(draft.add()));
        if let Some(number) = number {
            browser::focus_when_drawn(field_id(&name_path(number)));
        }
    };
    let addable = Memo::new(move |_| draft.with(crate::model::edit::Edit::addable));
    let permitted = Memo::new(move |_| draft.with(|draft| draft.editable.clone()));
    let may_add =
        Memo::new(move |_| addable.with(|names| names.as_ref().is_none_or(|names| !names.is_empty())));
    let may_edit =
        Memo::new(move |_| permitted.with(|names| names.as_ref().is_none_or(|names| !names.is_empty())));
    let headings = [l.edit_name(), l.edit_before(), l.edit_after(), l.edit_change()];
    view! {
        <form class="edit" novalidate=true on:submit=move |event| { event.prevent_default(); check(); }>
            <FaultSummary faults />
            {move || permitted.get().map(|names| permitted_view(l, &names))}
            <div class="table-scroll" id="f-lines" tabindex="-1">
                <table class="list edit-table" aria-label=l.edit_parameters()>
                    {head(&headings, &[])}
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <FaultText faults path="lines" />
            {move || may_add.get().then(|| view! {
                <p class="actions">
                    <button type="button" class="button" on:click=move |_| add()>{l.edit_add()}</button>
                    {move || addable.get().map(|names| view! { <span class="quiet small">{l.edit_addable(&names.join(", "))}</span> })}
                </p>
            })}
            {move || may_edit.get().then(|| view! { <ReasonField editing /> })}
            <div class="form-foot">
                <a class="button" href=back>{l.back()}</a>
                {move || may_edit.get().then(|| view! { <button type="submit" class="button primary">{l.edit_check()}</button> })}
            </div>
        </form>
    }
}

/// Which parameters the IP code's settings permit. Who may edit may open the settings too.
fn permitted_view(l: Lang, names: &[String]) -> AnyView {
    let text = if names.is_empty() { l.edit_none().to_owned() } else { l.edit_only(&names.join(", ")) };
    view! { <p class="notice">{text}</p> }.into_any()
}

/// Why a line is not edited.
fn fixed_view(l: Lang, why: Fixed) -> AnyView {
    let why = match why {
        Fixed::NamesThePayment => l.edit_fixed_name(),
        Fixed::BySetting => l.edit_fixed_setting(),
    };
    view! { <span class="quiet">{l.edit_fixed()} <span class="small">" (" {why} ")"</span></span> }.into_any()
}

#[component]
fn ReasonField(editing: Editing) -> impl IntoView {
    let l = use_lang();
    let Editing { draft, faults, .. } = editing;
    view! {
        <div class="panel field">
            <label for="f-reason">{l.reason()} " " <span class="quiet">{l.required()}</span></label>
            <textarea id="f-reason" rows="3" aria-required="true" aria-describedby="f-reason-hint f-reason-fault"
                prop:value=move || draft.with(|draft| draft.reason.clone())
                on:input=move |event| draft.update(|draft| draft.give_reason(&event_target_value(&event)))
                aria-invalid=move || fault_of(faults, "reason").map(|_| "true")></textarea>
            <p class="quiet small" id="f-reason-hint">{l.edit_reason_hint()}</p>
            <FaultText faults path="reason" />
        </div>
    }
}

/// One line as it stands when the list is drawn; its value and its change follow what is typed.
fn line_view(l: Lang, editing: Editing, number: u32) -> AnyView {
    let draft = editing.draft;
    let Some(content) = draft.with_untracked(|draft| draft.line(number).cloned()) else {
        return ().into_any();
    };
    let change =
        Memo::new(move |_| draft.with(|draft| draft.line(number).map_or(Change::Same, Content::change)));
    let name = match &content {
        Content::Added { .. } => name_field(l, editing, number),
        Content::Fixed { name, .. } | Content::Stored { name, .. } | Content::Removed { name, .. } => {
            view! { <code class="strong">{name.clone()}</code> }.into_any()
        }
    };
    let before = content.before().map_or_else(|| format::MISSING.to_owned(), str::to_owned);
    let after = match &content {
        Content::Fixed { why, .. } => fixed_view(l, *why),
        Content::Removed { .. } => view! { <span class="quiet">{l.edit_not_sent()}</span> }.into_any(),
        Content::Stored { .. } | Content::Added { .. } => value_field(l, editing, number),
    };
    let class = move || match change.get() {
        Change::Same => "",
        Change::Changed => "line-changed",
        Change::Added => "line-added",
        Change::Removed => "line-removed",
    };
    view! {
        <tr class=class>
            {cell(l.edit_name(), name)}
            {cell(l.edit_before(), view! { <code class="before">{before}</code> })}
            {cell(l.edit_after(), after)}
            {cell(l.edit_change(), change_view(l, editing, number, change))}
        </tr>
    }
    .into_any()
}

fn value_field(l: Lang, editing: Editing, number: u32) -> AnyView {
    let Editing { draft, faults, .. } = editing;
    let path = line_path(number);
    let id = field_id(&path);
    let described_by = [&id, "-fault"].concat();
    let of_line = path.clone();
    let label = move || draft.with(|draft| l.edit_after_of(draft.line(number).map_or("", Content::name)));
    let value = move || {
        draft.with(|draft| draft.line(number).and_then(Content::after).unwrap_or_default().to_owned())
    };
    view! {
        <span class="field">
            <input id=id type="text" autocomplete="off" spellcheck="false" aria-label=label prop:value=value
                on:input=move |event| draft.update(|draft| draft.retype(number, &event_target_value(&event)))
                aria-invalid=move || fault_of(faults, &of_line).map(|_| "true") aria-describedby=described_by />
            <FaultText faults path />
        </span>
    }
    .into_any()
}

fn name_field(l: Lang, editing: Editing, number: u32) -> AnyView {
    let Editing { draft, faults, .. } = editing;
    let path = name_path(number);
    let id = field_id(&path);
    let described_by = [&id, "-fault"].concat();
    let of_line = path.clone();
    let name =
        move || draft.with(|draft| draft.line(number).map(Content::name).unwrap_or_default().to_owned());
    view! {
        <span class="field">
            <input id=id type="text" autocomplete="off" spellcheck="false" aria-label=l.edit_new_name() prop:value=name
                on:input=move |event| draft.update(|draft| draft.rename(number, &event_target_value(&event)))
                aria-invalid=move || fault_of(faults, &of_line).map(|_| "true") aria-describedby=described_by />
            <FaultText faults path />
        </span>
    }
    .into_any()
}

/// What becomes of the line, and the button that takes it out or back.
fn change_view(l: Lang, editing: Editing, number: u32, change: Memo<Change>) -> AnyView {
    let Editing { draft, faults, .. } = editing;
    let act = move |text: &'static str, act: fn(&mut crate::model::edit::Edit, u32)| {
        let label =
            draft.with_untracked(|draft| [text, " ", draft.line(number).map_or("", Content::name)].concat());
        let press = move || {
            faults.set(Vec::new());
            draft.update(|draft| act(draft, number));
            // What was pressed may be gone: the line's field, or else the list, is where one goes on.
            browser::focus_when_drawn("f-lines");
            browser::focus_when_drawn(field_id(&line_path(number)));
        };
        view! { <button type="button" class="button small-button" aria-label=label on:click=move |_| press()>{text}</button> }
            .into_any()
    };
    let buttons = move || {
        let may_be_removed =
            draft.with_untracked(|draft| draft.line(number).is_some_and(Content::may_be_removed));
        match change.get() {
            Change::Same if may_be_removed => Some(act(l.edit_remove(), crate::model::edit::Edit::remove)),
            Change::Same => None,
            Change::Changed | Change::Removed => Some(act(l.edit_undo(), crate::model::edit::Edit::restore)),
            Change::Added => Some(act(l.edit_remove(), crate::model::edit::Edit::remove)),
        }
    };
    let mark = move || status::change(l, change.get()).map(mark_view);
    view! { <span class="change"><span role="status">{mark}</span> {buttons}</span> }.into_any()
}
