//! 設定 > IPコード > 確認メール: the template of an IP code's confirmation mails, with a live preview.
//! Nothing is stored before 保存, and what is typed is not left by accident.
mod form;

use super::outcome::{Saving, refused};
use crate::api;
use crate::api::error::{ApiError, FieldFault};
use crate::api::settings_queries::mail_template::MailTemplateIpCode as Found;
use crate::api::settings_queries::{
    MailTemplate as Asked, UpdateMailTemplate, mail_template, update_mail_template,
};
use crate::components::field::Faults;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::components::timeline::mail_text_view;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect};
use crate::model::enums::Action;
use crate::model::mail_template::{Standard, Template};
use crate::model::status::Mark;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy)]
struct Editing {
    code: StoredValue<String>,
    found: Query<Found>,
    /// As it is stored; nothing before it was read.
    base: RwSignal<Option<Template>>,
    standards: RwSignal<Vec<Standard>>,
    subject: RwSignal<String>,
    body: RwSignal<String>,
    faults: Faults,
    saving: RwSignal<Saving>,
}

impl Editing {
    fn typed(self) -> Template {
        Template { subject: self.subject.get(), body: self.body.get() }
    }

    fn fill(self, template: Template) {
        self.subject.set(template.subject);
        self.body.set(template.body);
    }

    fn is_changed(self) -> bool {
        let typed = self.typed();
        self.base.with(|base| base.as_ref().is_some_and(|base| *base != typed))
    }
}

#[component]
pub(crate) fn MailTemplate(code: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    name_page(l, &[l.template_heading(), " ", &code].concat(), None);
    let draft_name = ["mail-template ", &code].concat();
    let kept: Option<Template> = app.kept_draft(&draft_name);
    let may_change = app.may(&code, Action::Settings);
    let code = StoredValue::new(code);
    let editing = Editing {
        code,
        found: Query::new(move || ask(app, code.get_value())),
        base: RwSignal::new(None),
        standards: RwSignal::new(Vec::new()),
        subject: RwSignal::new(String::new()),
        body: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
        saving: RwSignal::new(Saving::Idle),
    };
    effect(move || {
        let read = editing.found.with(|found| Some((template_of(found), standards_of(found))));
        if let Some((template, standards)) = read
            && editing.base.with_untracked(Option::is_none)
        {
            editing.standards.set(standards);
            editing.fill(kept.clone().unwrap_or_else(|| template.clone()));
            editing.base.set(Some(template));
        }
    });
    if may_change {
        effect(move || {
            let is_changed = editing.is_changed();
            app.unsaved.set(is_changed.then(|| l.leave_question()));
            if is_changed {
                app.keep_draft(draft_name.clone(), editing.typed());
            }
        });
        on_cleanup(move || app.unsaved.set(None));
    }
    let is_here = Memo::new(move |_| editing.base.with(Option::is_some));
    move || {
        if is_here.get() {
            page_view(app, l, editing, may_change)
        } else {
            load_view(editing.found, 12, |_| ().into_any())
        }
    }
}

async fn ask(app: App, code: String) -> Result<Found, ApiError> {
    Ok(api::run::<Asked>(app, mail_template::Variables { code }).await?.ip_code)
}

fn template_of(found: &Found) -> Template {
    let template = &found.order_mail_template;
    Template { subject: template.subject.clone(), body: template.body.clone() }
}

fn standards_of(found: &Found) -> Vec<Standard> {
    let standards = found.order_mail_template.defaults.iter();
    let standard = standards.map(|one| Standard {
        language: one.language,
        text: Template { subject: one.subject.clone(), body: one.body.clone() },
    });
    standard.collect()
}

fn page_view(app: App, l: Lang, editing: Editing, may_change: bool) -> AnyView {
    let back = ["/settings/ip-codes/", &editing.code.get_value()].concat();
    let head = move || {
        editing.found.with(|found| {
            let is_default = found.order_mail_template.is_default;
            let (text, tone) =
                if is_default { (l.template_default(), "plain") } else { (l.template_own(), "good") };
            Some(view! {
                <header class="page-head detail-head">
                    <p class="crumb"><a href=back.clone()>{l.settings_ip_codes()} " " {found.code.clone()} " " {found.name.clone()}</a></p>
                    <h1>{l.template_heading()}</h1>
                    <p class="quiet">{l.template_purpose()}</p>
                    <p class="marks">{mark_view(Mark { text, tone })}</p>
                </header>
            })
        })
    };
    let main = if may_change {
        form::form(app, l, editing)
    } else {
        view! {
            <p class="notice">{l.settings_read_only()}</p>
            <section class="panel" aria-labelledby="text-heading">
                <h2 id="text-heading">{l.template_text()}</h2>
                {move || { let Template { subject, body } = editing.typed(); mail_text_view(l, &subject, body) }}
            </section>
        }
        .into_any()
    };
    view! {
        {head}
        <div class="settings">
            <div class="settings-main">{main}</div>
            <div class="settings-side preview-side">{preview_view(l, editing)}</div>
        </div>
    }
    .into_any()
}

/// The mail as a buyer would read it. It follows each letter, so it is not read out.
fn preview_view(l: Lang, editing: Editing) -> AnyView {
    let shop = Memo::new(move |_| editing.found.with(|found| Some(found.merchant.clone())));
    let preview = move || {
        let Template { subject, body } = editing.typed().preview(l, &shop.get().unwrap_or_default());
        mail_text_view(l, &subject, body)
    };
    view! {
        <section class="panel" aria-labelledby="preview-heading">
            <h2 id="preview-heading">{l.template_preview()}</h2>
            <p class="quiet small">{l.template_preview_hint()}</p>
            {preview}
        </section>
    }
    .into_any()
}

fn save(app: App, l: Lang, editing: Editing) {
    let Editing { faults, saving, .. } = editing;
    if saving.get_untracked() == Saving::Running {
        return;
    }
    let typed = untrack(|| editing.typed());
    let broken = typed.broken_rules(l);
    if !broken.is_empty() {
        saving.set(refused(faults, broken));
        return;
    }
    faults.set(broken);
    saving.set(Saving::Running);
    let Template { subject, body } = editing.standards.with_untracked(|standards| typed.stored(standards));
    let variables = update_mail_template::Variables { ip_code: editing.code.get_value(), subject, body };
    spawn_local(async move {
        let next = match send(app, variables).await {
            Ok(told) if told.is_empty() => {
                let _ = editing.base.try_set(Some(typed));
                app.drop_draft();
                editing.found.refresh();
                Saving::Saved
            }
            Ok(told) => refused(faults, told),
            Err(error) => Saving::Failed(error.text(l)),
        };
        let _ = saving.try_set(next);
    });
}

async fn send(app: App, variables: update_mail_template::Variables) -> Result<Vec<FieldFault>, ApiError> {
    let payload = api::run::<UpdateMailTemplate>(app, variables).await?.update_order_mail_template;
    let told = payload.user_errors.into_iter();
    Ok(told.map(|fault| FieldFault { field: fault.field.join("."), message: fault.message }).collect())
}
