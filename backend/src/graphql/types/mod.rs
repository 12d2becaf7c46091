//! Types of the contract, written by hand, one file a noun.

pub(crate) mod abnormal_order_lists;
pub(crate) mod abnormal_orders;
pub(crate) mod accounts;
pub(crate) mod attempts;
pub(crate) mod carts;
pub(crate) mod checkouts;
pub(crate) mod connection;
pub(crate) mod endpoint_health;
pub(crate) mod gateway;
pub(crate) mod ip_codes;
pub(crate) mod order_events;
pub(crate) mod order_lists;
pub(crate) mod order_mails;
pub(crate) mod order_registrations;
pub(crate) mod orders;
pub(crate) mod page;
pub(crate) mod payments;
pub(crate) mod periods;
pub(crate) mod resend_batches;
pub(crate) mod restore_batches;
pub(crate) mod saved_searches;
pub(crate) mod send_errors;
pub(crate) mod timeline;
