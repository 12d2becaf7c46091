//! What a cart registers: checkouts before the buyer pays, orders after (docs/REQUIREMENTS.md, B.1). Every
//! fault is told at once, beside its field.
//!
//! The total need not equal the lines: discounts, points and fees are the cart's own affair.

use crate::{
    ids::{CheckoutId, IpCode, OrderId},
    money::Yen,
    order::{LINES_MAX, NAME_CHARS_MAX, ORDER_NO_CHARS_MAX, OrderLine, QUANTITY_MAX},
    payment::{AMOUNT_MAX, EMAIL_CHARS_MAX, FaultKind, FieldFault},
    time::Timestamp,
};

/// Longest member id, in characters.
pub const MEMBER_ID_CHARS_MAX: usize = 100;
/// Longest AccessID (docs/DOMAIN.md, GMO-PG).
pub const ACCESS_ID_CHARS_MAX: usize = 32;
/// Longest PayType (docs/DOMAIN.md, GMO-PG).
pub const PAY_TYPE_CHARS_MAX: usize = 3;

/// A line as it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawLine {
    /// What was bought.
    pub name: String,
    /// Price of one, tax included.
    pub unit_price: i64,
    /// How many.
    pub quantity: i64,
}

/// What checkouts and orders have in common, as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCart {
    /// The contract code.
    pub ip_code: String,
    /// The cart's order number.
    pub order_no: String,
    /// When the buyer ordered.
    pub ordered_at: Timestamp,
    /// The buyer's name.
    pub customer_name: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// The cart's id of the buyer.
    pub member_id: Option<String>,
    /// Total, tax and shipping included.
    pub total: i64,
    /// Shipping, tax included.
    pub shipping_fee: i64,
    /// What was ordered.
    pub lines: Vec<RawLine>,
    /// The gateway's id of the payment.
    pub access_id: Option<String>,
}

/// What checkouts and orders have in common, within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    /// The contract code.
    pub ip_code: IpCode,
    /// The cart's order number.
    pub order_no: String,
    /// When the buyer ordered.
    pub ordered_at: Timestamp,
    /// The buyer's name.
    pub customer_name: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// The cart's id of the buyer.
    pub member_id: Option<String>,
    /// Total, tax and shipping included.
    pub total: Yen,
    /// Shipping, tax included.
    pub shipping_fee: Yen,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
    /// The gateway's id of the payment; `None` where it is not known or the payment is another one.
    pub access_id: Option<String>,
}

/// A checkout within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutSnapshot {
    /// The common part.
    pub cart: Cart,
    /// 注文種別.
    pub order_type: String,
    /// The gateway's pay type that the buyer chose.
    pub pay_type: Option<String>,
}

/// An order within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedOrder {
    /// The common part.
    pub cart: Cart,
    /// The method of payment, in the cart's words.
    pub payment_method: Option<String>,
}

impl Cart {
    /// The id of the checkout with this number.
    pub fn checkout_id(&self) -> CheckoutId {
        CheckoutId::of(&self.ip_code, &self.order_no)
    }

    /// The id of the order with this number.
    pub fn order_id(&self) -> OrderId {
        OrderId::of(&self.ip_code, &self.order_no)
    }
}

/// Checks a checkout.
///
/// # Errors
/// Every fault.
pub fn parse_checkout(
    cart: RawCart,
    order_type: &str,
    pay_type: Option<String>,
) -> Result<CheckoutSnapshot, Vec<FieldFault>> {
    let mut faults = Vec::new();
    check_required(&mut faults, "orderType", order_type, NAME_CHARS_MAX);
    let pay_type = optional(pay_type);
    check_optional_code(&mut faults, "payType", pay_type.as_deref(), PAY_TYPE_CHARS_MAX);
    match parse_cart(cart, &mut faults) {
        Some(cart) if faults.is_empty() => {
            Ok(CheckoutSnapshot { cart, order_type: order_type.to_owned(), pay_type })
        }
        _ => Err(faults),
    }
}

/// Checks an order.
///
/// # Errors
/// Every fault.
pub fn parse_order(cart: RawCart, payment_method: Option<String>) -> Result<SavedOrder, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let payment_method = optional(payment_method);
    check_text(&mut faults, "paymentMethod", payment_method.as_deref().unwrap_or_default(), NAME_CHARS_MAX);
    match parse_cart(cart, &mut faults) {
        Some(cart) if faults.is_empty() => Ok(SavedOrder { cart, payment_method }),
        _ => Err(faults),
    }
}

fn parse_cart(raw: RawCart, faults: &mut Vec<FieldFault>) -> Option<Cart> {
    let ip_code = IpCode::parse(&raw.ip_code).ok();
    if ip_code.is_none() {
        faults.push(FieldFault::new("ipCode", FaultKind::UnknownIpCode));
    }
    check_code(faults, "orderNo", &raw.order_no, ORDER_NO_CHARS_MAX);
    check_required(faults, "customerName", &raw.customer_name, NAME_CHARS_MAX);
    check_email(faults, &raw.email);
    let member_id = optional(raw.member_id);
    check_text(faults, "memberId", member_id.as_deref().unwrap_or_default(), MEMBER_ID_CHARS_MAX);
    let access_id = optional(raw.access_id);
    check_optional_code(faults, "accessId", access_id.as_deref(), ACCESS_ID_CHARS_MAX);
    let total = parse_amount(faults, "total", raw.total);
    let shipping_fee = parse_amount(faults, "shippingFee", raw.shipping_fee);
    let lines = parse_lines(raw.lines, faults);
    Some(Cart {
        ip_code: ip_code?,
        order_no: raw.order_no,
        ordered_at: raw.ordered_at,
        customer_name: raw.customer_name,
        email: raw.email,
        member_id,
        total: total?,
        shipping_fee: shipping_fee?,
        lines: lines?,
        access_id,
    })
}

fn parse_lines(raw: Vec<RawLine>, faults: &mut Vec<FieldFault>) -> Option<Vec<OrderLine>> {
    if raw.is_empty() {
        faults.push(FieldFault::new("lines", FaultKind::Required));
    }
    if raw.len() > LINES_MAX {
        // The rest is not looked at: a request of a million lines gets one fault, not a million.
        faults.push(FieldFault::new("lines", FaultKind::TooMany(LINES_MAX)));
        return None;
    }
    let mut lines = Vec::with_capacity(raw.len());
    for (position, line) in raw.into_iter().enumerate() {
        check_required(faults, &format!("lines.{position}.name"), &line.name, NAME_CHARS_MAX);
        let unit_price = parse_amount(faults, &format!("lines.{position}.unitPrice"), line.unit_price);
        let quantity =
            i32::try_from(line.quantity).ok().filter(|quantity| (1..=QUANTITY_MAX).contains(quantity));
        if quantity.is_none() {
            faults.push(FieldFault::new(format!("lines.{position}.quantity"), FaultKind::OutOfRange));
        }
        if let (Some(unit_price), Some(quantity)) = (unit_price, quantity) {
            lines.push(OrderLine { name: line.name, unit_price, quantity });
        }
    }
    Some(lines)
}

fn parse_amount(faults: &mut Vec<FieldFault>, field: &str, amount: i64) -> Option<Yen> {
    let parsed = if amount <= AMOUNT_MAX { Yen::new(amount).ok() } else { None };
    if parsed.is_none() {
        faults.push(FieldFault::new(field, FaultKind::OutOfRange));
    }
    parsed
}

/// Empty is the same as absent: carts send both.
fn optional(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn check_required(faults: &mut Vec<FieldFault>, field: &str, value: &str, chars_max: usize) {
    if value.trim().is_empty() {
        faults.push(FieldFault::new(field, FaultKind::Required));
    } else {
        check_text(faults, field, value, chars_max);
    }
}

/// Control characters have no place in what lists and mails show, and NUL none in a database's text.
fn check_text(faults: &mut Vec<FieldFault>, field: &str, value: &str, chars_max: usize) {
    if value.chars().count() > chars_max {
        faults.push(FieldFault::new(field, FaultKind::TooLong(chars_max)));
    } else if value.chars().any(char::is_control) {
        faults.push(FieldFault::new(field, FaultKind::InvalidFormat));
    }
}

/// Printable ASCII without spaces: what goes over every gateway unchanged.
fn check_code(faults: &mut Vec<FieldFault>, field: &str, value: &str, chars_max: usize) {
    if value.is_empty() {
        faults.push(FieldFault::new(field, FaultKind::Required));
    } else if value.chars().count() > chars_max {
        faults.push(FieldFault::new(field, FaultKind::TooLong(chars_max)));
    } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        faults.push(FieldFault::new(field, FaultKind::InvalidFormat));
    }
}

fn check_optional_code(faults: &mut Vec<FieldFault>, field: &str, value: Option<&str>, chars_max: usize) {
    if let Some(value) = value {
        check_code(faults, field, value, chars_max);
    }
}

/// Plausible, no more: an `@` with something on both sides and no spaces. Whether it exists, only a mail can tell.
pub fn is_plausible_email(email: &str) -> bool {
    let has_both = email.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    has_both && !email.chars().any(|character| character.is_whitespace() || character.is_control())
}

fn check_email(faults: &mut Vec<FieldFault>, email: &str) {
    if email.trim().is_empty() {
        faults.push(FieldFault::new("email", FaultKind::Required));
    } else if email.chars().count() > EMAIL_CHARS_MAX {
        faults.push(FieldFault::new("email", FaultKind::TooLong(EMAIL_CHARS_MAX)));
    } else {
        if !is_plausible_email(email) {
            faults.push(FieldFault::new("email", FaultKind::InvalidFormat));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawCart {
        RawCart {
            ip_code: "2012000123".to_owned(),
            order_no: "2009031700002".to_owned(),
            ordered_at: Timestamp::parse_rfc3339("2009-03-17T16:29:56+09:00").unwrap(),
            customer_name: "山田 太郎".to_owned(),
            email: "taro@example.jp".to_owned(),
            member_id: Some("mr192".to_owned()),
            total: 11_350,
            shipping_fee: 350,
            lines: vec![RawLine { name: "春の福袋".to_owned(), unit_price: 11_000, quantity: 1 }],
            access_id: Some(String::new()),
        }
    }

    fn faults(change: impl FnOnce(&mut RawCart)) -> Vec<String> {
        let mut cart = raw();
        change(&mut cart);
        match parse_checkout(cart, "一般注文", None) {
            Ok(_) => Vec::new(),
            Err(faults) => {
                faults.into_iter().map(|fault| format!("{} {}", fault.field, fault.kind.code())).collect()
            }
        }
    }

    #[test]
    fn a_good_checkout_passes_and_empty_is_absent() {
        let checkout = parse_checkout(raw(), "一般注文", Some(" ".to_owned())).unwrap();
        assert_eq!(checkout.cart.access_id, None);
        assert_eq!(checkout.pay_type, None);
    }

    #[test]
    fn every_limit_is_told_beside_its_field() {
        let line = || RawLine { name: "x".to_owned(), unit_price: 1, quantity: 1 };
        assert_eq!(faults(|cart| cart.ip_code = "x".to_owned()), ["ipCode UNKNOWN_IP_CODE"]);
        assert_eq!(faults(|cart| cart.order_no = String::new()), ["orderNo REQUIRED"]);
        assert_eq!(faults(|cart| cart.order_no = "1 2".to_owned()), ["orderNo INVALID_FORMAT"]);
        assert_eq!(faults(|cart| cart.order_no = "注文1".to_owned()), ["orderNo INVALID_FORMAT"]);
        assert_eq!(faults(|cart| cart.order_no = "1".repeat(64)), [""; 0]);
        assert_eq!(faults(|cart| cart.order_no = "1".repeat(65)), ["orderNo TOO_LONG"]);
        assert_eq!(faults(|cart| cart.customer_name = "　".to_owned()), ["customerName REQUIRED"]);
        assert_eq!(faults(|cart| cart.customer_name = "a\0b".to_owned()), ["customerName INVALID_FORMAT"]);
        for email in ["taro", "@example.jp", "taro@", "ta ro@example.jp"] {
            assert_eq!(faults(|cart| cart.email = email.to_owned()), ["email INVALID_FORMAT"], "{email}");
        }
        assert_eq!(faults(|cart| cart.total = -1), ["total OUT_OF_RANGE"]);
        assert_eq!(faults(|cart| cart.total = 999_999_999), [""; 0]);
        assert_eq!(faults(|cart| cart.total = 1_000_000_000), ["total OUT_OF_RANGE"]);
        assert_eq!(faults(|cart| cart.lines.clear()), ["lines REQUIRED"]);
        assert_eq!(faults(|cart| cart.lines = vec![line(); 200]), [""; 0]);
        assert_eq!(faults(|cart| cart.lines = vec![line(); 201]), ["lines TOO_MANY"]);
        assert_eq!(
            faults(|cart| cart.lines = vec![line(), RawLine::default()]),
            ["lines.1.name REQUIRED", "lines.1.quantity OUT_OF_RANGE"]
        );
    }

    #[test]
    fn all_faults_come_at_once() {
        let told = faults(|cart| {
            cart.ip_code = String::new();
            cart.total = -1;
        });
        assert_eq!(told, ["ipCode UNKNOWN_IP_CODE", "total OUT_OF_RANGE"]);
    }
}
