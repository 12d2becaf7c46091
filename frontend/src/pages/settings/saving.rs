//! Saving, and what is said when somebody else saved first: nothing that was typed is lost, and nothing is overwritten
//! without the person saying so.
use super::ip_code::Editing;
use super::outcome::{Saving, refused};
use crate::api;
use crate::api::error::{ApiError, ErrorKind, FieldFault};
use crate::api::settings_queries::{UpdateIpCodeSettings, update_ip_code_settings};
use crate::components::diff::diff_table;
use crate::context::App;
use crate::i18n::{Lang, use_lang};
use crate::model::enums::{BodyRuleKind, RetryPolicyKind};
use crate::model::settings::{Form, Settings, items, parse_delays};
use leptos::prelude::*;
use update_ip_code_settings::{BodyRuleInput, EndpointInput, RetryPolicyInput, UpdateIpCodeSettingsInput};
use wasm_bindgen_futures::spawn_local;

pub(crate) fn save(app: App, l: Lang, editing: Editing) {
    let saving = editing.saving;
    if saving.get_untracked() == Saving::Running {
        return;
    }
    let form = editing.form.get_untracked();
    let broken = form.typed.broken_rules(l);
    if !broken.is_empty() {
        saving.set(refused(editing.faults, broken));
        return;
    }
    editing.faults.set(broken);
    saving.set(Saving::Running);
    let input = input_of(&form, editing.code.get_value());
    spawn_local(async move {
        let next = match send(app, input).await {
            Ok(told) if told.is_empty() => {
                // What was saved is what is typed: from here on it is the base, whatever the answer's order.
                let _ = editing.form.try_update(|form| form.base.settings = form.typed.clone());
                app.drop_draft();
                editing.found.refresh();
                Saving::Saved
            }
            Ok(told) => refused(editing.faults, told),
            Err(error) => {
                if error.kind == ErrorKind::Conflict {
                    editing.found.refresh();
                }
                Saving::Failed(error.text(l))
            }
        };
        let _ = saving.try_set(next);
    });
}

async fn send(app: App, input: UpdateIpCodeSettingsInput) -> Result<Vec<FieldFault>, ApiError> {
    let variables = update_ip_code_settings::Variables { input };
    let payload = api::run::<UpdateIpCodeSettings>(app, variables).await?.update_ip_code_settings;
    let told = payload.user_errors.into_iter();
    Ok(told.map(|fault| FieldFault { field: path_of(&fault.field), message: fault.message }).collect())
}

/// The field of the form that a path of the input means; one of a list means the list.
pub(crate) fn path_of(field: &[String]) -> String {
    let path = field.join(".");
    let list = ["editableParameters", "alertAddresses", "retryPolicy.delaysMs"];
    list.into_iter().find(|list| path.starts_with(list)).map_or(path, str::to_owned)
}

fn input_of(form: &Form, ip_code: String) -> UpdateIpCodeSettingsInput {
    let typed = &form.typed;
    let (is_list, is_until) =
        (typed.retry == RetryPolicyKind::Delays, typed.retry == RetryPolicyKind::UntilAccepted);
    UpdateIpCodeSettingsInput {
        ip_code,
        expected_version: Some(form.base.version),
        endpoint: Some(EndpointInput {
            url: typed.url.trim().to_owned(),
            method: typed.method,
            charset: typed.charset,
            timeout_ms: typed.timeout_ms().unwrap_or_default(),
            body_rule: Some(BodyRuleInput { kind: typed.rule, text: rule_text(typed) }),
            idempotent: typed.is_idempotent,
        }),
        retry_policy: Some(RetryPolicyInput {
            kind: typed.retry,
            delays_ms: is_list.then(|| parse_delays(&typed.delays).unwrap_or_default()),
            every_hours: is_until.then(|| typed.every_hours_count().unwrap_or_default()),
            pause_after_failures: typed.pause_after_count(),
        }),
        editable_parameters: (!typed.all_editable).then(|| items(&typed.editable)),
        all_parameters_editable: typed.all_editable.then_some(true),
        alert_addresses: Some(items(&typed.alerts)),
        restored_endpoint_url: None,
    }
}

pub(crate) fn rule_text(typed: &Settings) -> Option<String> {
    (typed.rule != BodyRuleKind::Any).then(|| typed.rule_text.clone())
}

/// Somebody else saved while one was typing: what differs, and who of the two shall hold.
#[component]
pub(crate) fn Conflict(editing: Editing) -> impl IntoView {
    let l = use_lang();
    let Editing { form, saving, .. } = editing;
    let choose = move |choose: fn(&mut Form)| {
        form.update(choose);
        saving.set(Saving::Idle);
    };
    move || {
        let theirs = form.with(|form| {
            let theirs = form.theirs.as_ref()?;
            Some(theirs.settings.differences(l, &form.typed))
        })?;
        Some(view! {
            <section class="warning-box" role="alert" aria-labelledby="theirs-heading">
                <h2 id="theirs-heading">{l.settings_theirs_heading()}</h2>
                <p>{l.settings_theirs_text()}</p>
                {diff_table(l, theirs.into_iter())}
                <div class="actions">
                    <button type="button" class="button" on:click=move |_| choose(Form::keep_typed)>{l.settings_keep_mine()}</button>
                    <button type="button" class="button" on:click=move |_| choose(Form::take_theirs)>{l.settings_take_theirs()}</button>
                </div>
            </section>
        })
    }
}
