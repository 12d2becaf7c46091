//! The settings of one IP code: endpoint with preview and test, acknowledgement, retries, what may be edited, alerts;
//! beside them how the endpoint fares, signing secrets and the gateway's address. Who may not change them reads them.
use super::outcome::Saving;
use super::secret::{Secret, Secrets};
use super::{form, health, saving, secret};
use crate::api;
use crate::api::error::ApiError;
use crate::api::settings_queries::{IpCodeSettings, ip_code_settings};
use crate::components::facts::{facts, text};
use crate::components::field::Faults;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect};
use crate::model::enums::{Action, SigningSecretPurpose};
use crate::model::format;
use crate::model::gateway_setup::signal;
use crate::model::settings::{Form, Saved, Settings, seconds_text, spans};
use ip_code_settings::IpCodeSettingsIpCode as Found;
use leptos::prelude::*;

/// The page's state: what the server said, what is typed, what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Editing {
    pub(crate) code: StoredValue<String>,
    pub(crate) found: Query<Found>,
    pub(crate) form: RwSignal<Form>,
    pub(crate) faults: Faults,
    pub(crate) saving: RwSignal<Saving>,
}

#[component]
pub(crate) fn IpCode(code: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    name_page(l, &[l.settings_ip_codes(), " ", &code].concat(), None);
    let draft_name = ["settings ", &code].concat();
    let kept: Option<Form> = app.kept_draft(&draft_name);
    let may_change = app.may(&code, Action::Settings);
    let code = StoredValue::new(code);
    let found = Query::new(move || ask(app, code.get_value()));
    let editing = Editing {
        code,
        found,
        form: RwSignal::new(kept.unwrap_or_default()),
        faults: RwSignal::new(Vec::new()),
        saving: RwSignal::new(Saving::Idle),
    };
    effect(move || {
        let saved = found.with(|found| Some(saved_of(l, found)));
        if let Some(saved) = saved {
            editing.form.update(|form| form.take(saved));
        }
    });
    if may_change {
        let form = editing.form;
        effect(move || {
            let is_changed = form.with(Form::is_changed);
            app.unsaved.set(is_changed.then(|| l.leave_question()));
            if is_changed {
                app.keep_draft(draft_name.clone(), form.get());
            }
        });
        on_cleanup(move || app.unsaved.set(None));
    }
    let is_here = Memo::new(move |_| found.with(|_| Some(())).is_some());
    move || {
        if is_here.get() {
            page_view(app, l, editing, may_change)
        } else {
            load_view(found, 12, |_| ().into_any())
        }
    }
}

async fn ask(app: App, code: String) -> Result<Found, ApiError> {
    Ok(api::run::<IpCodeSettings>(app, ip_code_settings::Variables { code }).await?.ip_code)
}

fn saved_of(l: Lang, found: &Found) -> Saved {
    let plain = Settings::default();
    let policy = &found.retry_policy;
    let settings = Settings {
        retry: policy.kind,
        delays: spans(l, &policy.delays_ms),
        every_hours: policy.every_hours.map_or_else(|| plain.every_hours.clone(), |hours| hours.to_string()),
        pause_after: policy.pause_after_failures.to_string(),
        all_editable: found.editable_parameters.is_none(),
        editable: found.editable_parameters.clone().unwrap_or_default().join("\n"),
        alerts: found.alert_addresses.join("\n"),
        ..plain
    };
    let settings = match &found.endpoint {
        Some(endpoint) => Settings {
            url: endpoint.url.clone(),
            method: endpoint.method,
            charset: endpoint.charset,
            timeout_s: seconds_text(endpoint.timeout_ms),
            rule: endpoint.body_rule.kind,
            rule_text: endpoint.body_rule.text.clone().unwrap_or_default(),
            is_idempotent: endpoint.idempotent,
            ..settings
        },
        None => settings,
    };
    Saved { version: found.settings_version, settings }
}

fn page_view(app: App, l: Lang, editing: Editing, may_change: bool) -> AnyView {
    let found = editing.found;
    let head = move || {
        found.with(|found| {
            let name = [found.code.as_str(), " ", &found.name].concat();
            Some(view! {
                <header class="page-head detail-head">
                    <p class="crumb"><a href="/settings/ip-codes">{l.settings_ip_codes_title()}</a></p>
                    <h1>{l.settings_ip_codes()} " " <span class="figures">{name}</span></h1>
                    <p class="quiet">{found.merchant.clone()} " · " {l.settings_purpose()}</p>
                </header>
            })
        })
    };
    let settings = if may_change {
        view! { <saving::Conflict editing /> <form::SettingsForm editing /> }.into_any()
    } else {
        view! {
            <p class="notice">{l.settings_read_only()}</p>
            <section class="panel">{move || editing.form.with(|form| reading_view(l, &form.base.settings))}</section>
        }
        .into_any()
    };
    view! {
        {head}
        <div class="settings">
            <div class="settings-main">{settings}</div>
            <div class="settings-side">
                {health::health(app, l, editing.code, may_change)}
                {secret::secrets(app, l, result_secrets(l, editing), may_change)}
                {move || found.with(|found| (found.gateway_notifications || may_change).then(|| gateway_view(l, found)))}
                {move || found.with(|found| (found.gateway_notifications || may_change).then(|| mail_view(l, found, may_change)))}
                {move || found.with(|found| (found.gateway_notifications || may_change).then(|| notice_view(l, found, may_change)))}
            </div>
        </div>
    }
    .into_any()
}

/// Those that sign results.
fn result_secrets(l: Lang, editing: Editing) -> Secrets {
    let found = editing.found;
    let shown = Signal::derive(move || {
        found.with(|found| {
            let secrets = found.signing_secrets.iter();
            let secret = |one: &ip_code_settings::IpCodeSettingsIpCodeSigningSecrets| Secret {
                created_at: one.created_at.clone(),
                retires_at: one.retires_at.clone(),
            };
            Some(secrets.map(secret).collect())
        })
    });
    let purpose = SigningSecretPurpose::Results;
    let changed = Callback::new(move |()| found.refresh());
    Secrets { code: editing.code, purpose, meaning: l.secret_purpose(), shown, changed }
}

fn reading_view(l: Lang, settings: &Settings) -> AnyView {
    let rows = settings.facts(l).into_iter();
    facts(rows.map(|(name, value)| (name, text(format::text_or_missing(Some(&value))))).collect())
}

/// How the gateway's notifications stand; the guide and its form have a page of their own.
fn gateway_view(l: Lang, found: &Found) -> AnyView {
    let href = ["/settings/ip-codes/", &found.code, "/gateway"].concat();
    let state = signal(l, found.gateway_notifications, found.last_notification_at.as_deref());
    view! {
        <section class="panel" aria-labelledby="gateway-heading">
            <h2 id="gateway-heading">{l.gateway_heading()}</h2>
            {facts(vec![
                (l.status(), mark_view(state)),
                (l.shop_id(), text(format::text_or_missing(found.shop_id.as_deref()))),
                (l.gateway_last(), text(format::instant_or_missing(found.last_notification_at.as_deref()))),
            ])}
            <p class="actions"><a class="button" href=href>{l.setup_open()}</a></p>
        </section>
    }
    .into_any()
}

/// The template of the confirmation mails has a page of its own.
fn mail_view(l: Lang, found: &Found, may_change: bool) -> AnyView {
    let href = ["/settings/ip-codes/", &found.code, "/order-mail"].concat();
    let open = if may_change { l.template_open() } else { l.template_look() };
    view! {
        <section class="panel" aria-labelledby="template-heading">
            <h2 id="template-heading">{l.template_heading()}</h2>
            <p class="quiet small">{l.template_purpose()}</p>
            <p class="actions"><a class="button" href=href>{open}</a></p>
        </section>
    }
    .into_any()
}

/// Where the cart is told of restored orders has a page of its own.
fn notice_view(l: Lang, found: &Found, may_change: bool) -> AnyView {
    let href = ["/settings/ip-codes/", &found.code, "/cart"].concat();
    let open = if may_change { l.notice_open() } else { l.notice_look() };
    view! {
        <section class="panel" aria-labelledby="notice-heading">
            <h2 id="notice-heading">{l.notice()}</h2>
            <p class="quiet small">{l.notice_purpose()}</p>
            <p class="actions"><a class="button" href=href>{open}</a></p>
        </section>
    }
    .into_any()
}
