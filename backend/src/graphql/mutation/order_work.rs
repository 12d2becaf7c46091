//! What people do with orders.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    app::{self, Error, order_statuses::StatusUpdate},
    global_id,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::orders::{Order, OrderStatus},
    },
};

/// The input of `updateOrderStatus`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct UpdateOrderStatusInput {
    /// The order.
    pub id: ID,
    /// The status it comes to, one of its `nextStatuses`.
    pub status: OrderStatus,
    /// Why, at most 500 characters; needed for those of `reasonRequiredFor`.
    pub reason: Option<String>,
    /// The status as it was read; where it is given and the order is in another one, the change is refused with
    /// CONFLICT.
    pub expected_status: Option<OrderStatus>,
}

/// The order in its new status.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UpdateOrderStatusPayload {
    /// The order.
    pub order: Option<Order>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations of people's work with orders.
#[derive(Debug, Default)]
pub(crate) struct OrderWorkMutation;

#[Object]
impl OrderWorkMutation {
    /// 注文処理状況: brings an order to another status, with its history. CONFLICT tells who changed it meanwhile.
    /// Needs RESTORE on the IP code.
    async fn update_order_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order and its new status.")] input: UpdateOrderStatusInput,
    ) -> async_graphql::Result<UpdateOrderStatusPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let asked = StatusUpdate {
            id: global_id::decode("Order", &input.id).ok_or_else(|| ctx.error(Error::NotFound))?,
            status: input.status.into(),
            reason: input.reason,
            expected_status: input.expected_status.map(Into::into),
        };
        let result = app::order_statuses::update_order_status(app, scope, asked).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(order) => {
                Ok(UpdateOrderStatusPayload { order: Some(Order::from(order)), user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(UpdateOrderStatusPayload { order: None, user_errors }),
        }
    }
}
