//! The rules of Todoke, and nothing else.
//!
//! This crate knows what a payment result, a send error, a notification and an abnormal order are, and
//! decides about them. It does no input or output, reads no clock and no environment, and depends on no
//! crate that does: the server and the single-page app both build on it.

pub mod abnormal_order;
pub mod abnormal_order_actions;
pub mod access;
pub mod acknowledgement;
pub mod csv;
pub mod delivery;
pub mod endpoint_health;
pub mod endpoint_settings;
pub mod gateway_check;
pub mod ids;
pub mod money;
pub mod notification;
pub mod order;
pub mod order_event;
pub mod order_mail;
pub mod order_search;
pub mod parameter_changes;
pub mod payment;
pub mod registration;
pub mod resend;
pub mod resend_batch;
pub mod restore_batch;
pub mod retry;
pub mod search;
pub mod send_error;
pub mod template;
pub mod text;
pub mod time;
