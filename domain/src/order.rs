//! Checkouts and orders: what a cart saves before the buyer pays, and what it has after.

use crate::{money::Yen, time::Timestamp};

/// Most lines of one order.
pub const LINES_MAX: usize = 200;
/// Longest name of a line, a customer or an order type, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest order number of a cart, in characters.
pub const ORDER_NO_CHARS_MAX: usize = 64;
/// Greatest quantity of one line.
pub const QUANTITY_MAX: i32 = 99_999;
/// Most checkouts or orders of one registration.
pub const REGISTRATIONS_MAX: usize = 500;
/// Days after which a checkout no longer counts (CHECKOUT_EXPIRED), unless a setting says otherwise.
pub const CHECKOUT_RETENTION_DAYS_DEFAULT: i64 = 60;
/// The longest such setting: ten years, as long as accounts are kept.
pub const CHECKOUT_RETENTION_DAYS_MAX: i64 = 3_650;

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// What was bought.
    pub name: String,
    /// Price of one, tax included.
    pub unit_price: Yen,
    /// How many, 1 to [`QUANTITY_MAX`].
    pub quantity: i32,
}

/// How many pieces the lines hold together.
pub fn item_count(lines: &[OrderLine]) -> i32 {
    lines.iter().fold(0, |count, line| count.saturating_add(line.quantity))
}

/// Order processing status (注文処理状況).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// 新規受付.
    #[default]
    New,
    /// 対応中.
    InProgress,
    /// 発送済み.
    Shipped,
    /// 取消.
    Cancelled,
}

/// What a change from one status to another takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusStep {
    /// It goes on: no reason is needed.
    Forward,
    /// It takes back what was told before: only with a reason.
    Back,
}

impl OrderStatus {
    /// Every status, in the order of the work.
    pub const ALL: [Self; 4] = [Self::New, Self::InProgress, Self::Shipped, Self::Cancelled];

    /// What the change to another status takes; `None` where there is no such change. A cancelled order comes back
    /// as a new one and goes its way again.
    pub const fn step_to(self, next: Self) -> Option<StatusStep> {
        match (self, next) {
            (Self::New, Self::InProgress | Self::Shipped | Self::Cancelled)
            | (Self::InProgress, Self::Shipped | Self::Cancelled)
            | (Self::Shipped, Self::Cancelled) => Some(StatusStep::Forward),
            (Self::InProgress | Self::Cancelled, Self::New) | (Self::Shipped, Self::InProgress) => {
                Some(StatusStep::Back)
            }
            (Self::New, Self::New)
            | (Self::InProgress, Self::InProgress)
            | (Self::Shipped, Self::Shipped | Self::New)
            | (Self::Cancelled, Self::InProgress | Self::Shipped | Self::Cancelled) => None,
        }
    }

    /// The statuses that may follow, each with what it takes.
    pub fn next_steps(self) -> Vec<(Self, StatusStep)> {
        Self::ALL.into_iter().filter_map(|next| self.step_to(next).map(|step| (next, step))).collect()
    }

    /// The name in storage and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::InProgress => "IN_PROGRESS",
            Self::Shipped => "SHIPPED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The status of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// The parts of a checkout that an evaluation compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutFacts {
    /// Total, tax and shipping included.
    pub total: Yen,
    /// The gateway's pay type that the buyer chose, where the cart told it.
    pub pay_type: Option<String>,
    /// The gateway's access id, where the cart knew it.
    pub access_id: Option<String>,
    /// When it stops to count.
    pub expires_at: Timestamp,
}

/// The parts of an order that an evaluation compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    /// The gateway's access id of the payment that paid it; `None` where it was paid otherwise.
    pub access_id: Option<String>,
    /// Made by restoring this very row.
    pub restored_from_this_row: bool,
}

/// The name of a gateway's pay type (docs/DOMAIN.md, GMO-PG, PayType); one that is not known stays as it is.
pub fn payment_method_name(pay_type: &str) -> &str {
    match pay_type {
        "0" => "クレジットカード",
        "3" => "コンビニ",
        "4" => "Pay-easy",
        "8" => "auかんたん決済",
        "9" => "d払い",
        "10" => "ドコモ継続課金",
        "11" => "ソフトバンクまとめて支払い",
        "13" => "auかんたん決済継続課金",
        "22" => "ソフトバンクまとめて支払い継続課金",
        other => other,
    }
}

/// The numbers under which a cart may know an order of the gateway: exactly, then without the suffix that carts
/// append for retries (docs/DOMAIN.md, GMO-PG, OrderID).
pub fn candidate_order_numbers(gateway_order_id: &str) -> Vec<String> {
    let mut candidates = vec![gateway_order_id.to_owned()];
    if let Some((before, _)) = gateway_order_id.rsplit_once('-')
        && !before.is_empty()
    {
        candidates.push(before.to_owned());
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_next_ones_and_no_other() {
        use OrderStatus::*;
        use StatusStep::*;
        for (status, expected) in [
            (New, vec![(InProgress, Forward), (Shipped, Forward), (Cancelled, Forward)]),
            (InProgress, vec![(New, Back), (Shipped, Forward), (Cancelled, Forward)]),
            (Shipped, vec![(InProgress, Back), (Cancelled, Forward)]),
            (Cancelled, vec![(New, Back)]),
        ] {
            assert_eq!(status.next_steps(), expected, "{status:?}");
            assert_eq!(OrderStatus::from_code(status.code()), Some(status));
        }
    }

    #[test]
    fn pay_types_that_are_not_known_stay_as_they_are() {
        assert_eq!(payment_method_name("0"), "クレジットカード");
        assert_eq!(payment_method_name("99"), "99");
    }

    #[test]
    fn suffixes_of_retries_are_taken_off_once() {
        assert_eq!(candidate_order_numbers("2009031700002"), ["2009031700002"]);
        assert_eq!(candidate_order_numbers("2009031700002-1"), ["2009031700002-1", "2009031700002"]);
        assert_eq!(candidate_order_numbers("A-12-1711111111"), ["A-12-1711111111", "A-12"]);
        assert_eq!(candidate_order_numbers("-1"), ["-1"]);
    }
}
