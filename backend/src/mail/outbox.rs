//! The outbox's worker: closes windows into digests, and hands waiting mails over. A mail is claimed in one short
//! transaction, sent while none is open, and noted in another.

use std::{sync::Arc, time::Duration};

use lettre::message::Mailbox;
use todoke_domain::{ids::OrderId, time::Timestamp};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{templates, transport::Transport};
use crate::{
    auth::scope::Scope,
    clock::SharedClock,
    error::Error,
    live::{Change, Live},
    store::{
        self, Database,
        mails::{MailState, WaitingMail},
    },
    telemetry,
};

/// Longest time between two looks at the outbox.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Mails claimed at once. All of them must be handed over within their claim, each with its own time-out of 20 s.
const MAILS_MAX: u64 = 2;
/// Windows closed in one turn.
const WINDOWS_MAX: u64 = 50;
/// How long a claimed mail is left to its sender, in milliseconds: longer than the SMTP time-out.
const CLAIM_MS: i64 = 60_000;
/// Tries before a mail is given up.
const TRIES_MAX: u32 = 12;
/// First wait after a failed try, in milliseconds; it doubles up to an hour.
const FIRST_WAIT_MS: i64 = 5_000;
/// Longest wait between tries, in milliseconds.
const WAIT_MS_MAX: i64 = 3_600_000;

/// What the mails go out with.
pub(crate) struct Outbox {
    /// Where they wait.
    pub database: Database,
    /// The clock.
    pub clock: SharedClock,
    /// Who is told of an order's mail.
    pub live: Arc<Live>,
    /// The way out.
    pub transport: Transport,
    /// The sender.
    pub from: Mailbox,
    /// The address under which people reach this server, for links.
    pub public_url: Url,
    /// How long alerts to one address are gathered after the first, in milliseconds.
    pub alert_window_ms: i64,
}

/// Sends until told to stop.
pub(crate) async fn run(outbox: Outbox, stop: CancellationToken) {
    loop {
        if let Err(error) = send_once(&outbox).await {
            tracing::warn!(?error, "the outbox could not be read; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn send_once(outbox: &Outbox) -> Result<(), Error> {
    let system = Scope::system();
    let now = outbox.clock.now();
    if store::mails::is_any_window_over(&system, outbox.database.reader(), now).await? {
        close_windows(outbox, now).await?;
    }
    while store::mails::is_any_due(&system, outbox.database.reader(), outbox.clock.now()).await? {
        let tx = outbox.database.begin_write().await?;
        let now = outbox.clock.now();
        let claimed =
            store::mails::claim_due(&system, &tx, now, now.plus_millis(CLAIM_MS), MAILS_MAX).await?;
        tx.commit().await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for mail in claimed {
            hand_over(outbox, mail).await?;
        }
    }
    Ok(())
}

async fn hand_over(outbox: &Outbox, mail: WaitingMail) -> Result<(), Error> {
    let system = Scope::system();
    let result = outbox.transport.send(&outbox.from, &mail).await;
    let now = outbox.clock.now();
    let kind = if result.is_ok() { "sent" } else { "failed" };
    telemetry::count("todoke_mails_total", "result", kind, 1);
    let tx = outbox.database.begin_write().await?;
    match result {
        Ok(()) => store::mails::note_sent(&system, &tx, mail.id, now).await?,
        Err(error) => {
            tracing::warn!(mail = %mail.id, tries = mail.attempt_count + 1, "a mail could not be handed over");
            let tries = mail.attempt_count + 1;
            let told = format!("{error} ({tries}/{TRIES_MAX})");
            let due_at = next_try(tries, now);
            store::mails::note_failed(&system, &tx, mail.id, &told, due_at, now).await?;
            if let (Some((_, order)), None) = (&mail.order, due_at) {
                wait_for_mail_again(&tx, *order).await?;
            }
        }
    }
    tx.commit().await?;
    if let Some((ip_code, order)) = &mail.order {
        outbox.live.tell(Change::order(ip_code, *order));
    }
    Ok(())
}

/// A mail was given up: its order counts as mailed by the last one that was not, or waits for its mail again.
async fn wait_for_mail_again(tx: &sea_orm::DatabaseTransaction, order: OrderId) -> Result<(), Error> {
    let system = Scope::system();
    let mails = store::order_mails::list_of_orders(&system, tx, &[order]).await?;
    let kept = mails.iter().find(|(_, mail)| mail.state != MailState::Failed).map(|(_, mail)| mail.at);
    Ok(store::order_mails::set_confirmation(&system, tx, order, kept).await?)
}

fn next_try(tries: u32, now: Timestamp) -> Option<Timestamp> {
    let factor = 1_i64.checked_shl(tries.saturating_sub(1)).unwrap_or(i64::MAX);
    (tries < TRIES_MAX).then(|| now.plus_millis(FIRST_WAIT_MS.saturating_mul(factor).min(WAIT_MS_MAX)))
}

/// A window in which alerts gathered ends with a digest and runs on; one in which nothing came is closed.
async fn close_windows(outbox: &Outbox, now: Timestamp) -> Result<(), Error> {
    let system = Scope::system();
    let tx = outbox.database.begin_write().await?;
    for recipient in store::mails::lock_windows_over(&system, &tx, now, WINDOWS_MAX).await? {
        let waiting = store::mails::take_waiting(&system, &tx, &recipient).await?;
        if waiting.is_empty() {
            store::mails::close_window(&system, &tx, &recipient).await?;
            continue;
        }
        let mut rows = store::send_errors::find_many(&system, &tx, &waiting).await?;
        rows.sort_by_key(|row| (row.occurred_at, row.id));
        let mail = templates::send_error_digest(&recipient, &rows, waiting.len(), &outbox.public_url);
        store::mails::enqueue(&system, &tx, mail, &waiting, now).await?;
        let closes_at = now.plus_millis(outbox.alert_window_ms);
        store::mails::extend_window(&system, &tx, &recipient, closes_at).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_end() {
        let now = Timestamp::from_micros(0);
        let waits: Vec<Option<i64>> =
            (1..=12).map(|tries| next_try(tries, now).map(|at| at.as_micros() / 1_000)).collect();
        assert_eq!(waits.first(), Some(&Some(5_000)));
        assert_eq!(waits.get(10), Some(&Some(WAIT_MS_MAX)));
        assert_eq!(waits.last(), Some(&None));
    }
}
