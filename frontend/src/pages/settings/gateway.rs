//! 設定 > IPコード > 結果通知: the steps at the gateway, what Todoke needs to know of it, and whether notifications come.
use super::outcome::{Saving, refused, save_foot};
use crate::api;
use crate::api::error::{ApiError, FieldFault};
use crate::api::order_queries::gateway_setup::GatewaySetupIpCode as Found;
use crate::api::order_queries::{
    GatewaySetup, UpdateGatewaySettings, gateway_setup, update_gateway_settings,
};
use crate::app::figures;
use crate::components::copy::CopyButton;
use crate::components::facts::{facts, text};
use crate::components::field::{FaultSummary, Faults, TextArea, TextField, radio};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::components::rows::{cell, figure_cell, head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect, refresh_with_changes};
use crate::model::enums::Action;
use crate::model::format;
use crate::model::gateway_setup::{Form, refusal, signal, steps};
use crate::model::settings::items;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use update_gateway_settings::UpdateGatewaySettingsInput;
use wasm_bindgen_futures::spawn_local;

/// How often the page looks whether a notification came: no subscription tells of one that paid an order in order.
const LOOK_MS: u32 = 5_000;

#[derive(Clone, Copy)]
struct Setup {
    code: StoredValue<String>,
    found: Query<Found>,
    base: RwSignal<Option<Form>>,
    is_on: RwSignal<bool>,
    shop_id: RwSignal<String>,
    shop_pass: RwSignal<String>,
    sources: RwSignal<String>,
    faults: Faults,
    saving: RwSignal<Saving>,
}

impl Setup {
    fn typed(self) -> Form {
        Form {
            is_on: self.is_on.get(),
            shop_id: self.shop_id.get(),
            shop_pass: self.shop_pass.get(),
            sources: self.sources.get(),
        }
    }

    fn fill(self, form: Form) {
        self.is_on.set(form.is_on);
        self.shop_id.set(form.shop_id.clone());
        self.shop_pass.set(String::new());
        self.sources.set(form.sources.clone());
        self.base.set(Some(Form { shop_pass: String::new(), ..form }));
    }
}

#[component]
pub(crate) fn Gateway(code: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    name_page(l, &[l.setup_title(), " ", &code].concat(), None);
    let may_change = app.may(&code, Action::Settings);
    let code = StoredValue::new(code);
    let found = Query::new(move || ask(app, code.get_value()));
    refresh_with_changes(app, found);
    let setup = Setup {
        code,
        found,
        base: RwSignal::new(None),
        is_on: RwSignal::new(false),
        shop_id: RwSignal::new(String::new()),
        shop_pass: RwSignal::new(String::new()),
        sources: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
        saving: RwSignal::new(Saving::Idle),
    };
    effect(move || {
        let form = found.with(|found| Some(form_of(found)));
        if let Some(form) = form
            && setup.base.with_untracked(Option::is_none)
        {
            setup.fill(form);
        }
    });
    effect(move || {
        let typed = setup.typed();
        let is_changed =
            may_change && setup.base.with(|base| base.as_ref().is_some_and(|base| *base != typed));
        app.unsaved.set(is_changed.then(|| l.leave_question()));
    });
    on_cleanup(move || app.unsaved.set(None));
    look_again(setup);
    let is_here = Memo::new(move |_| found.with(|_| Some(())).is_some());
    move || {
        if is_here.get() {
            page_view(app, l, setup, may_change)
        } else {
            load_view(found, 10, |_| ().into_any())
        }
    }
}

async fn ask(app: App, code: String) -> Result<Found, ApiError> {
    Ok(api::run::<GatewaySetup>(app, gateway_setup::Variables { code }).await?.ip_code)
}

fn form_of(found: &Found) -> Form {
    Form {
        is_on: found.gateway.enabled,
        shop_id: found.gateway.shop_id.clone().unwrap_or_default(),
        shop_pass: String::new(),
        sources: found.gateway.allowed_sources.join("\n"),
    }
}

/// Until the page is gone.
fn look_again(setup: Setup) {
    spawn_local(async move {
        loop {
            TimeoutFuture::new(LOOK_MS).await;
            let Some(saving) = setup.saving.try_get_untracked() else { return };
            if saving != Saving::Running {
                setup.found.refresh();
            }
        }
    });
}

fn page_view(app: App, l: Lang, setup: Setup, may_change: bool) -> AnyView {
    let found = setup.found;
    let head_view = move || {
        found.with(|found| {
            let back = ["/settings/ip-codes/", &found.code].concat();
            let name = [found.code.as_str(), " ", &found.name].concat();
            Some(view! {
                <header class="page-head detail-head">
                    <p class="crumb"><a href=back>{l.settings_ip_codes()} " " {name}</a></p>
                    <h1>{l.setup_title()}</h1>
                    <p class="quiet">{l.setup_purpose()}</p>
                </header>
            })
        })
    };
    let state = Memo::new(move |_| {
        found.with(|found| Some((found.gateway.enabled, found.last_notification_at.clone())))
    });
    let light = move || {
        state.get().map(|(is_on, last_at)| {
            let last = format::instant_or_missing(last_at.as_deref());
            view! {
                <p class="marks">{mark_view(signal(l, is_on, last_at.as_deref()))} <span class="quiet">{l.gateway_last()} " " {last}</span></p>
            }
        })
    };
    let form = if may_change {
        form_view(app, l, setup)
    } else {
        view! {
            <p class="notice">{l.settings_read_only()}</p>
            {move || found.with(|found| Some(reading_view(l, found)))}
        }
        .into_any()
    };
    view! {
        {head_view}
        <section class="panel" role="status" aria-label=l.setup_light()>{light}</section>
        <div class="settings">
            <div class="settings-main">
                {move || found.with(|found| Some(guide_view(l, found)))}
                {form}
            </div>
            <div class="settings-side">{move || found.with(|found| Some(refused_view(l, found)))}</div>
        </div>
    }
    .into_any()
}

fn guide_view(l: Lang, found: &Found) -> AnyView {
    let shop_id = found.gateway.shop_id.as_deref().unwrap_or_default();
    let steps: Vec<AnyView> =
        steps(l, shop_id).into_iter().map(|step| view! { <li>{step}</li> }.into_any()).collect();
    let url = found.notification_url.clone();
    view! {
        <section class="panel" aria-labelledby="guide-heading">
            <h2 id="guide-heading">{l.setup_guide()}</h2>
            <p class="quiet small">{l.setup_format_note()}</p>
            {facts(vec![(l.gateway_url(), view! { <code>{url.clone()}</code> }.into_any())])}
            <p class="actions"><CopyButton label=l.gateway_copy() text=url /></p>
            <ol class="how-to">{steps}</ol>
        </section>
    }
    .into_any()
}

fn reading_view(l: Lang, found: &Found) -> AnyView {
    let gateway = &found.gateway;
    view! {
        <section class="panel">
            {facts(vec![
                (l.setup_enabled(), text(if gateway.enabled { l.setup_on() } else { l.setup_off() })),
                (l.shop_id(), text(format::text_or_missing(gateway.shop_id.as_deref()))),
                (l.shop_pass(), text(if gateway.has_shop_pass { l.shop_pass_stored() } else { format::MISSING })),
                (l.setup_sources(), text(format::text_or_missing(Some(&gateway.allowed_sources.join(", "))))),
            ])}
        </section>
    }
    .into_any()
}

fn form_view(app: App, l: Lang, setup: Setup) -> AnyView {
    let Setup { is_on, shop_id, shop_pass, sources, faults, saving, found, .. } = setup;
    let pass = move || {
        found.with(|found| {
            let gateway = &found.gateway;
            let stored = if gateway.has_shop_pass { l.shop_pass_kept() } else { l.shop_pass_none() };
            let check = if gateway.check_configured { l.setup_check_on() } else { l.setup_check_off() };
            Some(view! { <p class="quiet small" id="f-shopPass-hint">{stored} " " {check}</p> })
        })
    };
    view! {
        <form class="panel fields" novalidate=true on:submit=move |event| { event.prevent_default(); save(app, l, setup); }>
            <h2>{l.setup_here()}</h2>
            <FaultSummary faults />
            <fieldset class="choices" id="f-enabled" tabindex="-1">
                <legend>{l.setup_enabled()}</legend>
                {radio("gateway-enabled", l.setup_on(), move || is_on.get(), move || is_on.set(true))}
                {radio("gateway-enabled", l.setup_off(), move || !is_on.get(), move || is_on.set(false))}
            </fieldset>
            <TextField label=l.shop_id() path="shopId" value=shop_id faults />
            <TextField label=l.shop_pass() path="shopPass" value=shop_pass faults kind="password" autocomplete="new-password" />
            {pass}
            <TextArea label=l.setup_sources() path="allowedSources" value=sources faults />
            <p class="quiet small">{l.setup_sources_hint()}</p>
            {save_foot(l, saving)}
        </form>
    }
    .into_any()
}

fn refused_view(l: Lang, found: &Found) -> AnyView {
    let rows = &found.gateway.refused_notifications;
    let body = if rows.is_empty() {
        view! { <p class="quiet">{l.setup_none_refused()}</p> }.into_any()
    } else {
        let headings = [l.refused_day(), l.reason(), l.refused_count(), l.refused_last()];
        let cells: Vec<AnyView> = rows
            .iter()
            .map(|row| {
                view! {
                    <tr>
                        {cell(l.refused_day(), row.day.replace('-', "/"))}
                        {cell(l.reason(), refusal(l, row.reason))}
                        {figure_cell(l.refused_count(), row.count.to_string())}
                        {cell(l.refused_last(), format::instant(&row.last_at))}
                    </tr>
                }
                .into_any()
            })
            .collect();
        view! {
            <div class="table-scroll" role="region" tabindex="0" aria-label=l.setup_refused()>
                <table class="list" aria-label=l.setup_refused()>
                    {head(&headings, &[l.refused_count()])}
                    <tbody>{cells}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="refused-heading">
            <h2 id="refused-heading">{l.setup_refused()}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn save(app: App, l: Lang, setup: Setup) {
    let Setup { saving, faults, .. } = setup;
    if saving.get_untracked() == Saving::Running {
        return;
    }
    saving.set(Saving::Running);
    faults.set(Vec::new());
    let typed = untrack(|| setup.typed());
    let input = UpdateGatewaySettingsInput {
        ip_code: setup.code.get_value(),
        enabled: Some(typed.is_on),
        shop_id: Some(typed.shop_id.trim().to_owned()),
        shop_pass: Some(typed.shop_pass.clone()).filter(|pass| !pass.is_empty()),
        allowed_sources: Some(items(&typed.sources)),
    };
    spawn_local(async move {
        let answer =
            api::run::<UpdateGatewaySettings>(app, update_gateway_settings::Variables { input }).await;
        let told: Vec<FieldFault> = match answer {
            Ok(answer) => {
                let told = answer.update_gateway_settings.user_errors.into_iter();
                told.map(|fault| FieldFault { field: path_of(&fault.field), message: fault.message })
                    .collect()
            }
            Err(error) => {
                let _ = saving.try_set(Saving::Failed(error.text(l)));
                return;
            }
        };
        if !told.is_empty() {
            let _ = saving.try_set(refused(faults, told));
            return;
        }
        if saving.try_set(Saving::Saved).is_none() {
            setup.fill(typed);
            setup.found.refresh();
        }
        // The menu of the other half of the product comes and goes with it.
        figures::refresh(app).await;
    });
}

/// One address of the list means the list.
fn path_of(field: &[String]) -> String {
    field.first().cloned().unwrap_or_default()
}
