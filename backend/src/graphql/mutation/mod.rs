//! Mutations, one file a noun, merged into the root.

use async_graphql::MergedObject;

mod abnormal_orders;
mod accounts;
mod downloads;
mod gateway;
mod ip_codes;
mod order_events;
mod order_mails;
mod order_work;
mod orders;
mod resend_batches;
mod restore_batches;
mod saved_searches;
mod send_errors;

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    accounts::AccountsMutation,
    send_errors::SendErrorsMutation,
    saved_searches::SavedSearchesMutation,
    resend_batches::ResendBatchesMutation,
    restore_batches::RestoreBatchesMutation,
    downloads::DownloadsMutation,
    abnormal_orders::AbnormalOrdersMutation,
    orders::OrdersMutation,
    ip_codes::IpCodesMutation,
    order_work::OrderWorkMutation,
    order_mails::OrderMailsMutation,
    order_events::OrderEventsMutation,
    gateway::GatewayMutation,
);
