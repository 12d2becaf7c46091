//! One room per screen.
pub(crate) mod abnormal_order;
pub(crate) mod abnormal_orders;
pub(crate) mod batch;
pub(crate) mod batches;
pub(crate) mod bulk;
pub(crate) mod confirm;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod not_found;
pub(crate) mod order;
pub(crate) mod orders;
pub(crate) mod parts;
pub(crate) mod restore;
pub(crate) mod send_error;
pub(crate) mod send_errors;
pub(crate) mod settings;
pub(crate) mod sign_in;
