//! Keeps the figures of the menu current: IP codes with what waits in them, counts of abnormal orders.
//! It asks at most once a second, however many rows change.
use crate::api;
use crate::api::order_queries::{
    AbnormalOrderCounts, OrdersWaitingForMail, abnormal_order_counts, orders_waiting_for_mail,
};
use crate::api::queries::{IpCodes, ip_codes};
use crate::context::{App, Session};
use crate::live;
use crate::load::on_change;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;

const GATHERING_MS: u32 = 1_000;

thread_local! {
    static IS_GATHERING: Cell<bool> = const { Cell::new(false) };
    static IS_LIST_STALE: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn follow(app: App) {
    live::on_change(move |change| {
        let is_order = matches!(change, live::Change::Order);
        refresh_soon(app, is_order);
    });
    on_change(move || app.selection.get(), move || refresh_soon(app, false));
    // What happened while the connection was away is asked for as a whole.
    on_change(move || app.reconnects.get(), move || refresh_soon(app, true));
}

/// Gathers what changes within a moment; the pages of abnormal orders and orders ask again with the figures, if it touched them.
fn refresh_soon(app: App, is_order: bool) {
    if is_order {
        IS_LIST_STALE.set(true);
    }
    if !IS_GATHERING.replace(true) {
        spawn_local(async move {
            TimeoutFuture::new(GATHERING_MS).await;
            IS_GATHERING.set(false);
            if IS_LIST_STALE.replace(false) {
                app.abnormal_changes.update(|count| *count = count.wrapping_add(1));
            }
            refresh(app).await;
        });
    }
}

pub(crate) async fn refresh(app: App) {
    if !app.session.with_untracked(|session| matches!(session, Session::SignedIn(_))) {
        return;
    }
    match api::run::<IpCodes>(app, ip_codes::Variables).await {
        Ok(answer) => {
            app.ip_codes_error.set(None);
            app.ip_codes.set(Some(answer.ip_codes));
        }
        Err(error) => app.ip_codes_error.set(Some(error)),
    }
    let codes = untrack(|| app.gateway_codes());
    if codes.is_empty() {
        app.counts.set(None);
        app.waiting_mails.set(None);
        return;
    }
    let variables = abnormal_order_counts::Variables { ip_codes: codes.clone() };
    if let Ok(answer) = api::run::<AbnormalOrderCounts>(app, variables).await {
        app.counts.set(Some(answer.abnormal_order_counts));
    }
    let variables = orders_waiting_for_mail::Variables { ip_codes: codes };
    if let Ok(answer) = api::run::<OrdersWaitingForMail>(app, variables).await {
        app.waiting_mails.set(Some(answer.orders.total_count));
    }
}
