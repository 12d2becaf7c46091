//! 注文処理状況: where the order stands, and the statuses that it may come to; a step back needs its reason.
use super::Detail;
use crate::api;
use crate::api::error::{ApiError, FieldFault};
use crate::api::order_queries::{UpdateOrderStatus, update_order_status};
use crate::browser;
use crate::components::field::{FaultText, Faults, TextArea, field_id, radio};
use crate::components::mark::mark_view;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::act::{broken_note, broken_reason};
use crate::model::enums::{Action, OrderStatus};
use crate::model::status;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The part of an order that decides where it may go.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: String,
    ip_code: String,
    status: OrderStatus,
    next: Vec<OrderStatus>,
    needs_reason: Vec<OrderStatus>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Idle,
    Sending,
    Refused(String),
    Done(OrderStatus),
}

#[derive(Clone, Copy)]
struct Draft {
    query: Query<Detail>,
    chosen: RwSignal<Option<OrderStatus>>,
    reason: RwSignal<String>,
    faults: Faults,
    step: RwSignal<Step>,
}

#[component]
pub(crate) fn StatusForm(query: Query<Detail>) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let row = Memo::new(move |_| {
        query.with(|found| {
            Some(Row {
                id: found.id.clone(),
                ip_code: found.ip_code.clone(),
                status: found.status,
                next: found.next_statuses.clone(),
                needs_reason: found.reason_required_for.clone(),
            })
        })
    });
    let draft = Draft {
        query,
        chosen: RwSignal::new(None),
        reason: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
        step: RwSignal::new(Step::Idle),
    };
    let told = move || match draft.step.get() {
        Step::Done(status) => Some(l.status_changed(status::order(l, status).text)),
        Step::Idle | Step::Sending | Step::Refused(_) => None,
    };
    view! {
        {move || row.get().map(|row| mark_view(status::order(l, row.status)))}
        <p class="said" role="status">{told}</p>
        {move || {
            let may = |row: &Row| app.may(&row.ip_code, Action::Restore) && !row.next.is_empty();
            row.get().filter(may).map(|row| form_view(app, l, row, draft))
        }}
    }
}

fn form_view(app: App, l: Lang, row: Row, draft: Draft) -> AnyView {
    let Draft { chosen, reason, faults, step, .. } = draft;
    // What was chosen for another state of the order is not offered any more.
    if chosen.get_untracked().is_some_and(|status| !row.next.contains(&status)) {
        chosen.set(None);
    }
    let choices: Vec<AnyView> = row
        .next
        .iter()
        .map(|&status| {
            let is_chosen = move || chosen.get() == Some(status);
            radio("order-status", status::order(l, status).text, is_chosen, move || chosen.set(Some(status)))
        })
        .collect();
    let needing = row.needs_reason.clone();
    let needs_reason = Memo::new(move |_| chosen.get().is_some_and(|status| needing.contains(&status)));
    let is_sending = move || step.get() == Step::Sending;
    let refusal = move || match step.get() {
        Step::Refused(why) => Some(view! { <p class="fault" role="alert">{why}</p> }),
        Step::Idle | Step::Sending | Step::Done(_) => None,
    };
    let change = move || {
        let broken =
            broken_rules(l, chosen.get_untracked(), &reason.get_untracked(), needs_reason.get_untracked());
        let first = broken.first().map(|fault| field_id(&fault.field));
        faults.set(broken);
        match first {
            Some(first) => browser::focus(&first),
            None => send(app, l, &row, draft),
        }
    };
    view! {
        <form class="act" novalidate=true on:submit=move |event| { event.prevent_default(); change(); }>
            <fieldset class="choices" id="f-status" tabindex="-1" aria-describedby="f-status-fault">
                <legend>{l.status_change()}</legend>
                {choices}
                <FaultText faults path="status" />
            </fieldset>
            {move || view! { <TextArea label=l.reason() path="reason" value=reason faults rows=2 is_required=needs_reason.get() /> }}
            <p class="quiet small">{l.status_reason_hint()}</p>
            {refusal}
            <div class="form-foot">
                <button type="submit" class="button" aria-disabled=move || is_sending().then_some("true")>
                    {move || if is_sending() { l.recording() } else { l.status_change_do() }}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn broken_rules(l: Lang, chosen: Option<OrderStatus>, reason: &str, needs_reason: bool) -> Vec<FieldFault> {
    if chosen.is_none() {
        return vec![FieldFault { field: "status".to_owned(), message: l.status_required().to_owned() }];
    }
    if needs_reason { broken_reason(l, reason) } else { broken_note(l, "reason", reason) }
}

fn send(app: App, l: Lang, row: &Row, draft: Draft) {
    let Draft { query, chosen, reason, step, .. } = draft;
    let Some(status) = chosen.get_untracked().filter(|_| step.get_untracked() != Step::Sending) else {
        return;
    };
    step.set(Step::Sending);
    let variables = update_order_status::Variables {
        id: row.id.clone(),
        status,
        reason: Some(reason.get_untracked().trim().to_owned()).filter(|reason| !reason.is_empty()),
        expected_status: Some(row.status),
    };
    spawn_local(async move {
        let next = match update(app, variables).await {
            Ok(None) => {
                let _ = chosen.try_set(None);
                let _ = reason.try_set(String::new());
                Step::Done(status)
            }
            Ok(Some(refusal)) => Step::Refused(refusal),
            Err(error) => Step::Refused(error.text(l)),
        };
        if step.try_set(next).is_none() {
            query.refresh();
        }
    });
}

/// What the person can mend, where the server refuses.
async fn update(app: App, variables: update_order_status::Variables) -> Result<Option<String>, ApiError> {
    let payload = api::run::<UpdateOrderStatus>(app, variables).await?.update_order_status;
    Ok(payload.user_errors.into_iter().next().map(|fault| fault.message))
}
