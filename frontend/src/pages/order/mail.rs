//! メール送信フォーム: the confirmation mail as the template makes it, edited, read once more, sent; the result in the
//! same place. It goes once: a second one only where the person says so.
use crate::api;
use crate::api::error::{ApiError, ErrorKind, FieldFault};
use crate::api::order_queries::order_mail_form::OrderMailFormOrder as Found;
use crate::api::order_queries::{OrderMailForm, SendOrderMail, order_mail_form, send_order_mail};
use crate::browser;
use crate::components::field::{FaultSummary, Faults, TextArea, TextField, field_id};
use crate::components::load_view::load_view;
use crate::components::page::{name_page, page_head};
use crate::components::timeline::mail_view;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect};
use crate::model::enums::{Action, ConflictReason};
use crate::model::format;
use crate::model::order_mail::Mail;
use leptos::prelude::*;
use send_order_mail::SendOrderMailInput;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Editing,
    Confirming,
    Sending,
    Refused(String),
    Sent,
}

#[derive(Clone, Copy)]
struct Mailing {
    id: StoredValue<String>,
    /// Made once, when the form opens: however often the button is pressed, it is one mail.
    key: StoredValue<String>,
    /// As the template made it.
    base: RwSignal<Option<Mail>>,
    to: RwSignal<String>,
    subject: RwSignal<String>,
    body: RwSignal<String>,
    faults: Faults,
    step: RwSignal<Step>,
    /// In words, that one was sent already.
    sent_before: RwSignal<Option<String>>,
    again: RwSignal<bool>,
}

impl Mailing {
    fn new(id: String) -> Self {
        Self {
            id: StoredValue::new(id),
            key: StoredValue::new(browser::new_uuid()),
            base: RwSignal::new(None),
            to: RwSignal::new(String::new()),
            subject: RwSignal::new(String::new()),
            body: RwSignal::new(String::new()),
            faults: RwSignal::new(Vec::new()),
            step: RwSignal::new(Step::Editing),
            sent_before: RwSignal::new(None),
            again: RwSignal::new(false),
        }
    }

    fn mail(self) -> Mail {
        Mail { to: self.to.get(), subject: self.subject.get(), body: self.body.get() }
    }

    fn fill(self, mail: Mail) {
        self.to.set(mail.to);
        self.subject.set(mail.subject);
        self.body.set(mail.body);
    }
}

#[component]
pub(crate) fn OrderMail(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let draft_name = ["order-mail ", &id].concat();
    let kept: Option<Mail> = app.kept_draft(&draft_name);
    let mailing = Mailing::new(id);
    let query = Query::new(move || ask(app, mailing.id.get_value()));
    effect(move || {
        let found = query.with(|found| {
            let draft = &found.mail_draft;
            let mail =
                Mail { to: draft.to.clone(), subject: draft.subject.clone(), body: draft.body.clone() };
            Some((mail, sent_before(l, found)))
        });
        if let Some((mail, sent_before)) = found
            && mailing.base.with_untracked(Option::is_none)
        {
            mailing.fill(kept.clone().unwrap_or_else(|| mail.clone()));
            mailing.base.set(Some(mail));
            mailing.sent_before.set(sent_before);
        }
    });
    effect(move || {
        let typed = mailing.mail();
        let is_open = mailing.step.get() != Step::Sent;
        let is_changed =
            is_open && mailing.base.with(|base| base.as_ref().is_some_and(|base| *base != typed));
        app.unsaved.set(is_changed.then(|| l.mail_leave_question()));
        if is_changed {
            app.keep_draft(draft_name.clone(), typed);
        }
    });
    on_cleanup(move || app.unsaved.set(None));
    name_page(l, l.mail_form(), None);
    view! {
        {page_head(l.mail_form(), l.mail_form_purpose())}
        {load_view(query, 10, move |found| page_view(app, l, found, mailing))}
    }
}

async fn ask(app: App, id: String) -> Result<Found, ApiError> {
    let answer = api::run::<OrderMailForm>(app, order_mail_form::Variables { id }).await?;
    answer.order.ok_or_else(|| ApiError::of(ErrorKind::NotFound))
}

fn sent_before(l: Lang, found: &Found) -> Option<String> {
    let at = found.confirmation_mail_sent_at.as_deref()?;
    let by = found.mails.first().map(|mail| mail.by.clone());
    let by: Vec<String> = by.into_iter().chain([format::instant(at)]).collect();
    Some([l.conflict_mail_already_sent(), " (", &by.join(" · "), ")"].concat())
}

fn page_view(app: App, l: Lang, found: &Found, mailing: Mailing) -> AnyView {
    let order = ["/orders/", &found.id].concat();
    let head = view! {
        <p class="strong order-line">{l.order_no()} " " <a class="figures" href=order.clone()>{found.order_no.clone()}</a> " · " {found.customer_name.clone()}</p>
    };
    if !app.may(&found.ip_code, Action::Restore) {
        return view! { {head} <p class="notice">{l.mail_not_permitted()}</p> }.into_any();
    }
    let stage = Memo::new(move |_| {
        mailing.step.with(|step| match step {
            Step::Editing => 0,
            Step::Confirming | Step::Sending | Step::Refused(_) => 1,
            Step::Sent => 2,
        })
    });
    let body = move || match stage.get() {
        0 => form_view(l, mailing, &order),
        1 => preview_view(app, l, mailing),
        _ => sent_view(l, mailing, &order),
    };
    view! { {head} {body} }.into_any()
}

fn form_view(l: Lang, mailing: Mailing, order: &str) -> AnyView {
    let Mailing { to, subject, body, faults, step, .. } = mailing;
    let back = order.to_owned();
    let check = move || {
        let broken = untrack(|| mailing.mail()).broken_rules(l);
        let first = broken.first().map(|fault| field_id(&fault.field));
        faults.set(broken);
        match first {
            Some(first) => browser::focus(&first),
            None => {
                step.set(Step::Confirming);
                browser::focus_when_drawn("mail-heading");
            }
        }
    };
    let restore = move || {
        if let Some(base) = mailing.base.get_untracked() {
            mailing.fill(base);
        }
    };
    view! {
        {move || mailing.sent_before.get().map(|why| view! { <p class="notice">{why}</p> })}
        <form class="panel act" novalidate=true on:submit=move |event| { event.prevent_default(); check(); }>
            <FaultSummary faults />
            <TextField label=l.mail_to() path="to" value=to faults kind="email" />
            <TextField label=l.mail_subject() path="subject" value=subject faults />
            <TextArea label=l.mail_body() path="body" value=body faults rows=16 />
            <p class="quiet small">{l.mail_plain_hint()}</p>
            <div class="form-foot">
                <a class="button" href=back>{l.back()}</a>
                <button type="button" class="button" on:click=move |_| restore()>{l.mail_template_again()}</button>
                <button type="submit" class="button primary">{l.mail_preview()}</button>
            </div>
        </form>
    }
    .into_any()
}

fn preview_view(app: App, l: Lang, mailing: Mailing) -> AnyView {
    let Mailing { step, sent_before, again, faults, .. } = mailing;
    let mail = untrack(|| mailing.mail());
    let is_sending = move || step.get() == Step::Sending;
    let refusal = move || match step.get() {
        Step::Refused(why) => Some(view! { <p class="panel error-panel" role="alert">{why}</p> }),
        Step::Editing | Step::Confirming | Step::Sending | Step::Sent => None,
    };
    let warning = move || {
        sent_before.get().map(|why| {
            view! {
                <section class="warning-box" role="alert">
                    <p class="strong">{why}</p>
                    <label class="choice">
                        <input type="checkbox" id="f-again" aria-describedby="f-again-fault" prop:checked=move || again.get()
                            on:change=move |event| again.set(event_target_checked(&event)) />
                        <span>{l.mail_again()}</span>
                    </label>
                    <crate::components::field::FaultText faults path="again" />
                </section>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="mail-heading">
            <h2 id="mail-heading" tabindex="-1">{l.mail_confirm()}</h2>
            {mail_view(l, mail.to.trim(), mail.subject.trim(), mail.body)}
        </section>
        {warning}
        {refusal}
        <div class="form-foot">
            <button type="button" class="button" on:click=move |_| step.set(Step::Editing)>{l.mail_edit()}</button>
            <button type="button" class="button primary" aria-disabled=move || is_sending().then_some("true")
                on:click=move |_| send(app, l, mailing)>
                {move || if is_sending() { l.sending() } else { l.mail_send() }}
            </button>
        </div>
    }
    .into_any()
}

fn sent_view(l: Lang, mailing: Mailing, order: &str) -> AnyView {
    let mail = untrack(|| mailing.mail());
    let waiting = crate::model::order_search::OrderSearch::waiting_for_mail().href();
    view! {
        <div class="panel done" role="status">
            <p class="strong">{l.mail_accepted(mail.to.trim())}</p>
            <p>{l.mail_accepted_next()}</p>
            <div class="actions">
                <a class="button primary" href=order.to_owned()>{l.to_order()}</a>
                <a class="button" href=waiting>{l.mail_waiting_list()}</a>
            </div>
        </div>
    }
    .into_any()
}

fn send(app: App, l: Lang, mailing: Mailing) {
    let Mailing { step, faults, again, .. } = mailing;
    if step.get_untracked() == Step::Sending {
        return;
    }
    let needs_again = mailing.sent_before.with_untracked(Option::is_some) && !again.get_untracked();
    if needs_again {
        faults
            .set(vec![FieldFault { field: "again".to_owned(), message: l.mail_again_required().to_owned() }]);
        browser::focus("f-again");
        return;
    }
    faults.set(Vec::new());
    step.set(Step::Sending);
    let mail = untrack(|| mailing.mail());
    let input = SendOrderMailInput {
        id: mailing.id.get_value(),
        to: mail.to.trim().to_owned(),
        subject: mail.subject.trim().to_owned(),
        body: mail.body,
        idempotency_key: mailing.key.get_value(),
        again: again.get_untracked(),
    };
    spawn_local(async move {
        let next = match api::run::<SendOrderMail>(app, send_order_mail::Variables { input }).await {
            Ok(answer) => take_answer(app, mailing, answer.send_order_mail),
            Err(error) => {
                let conflict = error.conflict.as_ref().map(|conflict| conflict.reason);
                if conflict == Some(ConflictReason::MailAlreadySent) {
                    let _ = mailing.sent_before.try_set(Some(error.text(l)));
                    Step::Confirming
                } else {
                    Step::Refused(error.text(l))
                }
            }
        };
        let _ = step.try_set(next);
    });
}

/// A fault of a field is mended in the form.
fn take_answer(app: App, mailing: Mailing, payload: send_order_mail::SendOrderMailSendOrderMail) -> Step {
    let told = payload.user_errors.into_iter();
    let told: Vec<FieldFault> =
        told.map(|fault| FieldFault { field: fault.field.join("."), message: fault.message }).collect();
    if told.is_empty() {
        app.drop_draft();
        return Step::Sent;
    }
    let is_of_form = told.iter().all(|fault| ["to", "subject", "body"].contains(&fault.field.as_str()));
    if is_of_form {
        let _ = mailing.faults.try_set(told);
        return Step::Editing;
    }
    let told: Vec<String> = told.into_iter().map(|fault| fault.message).collect();
    Step::Refused(told.join(" "))
}
