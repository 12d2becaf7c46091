//! 一括復旧: the plan before it is started, then how far it is and what became of each order, live and after a reload.
mod plan;
mod progress;
mod rows;

use crate::api;
use crate::api::decode::decode;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::restore_queries::restore_batch_detail::{
    RestoreBatchDetailCounted as Counted, RestoreFacts as Facts,
};
use crate::api::restore_queries::{
    RestoreBatchDetail, RestoreBatchProgress, restore_batch_detail, restore_batch_progress,
};
use crate::browser;
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_query};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::{Query, effect, refresh_with_reconnects};
use crate::model::enums::{Action, ResendBatchState};
use crate::model::restore_batch::RestoreAddress;
use crate::model::{batch, format};
use graphql_client::GraphQLQuery;
use leptos::prelude::*;

struct Detail {
    facts: Facts,
    counted: Counted,
}

/// What the pieces of the page share.
#[derive(Clone, Copy)]
struct Restoring {
    app: App,
    l: Lang,
    id: StoredValue<String>,
    query: Query<Detail>,
    facts: RwSignal<Facts>,
    address: Memo<RestoreAddress>,
    /// Whether the person may start it and stop it.
    may: bool,
}

#[component]
pub(crate) fn RestoreBatch(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let own = id.clone();
    let search = page_query(["/restores/", &id].concat());
    let address = Memo::new(move |_| search.with(|search| RestoreAddress::parse(&own, search)));
    let id = StoredValue::new(id);
    let query = Query::new(move || ask(app, id.get_value()));
    name_page(l, l.restores(), None);
    // What was told over the connection while it was away is asked for.
    refresh_with_reconnects(app, query);
    load_view(query, 10, move |detail| {
        let facts = RwSignal::new(detail.facts.clone());
        let may = may_steer(app, &detail.counted);
        batch_view(Restoring { app, l, id, query, facts, address, may }, detail)
    })
}

async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let found = api::run::<RestoreBatchDetail>(app, restore_batch_detail::Variables { id }).await?;
    let not_found = || ApiError::of(ErrorKind::NotFound);
    Ok(Detail { facts: found.facts.ok_or_else(not_found)?, counted: found.counted.ok_or_else(not_found)? })
}

/// Whether the person may restore in every IP code of the batch.
fn may_steer(app: App, counted: &Counted) -> bool {
    counted.counts.iter().all(|count| app.may(&count.ip_code, Action::Restore))
}

fn batch_view(restoring: Restoring, detail: &Detail) -> AnyView {
    let Restoring { l, id, facts, .. } = restoring;
    // Progress comes four times a second: it changes figures in place and draws nothing anew.
    let asked = RestoreBatchProgress::build_query(restore_batch_progress::Variables { id: id.get_value() });
    live::follow("restoreBatchProgress", asked, move |told| {
        if let Ok(now) = decode::<Facts>(told) {
            facts.set(now);
        }
    });
    let state = Memo::new(move |_| facts.with(|facts| facts.state));
    let is_planned = Memo::new(move |_| state.get() == ResendBatchState::Planned);
    effect(move || {
        let title = if is_planned.get() { l.restores_confirm() } else { l.restores() };
        let settled = facts.with(|facts| [facts.total.saturating_sub(facts.left), facts.total]);
        let count = if is_planned.get() {
            format::count(facts.with(|facts| facts.total), false)
        } else {
            settled.map(|count| format::count(count, false)).join("/")
        };
        name_page(l, title, Some(&count));
    });
    let counted = StoredValue::new(detail.counted.clone());
    let content = move || {
        if is_planned.get() {
            counted.with_value(|counted| plan::plan_view(restoring, counted))
        } else {
            progress::progress_view(restoring)
        }
    };
    view! { {content} {rows::rows_view(restoring, is_planned)} }.into_any()
}

/// The state in words, with who and when.
fn head_view(restoring: Restoring, title: &'static str, purpose: &'static str) -> AnyView {
    let Restoring { l, facts, .. } = restoring;
    let mark = move || {
        facts.with(|facts| {
            let expired = batch::is_expired(facts.state, &facts.planned_at, browser::now());
            mark_view(batch::state(l, facts.state, expired))
        })
    };
    let history = move || {
        facts.with(|facts| {
            let told =
                |label: &str, at: Option<&str>| at.map(|at| [label, " ", &format::instant(at)].concat());
            let parts = [
                Some(facts.started_by.clone().unwrap_or_else(|| facts.created_by.clone())),
                told(l.batch_planned_at(), Some(&facts.planned_at)),
                told(l.batch_started_at(), facts.started_at.as_deref()),
                told(l.batch_finished_at(), facts.finished_at.as_deref()),
            ];
            parts.into_iter().flatten().collect::<Vec<String>>().join(" · ")
        })
    };
    view! {
        <header class="page-head detail-head">
            <p class="crumb"><a href="/abnormal-orders?list=restorable">{l.abnormal_orders()}</a></p>
            <h1>{title}</h1>
            <p class="quiet">{purpose}</p>
            <p class="marks"><span role="status">{mark}</span> <span class="quiet">{history}</span></p>
        </header>
    }
    .into_any()
}
