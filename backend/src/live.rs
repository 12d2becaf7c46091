//! Change events: who watches a list hears that a row changed, and reads it again through the own scope.
//!
//! In process through a broadcast; between machines through PostgreSQL's LISTEN/NOTIFY. An event carries ids only.

use std::{collections::HashSet, time::Duration};

use sea_orm::sqlx::postgres::PgListener;
use serde::{Deserialize, Serialize};
use todoke_domain::ids::{AbnormalOrderId, IpCode, OrderId, PaymentId};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::store::{Database, Engine};

/// Events a slow watcher may lag behind before it is told to read afresh.
const EVENTS_BUFFERED_MAX: usize = 4_096;
/// The channel between machines.
const CHANNEL: &str = "todoke_changes";
/// Changes told to the other machines together; so many fit into one notification (PostgreSQL's limit is 8,000 bytes).
const TOLD_TOGETHER_MAX: usize = 64;
/// How long the first of them waits for others: a batch changes many rows at once.
const GATHER_TIME: Duration = Duration::from_millis(5);
/// Wait before listening again after the database was away.
const LISTEN_RETRY_MS: u64 = 1_000;

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A send error appeared or changed.
    SendError {
        /// Its IP code.
        ip_code: IpCode,
        /// The payment's id, which is the row's.
        id: Uuid,
    },
    /// An abnormal order appeared or changed.
    AbnormalOrder {
        /// Its IP code.
        ip_code: IpCode,
        /// Its id.
        id: Uuid,
    },
    /// An order appeared or changed.
    Order {
        /// Its IP code.
        ip_code: IpCode,
        /// Its id.
        id: Uuid,
    },
    /// A resend batch went on.
    ResendBatch {
        /// Its id.
        id: Uuid,
    },
    /// A restore batch went on.
    RestoreBatch {
        /// Its id.
        id: Uuid,
    },
    /// Deliveries became due; workers look at once instead of at their next turn.
    DeliveriesDue,
}

impl Change {
    /// A send error changed.
    pub fn send_error(ip_code: &IpCode, id: PaymentId) -> Self {
        Self::SendError { ip_code: ip_code.clone(), id: id.value() }
    }

    /// An abnormal order changed.
    pub fn abnormal_order(ip_code: &IpCode, id: AbnormalOrderId) -> Self {
        Self::AbnormalOrder { ip_code: ip_code.clone(), id: id.value() }
    }

    /// An order changed.
    pub fn order(ip_code: &IpCode, id: OrderId) -> Self {
        Self::Order { ip_code: ip_code.clone(), id: id.value() }
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    origin: Uuid,
    changes: Vec<Change>,
}

/// Where changes are told and heard.
#[derive(Debug)]
pub struct Live {
    origin: Uuid,
    events: broadcast::Sender<Change>,
    outgoing: Option<tokio::sync::mpsc::Sender<Change>>,
    deliveries_due: Notify,
}

impl Live {
    /// Starts telling; on PostgreSQL also to and from the other machines, until `stop`.
    pub fn start(database: &Database, database_url: &str, stop: &CancellationToken) -> std::sync::Arc<Self> {
        let (events, _) = broadcast::channel(EVENTS_BUFFERED_MAX);
        let (outgoing, inbox) = tokio::sync::mpsc::channel(EVENTS_BUFFERED_MAX);
        let between_machines = database.engine() == Engine::Postgres;
        let live = std::sync::Arc::new(Self {
            origin: Uuid::new_v4(),
            events,
            outgoing: between_machines.then_some(outgoing),
            deliveries_due: Notify::new(),
        });
        if between_machines {
            tokio::spawn(tell_others(database.clone(), live.origin, inbox, stop.clone()));
            tokio::spawn(hear_others(live.clone(), database_url.to_owned(), stop.clone()));
        }
        live
    }

    /// Tells everybody. Called after the change is committed. Losing an event loses no data: watchers read again
    /// when they reconnect, workers look at intervals.
    pub fn tell(&self, change: Change) {
        if let Some(outgoing) = &self.outgoing {
            let _ = outgoing.try_send(change.clone());
        }
        self.tell_here(change);
    }

    /// Hears every change from now on.
    pub fn hear(&self) -> broadcast::Receiver<Change> {
        self.events.subscribe()
    }

    /// Returns when deliveries may have become due.
    pub async fn deliveries_due(&self) {
        self.deliveries_due.notified().await;
    }

    fn tell_here(&self, change: Change) {
        if change == Change::DeliveriesDue {
            self.deliveries_due.notify_one();
        } else {
            let _ = self.events.send(change);
        }
    }
}

async fn tell_others(
    database: Database,
    origin: Uuid,
    mut inbox: tokio::sync::mpsc::Receiver<Change>,
    stop: CancellationToken,
) {
    loop {
        let mut changes = Vec::new();
        tokio::select! {
            () = stop.cancelled() => return,
            received = inbox.recv_many(&mut changes, TOLD_TOGETHER_MAX) => {
                if received == 0 {
                    return;
                }
            }
        }
        tokio::time::sleep(GATHER_TIME).await;
        while changes.len() < TOLD_TOGETHER_MAX
            && let Ok(change) = inbox.try_recv()
        {
            changes.push(change);
        }
        let mut told = HashSet::new();
        changes.retain(|change| told.insert(change.clone()));
        let Ok(payload) = serde_json::to_string(&Envelope { origin, changes }) else {
            continue;
        };
        if let Err(error) = database.notify(CHANNEL, &payload).await {
            tracing::warn!(%error, "changes could not be told to the other machines");
        }
    }
}

async fn hear_others(live: std::sync::Arc<Live>, database_url: String, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            result = listen(&live, &database_url) => {
                if let Err(error) = result {
                    tracing::warn!(%error, "changes of the other machines cannot be heard; trying again");
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(LISTEN_RETRY_MS)).await;
    }
}

async fn listen(live: &Live, database_url: &str) -> Result<(), sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect(database_url).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let notification = listener.recv().await?;
        match serde_json::from_str::<Envelope>(notification.payload()) {
            Ok(envelope) if envelope.origin != live.origin => {
                envelope.changes.into_iter().for_each(|change| live.tell_here(change));
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "unreadable changes came from another machine"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_together_fits_into_one_notification() {
        let ip_code = IpCode::parse(&"9".repeat(IpCode::DIGITS_MAX)).unwrap();
        let changes = (0..TOLD_TOGETHER_MAX).map(|_| {
            let id = AbnormalOrderId::new(Uuid::new_v4());
            Change::abnormal_order(&ip_code, id)
        });
        let envelope = Envelope { origin: Uuid::new_v4(), changes: changes.collect() };
        assert!(serde_json::to_string(&envelope).unwrap().len() < 8_000);
    }
}
