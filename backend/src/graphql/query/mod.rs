//! Queries, one file a noun, merged into the root.

use async_graphql::MergedObject;

mod abnormal_orders;
mod accounts;
mod nodes;
mod orders;
mod resend_batches;
mod send_errors;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    accounts::AccountsQuery,
    send_errors::SendErrorsQuery,
    resend_batches::ResendBatchesQuery,
    abnormal_orders::AbnormalOrdersQuery,
    orders::OrdersQuery,
    nodes::NodesQuery,
);
