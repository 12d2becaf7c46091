//! What may be done with one row: 再送信 and 処理済 lead to the confirmation, 送信データ修正 to its form; a closed row is
//! opened again here, with a reason, after a confirmation.
use super::Detail;
use crate::api;
use crate::api::error::ApiError;
use crate::api::queries::{ReopenSendError, reopen_send_error};
use crate::browser;
use crate::components::field::{FaultText, Faults, fault_of};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::act::{self, Step};
use crate::model::decisions::{Decision, Plan};
use crate::model::enums::{Action, SendErrorStatus};
use crate::router::use_go;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The part of a row that decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: String,
    ip_code: String,
    order_no: String,
    status: SendErrorStatus,
    is_resending: bool,
}

#[derive(Clone, Copy)]
struct Reopening {
    query: Query<Detail>,
    step: RwSignal<Step>,
    reason: RwSignal<String>,
    faults: Faults,
}

#[component]
pub(crate) fn Actions(query: Query<Detail>) -> impl IntoView {
    let l = use_lang();
    let app = use_app();
    let row = Memo::new(move |_| {
        query.with(|found| {
            Some(Row {
                id: found.id.clone(),
                ip_code: found.ip_code.clone(),
                order_no: found.order_no.clone(),
                status: found.status,
                is_resending: found.resending,
            })
        })
    });
    let reopening = Reopening {
        query,
        step: RwSignal::new(Step::Idle),
        reason: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
    };
    let buttons = move || match row.get() {
        Some(row) if row.status == SendErrorStatus::Processed => reopening_view(app, l, &row, reopening),
        Some(row) if !row.is_resending => open_view(app, l, row),
        Some(_) | None => ().into_any(),
    };
    view! {
        <p class="visually-hidden" role="status">
            {move || row.with(|row| row.as_ref().is_some_and(|row| row.is_resending)).then(|| l.resending_now())}
        </p>
        {move || (reopening.step.get() == Step::Done).then(|| view! {
            <p class="panel done" role="status">{l.reopened()}</p>
        })}
        {buttons}
    }
}

fn open_view(app: App, l: Lang, row: Row) -> AnyView {
    let go = use_go();
    let edit = ["/send-errors/", &row.id, "/edit"].concat();
    let may = |action: Action| app.may(&row.ip_code, action);
    let (may_resend, may_close, may_edit) =
        (may(Action::Resend), may(Action::Close), may(Action::EditParameters));
    let decide = Callback::new(move |decision: Decision| {
        let search = app.plan.with_untracked(|plan| plan.search.clone());
        let mut plan = Plan { origin: browser::here(), search, ..Plan::default() };
        plan.toggle(&row.id, &row.order_no, decision);
        app.change_plan(|current| *current = plan);
        go("/send-errors/confirm");
    });
    let resend = may_resend.then(|| {
        view! {
            <button type="button" class="button primary" on:click=move |_| decide.run(Decision::Resend)>{l.resend()}</button>
        }
    });
    let close = may_close.then(|| {
        view! {
            <button type="button" class="button" on:click=move |_| decide.run(Decision::MarkProcessed)>{l.mark_processed_do()}</button>
        }
    });
    let edit = may_edit.then(|| view! { <a class="button" href=edit>{l.edit_parameters()}</a> });
    view! { <div class="actions">{resend} {close} {edit}</div> }.into_any()
}

/// 未処理に戻す: button, reason, confirmation; the result stands above.
fn reopening_view(app: App, l: Lang, row: &Row, reopening: Reopening) -> AnyView {
    if !app.may(&row.ip_code, Action::Close) {
        return ().into_any();
    }
    // A row that was closed again is another matter: what was said of the last one is over.
    if reopening.step.get_untracked() == Step::Done {
        reopening.step.set(Step::Idle);
        reopening.reason.set(String::new());
    }
    let id = StoredValue::new(row.id.clone());
    let step = reopening.step;
    let begin = move || {
        step.set(Step::Asking);
        browser::focus_when_drawn("f-reason");
    };
    let view = move || match step.get() {
        Step::Idle | Step::Done => view! {
            <div class="actions">
                <button type="button" class="button" on:click=move |_| begin()>{l.reopen()}</button>
            </div>
        }
        .into_any(),
        Step::Asking => asking_view(l, reopening),
        Step::Confirming | Step::Sending | Step::Refused(_) => confirming_view(app, l, reopening, id),
    };
    view.into_any()
}

fn asking_view(l: Lang, reopening: Reopening) -> AnyView {
    let Reopening { step, reason, faults, .. } = reopening;
    let check = move || {
        let broken = act::broken_reason(l, &reason.get_untracked());
        let is_sound = broken.is_empty();
        faults.set(broken);
        if is_sound {
            step.set(Step::Confirming);
            browser::focus_when_drawn("reopen-do");
        } else {
            browser::focus("f-reason");
        }
    };
    view! {
        <form class="panel reopening" novalidate=true on:submit=move |event| { event.prevent_default(); check(); }>
            <h2>{l.reopen()}</h2>
            <p>{l.reopen_purpose()}</p>
            <div class="field">
                <label for="f-reason">{l.reason()} " " <span class="quiet">{l.required()}</span></label>
                <textarea id="f-reason" rows="2" aria-required="true" aria-describedby="f-reason-fault"
                    prop:value=move || reason.get()
                    on:input=move |event| reason.set(event_target_value(&event))
                    aria-invalid=move || fault_of(faults, "reason").map(|_| "true")></textarea>
                <FaultText faults path="reason" />
            </div>
            <div class="form-foot">
                <button type="button" class="button" on:click=move |_| step.set(Step::Idle)>{l.cancel()}</button>
                <button type="submit" class="button primary">{l.edit_check()}</button>
            </div>
        </form>
    }
    .into_any()
}

fn confirming_view(app: App, l: Lang, reopening: Reopening, id: StoredValue<String>) -> AnyView {
    let Reopening { step, reason, .. } = reopening;
    let is_sending = move || step.get() == Step::Sending;
    let refusal = move || match step.get() {
        Step::Refused(why) => Some(view! { <p class="fault" role="alert">{why}</p> }),
        Step::Idle | Step::Asking | Step::Confirming | Step::Sending | Step::Done => None,
    };
    view! {
        <section class="panel reopening" aria-labelledby="reopen-heading">
            <h2 id="reopen-heading">{l.reopen_confirm()}</h2>
            <p class="said">{l.reason()} ": " {reason.get_untracked()}</p>
            {refusal}
            <div class="form-foot">
                <button type="button" class="button" on:click=move |_| step.set(Step::Asking)>{l.back()}</button>
                <button type="button" class="button primary" id="reopen-do" aria-disabled=move || is_sending().then_some("true")
                    on:click=move |_| send(app, l, reopening, id.get_value())>
                    {move || if is_sending() { l.sending() } else { l.reopen_do() }}
                </button>
            </div>
        </section>
    }
    .into_any()
}

fn send(app: App, l: Lang, reopening: Reopening, id: String) {
    let Reopening { query, step, reason, .. } = reopening;
    if step.get_untracked() == Step::Sending {
        return;
    }
    step.set(Step::Sending);
    spawn_local(async move {
        let reason = reason.get_untracked().trim().to_owned();
        let next = match reopen(app, id, reason).await {
            Ok(None) => Step::Done,
            Ok(Some(refusal)) => Step::Refused(refusal),
            Err(error) => Step::Refused(error.text(l)),
        };
        if step.try_set(next).is_none() {
            query.refresh();
        }
    });
}

/// What the person can mend, where the server refuses.
async fn reopen(app: App, id: String, reason: String) -> Result<Option<String>, ApiError> {
    let variables = reopen_send_error::Variables { id, reason };
    let payload = api::run::<ReopenSendError>(app, variables).await?.reopen_send_error;
    Ok(payload.user_errors.into_iter().next().map(|fault| fault.message))
}
