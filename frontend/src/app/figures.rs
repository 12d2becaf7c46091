//! Keeps the figures of the menu current: IP codes with what waits in them, counts of abnormal orders.
//! It asks at most once a second, however many rows change.
use crate::api;
use crate::api::queries::{AbnormalOrderCounts, IpCodes, abnormal_order_counts, ip_codes};
use crate::context::{App, Session};
use crate::load::on_change;
use crate::{browser, live};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;

/// Abnormal orders have no subscription yet; their counts are asked for at this pace while the page is seen.
const PACE_MS: u32 = 30_000;
const GATHERING_MS: u32 = 1_000;

thread_local! {
    static IS_GATHERING: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn follow(app: App) {
    live::on_send_error_changed(move |_| refresh_soon(app));
    on_change(
        move || {
            app.selection.track();
            app.reconnects.track();
        },
        move || {
            refresh_soon(app);
        },
    );
    spawn_local(async move {
        loop {
            TimeoutFuture::new(PACE_MS).await;
            if !browser::is_hidden() {
                refresh(app).await;
            }
        }
    });
}

fn refresh_soon(app: App) {
    if !IS_GATHERING.replace(true) {
        spawn_local(async move {
            TimeoutFuture::new(GATHERING_MS).await;
            IS_GATHERING.set(false);
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
    } else if let Ok(answer) =
        api::run::<AbnormalOrderCounts>(app, abnormal_order_counts::Variables { ip_codes: codes }).await
    {
        app.counts.set(Some(answer.abnormal_order_counts));
    }
}
