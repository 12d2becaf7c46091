//! 削除: what leaves the lists, a reason, and the result in the same place.
use super::abnormal_order::{ask, may};
use crate::api;
use crate::api::error::ApiError;
use crate::api::order_queries::abnormal_order_detail::AbnormalOrderDetailAbnormalOrder as Detail;
use crate::api::order_queries::{DeleteAbnormalOrder, delete_abnormal_order};
use crate::browser;
use crate::components::facts::{facts, text};
use crate::components::field::{Faults, TextArea};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::Query;
use crate::model::act::{Step, broken_reason};
use crate::model::enums::AbnormalOrderAction;
use crate::model::{format, status};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy)]
struct Draft {
    id: StoredValue<String>,
    step: RwSignal<Step>,
    reason: RwSignal<String>,
    faults: Faults,
}

#[component]
pub(crate) fn Delete(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let asked = id.clone();
    let query = Query::new(move || ask(app, asked.clone()));
    let draft = Draft {
        id: StoredValue::new(id),
        step: RwSignal::new(Step::Asking),
        reason: RwSignal::new(String::new()),
        faults: RwSignal::new(Vec::new()),
    };
    let is_done = Memo::new(move |_| draft.step.get() == Step::Done);
    name_page(l, l.delete_confirm(), None);
    view! {
        {page_head(l.delete_confirm(), l.delete_purpose())}
        <div role="status">{move || is_done.get().then(|| done_view(l))}</div>
        {move || if is_done.get() {
            ().into_any()
        } else {
            load_view(query, 8, move |found| review_view(app, l, found, draft))
        }}
    }
}

fn done_view(l: Lang) -> AnyView {
    view! {
        <div class="panel done">
            <p class="strong">{l.deleted_message()}</p>
            <div class="actions"><a class="button primary" href="/abnormal-orders">{l.back_to_list()}</a></div>
        </div>
    }
    .into_any()
}

fn review_view(app: App, l: Lang, found: &Detail, draft: Draft) -> AnyView {
    let back = ["/abnormal-orders/", &found.id].concat();
    if !may(found, AbnormalOrderAction::Delete) {
        return view! {
            <div class="panel">
                <p class="strong">{l.delete_impossible()}</p>
                <a class="button" href=back>{l.open_details()}</a>
            </div>
        }
        .into_any();
    }
    let Draft { step, reason, faults, .. } = draft;
    let is_sending = move || step.get() == Step::Sending;
    let refusal = move || match step.get() {
        Step::Refused(why) => Some(view! { <p class="panel error-panel" role="alert">{why}</p> }),
        Step::Idle | Step::Asking | Step::Confirming | Step::Sending | Step::Done => None,
    };
    let keeps_order = found.order.as_ref().map(|_| view! { <p>{l.delete_keeps_order()}</p> });
    view! {
        <section class="panel">
            {facts(vec![
                (l.order_no(), text(found.order_no.clone())),
                (l.status(), mark_view(status::abnormal_order(l, found.status))),
                (l.received_at(), text(format::instant(&found.received_at))),
                (l.customer(), text(format::customer(found.customer_name.as_deref(), found.member_id.as_deref()))),
                (l.total(), text(format::yen_or_missing(found.total))),
            ])}
        </section>
        <div class="warning-box">
            <p class="strong">{l.delete_warning()}</p>
            {keeps_order}
        </div>
        <form class="act" novalidate=true on:submit=move |event| { event.prevent_default(); send(app, l, draft); }>
            <TextArea label=l.reason() path="reason" value=reason faults is_required=true />
            {refusal}
            <div class="form-foot">
                <a class="button" href=back>{l.back()}</a>
                <button type="submit" class="button primary" aria-disabled=move || is_sending().then_some("true")>
                    {move || if is_sending() { l.deleting() } else { l.delete_do() }}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn send(app: App, l: Lang, draft: Draft) {
    let Draft { step, reason, faults, .. } = draft;
    if step.get_untracked() == Step::Sending {
        return;
    }
    let broken = broken_reason(l, &reason.get_untracked());
    let is_sound = broken.is_empty();
    faults.set(broken);
    if !is_sound {
        browser::focus("f-reason");
        return;
    }
    step.set(Step::Sending);
    spawn_local(async move {
        let next = match delete(app, draft.id.get_value(), reason.get_untracked().trim().to_owned()).await {
            Ok(None) => Step::Done,
            Ok(Some(refusal)) => Step::Refused(refusal),
            Err(error) => Step::Refused(error.text(l)),
        };
        let _ = step.try_set(next);
    });
}

/// What the person can mend, where the server refuses.
async fn delete(app: App, id: String, reason: String) -> Result<Option<String>, ApiError> {
    let variables = delete_abnormal_order::Variables { id, reason };
    let payload = api::run::<DeleteAbnormalOrder>(app, variables).await?.delete_abnormal_order;
    Ok(payload.user_errors.into_iter().next().map(|fault| fault.message))
}
