//! Queries, one file a noun, merged into the root.

use async_graphql::MergedObject;

mod abnormal_orders;
mod accounts;
mod nodes;
mod orders;
mod resend_batches;
mod restore_batches;
mod saved_searches;
mod send_errors;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    accounts::AccountsQuery,
    send_errors::SendErrorsQuery,
    saved_searches::SavedSearchesQuery,
    resend_batches::ResendBatchesQuery,
    restore_batches::RestoreBatchesQuery,
    abnormal_orders::AbnormalOrdersQuery,
    orders::OrdersQuery,
    nodes::NodesQuery,
);
