//! View models: pure functions and plain data, tested natively.
//! Nothing in here may touch the browser, the network or a signal.
pub(crate) mod abnormal_order;
pub(crate) mod act;
pub(crate) mod batch;
pub(crate) mod batch_address;
pub(crate) mod columns;
pub(crate) mod decisions;
pub(crate) mod edit;
pub(crate) mod endpoint_health;
pub(crate) mod enums;
pub(crate) mod exchange;
pub(crate) mod format;
pub(crate) mod gateway_check;
pub(crate) mod gateway_setup;
pub(crate) mod history;
pub(crate) mod mail_template;
pub(crate) mod order_event;
pub(crate) mod order_mail;
pub(crate) mod order_search;
pub(crate) mod page;
pub(crate) mod paging;
pub(crate) mod period;
pub(crate) mod search_rules;
pub(crate) mod send_error_search;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod ticks;
