//! Telling the cart of a restored order by hand.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error},
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::orders::Order,
    },
};

/// The input of `resendOrderRestored`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct ResendOrderRestoredInput {
    /// The order.
    pub order_id: ID,
    /// 1 to 100 characters; the same key again sends nothing more.
    pub idempotency_key: String,
}

/// The order; its `restoredEvent` is on its way.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ResendOrderRestoredPayload {
    /// The order.
    pub order: Option<Order>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about events to carts.
#[derive(Debug, Default)]
pub(crate) struct OrderEventsMutation;

#[Object]
impl OrderEventsMutation {
    /// Sends `order.restored` at once, also one that was delivered or that waits; makes the event where the endpoint was
    /// off when the order was restored. Needs no confirmation whatever the last result was: the cart drops a second copy
    /// by the event's id. CONFLICT while a request is on its way. Needs RESTORE on the IP code.
    async fn resend_order_restored(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order and the key of this decision.")] input: ResendOrderRestoredInput,
    ) -> async_graphql::Result<ResendOrderRestoredPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let id = global_id::decode("Order", &input.order_id).ok_or_else(|| ctx.error(Error::NotFound))?;
        let result = app::order_events::resend_order_restored(app, scope, id, &input.idempotency_key).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(order) => {
                Ok(ResendOrderRestoredPayload { order: Some(Order::from(order)), user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(ResendOrderRestoredPayload { order: None, user_errors }),
        }
    }
}
