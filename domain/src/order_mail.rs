//! The confirmation mail of an order: its template, its draft, and what may be sent (docs/REQUIREMENTS.md, B.8).
//!
//! Sends nothing. A subject and an address are one line each, so that no header can be slipped into a mail.

use crate::{
    payment::FaultKind,
    registration::{Cart, is_plausible_email},
    template,
};

/// Longest subject, in characters.
pub const SUBJECT_CHARS_MAX: usize = 200;
/// Longest body, in characters: 200 lines of an order with the longest names are below it.
pub const BODY_CHARS_MAX: usize = 50_000;
/// Longest address, in characters.
const ADDRESS_CHARS_MAX: usize = 254;

/// Every placeholder.
pub const PLACEHOLDERS: [&str; 9] = [
    "order_no",
    "ordered_at",
    "customer_name",
    "member_id",
    "lines",
    "total",
    "shipping_fee",
    "payment_method",
    "shop_name",
];

/// Subject and body, with placeholders or filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailText {
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// A mail that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderMail {
    /// To whom: one address, no name.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text, its lines ended by `\n`.
    pub body: String,
}

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub struct MailFacts<'a> {
    /// The shop's name.
    pub shop_name: &'a str,
    /// The order.
    pub cart: &'a Cart,
    /// The method of payment.
    pub payment_method: Option<&'a str>,
}

/// The languages that have a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailLanguage {
    /// 日本語, which is taken where an IP code has no template of its own.
    Japanese,
    /// English.
    English,
}

/// What is wrong, and with which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFault {
    /// The field.
    pub field: &'static str,
    /// What is wrong.
    pub kind: MailFaultKind,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailFaultKind {
    /// As of any field.
    Field(FaultKind),
    /// There is no such placeholder.
    UnknownPlaceholder(String),
}

/// The default of a language.
pub fn default_template(language: MailLanguage) -> MailText {
    let (subject, body) = match language {
        MailLanguage::Japanese => (
            "【{{shop_name}}】ご注文ありがとうございます(注文番号 {{order_no}})",
            include_str!("order_mail/ja.txt"),
        ),
        MailLanguage::English => {
            ("[{{shop_name}}] Your order {{order_no}}", include_str!("order_mail/en.txt"))
        }
    };
    MailText { subject: subject.to_owned(), body: body.to_owned() }
}

/// Checks a template.
///
/// # Errors
/// Every fault with its field.
pub fn parse_template(subject: &str, body: &str) -> Result<MailText, Vec<MailFault>> {
    let text = parse_text(subject, body);
    let mut faults = text.as_ref().err().cloned().unwrap_or_default();
    for (field, template) in [("subject", subject), ("body", body)] {
        let unknown = template::placeholders(template).into_iter().find(|name| !PLACEHOLDERS.contains(name));
        if let Some(name) = unknown {
            let kind = MailFaultKind::UnknownPlaceholder(name.chars().take(ADDRESS_CHARS_MAX).collect());
            faults.push(MailFault { field, kind });
        }
    }
    if faults.is_empty() { text } else { Err(faults) }
}

/// Checks a mail that somebody wants to send.
///
/// # Errors
/// Every fault with its field.
pub fn parse_mail(to: &str, subject: &str, body: &str) -> Result<OrderMail, Vec<MailFault>> {
    let to = to.trim();
    let mut faults = Vec::new();
    if to.is_empty() {
        faults.push(fault("to", FaultKind::Required));
    } else if to.chars().count() > ADDRESS_CHARS_MAX {
        faults.push(fault("to", FaultKind::TooLong(ADDRESS_CHARS_MAX)));
    } else if !is_plausible_email(to) {
        faults.push(fault("to", FaultKind::InvalidFormat));
    }
    match parse_text(subject, body) {
        Ok(text) if faults.is_empty() => {
            Ok(OrderMail { to: to.to_owned(), subject: text.subject, body: text.body })
        }
        Ok(_) => Err(faults),
        Err(more) => Err([faults, more].concat()),
    }
}

/// The template filled in.
pub fn fill_template(text: &MailText, facts: MailFacts<'_>) -> MailText {
    let filled = |template: &str| template::fill(template, |name| value_of(name, facts));
    MailText { subject: filled(&text.subject), body: filled(&text.body) }
}

fn parse_text(subject: &str, body: &str) -> Result<MailText, Vec<MailFault>> {
    let subject = subject.trim();
    // Forms send CR LF; what is stored and compared has LF alone.
    let body = body.replace("\r\n", "\n");
    let mut faults = Vec::new();
    if subject.is_empty() {
        faults.push(fault("subject", FaultKind::Required));
    } else if subject.chars().count() > SUBJECT_CHARS_MAX {
        faults.push(fault("subject", FaultKind::TooLong(SUBJECT_CHARS_MAX)));
    } else if subject.chars().any(char::is_control) {
        faults.push(fault("subject", FaultKind::InvalidFormat));
    }
    if body.trim().is_empty() {
        faults.push(fault("body", FaultKind::Required));
    } else if body.chars().count() > BODY_CHARS_MAX {
        faults.push(fault("body", FaultKind::TooLong(BODY_CHARS_MAX)));
    } else if body.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
        faults.push(fault("body", FaultKind::InvalidFormat));
    }
    if faults.is_empty() { Ok(MailText { subject: subject.to_owned(), body }) } else { Err(faults) }
}

const fn fault(field: &'static str, kind: FaultKind) -> MailFault {
    MailFault { field, kind: MailFaultKind::Field(kind) }
}

fn value_of(name: &str, facts: MailFacts<'_>) -> Option<String> {
    let cart = facts.cart;
    Some(match name {
        "order_no" => cart.order_no.clone(),
        "ordered_at" => cart.ordered_at.to_tokyo_text(),
        "customer_name" => cart.customer_name.clone(),
        "member_id" => cart.member_id.clone().unwrap_or_else(|| "-".to_owned()),
        "lines" => lines_of(cart),
        "total" => cart.total.to_string(),
        "shipping_fee" => cart.shipping_fee.to_string(),
        "payment_method" => facts.payment_method.unwrap_or("-").to_owned(),
        "shop_name" => facts.shop_name.to_owned(),
        _ => return None,
    })
}

fn lines_of(cart: &Cart) -> String {
    let line =
        |line: &crate::order::OrderLine| format!("・{} {} × {}", line.name, line.unit_price, line.quantity);
    cart.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::IpCode, money::Yen, order::OrderLine, time::Timestamp};

    fn cart() -> Cart {
        let yen = |amount| Yen::new(amount).unwrap();
        Cart {
            ip_code: IpCode::parse("2012000123").unwrap(),
            order_no: "2009031700002".to_owned(),
            ordered_at: Timestamp::parse_rfc3339("2009-03-17T16:29:56+09:00").unwrap(),
            customer_name: "山田 {{total}}".to_owned(),
            email: "taro@example.jp".to_owned(),
            member_id: None,
            total: yen(11_350),
            shipping_fee: yen(350),
            lines: vec![OrderLine { name: "春の福袋".to_owned(), unit_price: yen(5_500), quantity: 2 }],
            access_id: None,
        }
    }

    fn told(result: Result<impl std::fmt::Debug, Vec<MailFault>>) -> Vec<String> {
        let text = |fault: MailFault| match fault.kind {
            MailFaultKind::Field(kind) => format!("{} {}", fault.field, kind.code()),
            MailFaultKind::UnknownPlaceholder(name) => format!("{} ?{name}", fault.field),
        };
        result.err().unwrap_or_default().into_iter().map(text).collect()
    }

    #[test]
    fn the_defaults_are_good_templates_and_use_what_there_is() {
        for language in [MailLanguage::Japanese, MailLanguage::English] {
            let template = default_template(language);
            assert_eq!(parse_template(&template.subject, &template.body).as_ref(), Ok(&template));
            for name in ["order_no", "customer_name", "lines", "total", "shipping_fee", "shop_name"] {
                assert!(template.body.contains(&format!("{{{{{name}}}}}")), "{language:?} {name}");
            }
        }
    }

    #[test]
    fn a_template_is_filled_with_the_order_and_values_stay_values() {
        let body =
            "{{customer_name}} 様\n{{lines}}\n{{shipping_fee}} {{total}} {{member_id}} {{ ordered_at }}";
        let text = MailText { subject: "{{shop_name}} {{order_no}}".to_owned(), body: body.to_owned() };
        let cart = cart();
        let facts = MailFacts { shop_name: "さくら書房", cart: &cart, payment_method: None };
        let filled = fill_template(&text, facts);
        assert_eq!(filled.subject, "さくら書房 2009031700002");
        let expected = "山田 {{total}} 様\n・春の福袋 ¥5,500 × 2\n¥350 ¥11,350 - 2009/03/17 16:29:56";
        assert_eq!(filled.body, expected);
    }

    #[test]
    fn what_cannot_be_sent_is_told_beside_its_field() {
        let long = "あ".repeat(SUBJECT_CHARS_MAX + 1);
        let huge = "あ".repeat(BODY_CHARS_MAX + 1);
        for (to, subject, body, expected) in [
            ("taro@example.jp", "件名", "本文\r\n\t二行目\n", vec![]),
            ("", " ", "\n", vec!["to REQUIRED", "subject REQUIRED", "body REQUIRED"]),
            ("taro@example.jp\nBcc: x@example.com", "s", "b", vec!["to INVALID_FORMAT"]),
            ("taro@example.jp, hana@example.jp", "s", "b", vec!["to INVALID_FORMAT"]),
            ("taro", "s", "b", vec!["to INVALID_FORMAT"]),
            ("t@x", "s\r\nBcc: x@example.com", "b", vec!["subject INVALID_FORMAT"]),
            ("t@x", "s", "b\u{0}", vec!["body INVALID_FORMAT"]),
            ("t@x", &long, &huge, vec!["subject TOO_LONG", "body TOO_LONG"]),
        ] {
            assert_eq!(told(parse_mail(to, subject, body)), expected, "{to} {subject}");
        }
        assert_eq!(parse_mail(" t@x ", " s ", "a\r\nb").unwrap().body, "a\nb");
    }

    #[test]
    fn an_unknown_placeholder_is_named() {
        let faults = told(parse_template("{{order_no}} {{oops}}", "{{ total }} {{}}"));
        assert_eq!(faults, ["subject ?oops", "body ?"]);
    }
}
