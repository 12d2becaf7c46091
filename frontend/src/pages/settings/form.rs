//! The form of an IP code's settings. Each field writes into one draft; nothing is sent before 保存.
use super::ip_code::Editing;
use super::outcome::Saving;
use super::saving::save;
use super::trial;
use crate::components::field::{FaultSummary, FaultText, fault_of, field_id, radio};
use crate::context::use_app;
use crate::i18n::{Lang, use_lang};
use crate::model::enums::{BodyRuleKind, EndpointCharset, EndpointMethod, RetryPolicyKind};
use crate::model::settings::{Form, Settings, charset_text, method_text};
use leptos::prelude::*;

/// One text of the settings: how it is read and written.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) read: fn(&Settings) -> &String,
    pub(crate) write: fn(&mut Settings) -> &mut String,
}

#[component]
pub(crate) fn SettingsForm(editing: Editing) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    view! {
        <form class="settings-form" novalidate=true on:submit=move |event| { event.prevent_default(); save(app, l, editing); }>
            <FaultSummary faults=editing.faults />
            {endpoint_section(l, editing)}
            {trial::trial(app, l, editing)}
            {rule_section(l, editing)}
            {retry_section(l, editing)}
            {people_section(l, editing)}
            {save_bar(l, editing)}
        </form>
    }
}

fn save_bar(l: Lang, editing: Editing) -> AnyView {
    let Editing { form, saving, .. } = editing;
    let told = move || match saving.get() {
        Saving::Failed(why) => view! { <span class="fault" role="alert">{why}</span> }.into_any(),
        Saving::Idle | Saving::Running | Saving::Saved => {
            let text = match (form.with(Form::is_changed), saving.get()) {
                (_, Saving::Running) => l.settings_saving(),
                (true, _) => l.settings_unsaved(),
                (false, Saving::Saved) => l.settings_saved(),
                (false, _) => l.settings_unchanged(),
            };
            view! { <span class="quiet" role="status">{text}</span> }.into_any()
        }
    };
    let undo = move || {
        form.update(|form| form.typed = form.base.settings.clone());
        editing.faults.set(Vec::new());
        saving.set(Saving::Idle);
    };
    let undo_button = move || {
        form.with(Form::is_changed).then(|| {
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

fn section(id: &'static str, heading: &'static str, content: AnyView) -> AnyView {
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn endpoint_section(l: Lang, editing: Editing) -> AnyView {
    let url = Place { path: "endpoint.url", read: |one| &one.url, write: |one| &mut one.url };
    let timeout =
        Place { path: "endpoint.timeoutMs", read: |one| &one.timeout_s, write: |one| &mut one.timeout_s };
    let form = editing.form;
    let method = move |method: EndpointMethod| {
        radio(
            "method",
            method_text(method),
            move || form.with(|form| form.typed.method == method),
            move || form.update(|form| form.typed.method = method),
        )
    };
    let charset = move |charset: EndpointCharset| {
        radio(
            "charset",
            charset_text(charset),
            move || form.with(|form| form.typed.charset == charset),
            move || form.update(|form| form.typed.charset = charset),
        )
    };
    let content = view! {
        <div class="fields">
            {text_field(editing, l.endpoint_url(), url, l.endpoint_url_hint())}
            <div class="field">
                <p class="row-head" id="f-method">{l.endpoint_method()}</p>
                <div class="choices" role="radiogroup" aria-labelledby="f-method">{method(EndpointMethod::Get)} {method(EndpointMethod::Post)}</div>
            </div>
            <div class="field">
                <p class="row-head" id="f-charset">{l.endpoint_charset()}</p>
                <div class="choices" role="radiogroup" aria-labelledby="f-charset">
                    {charset(EndpointCharset::Cp932)} {charset(EndpointCharset::Utf8)} {charset(EndpointCharset::EucJp)}
                </div>
            </div>
            {text_field(editing, l.endpoint_timeout(), timeout, l.endpoint_timeout_hint())}
        </div>
    };
    section("endpoint-heading", l.endpoint_heading(), content.into_any())
}

fn rule_section(l: Lang, editing: Editing) -> AnyView {
    let text =
        Place { path: "endpoint.bodyRule.text", read: |one| &one.rule_text, write: |one| &mut one.rule_text };
    let form = editing.form;
    let kind = move |kind: BodyRuleKind, label: &'static str| {
        radio(
            "rule",
            label,
            move || form.with(|form| form.typed.rule == kind),
            move || form.update(|form| form.typed.rule = kind),
        )
    };
    let has_text = Memo::new(move |_| form.with(|form| form.typed.rule != BodyRuleKind::Any));
    let content = view! {
        <p class="quiet small">{l.rule_purpose()}</p>
        <div class="fields">
            <div class="choices" role="radiogroup" aria-label=l.endpoint_rule()>
                {kind(BodyRuleKind::Any, l.rule_any())}
                {kind(BodyRuleKind::Equals, l.rule_equals())}
                {kind(BodyRuleKind::StartsWith, l.rule_starts_with())}
                {kind(BodyRuleKind::Contains, l.rule_contains())}
            </div>
            {move || has_text.get().then(|| text_field(editing, l.rule_text(), text, l.rule_text_hint()))}
            {trial::rule_trial(l, editing)}
        </div>
    };
    section("rule-heading", l.endpoint_rule(), content.into_any())
}

fn retry_section(l: Lang, editing: Editing) -> AnyView {
    let delays =
        Place { path: "retryPolicy.delaysMs", read: |one| &one.delays, write: |one| &mut one.delays };
    let hours = Place {
        path: "retryPolicy.everyHours",
        read: |one| &one.every_hours,
        write: |one| &mut one.every_hours,
    };
    let pause = Place {
        path: "retryPolicy.pauseAfterFailures",
        read: |one| &one.pause_after,
        write: |one| &mut one.pause_after,
    };
    let form = editing.form;
    let kind = move |kind: RetryPolicyKind, label: &'static str| {
        radio(
            "retry",
            label,
            move || form.with(|form| form.typed.retry == kind),
            move || form.update(|form| form.typed.retry = kind),
        )
    };
    let chosen = Memo::new(move |_| form.with(|form| form.typed.retry));
    let figures = move || match chosen.get() {
        RetryPolicyKind::None | RetryPolicyKind::Unknown => ().into_any(),
        RetryPolicyKind::Delays => text_field(editing, l.retry_delays(), delays, l.retry_delays_hint()),
        RetryPolicyKind::UntilAccepted => text_field(editing, l.retry_hours(), hours, l.retry_hours_hint()),
    };
    let content = view! {
        <div class="fields">
            <div class="choices" role="radiogroup" aria-label=l.retry_policy()>
                {kind(RetryPolicyKind::None, l.retry_none())}
                {kind(RetryPolicyKind::Delays, l.retry_list())}
                {kind(RetryPolicyKind::UntilAccepted, l.retry_until())}
            </div>
            {figures}
            {text_field(editing, l.retry_pause(), pause, l.retry_pause_hint())}
            {check(
                l.endpoint_idempotent(),
                move || form.with(|form| form.typed.is_idempotent),
                move |is_on| form.update(|form| form.typed.is_idempotent = is_on),
                "f-idempotent-hint",
            )}
            <p class="quiet small" id="f-idempotent-hint">{l.idempotent_meaning()}</p>
            <p class="words" role="status"><span class="strong">{l.retry_in_words()}</span> " " {move || form.with(|form| form.typed.retry_in_words(l))}</p>
        </div>
    };
    section("retry-heading", l.retry_policy(), content.into_any())
}

fn people_section(l: Lang, editing: Editing) -> AnyView {
    let editable =
        Place { path: "editableParameters", read: |one| &one.editable, write: |one| &mut one.editable };
    let alerts = Place { path: "alertAddresses", read: |one| &one.alerts, write: |one| &mut one.alerts };
    let form = editing.form;
    let is_chosen_list = Memo::new(move |_| form.with(|form| !form.typed.all_editable));
    let content = view! {
        <div class="fields">
            {check(
                l.editable_all(),
                move || form.with(|form| form.typed.all_editable),
                move |is_on| form.update(|form| form.typed.all_editable = is_on),
                "f-editableParameters-hint",
            )}
            {move || is_chosen_list.get().then(|| lines_field(editing, l.editable_parameters(), editable, l.editable_hint()))}
            {lines_field(editing, l.alert_addresses(), alerts, l.alert_hint())}
        </div>
    };
    section("people-heading", l.settings_people(), content.into_any())
}

fn check(
    label: &'static str,
    is_on: impl Fn() -> bool + Send + 'static,
    change: impl Fn(bool) + 'static,
    hint: &'static str,
) -> AnyView {
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=is_on aria-describedby=hint on:change=move |event| change(event_target_checked(&event)) />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

fn text_field(editing: Editing, label: &'static str, place: Place, hint: &'static str) -> AnyView {
    let Editing { form, faults, .. } = editing;
    let id = field_id(place.path);
    let hint_id = [&id, "-hint"].concat();
    let described_by = [&hint_id, " ", &id, "-fault"].concat();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id type="text" autocomplete="off" spellcheck="false" aria-describedby=described_by
                prop:value=move || form.with(|form| (place.read)(&form.typed).clone())
                on:input=move |event| form.update(|form| *(place.write)(&mut form.typed) = event_target_value(&event))
                aria-invalid=move || fault_of(faults, place.path).map(|_| "true") />
            <p class="quiet small" id=hint_id>{hint}</p>
            <FaultText faults path=place.path />
        </div>
    }
    .into_any()
}

/// A field of several items, one a line.
fn lines_field(editing: Editing, label: &'static str, place: Place, hint: &'static str) -> AnyView {
    let Editing { form, faults, .. } = editing;
    let id = field_id(place.path);
    let hint_id = [&id, "-hint"].concat();
    let described_by = [&hint_id, " ", &id, "-fault"].concat();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea id=id rows="3" spellcheck="false" aria-describedby=described_by
                prop:value=move || form.with(|form| (place.read)(&form.typed).clone())
                on:input=move |event| form.update(|form| *(place.write)(&mut form.typed) = event_target_value(&event))
                aria-invalid=move || fault_of(faults, place.path).map(|_| "true")></textarea>
            <p class="quiet small" id=hint_id>{hint}</p>
            <FaultText faults path=place.path />
        </div>
    }
    .into_any()
}
