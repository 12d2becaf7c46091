//! 対応済みとして完了: how the row was dealt with and a note, a look at both, then it is closed.
use super::super::{Detail, may};
use crate::api;
use crate::api::error::ApiError;
use crate::api::order_queries::{CloseAbnormalOrder, close_abnormal_order};
use crate::browser;
use crate::components::field::{Faults, TextArea, radio};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::abnormal_order::{resolution, resolutions};
use crate::model::act::{Step, broken_note};
use crate::model::enums::{AbnormalOrderAction, AbnormalOrderResolution, AbnormalOrderStatus};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The part of a row that decides whether and how it may be closed.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: String,
    status: AbnormalOrderStatus,
}

#[derive(Clone, Copy)]
struct Draft {
    query: Query<Detail>,
    step: RwSignal<Step>,
    how: RwSignal<AbnormalOrderResolution>,
    note: RwSignal<String>,
    faults: Faults,
}

#[component]
pub(crate) fn Closing(query: Query<Detail>) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let row = Memo::new(move |_| {
        query.with(|found| {
            let row = Row { id: found.id.clone(), status: found.status };
            may(found, AbnormalOrderAction::Close).then_some(row)
        })
    });
    let draft = Draft {
        query,
        step: RwSignal::new(Step::Idle),
        how: RwSignal::new(AbnormalOrderResolution::CancelledAtGateway),
        note: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
    };
    move || row.get().map(|row| row_view(app, l, row, draft))
}

fn row_view(app: App, l: Lang, row: Row, draft: Draft) -> AnyView {
    let step = draft.step;
    let row = StoredValue::new(row);
    let begin = move || {
        step.set(Step::Asking);
        browser::focus_when_drawn("close-heading");
    };
    let view = move || {
        match step.get() {
        Step::Idle | Step::Done => view! {
            <div class="actions">
                <button type="button" class="button primary" on:click=move |_| begin()>{l.close_abnormal()}</button>
            </div>
        }
        .into_any(),
        Step::Asking => asking_view(l, row.with_value(|row| row.status), draft),
        Step::Confirming | Step::Sending | Step::Refused(_) => confirming_view(app, l, row, draft),
    }
    };
    view.into_any()
}

fn asking_view(l: Lang, status: AbnormalOrderStatus, draft: Draft) -> AnyView {
    let Draft { step, how, note, faults, .. } = draft;
    let choices: Vec<AnyView> = resolutions(status)
        .iter()
        .map(|&one| radio("resolution", resolution(l, one), move || how.get() == one, move || how.set(one)))
        .collect();
    let check = move || {
        let broken = broken_note(l, "note", &note.get_untracked());
        let is_sound = broken.is_empty();
        faults.set(broken);
        if is_sound {
            step.set(Step::Confirming);
            browser::focus_when_drawn("close-do");
        } else {
            browser::focus("f-note");
        }
    };
    view! {
        <form class="panel act" novalidate=true on:submit=move |event| { event.prevent_default(); check(); }>
            <h2 id="close-heading" tabindex="-1">{l.close_abnormal()}</h2>
            <p>{l.close_abnormal_purpose()}</p>
            <fieldset class="choices">
                <legend>{l.resolution_legend()}</legend>
                {choices}
            </fieldset>
            <TextArea label=l.resolution_note() path="note" value=note faults />
            <div class="form-foot">
                <button type="button" class="button" on:click=move |_| step.set(Step::Idle)>{l.cancel()}</button>
                <button type="submit" class="button primary">{l.edit_check()}</button>
            </div>
        </form>
    }
    .into_any()
}

fn confirming_view(app: App, l: Lang, row: StoredValue<Row>, draft: Draft) -> AnyView {
    let Draft { step, how, note, .. } = draft;
    let is_sending = move || step.get() == Step::Sending;
    let refusal = move || match step.get() {
        Step::Refused(why) => Some(view! { <p class="fault" role="alert">{why}</p> }),
        Step::Idle | Step::Asking | Step::Confirming | Step::Sending | Step::Done => None,
    };
    let note = note.get_untracked().trim().to_owned();
    view! {
        <section class="panel act" aria-labelledby="close-heading">
            <h2 id="close-heading">{l.close_abnormal_confirm()}</h2>
            <p class="strong">{resolution(l, how.get_untracked())}</p>
            {(!note.is_empty()).then(|| view! { <p class="said">{note}</p> })}
            {refusal}
            <div class="form-foot">
                <button type="button" class="button" on:click=move |_| step.set(Step::Asking)>{l.back()}</button>
                <button type="button" class="button primary" id="close-do" aria-disabled=move || is_sending().then_some("true")
                    on:click=move |_| send(app, l, row.with_value(|row| row.id.clone()), draft)>
                    {move || if is_sending() { l.recording() } else { l.close_abnormal_do() }}
                </button>
            </div>
        </section>
    }
    .into_any()
}

fn send(app: App, l: Lang, id: String, draft: Draft) {
    if draft.step.get_untracked() == Step::Sending {
        return;
    }
    draft.step.set(Step::Sending);
    spawn_local(async move {
        let note = Some(draft.note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty());
        let variables = close_abnormal_order::Variables { id, resolution: draft.how.get_untracked(), note };
        let next = match close(app, variables).await {
            Ok(None) => Step::Done,
            Ok(Some(refusal)) => Step::Refused(refusal),
            Err(error) => Step::Refused(error.text(l)),
        };
        if draft.step.try_set(next).is_none() {
            draft.query.refresh();
        }
    });
}

/// What the person can mend, where the server refuses.
async fn close(app: App, variables: close_abnormal_order::Variables) -> Result<Option<String>, ApiError> {
    let payload = api::run::<CloseAbnormalOrder>(app, variables).await?.close_abnormal_order;
    Ok(payload.user_errors.into_iter().next().map(|fault| fault.message))
}
