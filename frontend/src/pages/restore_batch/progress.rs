//! How far a bulk restore is: bar and figures that change in place, 中止, and what to do when it is over.
use super::{Facts, Restoring, head_view};
use crate::api;
use crate::api::restore_queries::{CancelRestoreBatch, cancel_restore_batch};
use crate::browser;
use crate::components::progress::{Shares, bar, tile};
use crate::model::enums::ResendBatchState;
use crate::model::format;
use crate::model::order_search::OrderSearch;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

const QUESTION: &str = "cancel-question";
const BUTTON: &str = "cancel-restores";

pub(super) fn progress_view(restoring: Restoring) -> AnyView {
    let Restoring { l, facts, may, .. } = restoring;
    let figure = move |read: fn(&Facts) -> i64| move || format::count(facts.with(read), false);
    let is_running = Memo::new(move |_| facts.with(|facts| facts.state == ResendBatchState::Running));
    let accepted = move || {
        let accepts = facts.with(|facts| facts.accepts_unreachable_gateway);
        accepts.then(|| view! { <p class="quiet small">{l.restores_accepted()}</p> })
    };
    let next = move || {
        let is_worth = !is_running.get() && facts.with(|facts| facts.done > 0);
        is_worth.then(|| {
            let href = OrderSearch::waiting_for_mail().href();
            view! { <div class="actions"><a class="button primary" href=href>{l.restores_mails()}</a></div> }
        })
    };
    view! {
        {head_view(restoring, l.restores(), l.restores_purpose())}
        {bar(l, l.restores_progress(), move || facts.with(shares))}
        <dl class="tiles">
            {tile(l.restores_done(), "mark mark-good", figure(|facts| facts.done))}
            {tile(l.result_failed(), "mark mark-danger", figure(|facts| facts.failed))}
            {tile(l.row_skipped(), "mark mark-warning", figure(|facts| facts.skipped))}
            {tile(l.restores_left(), "mark mark-open", figure(|facts| facts.left))}
        </dl>
        {accepted}
        {move || (may && is_running.get()).then(|| cancel_view(restoring))}
        {next}
    }
    .into_any()
}

fn shares(facts: &Facts) -> Shares {
    Shares {
        total: facts.total,
        settled: facts.total.saturating_sub(facts.left),
        done: facts.done,
        failed: facts.failed,
        skipped: facts.skipped,
    }
}

/// A yes or no, on the page itself; Escape is no.
fn cancel_view(restoring: Restoring) -> AnyView {
    let Restoring { app, l, id, query, facts, .. } = restoring;
    let is_asking = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let ask = move |_| {
        is_asking.set(true);
        browser::focus_when_drawn(QUESTION);
    };
    let close = move || {
        is_asking.set(false);
        browser::focus(BUTTON);
    };
    let cancel = move |_| {
        spawn_local(async move {
            let variables = cancel_restore_batch::Variables { id: id.get_value() };
            let refusal = match api::run::<CancelRestoreBatch>(app, variables).await {
                Ok(answer) => {
                    answer.cancel_restore_batch.user_errors.into_iter().next().map(|fault| fault.message)
                }
                Err(error) => Some(error.text(l)),
            };
            if is_asking.try_set(false).is_none() {
                trouble.set(refusal);
            }
            query.refresh();
        });
    };
    let question = move || {
        let left = facts.with_untracked(|facts| format::count(facts.left, false));
        is_asking.get().then(|| {
            view! {
                <section class="warning-box" id=QUESTION tabindex="-1" aria-labelledby="cancel-heading"
                    on:keydown=move |event| if event.key() == "Escape" { close() }>
                    <h2 id="cancel-heading">{l.restores_cancel_heading()}</h2>
                    <p>{l.restores_cancel_question(&left)}</p>
                    <div class="actions">
                        <button type="button" class="button danger" on:click=cancel>{l.cancel_do()}</button>
                        <button type="button" class="button" on:click=move |_| close()>{l.cancel_not()}</button>
                    </div>
                </section>
            }
        })
    };
    view! {
        <div role="alert">{move || trouble.get().map(|why| view! { <p class="panel error-panel spaced">{why}</p> })}</div>
        <div class="actions">
            <button type="button" id=BUTTON class="button danger" on:click=ask aria-expanded=move || is_asking.get().to_string()>{l.cancel_batch()}</button>
        </div>
        {question}
    }
    .into_any()
}
