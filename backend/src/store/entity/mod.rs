//! One file a table. Nothing outside `store` names these types.

pub(super) mod abnormal_orders;
pub(super) mod alert_windows;
pub(super) mod api_token_ip_codes;
pub(super) mod api_tokens;
pub(super) mod attempts;
pub(super) mod audit_events;
pub(super) mod checkouts;
pub(super) mod decisions;
pub(super) mod deliveries;
pub(super) mod grants;
pub(super) mod ip_codes;
pub(super) mod mails;
pub(super) mod merchants;
pub(super) mod notifications;
pub(super) mod order_status_changes;
pub(super) mod orders;
pub(super) mod payment_results;
pub(super) mod payments;
pub(super) mod resend_batch_rows;
pub(super) mod resend_batches;
pub(super) mod send_errors;
pub(super) mod sessions;
pub(super) mod sign_in_throttles;
pub(super) mod users;
pub(super) mod waiting_alerts;
