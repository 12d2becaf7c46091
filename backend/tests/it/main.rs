//! The boundary suite: everything goes through HTTP, GraphQL, WebSocket, SMTP or the command line of a real server.
//!
//! The whole suite runs on the engine that `TODOKE_TEST_DATABASE` names (`sqlite`, the default, or `postgres`). No
//! test sleeps or retries; all wait on a state, with the clock injected.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, and so do the helpers of tests"
)]

mod harness;

mod abnormal_order_actions;
mod abnormal_order_exports;
mod abnormal_orders;
mod abnormal_orders_live;
mod accounts;
mod attempts;
mod authorization;
mod checkout_retention;
mod crash;
mod deliveries;
mod downloads;
mod endpoint_health;
mod endpoint_settings;
mod exports;
mod gateway_checks;
mod ingest;
mod live;
mod mails;
mod migrations;
mod notifications;
mod order_events;
mod order_mails;
mod order_races;
mod order_statuses;
mod orders;
mod reopening;
mod resend_batches;
mod resends;
mod restore_batches;
mod saved_searches;
mod schema;
mod send_error_sorts;
mod send_errors;
mod signatures;
mod tidy;
mod timelines;
