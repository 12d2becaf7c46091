//! The plan: what will be restored, what was left out and why, and the start. Nothing is restored before.
use super::{Counted, Restoring, head_view};
use crate::api;
use crate::api::restore_queries::{StartRestoreBatch, start_restore_batch};
use crate::browser;
use crate::components::facts::{facts, text};
use crate::components::rows::{cell, figure_cell, head};
use crate::i18n::Lang;
use crate::model::restore_batch::{LeftOut, left_out};
use crate::model::{batch, format};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

pub(super) fn plan_view(restoring: Restoring, counted: &Counted) -> AnyView {
    let Restoring { l, facts: told, address, .. } = restoring;
    let is_expired =
        told.with_untracked(|facts| batch::is_expired(facts.state, &facts.planned_at, browser::now()));
    let head = head_view(restoring, l.restores_confirm(), l.restores_confirm_purpose());
    if is_expired {
        return view! {
            {head}
            <p class="panel warning-panel" role="status">{l.restores_expired()}</p>
        }
        .into_any();
    }
    let left = address.with_untracked(|address| left_out_view(l, &address.left_out));
    view! {
        {head}
        <div class="panel spaced">{summary_view(restoring)} <p class="quiet small">{l.restores_mail_hint()}</p></div>
        {left}
        <section class="panel spaced" aria-labelledby="counts-heading">
            <h2 id="counts-heading">{l.bulk_counts()}</h2>
            {counts_view(l, counted)}
        </section>
        {start_view(restoring, counted.gateway_check_configured)}
    }
    .into_any()
}

fn summary_view(restoring: Restoring) -> AnyView {
    let Restoring { l, facts: told, .. } = restoring;
    let rows = told.with_untracked(|told| {
        let total = l.rows_count(&format::count(told.total, false));
        vec![
            (l.restores_total(), view! { <strong class="figures">{total}</strong> }.into_any()),
            (
                l.restores_amount(),
                view! { <strong class="figures">{format::yen(told.amount)}</strong> }.into_any(),
            ),
            (l.batch_by(), text(told.created_by.clone())),
            (l.bulk_expiry(), text(l.bulk_until(&format::instant(&told.expires_at)))),
        ]
    });
    facts(rows)
}

fn left_out_view(l: Lang, left: &[LeftOut]) -> Option<AnyView> {
    if left.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = left
        .iter()
        .map(|one| {
            let words = l.restores_left_out_count(&format::count(one.count, false), left_out(l, one.reason));
            view! { <li>{words}</li> }.into_any()
        })
        .collect();
    Some(
        view! {
            <section class="panel warning-panel spaced" aria-labelledby="left-out-heading">
                <h2 id="left-out-heading">{l.restores_left_out()}</h2>
                <ul class="left-out-list">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn counts_view(l: Lang, counted: &Counted) -> AnyView {
    let rows: Vec<AnyView> = counted
        .counts
        .iter()
        .map(|count| {
            view! {
                <tr>
                    {cell(l.ip_code(), count.ip_code.clone())}
                    {figure_cell(l.batch_total(), format::count(count.count, false))}
                    {figure_cell(l.restores_amount(), format::yen(count.amount))}
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="plain-list" aria-labelledby="counts-heading">
            {head(&[l.ip_code(), l.batch_total(), l.restores_amount()], &[l.batch_total(), l.restores_amount()])}
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// What the gateway is asked, whether its silence stops a restore, and the button.
fn start_view(restoring: Restoring, asks_gateway: bool) -> AnyView {
    let Restoring { l, may, .. } = restoring;
    let accepts = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    // Made once, with the page: however often the button is pressed, it is one decision.
    let key = StoredValue::new(browser::new_uuid());
    let gateway = if asks_gateway {
        view! {
            <section class="panel spaced" aria-labelledby="gateway-heading">
                <h2 id="gateway-heading">{l.gateway_now()}</h2>
                <p>{l.restores_gateway()}</p>
                <label class="choice">
                    <input type="checkbox" id="f-accept" aria-describedby="f-accept-hint" prop:checked=move || accepts.get()
                        on:change=move |event| accepts.set(event_target_checked(&event)) />
                    <span>{l.restores_accept()}</span>
                </label>
                <p class="quiet small" id="f-accept-hint">{l.restores_accept_hint()}</p>
            </section>
        }
        .into_any()
    } else {
        view! { <p class="notice">{l.restores_gateway_off()}</p> }.into_any()
    };
    let start = move || {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        trouble.set(None);
        let id = restoring.id.get_value();
        let variables =
            start_restore_batch::Variables { id, key: key.get_value(), accept: accepts.get_untracked() };
        spawn_local(async move {
            let refusal = match api::run::<StartRestoreBatch>(restoring.app, variables).await {
                Ok(answer) => {
                    answer.start_restore_batch.user_errors.into_iter().next().map(|fault| fault.message)
                }
                Err(error) => Some(error.text(l)),
            };
            if is_busy.try_set(false).is_some() {
                return;
            }
            trouble.set(refusal);
            restoring.query.refresh();
        });
    };
    let button = may.then(|| {
        view! {
            <button type="button" class="button primary" aria-disabled=move || is_busy.get().then_some("true")
                on:click=move |_| start()>{l.restores_start()}</button>
        }
    });
    view! {
        {gateway}
        <div role="alert">{move || trouble.get().map(|why| view! { <p class="panel error-panel spaced">{why}</p> })}</div>
        {(!may).then(|| view! { <p class="notice">{l.batch_no_right()}</p> })}
        <div class="form-foot">
            <a class="button" href="/abnormal-orders?list=restorable">{l.back()}</a>
            {button}
        </div>
    }
    .into_any()
}
