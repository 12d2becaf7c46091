//! What the cart is told of a restored order, and where.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use todoke_domain::{
    delivery::DeliveryState,
    order_event::{self, RETRY_DELAYS_S, TIMEOUT_MS},
};

use super::{attempts::Attempt, ip_codes::SigningSecret};
use crate::{
    app::{self, order_events::ToldEvent},
    auth::signing,
    graphql::{context::Asked, scalars::DateTime},
    store::{ip_codes::IpCodeSettings, order_events::OrderEvent},
};

/// What the attempts of an event cost beside their fields: a query of its own with bodies, meant for one order and not
/// for every row of a page.
const ATTEMPTS_COST: usize = 300;

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum OrderEventState {
    /// Waits for its next attempt, or is on its way.
    Waiting,
    /// The cart answered 2xx.
    Delivered,
    /// The schedule is spent; somebody may send it again.
    Failed,
}

/// The event `order.restored` of an order. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct OrderRestoredEvent {
    /// The header `webhook-id` and the body's `id`: the same in every attempt.
    pub event_id: String,
    /// Where it stands.
    pub state: OrderEventState,
    /// A request is on its way, or was just decided.
    pub sending: bool,
    /// When it was made.
    pub created_at: DateTime,
    /// Attempts so far.
    pub attempt_count: u32,
    /// When the next attempt is due; null unless it waits.
    pub next_attempt_at: Option<DateTime>,
    /// When it was delivered or given up.
    pub finished_at: Option<DateTime>,
    #[graphql(skip)]
    event: OrderEvent,
}

impl From<ToldEvent> for OrderRestoredEvent {
    fn from(told: ToldEvent) -> Self {
        let event = told.event;
        let state = match event.state {
            DeliveryState::Pending | DeliveryState::Leased => OrderEventState::Waiting,
            DeliveryState::Delivered => OrderEventState::Delivered,
            DeliveryState::Failed => OrderEventState::Failed,
        };
        let is_waiting = event.state == DeliveryState::Pending;
        Self {
            event_id: event.id.to_string(),
            state,
            sending: order_event::is_sending(event.state, event.trigger),
            created_at: DateTime(event.created_at),
            attempt_count: event.attempt_count,
            next_attempt_at: is_waiting.then_some(DateTime(event.due_at)),
            finished_at: event.finished_at.map(DateTime),
            event,
        }
    }
}

#[ComplexObject]
impl OrderRestoredEvent {
    /// Its attempts, newest first, at most 20. What they sent and got back is kept for the days that checkouts are kept.
    #[graphql(complexity = "ATTEMPTS_COST + child_complexity")]
    async fn attempts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Attempt>> {
        let found = app::order_events::list_attempts(ctx.app()?, ctx.scope()?, &self.event).await;
        Ok(found.map_err(|error| ctx.error(error))?.into_iter().map(Attempt).collect())
    }
}

/// What a secret signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "signing::SecretPurpose")]
pub(crate) enum SigningSecretPurpose {
    /// Payment results to the merchant's endpoint.
    Results,
    /// `order.restored` to the cart.
    OrderRestored,
}

/// Where the cart is told of restored orders. Needs VIEW.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RestoredEndpoint {
    /// The address; null while that is switched off.
    pub url: Option<String>,
    /// The secrets with which these events are signed, newest first: none, one, or two during a rotation.
    pub signing_secrets: Vec<SigningSecret>,
    /// Waits before each retry, in seconds; the same for every IP code.
    pub retry_delays_s: Vec<u32>,
    /// From the start of the connection to the end of the answer, in milliseconds.
    pub timeout_ms: u32,
}

impl RestoredEndpoint {
    /// Of stored settings; of the secrets those that sign at this time.
    pub(crate) fn of(settings: &IpCodeSettings, now: todoke_domain::time::Timestamp) -> Self {
        Self {
            url: settings.restored_url.clone(),
            signing_secrets: SigningSecret::good(&settings.restored_secrets, now),
            retry_delays_s: RETRY_DELAYS_S.to_vec(),
            timeout_ms: TIMEOUT_MS,
        }
    }
}
