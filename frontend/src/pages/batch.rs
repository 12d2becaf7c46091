//! 一括処理の進行状況: one batch, live and after a reload, what became of its rows, and the ways to steer it.
//! The filter and the page of the rows stand in the address.
mod commands;
pub(crate) mod facts;
mod progress;
mod rows;

use crate::api::decode::decode;
use crate::browser;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::name_page;
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::{Query, effect, refresh_with_reconnects};
use crate::model::enums::{ResendBatchAction, ResendBatchState};
use crate::model::{batch, format};
use facts::{Detail, Facts};
use leptos::prelude::*;
use todoke_domain::resend_batch::FAILURES_IN_A_ROW_MAX;

/// Why a batch paused by itself, as the server says it.
const FAILURES_IN_A_ROW: &str = "FAILURES_IN_A_ROW";

#[component]
pub(crate) fn Batch(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let id = StoredValue::new(id);
    let query = Query::new(move || facts::ask(app, id.get_value()));
    name_page(l, l.batches(), None);
    // What was told over the connection while it was away is asked for.
    refresh_with_reconnects(app, query);
    load_view(query, 10, move |detail| batch_view(app, l, detail))
}

fn batch_view(app: App, l: Lang, detail: &Detail) -> AnyView {
    let id = detail.facts.id.clone();
    // Progress comes four times a second: it changes figures in place and draws nothing anew.
    let facts = RwSignal::new(detail.facts.clone());
    live::follow_batch(id.clone(), move |told| {
        if let Ok(now) = decode::<Facts>(told) {
            facts.set(now);
        }
    });
    effect(move || {
        let text = facts
            .with(|facts| [settled(facts), facts.total].map(|count| format::count(count, false)).join("/"));
        name_page(l, l.batches(), Some(&text));
    });
    let state = Memo::new(move |_| facts.with(|facts| facts.state));
    let planned_at = detail.facts.planned_at.clone();
    let mark = move || {
        mark_view(batch::state(l, state.get(), batch::is_expired(state.get(), &planned_at, browser::now())))
    };
    let what = match detail.facts.action {
        ResendBatchAction::Resend => l.batch_resend(),
        ResendBatchAction::MarkProcessed => l.batch_close(),
    };
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/batches">{l.batches()}</a></p>
            <h1>{what} " " <span class="figures">{l.rows_count(&format::count(detail.facts.total, false))}</span></h1>
            <p class="marks">
                <span role="status">{mark}</span>
                <span class="quiet">{move || facts.with(|facts| history(l, facts))}</span>
            </p>
        </header>
        {move || standstill(l, state.get(), &facts.get_untracked())}
        {progress::progress_view(l, facts)}
        {commands::commands_view(app, l, detail, facts)}
        {rows::rows_view(app, l, id.clone(), facts)}
        <div class="form-foot"><a class="button primary" href=back(app, &id)>{l.back_to_list()}</a></div>
    }
    .into_any()
}

/// Who planned it and when it went on: `operator · 開始 15:00:01 · 終了 15:02:10`.
fn history(l: Lang, facts: &Facts) -> String {
    let told = |label: &str, at: &Option<String>| {
        at.as_deref().map(|at| [label, " ", &format::instant(at)].concat())
    };
    let parts = [
        Some(facts.created_by.clone()),
        told(l.batch_planned_at(), &Some(facts.planned_at.clone())),
        told(l.batch_started_at(), &facts.started_at),
        told(l.batch_finished_at(), &facts.finished_at),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Why nothing goes on, and what to do next.
fn standstill(l: Lang, state: ResendBatchState, facts: &Facts) -> AnyView {
    let sentence = match state {
        ResendBatchState::Paused if facts.pause_reason.as_deref() == Some(FAILURES_IN_A_ROW) => {
            l.pause_failures(&FAILURES_IN_A_ROW_MAX.to_string())
        }
        ResendBatchState::Paused => l.pause_by_person().to_owned(),
        ResendBatchState::Planned => {
            let href = ["/send-errors/bulk/", &facts.id].concat();
            return view! {
                <p class="notice"><span>{l.batch_not_started()}</span> <a class="button" href=href>{l.batch_to_confirm()}</a></p>
            }
            .into_any();
        }
        ResendBatchState::Running | ResendBatchState::Cancelled | ResendBatchState::Completed => {
            return ().into_any();
        }
    };
    view! { <p class="panel warning-panel" role="status">{sentence}</p> }.into_any()
}

/// Back to the search and page where the plan was made, or to the batches where another tab made it.
fn back(app: App, id: &str) -> String {
    let origin = app.ticks.with_untracked(|ticks| ticks.planned(id).map(|planned| planned.origin.clone()));
    origin.unwrap_or_else(|| "/batches".to_owned())
}

/// Rows that have their outcome.
fn settled(facts: &Facts) -> i64 {
    facts.done.saturating_add(facts.failed).saturating_add(facts.skipped)
}
