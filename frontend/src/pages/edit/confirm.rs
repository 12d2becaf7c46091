//! 修正内容の確認: what differs, why, and the double-issue warning; then, in the same place, the result.
//! The server judges every character by the endpoint's charset: what it refuses leads back to the form.
use super::{Editing, Row, form_name, may_edit, row_marks};
use crate::api;
use crate::api::error::{ApiError, FieldFault};
use crate::api::queries::{ResendSendError, resend_send_error};
use crate::browser;
use crate::components::diff::diff_table;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::effect;
use crate::model::decisions::Outcome;
use crate::model::edit::Edit as Draft;
use crate::model::enums::{Receipt, SendErrorStatus};
use crate::pages::confirm::DoubleIssueWarning;
use crate::pages::confirm::result::outcome_text;
use crate::pages::confirm::submit::outcome_of;
use crate::pages::send_error::list_href;
use crate::router;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How far the sending is, as far as this page knows.
#[derive(Clone, Copy)]
struct Sending {
    is_checked: RwSignal<bool>,
    is_check_missing: RwSignal<bool>,
    is_running: RwSignal<bool>,
    /// Why nothing can be told as done; sending again is the same decision.
    failure: RwSignal<Option<String>>,
}

#[component]
pub(crate) fn EditConfirm(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let form = ["/send-errors/", &id, "/edit"].concat();
    let awaited = id.clone();
    let kept: Draft = app.kept_draft(&form_name(&id)).unwrap_or_default();
    // The row is read once: the decision is about what stands on this page, and the server refuses any other.
    let editing = Editing::begin(app, id, kept);
    let draft = editing.draft;
    if !draft.with_untracked(Draft::is_changed) {
        // Opened by its address, or again after a reload: the form is where one begins.
        let form = form.clone();
        request_animation_frame(move || router::replace(app, &form));
    }
    if draft.with_untracked(|draft| draft.idempotency_key.is_none()) {
        draft.update(|draft| draft.idempotency_key = Some(browser::new_uuid()));
    }
    let sending = Sending {
        is_checked: RwSignal::new(false),
        is_check_missing: RwSignal::new(false),
        is_running: RwSignal::new(false),
        failure: RwSignal::new(None),
    };
    live::on_send_error_changed(move |row| {
        let is_awaited = draft.with_untracked(|draft| draft.outcome == Some(Outcome::Running));
        if row.id == awaited && is_awaited && !row.resending {
            let outcome = match row.status {
                SendErrorStatus::Processed => Outcome::Succeeded,
                SendErrorStatus::Unprocessed => Outcome::Failed {
                    cause: Some(row.cause),
                    http_status: row.http_status,
                    receipt: Some(row.receipt),
                },
            };
            draft.update(|draft| draft.outcome = Some(outcome));
        }
    });
    let is_done = Memo::new(move |_| draft.with(|draft| draft.outcome.is_some()));
    effect(move || name_page(l, if is_done.get() { l.results() } else { l.edit_confirm() }, None));
    move || {
        if is_done.get() {
            result_view(app, l, draft, &form)
        } else {
            let form = form.clone();
            view! {
                {page_head(l.edit_confirm(), l.confirm_purpose())}
                {load_view(editing.found, 6, move |found| review_view(app, l, &found.row, editing, sending, &form))}
            }
            .into_any()
        }
    }
}

fn review_view(app: App, l: Lang, row: &Row, editing: Editing, sending: Sending, form: &str) -> AnyView {
    let draft = editing.draft;
    let needs_check = row.receipt == Receipt::MaybeReceived;
    let (id, form) = (row.id.clone(), form.to_owned());
    let back = form.clone();
    let send = Callback::new(move |()| {
        if needs_check && !sending.is_checked.get_untracked() {
            sending.is_check_missing.set(true);
            browser::focus("checked");
        } else {
            submit(app, l, editing, sending, (id.clone(), needs_check, form.clone()));
        }
    });
    let is_open = may_edit(app, row);
    let send_button = is_open.then(|| {
        view! {
            <button type="button" class="button primary" aria-disabled=move || sending.is_running.get().then_some("true")
                on:click=move |_| send.run(())>
                {move || if sending.is_running.get() { l.sending() } else { l.send() }}
            </button>
        }
    });
    let (is_checked, is_missing) = (sending.is_checked, sending.is_check_missing);
    view! {
        <p class="strong">{l.order_no_carrier()} " " <span class="figures">{row.order_no.clone()}</span></p>
        {row_marks(l, row)}
        <h2>{l.edit_diff_heading()}</h2>
        {move || draft.with(|draft| diff_view(l, draft))}
        <h2>{l.reason()}</h2>
        <p class="said">{move || draft.with(|draft| draft.reason.trim().to_owned())}</p>
        {(!is_open).then(|| view! { <p class="notice" role="status">{l.confirm_closed_meanwhile()}</p> })}
        {(is_open && needs_check).then(|| view! { <DoubleIssueWarning is_checked is_missing /> })}
        {move || sending.failure.get().map(|why| view! { <p class="panel error-panel" role="alert">{why}</p> })}
        <div class="form-foot">
            <a class="button" href=back>{l.back()}</a>
            {send_button}
        </div>
    }
    .into_any()
}

/// The changed lines alone: what stays as it is need not be read again.
fn diff_view(l: Lang, draft: &Draft) -> AnyView {
    diff_table(
        l,
        draft.lines.iter().map(|line| &line.content).filter_map(|content| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let differs = content.before() != content.after();
            differs.then(|| (content.name().to_owned(), own(content.before()), own(content.after())))
        }),
    )
}

fn submit(app: App, l: Lang, editing: Editing, sending: Sending, asked: (String, bool, String)) {
    let (id, is_checked, form) = asked;
    if sending.is_running.get_untracked() {
        return;
    }
    sending.is_running.set(true);
    sending.failure.set(None);
    let draft = editing.draft;
    spawn_local(async move {
        let variables = draft.with_untracked(|draft| variables_of(draft, id, is_checked));
        let answer = api::run::<ResendSendError>(app, variables).await;
        let _ = sending.is_running.try_set(false);
        match answer {
            Ok(answer) => {
                let told = answer.resend_send_error.user_errors.iter();
                let told: Vec<FieldFault> = told
                    .map(|fault| FieldFault { field: fault.field.join("."), message: fault.message.clone() })
                    .collect();
                if told.is_empty() {
                    let outcome = outcome_of(answer.resend_send_error);
                    let _ = draft.try_update(|draft| draft.outcome = Some(outcome));
                } else {
                    take_refusal(app, draft, sending, &told, &form);
                }
            }
            Err(ApiError { conflict: Some(conflict), .. }) => {
                let _ = draft.try_update(|draft| draft.outcome = Some(Outcome::Conflicted(*conflict)));
            }
            Err(error) => {
                let _ = sending.failure.try_set(Some(error.text(l)));
            }
        }
    });
}

fn variables_of(draft: &Draft, id: String, is_checked: bool) -> resend_send_error::Variables {
    let parameters = draft.parameters().into_iter();
    let parameters =
        parameters.map(|one| resend_send_error::ParameterInput { name: one.name, value: one.value });
    resend_send_error::Variables {
        id,
        parameters: Some(parameters.collect()),
        reason: Some(draft.reason.trim().to_owned()),
        confirm_maybe_received: is_checked,
        expected_attempt_count: Some(draft.attempt_count),
        idempotency_key: draft.idempotency_key.clone().unwrap_or_default(),
    }
}

/// A field's fault is mended in the form; what is missing on this page is said here.
fn take_refusal(app: App, draft: RwSignal<Draft>, sending: Sending, told: &[FieldFault], form: &str) {
    let is_of_form =
        told.iter().any(|fault| fault.field.starts_with("parameters") || fault.field == "reason");
    if is_of_form {
        let is_here = draft.try_update(|draft| draft.take_faults(told)).is_some();
        if is_here {
            router::go(app, form);
        }
    } else {
        let told: Vec<&str> = told.iter().map(|fault| fault.message.as_str()).collect();
        let _ = sending.failure.try_set(Some(told.join(" ")));
    }
}

fn result_view(app: App, l: Lang, draft: RwSignal<Draft>, form: &str) -> AnyView {
    let outcome = move || {
        let (mark, detail) = draft.with(|draft| outcome_text(l, draft.outcome.as_ref()));
        view! { <p class="marks">{mark_view(mark)} <span>{detail}</span></p> }.into_any()
    };
    let form = form.to_owned();
    let detail = form.trim_end_matches("/edit").to_owned();
    // What failed may be mended and sent once more, as a new decision.
    let again = move || {
        let failed = draft
            .with(|draft| matches!(draft.outcome, Some(Outcome::Failed { .. } | Outcome::Conflicted(_))));
        failed.then(|| view! { <a class="button" href=form.clone()>{l.edit_again()}</a> })
    };
    view! {
        {page_head(l.results(), l.edit_result_purpose())}
        <div class="panel" role="status">{outcome}</div>
        <h2>{l.edit_diff_heading()}</h2>
        {draft.with_untracked(|draft| diff_view(l, draft))}
        <div class="form-foot">
            {again}
            <a class="button" href=detail>{l.open_details()}</a>
            <a class="button primary" href=list_href(app)>{l.back_to_list()}</a>
        </div>
    }
    .into_any()
}
