//! Any object by its global id.

use async_graphql::{Context, ID, Interface, Object};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        types::{
            abnormal_orders::AbnormalOrder, orders::Order, payments::Payment, resend_batches::ResendBatch,
            send_errors::SendError,
        },
    },
};

/// Anything with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "The global id."))]
pub(crate) enum Node {
    /// A send error.
    SendError(Box<SendError>),
    /// A payment.
    Payment(Box<Payment>),
    /// A resend batch.
    ResendBatch(Box<ResendBatch>),
    /// An abnormal order.
    AbnormalOrder(Box<AbnormalOrder>),
    /// An order.
    Order(Box<Order>),
}

/// The query for any node.
#[derive(Default)]
pub(crate) struct NodesQuery;

#[Object]
impl NodesQuery {
    /// Any object by its global id; NOT_FOUND where there is none that may be seen.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> async_graphql::Result<Option<Node>> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let not_found = || ctx.error(Error::NotFound);
        let (kind, _) = global_id::split(&id).ok_or_else(not_found)?;
        match kind.as_str() {
            "SendError" => {
                let id = global_id::decode("SendError", &id).ok_or_else(not_found)?;
                let found = app::send_errors::find_send_error(app, scope, id).await;
                let row = found.map_err(|error| ctx.error(error))?;
                Ok(Some(Node::SendError(Box::new(row.into()))))
            }
            "Payment" => {
                let id = global_id::decode("Payment", &id).ok_or_else(not_found)?;
                Payment::load(ctx, id).await.map(|payment| Some(Node::Payment(Box::new(payment))))
            }
            "AbnormalOrder" => {
                let id = global_id::decode("AbnormalOrder", &id).ok_or_else(not_found)?;
                let found = app::abnormal_orders::find_abnormal_order(app, scope, id).await;
                let row = found.map_err(|error| ctx.error(error))?.ok_or_else(not_found)?;
                Ok(Some(Node::AbnormalOrder(Box::new(row.into()))))
            }
            "Order" => {
                let id = global_id::decode("Order", &id).ok_or_else(not_found)?;
                let found = app::orders::find_order(app, scope, id).await;
                let order = found.map_err(|error| ctx.error(error))?.ok_or_else(not_found)?;
                Ok(Some(Node::Order(Box::new(order.into()))))
            }
            "ResendBatch" => {
                let id = global_id::decode("ResendBatch", &id).ok_or_else(not_found)?;
                let found = app::resend_batches::find_resend_batch(app, scope, id).await;
                let batch = found.map_err(|error| ctx.error(error))?;
                Ok(Some(Node::ResendBatch(Box::new(batch.into()))))
            }
            _ => Err(not_found()),
        }
    }
}
