//! 設定 > IPコード > カートへの通知: where the cart is told of restored orders, and the secrets that sign it.
use super::outcome::{Saving, refused, save_foot};
use super::secret::{Secret, Secrets, secrets};
use crate::api;
use crate::api::error::{ApiError, ErrorKind, FieldFault};
use crate::api::settings_queries::cart_notice::CartNoticeIpCode as Found;
use crate::api::settings_queries::{CartNotice, UpdateCartNotice, cart_notice, update_cart_notice};
use crate::components::facts::{facts, text};
use crate::components::field::{FaultSummary, Faults, TextField};
use crate::components::load_view::load_view;
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect};
use crate::model::enums::{Action, SigningSecretPurpose};
use crate::model::settings::{seconds_text, spans};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy)]
struct Editing {
    code: StoredValue<String>,
    found: Query<Found>,
    /// As it is stored; nothing before it was read.
    base: RwSignal<Option<String>>,
    url: RwSignal<String>,
    faults: Faults,
    saving: RwSignal<Saving>,
}

#[component]
pub(crate) fn Cart(code: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    name_page(l, &[l.notice(), " ", &code].concat(), None);
    let draft_name = ["cart-notice ", &code].concat();
    let kept: Option<String> = app.kept_draft(&draft_name);
    let may_change = app.may(&code, Action::Settings);
    let code = StoredValue::new(code);
    let editing = Editing {
        code,
        found: Query::new(move || ask(app, code.get_value())),
        base: RwSignal::new(None),
        url: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
        saving: RwSignal::new(Saving::Idle),
    };
    effect(move || {
        let stored =
            editing.found.with(|found| Some(found.restored_endpoint.url.clone().unwrap_or_default()));
        if let Some(stored) = stored
            && editing.base.with_untracked(Option::is_none)
        {
            editing.url.set(kept.clone().unwrap_or_else(|| stored.clone()));
            editing.base.set(Some(stored));
        }
    });
    effect(move || {
        let typed = editing.url.get();
        let is_changed =
            may_change && editing.base.with(|base| base.as_ref().is_some_and(|base| *base != typed));
        app.unsaved.set(is_changed.then(|| l.leave_question()));
        if is_changed {
            app.keep_draft(draft_name.clone(), typed);
        }
    });
    on_cleanup(move || app.unsaved.set(None));
    let is_here = Memo::new(move |_| editing.base.with(Option::is_some));
    move || {
        if is_here.get() {
            page_view(app, l, editing, may_change)
        } else {
            load_view(editing.found, 8, |_| ().into_any())
        }
    }
}

async fn ask(app: App, code: String) -> Result<Found, ApiError> {
    Ok(api::run::<CartNotice>(app, cart_notice::Variables { code }).await?.ip_code)
}

fn page_view(app: App, l: Lang, editing: Editing, may_change: bool) -> AnyView {
    let found = editing.found;
    let back = ["/settings/ip-codes/", &editing.code.get_value()].concat();
    let head = move || {
        found.with(|found| {
            Some(view! {
                <header class="page-head detail-head">
                    <p class="crumb"><a href=back.clone()>{l.settings_ip_codes()} " " {found.code.clone()} " " {found.name.clone()}</a></p>
                    <h1>{l.notice()}</h1>
                    <p class="quiet">{l.notice_purpose()}</p>
                </header>
            })
        })
    };
    let main = if may_change {
        form_view(app, l, editing)
    } else {
        view! {
            <p class="notice">{l.settings_read_only()}</p>
            <section class="panel">
                {move || found.with(|found| {
                    let url = found.restored_endpoint.url.clone().unwrap_or_else(|| l.notice_off().to_owned());
                    Some(facts(vec![(l.notice_url(), text(url))]))
                })}
                {move || found.with(|found| Some(schedule_view(l, found)))}
            </section>
        }
        .into_any()
    };
    view! {
        {head}
        <div class="settings">
            <div class="settings-main">{main}</div>
            <div class="settings-side">{secrets(app, l, notice_secrets(l, editing), may_change)}</div>
        </div>
    }
    .into_any()
}

/// How long it is tried, in words.
fn schedule_view(l: Lang, found: &Found) -> AnyView {
    let endpoint = &found.restored_endpoint;
    let delays: Vec<i64> = endpoint.retry_delays_s.iter().map(|delay| delay.saturating_mul(1_000)).collect();
    view! {
        <p class="quiet small">{l.notice_schedule(&spans(l, &delays))}</p>
        <p class="quiet small">{l.notice_timeout(&seconds_text(endpoint.timeout_ms))}</p>
    }
    .into_any()
}

fn notice_secrets(l: Lang, editing: Editing) -> Secrets {
    let found = editing.found;
    let shown = Signal::derive(move || {
        found.with(|found| {
            let all = found.restored_endpoint.signing_secrets.iter();
            let secret = |one: &cart_notice::CartNoticeIpCodeRestoredEndpointSigningSecrets| Secret {
                created_at: one.created_at.clone(),
                retires_at: one.retires_at.clone(),
            };
            Some(all.map(secret).collect())
        })
    });
    let purpose = SigningSecretPurpose::OrderRestored;
    let changed = Callback::new(move |()| found.refresh());
    Secrets { code: editing.code, purpose, meaning: l.notice_secret_purpose(), shown, changed }
}

fn form_view(app: App, l: Lang, editing: Editing) -> AnyView {
    let Editing { found, url, faults, saving, .. } = editing;
    let needs_secret =
        move || found.with(|found| Some(found.restored_endpoint.signing_secrets.is_empty())).unwrap_or(false);
    view! {
        <form class="panel fields" novalidate=true on:submit=move |event| { event.prevent_default(); save(app, l, editing); }>
            <h2>{l.notice_url()}</h2>
            <FaultSummary faults />
            {move || needs_secret().then(|| view! { <p class="notice">{l.notice_secret_first()}</p> })}
            <TextField label=l.notice_url() path="restoredEndpointUrl" value=url faults />
            <p class="quiet small">{l.notice_url_hint()}</p>
            {move || found.with(|found| Some(schedule_view(l, found)))}
            {save_foot(l, saving)}
        </form>
    }
    .into_any()
}

fn save(app: App, l: Lang, editing: Editing) {
    let Editing { found, faults, saving, .. } = editing;
    if saving.get_untracked() == Saving::Running {
        return;
    }
    let Some(version) = untrack(|| found.with(|found| Some(found.settings_version))) else { return };
    saving.set(Saving::Running);
    faults.set(Vec::new());
    let typed = editing.url.get_untracked().trim().to_owned();
    let variables =
        update_cart_notice::Variables { ip_code: editing.code.get_value(), version, url: typed.clone() };
    spawn_local(async move {
        let next = match send(app, variables).await {
            Ok(told) if told.is_empty() => {
                let _ = editing.url.try_set(typed.clone());
                let _ = editing.base.try_set(Some(typed));
                app.drop_draft();
                found.refresh();
                Saving::Saved
            }
            Ok(told) => refused(faults, told),
            Err(error) => {
                if error.kind == ErrorKind::Conflict {
                    found.refresh();
                }
                Saving::Failed(error.text(l))
            }
        };
        let _ = saving.try_set(next);
    });
}

async fn send(app: App, variables: update_cart_notice::Variables) -> Result<Vec<FieldFault>, ApiError> {
    let payload = api::run::<UpdateCartNotice>(app, variables).await?.update_ip_code_settings;
    let told = payload.user_errors.into_iter();
    Ok(told.map(|fault| FieldFault { field: fault.field.join("."), message: fault.message }).collect())
}
