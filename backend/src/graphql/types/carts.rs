//! What a cart tells of a purchase, before the payment (checkouts) as after it (orders).

use async_graphql::{InputObject, SimpleObject};
use todoke_domain::{
    order,
    registration::{RawCart, RawLine},
};

use crate::graphql::scalars::DateTime;

/// One line of an order.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct OrderLine {
    /// What was bought.
    pub name: String,
    /// Price of one in whole yen, tax included.
    pub unit_price: i32,
    /// How many.
    pub quantity: i32,
}

impl From<&order::OrderLine> for OrderLine {
    fn from(line: &order::OrderLine) -> Self {
        Self { name: line.name.clone(), unit_price: line.unit_price.amount(), quantity: line.quantity }
    }
}

/// One line of an order.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderLineInput {
    /// What was bought, at most 200 characters.
    pub name: String,
    /// Price of one in whole yen, tax included.
    pub unit_price: i32,
    /// How many, 1 to 99,999.
    pub quantity: i32,
}

impl From<OrderLineInput> for RawLine {
    fn from(line: OrderLineInput) -> Self {
        Self { name: line.name, unit_price: line.unit_price.into(), quantity: line.quantity.into() }
    }
}

/// What checkouts and orders have in common.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct CartInput {
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
}

impl CartInput {
    /// With the AccessID, which means one thing before the payment and another after it.
    pub(crate) fn into_raw(self, access_id: Option<String>) -> RawCart {
        RawCart {
            ip_code: self.ip_code,
            order_no: self.order_no,
            ordered_at: self.ordered_at.0,
            customer_name: self.customer_name,
            email: self.email,
            member_id: self.member_id,
            total: self.total.into(),
            shipping_fee: self.shipping_fee.into(),
            lines: self.lines.into_iter().map(RawLine::from).collect(),
            access_id,
        }
    }
}
