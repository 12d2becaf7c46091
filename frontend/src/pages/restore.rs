//! 復旧: the order as it will be made beside the notification's figures; then the result, in the same place.
//! The key of the decision is made once, when the confirmation opens; the gateway is asked then too.
mod gateway;

use super::abnormal_order::sides::checkout_view;
use super::abnormal_order::{ask, may};
use crate::api::order_queries::abnormal_order_detail::AbnormalOrderDetailAbnormalOrder as Detail;
use crate::api::order_queries::{RestoreAbnormalOrder, restore_abnormal_order};
use crate::api::{self, error::ApiError};
use crate::browser;
use crate::components::facts::{facts, text};
use crate::components::load_view::load_view;
use crate::components::page::{name_page, page_head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::load::{Query, effect};
use crate::model::enums::AbnormalOrderAction;
use crate::model::format;
use crate::model::gateway_check::{Asking, Gate};
use gateway::{Check, check_view, gate_view};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// What the gateway says about money and time, out of the notification's fields.
const FIGURES: [&str; 7] = ["OrderID", "Status", "Amount", "Tax", "TranDate", "TranID", "Approve"];

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Asking,
    Sending,
    Refused(String),
    Restored { id: String, order_no: String },
}

#[derive(Clone, Copy)]
struct Review {
    step: RwSignal<Step>,
    check: Check,
    restore: Callback<()>,
}

#[component]
pub(crate) fn Restore(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let key = StoredValue::new(browser::new_uuid());
    let step = RwSignal::new(Step::Asking);
    let asked = id.clone();
    let query = Query::new(move || ask(app, asked.clone()));
    let check = Check::new(query);
    let id = StoredValue::new(id);
    effect(move || {
        let is_due = query
            .with(|found| Some(found.gateway_check_configured && may(found, AbnormalOrderAction::Restore)));
        if is_due == Some(true) && check.asking.with_untracked(|asking| *asking == Asking::NotYet) {
            check.ask(app, l, id.get_value());
        }
    });
    let restore = Callback::new(move |()| {
        if step.get_untracked() == Step::Sending {
            return;
        }
        let gate = untrack(|| query.with(|found| Some(check.gate(found))));
        let is_meant = gate == Some(Gate::OnlyIfMeant) && check.is_meant.get_untracked();
        check.is_missing.set(gate == Some(Gate::OnlyIfMeant) && !is_meant);
        if check.is_missing.get_untracked() {
            browser::focus("f-proceed");
            return;
        }
        step.set(Step::Sending);
        spawn_local(async move {
            let next = match send(app, id.get_value(), key.get_value(), is_meant).await {
                Ok(next) => next,
                Err(error) => Step::Refused(error.text(l)),
            };
            // What the gateway said to the server is shown beside the refusal.
            let is_refused = matches!(next, Step::Refused(_));
            if step.try_set(next).is_none() && is_refused {
                query.refresh();
            }
        });
    });
    name_page(l, l.restore_confirm(), None);
    view! {
        {page_head(l.restore_confirm(), l.restore_purpose())}
        {move || match step.get() {
            Step::Restored { id, order_no } => restored_view(l, &id, &order_no),
            Step::Asking | Step::Sending | Step::Refused(_) => ().into_any(),
        }}
        {load_view(query, 10, move |found| review_view(app, l, found, Review { step, check, restore }))}
    }
}

async fn send(app: App, id: String, idempotency_key: String, is_meant: bool) -> Result<Step, ApiError> {
    let variables =
        restore_abnormal_order::Variables { id, idempotency_key, proceed_without_gateway_check: is_meant };
    let payload = api::run::<RestoreAbnormalOrder>(app, variables).await?.restore_abnormal_order;
    let refusal = payload.user_errors.into_iter().next().map(|fault| fault.message);
    Ok(match (refusal, payload.order) {
        (Some(message), _) => Step::Refused(message),
        (None, Some(order)) => Step::Restored { id: order.id, order_no: order.order_no },
        (None, None) => Step::Refused(app.lang.get_untracked().error_unreadable().to_owned()),
    })
}

fn restored_view(l: Lang, id: &str, order_no: &str) -> AnyView {
    let href = ["/orders/", id].concat();
    let mail = [&href, "/mail"].concat();
    view! {
        <div class="panel done" role="status">
            <p class="strong">{l.restored_message(order_no)}</p>
            <div class="actions">
                <a class="button primary" href=mail>{l.to_mail_form()}</a>
                <a class="button" href=href>{l.to_order()}</a>
                <a class="button" href="/abnormal-orders?list=restorable">{l.back_to_list()}</a>
            </div>
        </div>
    }
    .into_any()
}

fn review_view(app: App, l: Lang, found: &Detail, review: Review) -> AnyView {
    let Review { step, check, restore } = review;
    let back = ["/abnormal-orders/", &found.id].concat();
    let checkout = match &found.checkout {
        Some(checkout) if may(found, AbnormalOrderAction::Restore) => {
            checkout_view(l, l.order_to_be(), checkout)
        }
        _ => {
            return view! {
                <div class="panel">
                    <p class="strong">{l.restore_impossible()}</p>
                    <a class="button" href=back>{l.open_details()}</a>
                </div>
            }
            .into_any();
        }
    };
    let seen = StoredValue::new(found.clone());
    let gate = Memo::new(move |_| seen.with_value(|found| check.gate(found)));
    let buttons = move || match step.get() {
        Step::Restored { .. } => ().into_any(),
        current @ (Step::Asking | Step::Sending | Step::Refused(_)) => {
            let is_sending = current == Step::Sending;
            let is_possible = matches!(gate.get(), Gate::Open | Gate::OnlyIfMeant);
            let refusal = match current {
                Step::Refused(message) => {
                    Some(view! { <p class="panel error-panel" role="alert">{message}</p> })
                }
                Step::Asking | Step::Sending | Step::Restored { .. } => None,
            };
            view! {
                {refusal}
                <div class="form-foot">
                    <a class="button" href=back.clone()>{l.back()}</a>
                    {is_possible.then(|| view! {
                        <button type="button" class="button primary" aria-disabled=is_sending.then_some("true") on:click=move |_| restore.run(())>
                            {if is_sending { l.restoring() } else { l.restore_do() }}
                        </button>
                    })}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <div class="columns">
            {checkout}
            <section>
                <h2>{l.notification_figures()}</h2>
                {figures_view(l, found)}
                {check_view(app, l, found, check)}
            </section>
        </div>
        {move || seen.with_value(|found| gate_view(l, found, check))}
        {buttons}
    }
    .into_any()
}

fn figures_view(l: Lang, found: &Detail) -> AnyView {
    let mut rows = vec![
        (l.received_at(), text(format::instant(&found.received_at))),
        (l.total(), text(format::yen_or_missing(found.total))),
    ];
    let named =
        FIGURES.into_iter().filter_map(|name| found.notification.iter().find(|one| one.field == name));
    rows.extend(named.map(|one| (one.field.as_str(), text(format::text_or_missing(Some(&one.value))))));
    facts(rows)
}
