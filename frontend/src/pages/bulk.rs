//! 一括処理の確認: what the frozen plan holds and what it leaves out, before anything is sent.
//! The plan is the server's; of the ticks it was made of only this tab knows, so only this tab can plan again.
mod left_out;
pub(crate) mod planning;

use crate::api::decode::decode;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{ResendBatchRows, StartResendBatch, resend_batch_rows, start_resend_batch};
use crate::api::{self};
use crate::browser;
use crate::components::facts::{facts, text};
use crate::components::load_view::load_view;
use crate::components::mark::mark_view;
use crate::components::page::{name_page, page_head};
use crate::components::rows::{cell, figure_cell, head};
use crate::context::{App, use_app};
use crate::i18n::{Lang, use_lang};
use crate::live;
use crate::load::Query;
use crate::model::enums::{Receipt, ResendBatchAction, ResendBatchState};
use crate::model::{batch, format, status};
use crate::pages::batch::facts::{self as batch_facts, Detail, Facts};
use crate::pages::confirm::DoubleIssueWarning;
use crate::router;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use resend_batch_rows::ResendBatchRowsResendBatchRowsNodes as Row;
use wasm_bindgen_futures::spawn_local;

/// Rows shown of a plan; the counts tell of the others.
const ROWS_SHOWN: i64 = 20;

/// What the page keeps while the plan is read anew.
#[derive(Clone, Copy)]
struct Form {
    id: StoredValue<String>,
    key: StoredValue<String>,
    is_checked: RwSignal<bool>,
    is_missing: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
}

#[component]
pub(crate) fn BulkConfirm(id: String) -> impl IntoView {
    let app = use_app();
    let l = use_lang();
    let key =
        app.ticks.with_untracked(|ticks| ticks.planned(&id).map(|planned| planned.idempotency_key.clone()));
    let form = Form {
        id: StoredValue::new(id.clone()),
        key: StoredValue::new(key.unwrap_or_else(browser::new_uuid)),
        is_checked: RwSignal::new(false),
        is_missing: RwSignal::new(false),
        is_busy: RwSignal::new(false),
        trouble: RwSignal::new(None),
    };
    let query = Query::new(move || look_up(app, form.id.get_value()));
    // Somebody else may start or cancel it while this page is read.
    live::follow_batch(id, move |told| {
        let state = decode::<Facts>(told).ok().map(|facts| facts.state);
        let before = untrack(|| query.with(|(detail, _)| Some(detail.facts.state)));
        if before.is_some() && state != before {
            query.refresh();
        }
    });
    name_page(l, l.bulk_confirm(), None);
    view! {
        {page_head(l.bulk_confirm(), l.confirm_purpose())}
        <div role="alert">
            {move || form.trouble.get().map(|message| view! { <p class="panel error-panel spaced">{message}</p> })}
        </div>
        {load_view(query, 10, move |(detail, rows)| plan_view(app, l, form, query, detail, rows))}
    }
}

type Found = (Detail, Vec<Row>);

async fn look_up(app: App, id: String) -> Result<Found, ApiError> {
    let detail = batch_facts::ask(app, id.clone()).await?;
    let variables = resend_batch_rows::Variables { id, state: None, first: ROWS_SHOWN, after: None };
    let found = api::run::<ResendBatchRows>(app, variables).await?.resend_batch;
    let found = found.ok_or_else(|| ApiError::of(ErrorKind::NotFound))?;
    Ok((detail, found.rows.nodes))
}

fn plan_view(app: App, l: Lang, form: Form, query: Query<Found>, detail: &Detail, rows: &[Row]) -> AnyView {
    let facts = &detail.facts;
    name_page(l, l.bulk_confirm(), Some(&format::count(facts.total, false)));
    let is_expired = batch::is_expired(facts.state, &facts.planned_at, browser::now());
    if facts.state != ResendBatchState::Planned {
        return started_view(l, detail);
    }
    if is_expired {
        return left_out::expired_view(app, l, detail);
    }
    refresh_when_expired(facts, query);
    let needs_check = facts.action == ResendBatchAction::Resend
        && detail.counts.iter().any(|count| count.receipt == Receipt::MaybeReceived && count.count > 0);
    let may = batch_facts::may_steer(app, detail);
    view! {
        {summary_view(l, facts)}
        {left_out::left_out_view(app, l, detail)}
        <div class="columns">
            <section aria-labelledby="counts-heading">
                <h2 id="counts-heading">{l.bulk_counts()}</h2>
                {counts_view(l, detail)}
            </section>
            <section aria-labelledby="rows-heading">
                <h2 id="rows-heading">{l.bulk_first_rows(&rows.len().to_string(), &format::count(facts.total, false))}</h2>
                {rows_view(l, rows)}
            </section>
        </div>
        {(may && needs_check).then(|| view! { <DoubleIssueWarning is_checked=form.is_checked is_missing=form.is_missing /> })}
        {foot_view(app, l, form, query, (may, needs_check))}
    }
    .into_any()
}

fn summary_view(l: Lang, found: &Facts) -> AnyView {
    let what = match found.action {
        ResendBatchAction::Resend => l.will_resend(),
        ResendBatchAction::MarkProcessed => l.will_close(),
    };
    let until = batch::expires_at(&found.planned_at).map(|end| l.bulk_until(&end.to_tokyo_text()));
    view! {
        <div class="panel spaced">
            {facts(vec![
                (l.what_happens(), view! { <strong>{what}</strong> }.into_any()),
                (l.batch_total(), view! { <strong class="figures">{l.rows_count(&format::count(found.total, false))}</strong> }.into_any()),
                (l.batch_by(), text(found.created_by.clone())),
                (l.bulk_expiry(), text(until.unwrap_or_default())),
            ])}
        </div>
    }
    .into_any()
}

fn counts_view(l: Lang, detail: &Detail) -> AnyView {
    let rows: Vec<AnyView> = detail
        .counts
        .iter()
        .map(|count| {
            view! {
                <tr>
                    {cell(l.ip_code(), count.ip_code.clone())}
                    {cell(l.receipt(), mark_view(status::receipt(l, count.receipt)))}
                    {figure_cell(l.batch_total(), format::count(count.count, false))}
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="plain-list" aria-labelledby="counts-heading">
            {head(&[l.ip_code(), l.receipt(), l.batch_total()], &[l.batch_total()])}
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn rows_view(l: Lang, rows: &[Row]) -> AnyView {
    let rows: Vec<AnyView> = rows
        .iter()
        .map(|row| {
            let href = ["/send-errors/", &row.send_error_id].concat();
            view! {
                <tr>
                    {cell(l.order_no_carrier(), view! { <a href=href>{row.order_no.clone()}</a> })}
                    {cell(l.ip_code(), row.ip_code.clone())}
                    {cell(l.receipt(), mark_view(status::receipt(l, row.receipt)))}
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="plain-list" aria-labelledby="rows-heading">
            {head(&[l.order_no_carrier(), l.ip_code(), l.receipt()], &[])}
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// 戻る keeps the choices; 送信 starts the plan.
fn foot_view(
    app: App,
    l: Lang,
    form: Form,
    query: Query<Found>,
    (may, needs_check): (bool, bool),
) -> AnyView {
    let back = form.id.with_value(|id| left_out::origin(app, id));
    let send = move |_| {
        if needs_check && !form.is_checked.get_untracked() {
            form.is_missing.set(true);
            browser::focus("checked");
        } else if !form.is_busy.get_untracked() {
            start(app, form, query, needs_check);
        }
    };
    let is_busy = move || form.is_busy.get().then_some("true");
    view! {
        {(!may).then(|| view! { <p class="notice">{l.batch_no_right()}</p> })}
        <div class="form-foot">
            <a class="button" href=back>{l.back()}</a>
            {may.then(|| view! {
                <button type="button" class="button primary" aria-disabled=is_busy on:click=send>{l.send()}</button>
            })}
        </div>
    }
    .into_any()
}

fn start(app: App, form: Form, query: Query<Found>, confirm_maybe_received: bool) {
    form.is_busy.set(true);
    form.trouble.set(None);
    let id = form.id.get_value();
    let variables = start_resend_batch::Variables {
        id: id.clone(),
        confirm_maybe_received,
        idempotency_key: form.key.get_value(),
    };
    spawn_local(async move {
        let refusal = match api::run::<StartResendBatch>(app, variables).await {
            Ok(answer) => answer.start_resend_batch.user_errors.into_iter().next().map(|fault| fault.message),
            Err(error) => Some(error.text(app.lang.get_untracked())),
        };
        let is_here = form.is_busy.try_set(false).is_none();
        match refusal {
            None => {
                app.change_ticks(|ticks| ticks.started(&id));
                if is_here {
                    router::replace(app, &["/batches/", &id].concat());
                }
            }
            Some(message) if is_here => {
                form.trouble.set(Some(message));
                query.refresh();
            }
            Some(_) => {}
        }
    });
}

/// Somebody started or cancelled it: there is nothing left to confirm.
fn started_view(l: Lang, detail: &Detail) -> AnyView {
    let href = ["/batches/", &detail.facts.id].concat();
    view! {
        <div class="panel empty">
            <p class="strong">{l.bulk_started()}</p>
            <p>{mark_view(batch::state(l, detail.facts.state, false))}</p>
            <a class="button primary" href=href>{l.batch_look()}</a>
        </div>
    }
    .into_any()
}

/// The plan becomes void while one reads it: then the page says so by itself.
fn refresh_when_expired(facts: &Facts, query: Query<Found>) {
    let Some(end) = batch::expires_at(&facts.planned_at) else { return };
    let left_ms = end.millis_since(browser::now()).saturating_add(1_000);
    let page = StoredValue::new(());
    spawn_local(async move {
        TimeoutFuture::new(u32::try_from(left_ms).unwrap_or(0)).await;
        if page.try_get_value().is_some() {
            query.refresh();
        }
    });
}
