//! What carts tell of orders, and what became of it.

use async_graphql::{InputObject, SimpleObject};
use todoke_domain::registration::{RawCart, RawLine};

use super::{checkouts::OrderLineInput, orders::Order};
use crate::{
    app::orders::RawOrder,
    graphql::{errors::UserError, scalars::DateTime},
};

/// An order to be registered. The total need not equal the lines.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderInput {
    /// IPコード; REGISTER is needed on it.
    pub ip_code: String,
    /// 注文番号: printable ASCII, at most 64 characters. Unique within the IP code.
    pub order_no: String,
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
    #[graphql(default = 0)]
    pub shipping_fee: i32,
    /// What was ordered, 1 to 200 lines.
    pub lines: Vec<OrderLineInput>,
    /// The method of payment, in the cart's words.
    pub payment_method: Option<String>,
    /// The gateway's AccessID of the payment that paid it; absent where it was paid otherwise.
    pub access_id: Option<String>,
}

impl From<OrderInput> for RawOrder {
    fn from(input: OrderInput) -> Self {
        Self {
            cart: RawCart {
                ip_code: input.ip_code,
                order_no: input.order_no,
                ordered_at: input.ordered_at.0,
                customer_name: input.customer_name,
                email: input.email,
                member_id: input.member_id,
                total: input.total.into(),
                shipping_fee: input.shipping_fee.into(),
                lines: input.lines.into_iter().map(RawLine::from).collect(),
                access_id: input.access_id,
            },
            payment_method: input.payment_method,
        }
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
