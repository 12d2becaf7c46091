//! カートへの通知: whether the cart knows of a restored order, and sending it once more. It bears one id whenever it is
//! sent, so nothing is asked before.
use super::Detail;
use crate::api;
use crate::api::error::ApiError;
use crate::api::order_queries::{ResendOrderRestored, resend_order_restored};
use crate::browser;
use crate::components::facts::{facts, text};
use crate::components::mark::mark_view;
use crate::context::App;
use crate::i18n::Lang;
use crate::load::Query;
use crate::model::enums::{Action, OrderEventState};
use crate::model::{format, order_event};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The server's word for an IP code whose cart is not to be told.
const NOT_SET: &str = "RESTORED_ENDPOINT_NOT_SET";

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Idle,
    Sending,
    Failed { why: String, is_not_set: bool },
    Sent,
}

/// What the section tells.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    state: Option<(OrderEventState, bool)>,
    attempts: i64,
    next_at: Option<String>,
    finished_at: Option<String>,
    event_id: Option<String>,
}

#[derive(Clone, Copy)]
struct Notice {
    app: App,
    l: Lang,
    query: Query<Detail>,
    step: RwSignal<Step>,
    /// Made when the button is pressed, and kept until it was answered: a press after a broken connection is the same.
    key: StoredValue<Option<String>>,
}

pub(super) fn notice(app: App, l: Lang, query: Query<Detail>) -> AnyView {
    let notice = Notice { app, l, query, step: RwSignal::new(Step::Idle), key: StoredValue::new(None) };
    let is_shown = Memo::new(move |_| query.with(|found| Some(found.restored_from.is_some())) == Some(true));
    let may_send =
        Memo::new(move |_| query.with(|found| Some(app.may(&found.ip_code, Action::Restore))) == Some(true));
    let told = Memo::new(move |_| query.with(|found| Some(told_of(found))));
    let content = move || told.get().map(|told| told_view(l, &told));
    let section = move || {
        is_shown.get().then(|| {
            view! {
                <section aria-labelledby="notice-heading">
                    <h2 id="notice-heading">{l.notice()}</h2>
                    {content}
                    {move || may_send.get().then(|| action_view(notice, told))}
                </section>
            }
        })
    };
    section.into_any()
}

fn told_of(found: &Detail) -> Told {
    let event = found.restored_event.as_ref();
    Told {
        state: event.map(|event| (event.state, event.sending)),
        attempts: event.map_or(0, |event| event.attempt_count),
        next_at: event.and_then(|event| event.next_attempt_at.clone()),
        finished_at: event.and_then(|event| event.finished_at.clone()),
        event_id: event.map(|event| event.event_id.clone()),
    }
}

fn told_view(l: Lang, told: &Told) -> AnyView {
    let meaning = match told.state {
        None => Some(l.notice_none_meaning()),
        Some((OrderEventState::Failed, false)) => Some(l.notice_failed_meaning()),
        Some(_) => None,
    };
    let mut rows = Vec::new();
    if let Some(id) = &told.event_id {
        rows.push((l.notice_attempts(), text(told.attempts.to_string())));
        rows.extend(told.next_at.as_ref().map(|at| (l.notice_next(), text(format::instant(at)))));
        rows.extend(told.finished_at.as_ref().map(|at| (l.notice_finished(), text(format::instant(at)))));
        rows.push((l.notice_id(), view! { <code>{id.clone()}</code> }.into_any()));
    }
    view! {
        <p role="status">{mark_view(order_event::notice(l, told.state))}</p>
        {meaning.map(|meaning| view! { <p class="quiet small">{meaning}</p> })}
        {(!rows.is_empty()).then(|| facts(rows))}
    }
    .into_any()
}

fn action_view(notice: Notice, told: Memo<Option<Told>>) -> AnyView {
    let Notice { l, query, step, .. } = notice;
    let is_first =
        Memo::new(move |_| told.with(|told| told.as_ref().is_some_and(|told| told.state.is_none())));
    let is_busy = Memo::new(move |_| {
        let is_sending =
            told.with(|told| told.as_ref().is_some_and(|told| told.state.is_some_and(|(_, busy)| busy)));
        is_sending || step.with(|step| *step == Step::Sending)
    });
    let label = move || match (is_busy.get(), is_first.get()) {
        (true, _) => l.sending(),
        (false, true) => l.notice_send(),
        (false, false) => l.notice_send_again(),
    };
    let settings =
        move || query.with(|found| Some(["/settings/ip-codes/", &found.ip_code, "/cart"].concat()));
    let said = move || match step.get() {
        Step::Failed { why, is_not_set } => {
            let link = is_not_set.then(|| view! { <a href=settings()>{l.notice_to_settings()}</a> });
            view! { <p class="fault" role="alert">{why} " " {link}</p> }.into_any()
        }
        Step::Sent => view! { <p role="status">{l.notice_sent()}</p> }.into_any(),
        Step::Idle | Step::Sending => ().into_any(),
    };
    view! {
        {said}
        <p class="actions">
            <button type="button" class="button" aria-disabled=move || is_busy.get().then_some("true")
                aria-describedby="notice-hint" on:click=move |_| if !is_busy.get_untracked() { send(notice) }>{label}</button>
        </p>
        <p class="quiet small" id="notice-hint">{l.notice_again_hint()}</p>
    }
    .into_any()
}

fn send(notice: Notice) {
    let Notice { app, l, query, step, key } = notice;
    let Some(order_id) = untrack(|| query.with(|found| Some(found.id.clone()))) else { return };
    let used = key.get_value().unwrap_or_else(browser::new_uuid);
    key.set_value(Some(used.clone()));
    step.set(Step::Sending);
    spawn_local(async move {
        let next = match ask(app, order_id, used).await {
            Ok(None) => Step::Sent,
            Ok(Some((why, is_not_set))) => Step::Failed { why, is_not_set },
            Err(error) => {
                let _ = step.try_set(Step::Failed { why: error.text(l), is_not_set: false });
                return;
            }
        };
        if step.try_set(next).is_none() {
            key.set_value(None);
            query.refresh();
        }
    });
}

/// What the person can mend, and whether it is that nobody is to be told.
async fn ask(app: App, order_id: String, key: String) -> Result<Option<(String, bool)>, ApiError> {
    let variables = resend_order_restored::Variables { order_id, key };
    let payload = api::run::<ResendOrderRestored>(app, variables).await?.resend_order_restored;
    let fault = payload.user_errors.into_iter().next();
    Ok(fault.map(|fault| (fault.message, fault.code == NOT_SET)))
}
