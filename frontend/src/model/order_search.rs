//! The searches of abnormal orders (異常注文復旧処理) and of orders (注文処理状況管理) ⇄ the page's address.
use super::enums::{AbnormalOrderList, ConfirmationMail, OrderStatus};
use super::period::Period;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AbnormalOrderSearch {
    pub(crate) list: AbnormalOrderList,
    pub(crate) order_no: String,
    pub(crate) customer: String,
    pub(crate) member_id: String,
    pub(crate) period: Period,
    pub(crate) after: Vec<String>,
}

impl AbnormalOrderSearch {
    pub(crate) fn parse(query: &str) -> Self {
        let mut search = Self {
            list: AbnormalOrderList::All,
            order_no: String::new(),
            customer: String::new(),
            member_id: String::new(),
            period: Period::default(),
            after: Vec::new(),
        };
        for (name, value) in pairs(query) {
            match name.as_str() {
                "list" => search.list = list_from(&value),
                "orderNo" => search.order_no = value,
                "customer" => search.customer = value,
                "memberId" => search.member_id = value,
                "period" => search.period = Period::from_address(&value),
                "after" => search.after.push(value),
                _ => {}
            }
        }
        search
    }

    pub(crate) fn href(&self) -> String {
        let period = self.period.to_address().unwrap_or_default();
        let mut named = vec![
            ("list", list_text(self.list)),
            ("orderNo", &self.order_no),
            ("customer", &self.customer),
            ("memberId", &self.member_id),
            ("period", &period),
        ];
        named.extend(self.after.iter().map(|cursor| ("after", cursor.as_str())));
        address("/abnormal-orders", &named)
    }

    pub(crate) fn is_narrowed(&self) -> bool {
        let texts = [&self.order_no, &self.customer, &self.member_id];
        self.period.is_bounded() || texts.iter().any(|text| !text.is_empty())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderSearch {
    pub(crate) order_no: String,
    pub(crate) status: Option<OrderStatus>,
    pub(crate) restored: Option<bool>,
    pub(crate) confirmation_mail: Option<ConfirmationMail>,
    pub(crate) period: Period,
    pub(crate) after: Vec<String>,
}

impl OrderSearch {
    pub(crate) fn parse(query: &str) -> Self {
        let mut search = Self {
            order_no: String::new(),
            status: None,
            restored: None,
            confirmation_mail: None,
            period: Period::default(),
            after: Vec::new(),
        };
        for (name, value) in pairs(query) {
            match name.as_str() {
                "orderNo" => search.order_no = value,
                "status" => search.status = order_status_from(&value),
                "restored" => search.restored = yes_no_from(&value),
                "mail" => search.confirmation_mail = mail_from(&value),
                "period" => search.period = Period::from_address(&value),
                "after" => search.after.push(value),
                _ => {}
            }
        }
        search
    }

    pub(crate) fn href(&self) -> String {
        let period = self.period.to_address().unwrap_or_default();
        let mut named = vec![
            ("orderNo", self.order_no.as_str()),
            ("status", self.status.map_or("", order_status_text)),
            ("restored", self.restored.map_or("", yes_no_text)),
            ("mail", self.confirmation_mail.map_or("", mail_text)),
            ("period", &period),
        ];
        named.extend(self.after.iter().map(|cursor| ("after", cursor.as_str())));
        address("/orders", &named)
    }

    /// Restored orders whose confirmation mail was not sent yet.
    pub(crate) fn waiting_for_mail() -> Self {
        let all = Self::parse("");
        Self { restored: Some(true), confirmation_mail: Some(ConfirmationMail::NotSent), ..all }
    }

    pub(crate) fn is_waiting_for_mail(&self) -> bool {
        self.restored == Some(true) && self.confirmation_mail == Some(ConfirmationMail::NotSent)
    }

    pub(crate) fn is_narrowed(&self) -> bool {
        let has_choice = self.status.is_some() || self.restored.is_some() || self.confirmation_mail.is_some();
        has_choice || self.period.is_bounded() || !self.order_no.is_empty()
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect()
}

/// The path with those pairs that have a value.
fn address(path: &str, named: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in named.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { [path, "?", &query].concat() }
}

pub(crate) fn list_from(text: &str) -> AbnormalOrderList {
    match text {
        "restorable" => AbnormalOrderList::Restorable,
        "restored" => AbnormalOrderList::Restored,
        "duplicate" => AbnormalOrderList::Duplicate,
        "unrestorable" => AbnormalOrderList::Unrestorable,
        _ => AbnormalOrderList::All,
    }
}

/// The word in the address; none for the list of all.
pub(crate) fn list_text(list: AbnormalOrderList) -> &'static str {
    match list {
        AbnormalOrderList::All => "",
        AbnormalOrderList::Restorable => "restorable",
        AbnormalOrderList::Restored => "restored",
        AbnormalOrderList::Duplicate => "duplicate",
        AbnormalOrderList::Unrestorable => "unrestorable",
    }
}

pub(crate) fn order_status_from(text: &str) -> Option<OrderStatus> {
    match text {
        "new" => Some(OrderStatus::New),
        "in-progress" => Some(OrderStatus::InProgress),
        "shipped" => Some(OrderStatus::Shipped),
        "cancelled" => Some(OrderStatus::Cancelled),
        _ => None,
    }
}

pub(crate) fn order_status_text(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::New => "new",
        OrderStatus::InProgress => "in-progress",
        OrderStatus::Shipped => "shipped",
        OrderStatus::Cancelled => "cancelled",
    }
}

pub(crate) fn yes_no_from(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

pub(crate) fn yes_no_text(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

pub(crate) fn mail_from(text: &str) -> Option<ConfirmationMail> {
    match text {
        "sent" => Some(ConfirmationMail::Sent),
        "not-sent" => Some(ConfirmationMail::NotSent),
        _ => None,
    }
}

pub(crate) fn mail_text(mail: ConfirmationMail) -> &'static str {
    match mail {
        ConfirmationMail::Sent => "sent",
        ConfirmationMail::NotSent => "not-sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_of_abnormal_orders_survives_the_address() {
        let href = "/abnormal-orders?list=duplicate&orderNo=20090317&customer=%E5%B1%B1+x&period=2026-11-01_&after=c1";
        let search = AbnormalOrderSearch::parse(href.split_once('?').unwrap().1);
        assert_eq!(search.list, AbnormalOrderList::Duplicate);
        assert_eq!(search.customer, "山 x");
        assert_eq!(search.href(), href);
        assert!(search.is_narrowed());
        assert_eq!(AbnormalOrderSearch::parse("").href(), "/abnormal-orders");
    }

    #[test]
    fn a_search_of_orders_survives_the_address() {
        let href = "/orders?status=in-progress&restored=yes&mail=not-sent&period=today";
        let search = OrderSearch::parse(href.split_once('?').unwrap().1);
        assert_eq!(search.restored, Some(true));
        assert!(search.is_waiting_for_mail());
        assert_eq!(search.href(), href);
        assert_eq!(OrderSearch::waiting_for_mail().href(), "/orders?restored=yes&mail=not-sent");
        assert!(!OrderSearch::parse("after=x").is_narrowed());
    }
}
