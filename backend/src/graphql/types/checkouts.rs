//! Checkouts: what a cart saved before the buyer paid.

use async_graphql::{InputObject, SimpleObject};

use super::carts::{CartInput, OrderLine};
use crate::{
    app::checkouts::RawCheckout,
    graphql::{errors::UserError, scalars::DateTime},
    store::checkouts::Checkout as Stored,
};

/// The cart's snapshot of an order, saved before the buyer paid. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Checkout {
    /// 注文番号.
    pub order_no: String,
    /// 注文種別.
    pub order_type: String,
    /// 注文日時.
    pub ordered_at: DateTime,
    /// 注文者.
    pub customer_name: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// 会員ID.
    pub member_id: Option<String>,
    /// 合計(税込), whole yen, shipping included.
    pub total: i32,
    /// 送料(税込), whole yen.
    pub shipping_fee: i32,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
    /// The gateway's PayType that the buyer chose, where the cart told it.
    pub pay_type: Option<String>,
    /// The gateway's AccessID, where the cart knew it.
    pub access_id: Option<String>,
    /// When the cart registered it last.
    pub registered_at: DateTime,
}

impl From<Stored> for Checkout {
    fn from(stored: Stored) -> Self {
        let cart = stored.snapshot.cart;
        Self {
            order_no: cart.order_no,
            order_type: stored.snapshot.order_type,
            ordered_at: DateTime(cart.ordered_at),
            customer_name: cart.customer_name,
            email: cart.email,
            member_id: cart.member_id,
            total: cart.total.amount(),
            shipping_fee: cart.shipping_fee.amount(),
            lines: cart.lines.iter().map(OrderLine::from).collect(),
            pay_type: stored.snapshot.pay_type,
            access_id: cart.access_id,
            registered_at: DateTime(stored.registered_at),
        }
    }
}

/// A checkout to be registered. The total need not equal the lines.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct CheckoutInput {
    #[graphql(flatten)]
    pub cart: CartInput,
    /// 注文種別.
    #[graphql(default_with = "String::from(\"一般注文\")")]
    pub order_type: String,
    /// The gateway's PayType that the buyer chose: another one in the notification is a mismatch.
    pub pay_type: Option<String>,
    /// The gateway's AccessID: another one in the notification is a mismatch.
    pub access_id: Option<String>,
}

impl From<CheckoutInput> for RawCheckout {
    fn from(input: CheckoutInput) -> Self {
        let cart = input.cart.into_raw(input.access_id);
        Self { cart, order_type: input.order_type, pay_type: input.pay_type }
    }
}

/// The input of `registerCheckouts`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RegisterCheckoutsInput {
    /// 1 to 500 checkouts.
    pub checkouts: Vec<CheckoutInput>,
}

/// What became of one checkout.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RegisterCheckoutResult {
    /// The checkout; null where it was not registered.
    pub checkout: Option<Checkout>,
    /// What the cart can mend.
    pub user_errors: Vec<UserError>,
}

/// What became of the checkouts, in order.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RegisterCheckoutsPayload {
    /// One result per element; empty where the request as a whole is at fault.
    pub results: Vec<RegisterCheckoutResult>,
    /// Faults of the request as a whole.
    pub user_errors: Vec<UserError>,
}
