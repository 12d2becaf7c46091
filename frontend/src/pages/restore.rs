//! 復旧: the order as it will be made beside the notification's figures; then the result, in the same place.
//! The key of the decision is made once, when the confirmation opens.
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
use crate::load::Query;
use crate::model::enums::AbnormalOrderAction;
use crate::model::format;
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

#[component]
pub(crate) fn Restore(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let key = StoredValue::new(browser::new_uuid());
    let step = RwSignal::new(Step::Asking);
    let asked = id.clone();
    let query = Query::new(move || ask(app, asked.clone()));
    let id = StoredValue::new(id);
    let restore = Callback::new(move |()| {
        if step.get_untracked() == Step::Sending {
            return;
        }
        step.set(Step::Sending);
        spawn_local(async move {
            let next = match send(app, id.get_value(), key.get_value()).await {
                Ok(next) => next,
                Err(error) => Step::Refused(error.text(l)),
            };
            let _ = step.try_set(next);
        });
    });
    name_page(l, l.restore_confirm(), None);
    view! {
        {page_head(l.restore_confirm(), l.restore_purpose())}
        {move || match step.get() {
            Step::Restored { id, order_no } => restored_view(l, &id, &order_no),
            Step::Asking | Step::Sending | Step::Refused(_) => ().into_any(),
        }}
        {load_view(query, 10, move |found| review_view(l, found, step, restore))}
    }
}

async fn send(app: App, id: String, idempotency_key: String) -> Result<Step, ApiError> {
    let variables = restore_abnormal_order::Variables { id, idempotency_key };
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

fn review_view(l: Lang, found: &Detail, step: RwSignal<Step>, restore: Callback<()>) -> AnyView {
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
    let buttons = move || match step.get() {
        Step::Restored { .. } => ().into_any(),
        current @ (Step::Asking | Step::Sending | Step::Refused(_)) => {
            let is_sending = current == Step::Sending;
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
                    <button type="button" class="button primary" aria-disabled=is_sending.then_some("true") on:click=move |_| restore.run(())>
                        {if is_sending { l.restoring() } else { l.restore_do() }}
                    </button>
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
            </section>
        </div>
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
