//! What is kept no longer: checkouts whose days are over, and what carts were told so long ago (docs/OPERATIONS.md,
//! `TODOKE_CHECKOUT_RETENTION_DAYS`).
//!
//! Small steps, each a transaction of its own, so that nobody waits for the clearing up. What an open abnormal order
//! shows, and may be restored from, stays until somebody has dealt with it.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, Error},
    auth::scope::Scope,
    store::{self, checkouts::Expired},
};

/// How often the clock is looked at.
const TURN_EVERY: Duration = Duration::from_millis(500);
/// Between two clearings, in milliseconds. Nobody counts a checkout's days by the hour.
const CLEARING_EVERY_MS: i64 = 3_600_000;
/// A notification that came on a checkout's last day is evaluated after its grace: the checkout waits a day longer.
const LAST_EVALUATION_MS: i64 = 86_400_000;
/// Checkouts of one step. Each locks its number, and PostgreSQL has room for some thousands of locks.
const CHECKOUTS_AT_ONCE: u64 = 100;

/// Events of one step: each has few attempts.
const EVENTS_AT_ONCE: u64 = 100;

/// Removes what is kept no longer, at the start and then every hour, until the process stops.
pub(crate) async fn keep_removing(app: Arc<App>, stop: CancellationToken) {
    let mut is_due_at = app.clock.now();
    loop {
        let now = app.clock.now();
        if now >= is_due_at {
            match remove_some(&app).await {
                Ok((0, 0)) => is_due_at = now.plus_millis(CLEARING_EVERY_MS),
                Ok((removed, cleared)) => {
                    tracing::info!(removed, cleared, "what is kept no longer was removed");
                }
                Err(error) => {
                    tracing::warn!(
                        ?error,
                        "what is kept no longer could not be removed; trying again in an hour"
                    );
                    is_due_at = now.plus_millis(CLEARING_EVERY_MS);
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TURN_EVERY) => {}
        }
    }
}

/// One step. How many checkouts it removed and how many events it cleared; none of both means that nothing is left.
async fn remove_some(app: &App) -> Result<(u64, u64), Error> {
    Ok((remove_some_checkouts(app).await?, clear_some_events(app).await?))
}

/// Forgets what carts were told and answered long ago: the order itself has it. How each attempt ended stays.
async fn clear_some_events(app: &App) -> Result<u64, Error> {
    let (scope, now) = (Scope::system(), app.clock.now());
    let ended_before = now.plus_millis(-app.config.checkout_retention_days.saturating_mul(86_400_000));
    let tx = app.database.begin_write().await?;
    let cleared =
        store::order_event_attempts::clear_contents(&scope, &tx, ended_before, now, EVENTS_AT_ONCE).await?;
    tx.commit().await?;
    Ok(cleared)
}

/// How many checkouts one step removed.
async fn remove_some_checkouts(app: &App) -> Result<u64, Error> {
    let scope = Scope::system();
    let kept_ms = app.config.checkout_retention_days.saturating_mul(86_400_000);
    let registered_before = app.clock.now().plus_millis(-kept_ms - LAST_EVALUATION_MS);
    let reader = app.database.reader();
    let expired =
        store::checkouts::list_expired(&scope, reader, registered_before, CHECKOUTS_AT_ONCE).await?;
    if expired.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = expired.iter().map(|checkout| checkout.id).collect();
    let numbers = expired.iter().map(|Expired { ip_code, order_no, .. }| (ip_code, order_no.as_str()));
    let tx = app.database.begin_write().await?;
    store::locks::lock_order_numbers(&scope, &tx, numbers).await?;
    let removed = store::checkouts::remove_expired(&scope, &tx, registered_before, &ids).await?;
    tx.commit().await?;
    Ok(removed)
}
