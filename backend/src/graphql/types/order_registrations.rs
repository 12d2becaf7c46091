//! What carts tell of orders, and what became of it.

use async_graphql::{InputObject, SimpleObject};

use super::{carts::CartInput, orders::Order};
use crate::{app::orders::RawOrder, graphql::errors::UserError};

/// An order to be registered. The total need not equal the lines.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderInput {
    #[graphql(flatten)]
    pub cart: CartInput,
    /// The method of payment, in the cart's words.
    pub payment_method: Option<String>,
    /// The gateway's AccessID of the payment that paid it; absent where it was paid otherwise.
    pub access_id: Option<String>,
}

impl From<OrderInput> for RawOrder {
    fn from(input: OrderInput) -> Self {
        let cart = input.cart.into_raw(input.access_id);
        Self { cart, payment_method: input.payment_method }
    }
}

/// The input of `registerOrders`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RegisterOrdersInput {
    /// 1 to 500 orders.
    pub orders: Vec<OrderInput>,
}

/// What became of one order.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RegisterOrderResult {
    /// The order; null where it was not registered.
    pub order: Option<Order>,
    /// What the cart can mend.
    pub user_errors: Vec<UserError>,
}

/// What became of the orders, in order.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RegisterOrdersPayload {
    /// One result per element; empty where the request as a whole is at fault.
    pub results: Vec<RegisterOrderResult>,
    /// Faults of the request as a whole.
    pub user_errors: Vec<UserError>,
}
