//! Whether a paid notification has its order, and what may be done where it has not
//! (docs/REQUIREMENTS.md, B.3).
//!
//! One pure function over what is known. It neither waits nor stores: the caller keeps the grace period, asks
//! again whenever a part changes, and never lets a restored row step back.

use crate::{
    notification::{MoneyState, Notification},
    order::{CheckoutFacts, OrderFacts},
    time::Timestamp,
};

/// The state of an abnormal order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AbnormalOrderStatus {
    /// 復旧対象: paid, the checkout is there, no order.
    Restorable,
    /// 復旧済.
    Restored,
    /// 重複注文: the number belongs to an order that another payment paid.
    Duplicate,
    /// 復旧不可.
    Unrestorable,
}

/// Why a row cannot be restored, machine readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The cart never registered this checkout.
    NoCheckout,
    /// Another amount was paid than the checkout's total.
    AmountMismatch,
    /// Another pay type than the checkout's.
    PaymentMethodMismatch,
    /// Another access id than the checkout's.
    AccessIdMismatch,
    /// The checkout counted no longer when the notification came.
    CheckoutExpired,
    /// Amount or tax is no amount.
    InvalidAmount,
    /// The currency is not JPN.
    InvalidCurrency,
    /// TranDate is no date.
    InvalidDate,
    /// An order with this number exists through another payment.
    OrderExists,
    /// The payment was cancelled at the gateway.
    CancelledAtGateway,
}

/// What contradicts: both values, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The notification's field.
    pub field: &'static str,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
}

/// What is known of one gateway payment.
#[derive(Clone, Debug)]
pub struct Known {
    /// Every notification of this payment with the instant of its receipt, in any order.
    pub notifications: Vec<(Timestamp, Notification)>,
    /// The checkout with the order's number.
    pub checkout: Option<CheckoutFacts>,
    /// The order with the order's number.
    pub order: Option<OrderFacts>,
}

/// What follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// No money was taken: nothing to show.
    NotPaid,
    /// The order is saved through this very payment: nothing to show.
    OrderSaved,
    /// A row of the lists.
    Abnormal {
        /// Its state.
        status: AbnormalOrderStatus,
        /// Why it cannot be restored; `None` for restorable and restored ones.
        reason: Option<Reason>,
        /// What contradicts, where something does.
        evidence: Option<Evidence>,
        /// VOID, RETURN or CANCEL came after the payment.
        cancelled_at_gateway: bool,
    },
}

/// Evaluates one gateway payment.
pub fn evaluate(known: &Known) -> Evaluation {
    let history = in_gateway_order(&known.notifications);
    let Some((received_at, paid)) =
        history.iter().rev().find(|(_, notification)| notification.money_state() == MoneyState::Paid)
    else {
        return Evaluation::NotPaid;
    };
    let cancelled_at_gateway = is_cancelled(&history);
    let row =
        |status, reason, evidence| Evaluation::Abnormal { status, reason, evidence, cancelled_at_gateway };
    if let Some(order) = &known.order {
        if order.restored_from_this_row {
            return row(AbnormalOrderStatus::Restored, None, None);
        }
        return match &order.access_id {
            Some(access_id) if access_id == paid.access_id() => Evaluation::OrderSaved,
            Some(_) | None => row(AbnormalOrderStatus::Duplicate, Some(Reason::OrderExists), None),
        };
    }
    match objection(paid, *received_at, known.checkout.as_ref()) {
        Some((reason, evidence)) => row(AbnormalOrderStatus::Unrestorable, Some(reason), evidence),
        None if cancelled_at_gateway => {
            row(AbnormalOrderStatus::Unrestorable, Some(Reason::CancelledAtGateway), None)
        }
        None => row(AbnormalOrderStatus::Restorable, None, None),
    }
}

/// Notifications come out of order: TranDate decides, then the receipt (docs/DOMAIN.md, GMO-PG). One without
/// a readable date counts from its receipt.
fn in_gateway_order(notifications: &[(Timestamp, Notification)]) -> Vec<&(Timestamp, Notification)> {
    let mut history: Vec<_> = notifications.iter().collect();
    history.sort_by_key(|(received_at, notification)| {
        (notification.transaction_at().unwrap_or(*received_at), *received_at)
    });
    history
}

/// Whether the last word about the money is a cancellation. Gateways stamp a VOID with the date of the payment
/// it voids; of two with one date the later received one speaks last.
fn is_cancelled(history: &[&(Timestamp, Notification)]) -> bool {
    let last_word =
        history.iter().rev().map(|(_, notification)| notification.money_state()).find(|state| match state {
            MoneyState::Paid | MoneyState::Cancelled => true,
            MoneyState::Neither => false,
        });
    last_word == Some(MoneyState::Cancelled)
}

/// The first reason against restoring, gravest first.
fn objection(
    paid: &Notification,
    received_at: Timestamp,
    checkout: Option<&CheckoutFacts>,
) -> Option<(Reason, Option<Evidence>)> {
    let against = |reason, field, expected: &str, actual: &str| {
        let evidence = Evidence { field, expected: expected.to_owned(), actual: actual.to_owned() };
        Some((reason, Some(evidence)))
    };
    let Some(total) = paid.paid_total() else {
        return against(Reason::InvalidAmount, "Amount", "", paid.field("Amount"));
    };
    if paid.field("Currency").trim() != "JPN" {
        return against(Reason::InvalidCurrency, "Currency", "JPN", paid.field("Currency"));
    }
    if paid.transaction_at().is_none() {
        return against(Reason::InvalidDate, "TranDate", "yyyyMMddHHmmss", paid.field("TranDate"));
    }
    let Some(checkout) = checkout else {
        return Some((Reason::NoCheckout, None));
    };
    if let Some(expected) = checkout.access_id.as_deref()
        && expected != paid.access_id()
    {
        return against(Reason::AccessIdMismatch, "AccessID", expected, paid.access_id());
    }
    if let Some(expected) = checkout.pay_type.as_deref()
        && expected != paid.field("PayType").trim()
    {
        return against(Reason::PaymentMethodMismatch, "PayType", expected, paid.field("PayType"));
    }
    if checkout.total != total {
        let (expected, actual) = (checkout.total.amount().to_string(), total.amount().to_string());
        return against(Reason::AmountMismatch, "Amount", &expected, &actual);
    }
    if received_at > checkout.expires_at {
        let (expected, actual) = (checkout.expires_at.to_tokyo_text(), received_at.to_tokyo_text());
        return against(Reason::CheckoutExpired, "TranDate", &expected, &actual);
    }
    None
}

impl AbnormalOrderStatus {
    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Restorable => "RESTORABLE",
            Self::Restored => "RESTORED",
            Self::Duplicate => "DUPLICATE",
            Self::Unrestorable => "UNRESTORABLE",
        }
    }

    /// The status of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Restorable, Self::Restored, Self::Duplicate, Self::Unrestorable]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::NoCheckout,
        Self::AmountMismatch,
        Self::PaymentMethodMismatch,
        Self::AccessIdMismatch,
        Self::CheckoutExpired,
        Self::InvalidAmount,
        Self::InvalidCurrency,
        Self::InvalidDate,
        Self::OrderExists,
        Self::CancelledAtGateway,
    ];

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoCheckout => "NO_CHECKOUT",
            Self::AmountMismatch => "AMOUNT_MISMATCH",
            Self::PaymentMethodMismatch => "PAYMENT_METHOD_MISMATCH",
            Self::AccessIdMismatch => "ACCESS_ID_MISMATCH",
            Self::CheckoutExpired => "CHECKOUT_EXPIRED",
            Self::InvalidAmount => "INVALID_AMOUNT",
            Self::InvalidCurrency => "INVALID_CURRENCY",
            Self::InvalidDate => "INVALID_DATE",
            Self::OrderExists => "ORDER_EXISTS",
            Self::CancelledAtGateway => "CANCELLED_AT_GATEWAY",
        }
    }

    /// The reason of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Yen;

    const RECEIVED: &str = "2009-03-17T16:45:01+09:00";

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    /// A notification of the payment `a1`; fields given override the usual ones.
    fn notification(fields: &str) -> (Timestamp, Notification) {
        let usual = "Status=CAPTURE&Amount=11000&Tax=350&Currency=JPN&TranDate=20090317162958&PayType=0";
        let body = format!("{fields}&ShopID=s&OrderID=2009031700002&AccessID=a1&{usual}");
        (at(RECEIVED), Notification::parse(body.as_bytes()).unwrap())
    }

    fn checkout() -> CheckoutFacts {
        CheckoutFacts {
            total: Yen::new(11_350).unwrap(),
            pay_type: Some("0".to_owned()),
            access_id: Some("a1".to_owned()),
            expires_at: at("2009-05-16T16:29:56+09:00"),
        }
    }

    fn order(access_id: Option<&str>, restored_from_this_row: bool) -> OrderFacts {
        OrderFacts { access_id: access_id.map(str::to_owned), restored_from_this_row }
    }

    fn told(known: &Known) -> String {
        match evaluate(known) {
            Evaluation::NotPaid => "NOT_PAID".to_owned(),
            Evaluation::OrderSaved => "ORDER_SAVED".to_owned(),
            Evaluation::Abnormal { status, reason, cancelled_at_gateway, .. } => {
                let reason = reason.map_or("-", Reason::code);
                let cancelled = if cancelled_at_gateway { " cancelled" } else { "" };
                format!("{} {reason}{cancelled}", status.code())
            }
        }
    }

    /// The checkouts that there can be, each with its name in the table below.
    fn checkouts() -> [(&'static str, Option<CheckoutFacts>); 8] {
        let expired = CheckoutFacts { expires_at: at("2009-03-17T16:45:00+09:00"), ..checkout() };
        let last_moment = CheckoutFacts { expires_at: at(RECEIVED), ..checkout() };
        let silent = CheckoutFacts { pay_type: None, access_id: None, ..checkout() };
        let other_total = CheckoutFacts { total: Yen::new(11_349).unwrap(), ..checkout() };
        let other_access = CheckoutFacts { access_id: Some("a2".to_owned()), ..checkout() };
        let other_method = CheckoutFacts { pay_type: Some("3".to_owned()), ..checkout() };
        [
            ("none", None),
            ("fits", Some(checkout())),
            ("tells no ids", Some(silent)),
            ("ends this moment", Some(last_moment)),
            ("other total", Some(other_total)),
            ("other access id", Some(other_access)),
            ("other method", Some(other_method)),
            ("expired", Some(expired)),
        ]
    }

    /// What follows without an order, for each of the checkouts above.
    const WITHOUT_ORDER: [&str; 8] = [
        "UNRESTORABLE NO_CHECKOUT",
        "RESTORABLE -",
        "RESTORABLE -",
        "RESTORABLE -",
        "UNRESTORABLE AMOUNT_MISMATCH",
        "UNRESTORABLE ACCESS_ID_MISMATCH",
        "UNRESTORABLE PAYMENT_METHOD_MISMATCH",
        "UNRESTORABLE CHECKOUT_EXPIRED",
    ];

    /// Every notification with every checkout and every order: 8 by 8 by 5 cases.
    #[test]
    fn every_case_of_notifications_checkouts_and_orders() {
        let voided = notification("Status=VOID&TranDate=20090317180000");
        // The notifications, and what follows of them without an order where the checkout does not decide.
        let histories = [
            ("paid", vec![notification("")], None),
            ("voided", vec![notification(""), voided.clone()], None),
            ("no amount", vec![notification("Amount=")], Some("UNRESTORABLE INVALID_AMOUNT")),
            ("no currency", vec![notification("Currency=")], Some("UNRESTORABLE INVALID_CURRENCY")),
            ("no date", vec![notification("TranDate=20090230120000")], Some("UNRESTORABLE INVALID_DATE")),
            ("never paid", vec![notification("Status=AUTH&ErrCode=G12")], Some("NOT_PAID")),
            ("asked only", vec![notification("Status=REQSUCCESS")], Some("NOT_PAID")),
            ("voided, never paid", vec![voided], Some("NOT_PAID")),
        ];
        let orders = [
            ("none", None, ""),
            ("of this payment", Some(order(Some("a1"), false)), "ORDER_SAVED"),
            ("of another payment", Some(order(Some("a2"), false)), "DUPLICATE ORDER_EXISTS"),
            ("paid otherwise", Some(order(None, false)), "DUPLICATE ORDER_EXISTS"),
            ("restored", Some(order(Some("a1"), true)), "RESTORED -"),
        ];
        for (history, notifications, without_checkout) in &histories {
            for ((checkout_name, checkout), by_checkout) in checkouts().iter().zip(WITHOUT_ORDER) {
                for (order_name, order, by_order) in &orders {
                    let rule = match (*without_checkout, order) {
                        (Some("NOT_PAID"), _) => "NOT_PAID",
                        (_, Some(_)) => by_order,
                        (Some(told), None) => told,
                        (None, None) => by_checkout,
                    };
                    let expected = match (*history, rule) {
                        ("voided", "ORDER_SAVED") => rule.to_owned(),
                        ("voided", "RESTORABLE -") => {
                            "UNRESTORABLE CANCELLED_AT_GATEWAY cancelled".to_owned()
                        }
                        ("voided", _) => format!("{rule} cancelled"),
                        _ => rule.to_owned(),
                    };
                    let known = Known {
                        notifications: notifications.clone(),
                        checkout: checkout.clone(),
                        order: order.clone(),
                    };
                    let case = format!("{history}; checkout {checkout_name}; order {order_name}");
                    assert_eq!(told(&known), expected, "{case}");
                }
            }
        }
    }

    #[test]
    fn unusable_notifications_are_kept_with_their_reason() {
        for (fields, expected) in [
            ("Amount=", "UNRESTORABLE INVALID_AMOUNT"),
            ("Amount=-1", "UNRESTORABLE INVALID_AMOUNT"),
            ("Amount=123456789012", "UNRESTORABLE INVALID_AMOUNT"),
            ("Currency=USD", "UNRESTORABLE INVALID_CURRENCY"),
            ("Currency=", "UNRESTORABLE INVALID_CURRENCY"),
            ("TranDate=20090230120000", "UNRESTORABLE INVALID_DATE"),
            ("Status=AUTH&ErrCode=G12", "NOT_PAID"),
            ("Status=REQSUCCESS", "NOT_PAID"),
        ] {
            let known =
                Known { notifications: vec![notification(fields)], checkout: Some(checkout()), order: None };
            assert_eq!(told(&known), expected, "{fields}");
        }
    }

    #[test]
    fn cancellations_count_by_the_gateways_clock_not_by_arrival() {
        let paid = notification("Status=AUTH&TranDate=20090317162958");
        let voided = notification("Status=VOID&TranDate=20090317170000");
        let paid_again = notification("Status=SALES&TranDate=20090317180000");
        for (notifications, expected) in [
            (vec![paid.clone(), voided.clone()], "UNRESTORABLE CANCELLED_AT_GATEWAY cancelled"),
            (vec![voided.clone(), paid.clone()], "UNRESTORABLE CANCELLED_AT_GATEWAY cancelled"),
            (vec![voided.clone()], "NOT_PAID"),
            (vec![voided, paid_again, paid], "RESTORABLE -"),
        ] {
            let known = Known { notifications, checkout: Some(checkout()), order: None };
            assert_eq!(told(&known), expected);
        }
    }

    #[test]
    fn a_mismatch_tells_both_values() {
        let known = Known {
            notifications: vec![notification("Amount=11001")],
            checkout: Some(checkout()),
            order: None,
        };
        let Evaluation::Abnormal { evidence: Some(evidence), .. } = evaluate(&known) else {
            panic!("no evidence")
        };
        assert_eq!(
            (evidence.field, evidence.expected.as_str(), evidence.actual.as_str()),
            ("Amount", "11350", "11351")
        );
    }
}
