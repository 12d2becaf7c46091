//! Use cases: one function each, read top to bottom in the order things happen. Here rules of the domain meet
//! queries of the store; no HTTP and no GraphQL type comes in.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;

use crate::{
    auth::{sealed::Sealer, secrets::Secrets},
    clock::SharedClock,
    config::{Config, Role},
    delivery::{endpoints::Endpoints, gateway::Gateway, inbox::Inbox, machinery::Machinery},
    live::Live,
    store::Database,
};

mod abnormal_order_actions;
pub(crate) mod abnormal_orders;
pub(crate) mod accounts;
pub mod admin;
pub(crate) mod authorization;
pub(crate) mod checkouts;
mod closings;
pub(crate) mod downloads;
pub(crate) mod endpoint_health;
pub(crate) mod endpoint_settings;
pub(crate) mod endpoint_tests;
pub(crate) mod evaluations;
pub(crate) mod exports;
pub(crate) mod gateway_checks;
pub(crate) mod gateway_settings;
pub(crate) mod ip_codes;
pub(crate) mod keys;
pub(crate) mod notifications;
pub(crate) mod order_events;
pub(crate) mod order_mails;
pub(crate) mod order_statuses;
pub(crate) mod order_timelines;
pub(crate) mod orders;
pub(crate) mod payments;
mod refusals;
mod registrations;
pub(crate) mod resend_batches;
pub(crate) mod restore_batches;
pub(crate) mod restore_runs;
mod restores;
pub(crate) mod retention;
pub(crate) mod saved_searches;
pub(crate) mod send_errors;
pub(crate) mod signing_secrets;
pub(crate) mod timelines;
pub(crate) mod tokens;

pub(crate) use crate::{
    error::{Error, FieldError},
    messages::ConflictReason,
};

/// What every use case has at hand.
pub struct App {
    /// Settings of the process.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: SharedClock,
    /// Change events.
    pub live: Arc<Live>,
    pub(crate) secrets: Secrets,
    /// Seals the secrets that the database keeps.
    pub(crate) sealer: Sealer,
    pub(crate) gateway: Gateway,
    pub(crate) inbox: Inbox,
    pub(crate) token_uses: tokens::TokenUses,
    pub(crate) machinery: Arc<Machinery>,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) role: Role,
}

impl App {
    /// Settings of endpoints, as the inbox and the sender use them.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.machinery.endpoints
    }

    /// Whether the worker of this process (if it has one) still takes its turns.
    pub(crate) fn worker_is_fit(&self) -> bool {
        self.role == Role::Web || self.machinery.pulse.is_beating()
    }
}
