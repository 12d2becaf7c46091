//! The way of a result from the inbox to the merchant's endpoint and back into the records.
//!
//! `inbox` stores and leases, `claim` finds what is due or orphaned, `sender` makes the one request, `recorder`
//! writes the outcome under the lease. `health` notes what outcomes say of endpoints, `probes` serves the paused ones.
//! `order_events` brings carts the news of restored orders, through the same sender and out of an outbox of its own.
//! No request is made while a transaction is open.

pub(crate) mod alerts;
pub(crate) mod batches;
pub(crate) mod claim;
pub(crate) mod endpoints;
pub(crate) mod gateway;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod machinery;
pub(crate) mod message;
pub(crate) mod order_events;
pub(crate) mod probes;
pub(crate) mod recorder;
pub(crate) mod sender;
pub(crate) mod slots;
pub(crate) mod steps;
pub(crate) mod stream;
pub(crate) mod target;
