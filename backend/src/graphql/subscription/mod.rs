//! Subscriptions, one file a noun, merged into the root.

use async_graphql::MergedSubscription;

mod abnormal_orders;
mod orders;
mod progress;
mod resend_batches;
mod restore_batches;
mod send_errors;
pub(crate) mod watch;

/// Everything that can be watched.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    send_errors::SendErrorsSubscription,
    resend_batches::ResendBatchesSubscription,
    restore_batches::RestoreBatchesSubscription,
    abnormal_orders::AbnormalOrdersSubscription,
    orders::OrdersSubscription,
);
