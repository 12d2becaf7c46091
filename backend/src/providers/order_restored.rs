//! From a restored order to what its cart is told: `order.restored`, with the names of `registerOrders`, so that a cart
//! can save what it reads (docs/API.md, The event to the cart).
//!
//! The same event always makes the same bytes; this file sends nothing.

use serde_json::{Value, json};
use todoke_domain::order_event::ORDER_RESTORED;

use crate::{
    global_id,
    store::{order_events::OrderEvent, orders::Order},
};

/// The event's body.
pub(crate) fn body_of(event: &OrderEvent, order: &Order) -> String {
    let cart = &order.cart;
    let (shop_id, gateway_order_id) = event.shop_order.clone().unzip();
    let lines: Vec<Value> = cart
        .lines
        .iter()
        .map(|line| json!({"name": line.name, "unitPrice": line.unit_price.amount(), "quantity": line.quantity}))
        .collect();
    json!({
        "id": event.id.to_string(),
        "type": ORDER_RESTORED,
        "timestamp": order.registered_at.to_rfc3339(),
        "data": {
            "ipCode": cart.ip_code.as_str(),
            "order": {
                "id": global_id::of_order(order.id),
                "orderNo": cart.order_no,
                "orderType": order.order_type,
                "orderedAt": cart.ordered_at.to_rfc3339(),
                "restoredAt": order.registered_at.to_rfc3339(),
                "customerName": cart.customer_name,
                "email": cart.email,
                "memberId": cart.member_id,
                "total": cart.total.amount(),
                "shippingFee": cart.shipping_fee.amount(),
                "lines": lines,
            },
            "payment": {
                "accessId": cart.access_id,
                "method": order.payment_method,
                "shopId": shop_id,
                "gatewayOrderId": gateway_order_id,
            },
        },
    })
    .to_string()
}
