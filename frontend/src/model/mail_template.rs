//! The template of the confirmation mail as a person edits it: what is wrong with it, and how a mail made of it reads.
//! The rules are `todoke_domain::order_mail`'s, which the server asks too.
use super::enums::MailLanguage;
use crate::api::error::FieldFault;
use crate::i18n::Lang;
use todoke_domain::ids::IpCode;
use todoke_domain::money::Yen;
use todoke_domain::order::OrderLine;
use todoke_domain::order_mail::{
    MailFacts, MailFault, MailFaultKind, MailText, fill_template, parse_template,
};
use todoke_domain::payment::FaultKind;
use todoke_domain::registration::Cart;
use todoke_domain::time::Timestamp;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// A standard text, with its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standard {
    pub(crate) language: MailLanguage,
    pub(crate) text: Template,
}

impl Template {
    /// Everything that is wrong, beside `subject` and `body`.
    pub(crate) fn broken_rules(&self, l: Lang) -> Vec<FieldFault> {
        let faults = parse_template(&self.subject, &self.body).err().unwrap_or_default();
        let told = faults
            .into_iter()
            .map(|fault| FieldFault { field: fault.field.to_owned(), message: in_words(l, fault) });
        told.collect()
    }

    /// A mail made of it for an order that shows every placeholder.
    pub(crate) fn preview(&self, l: Lang, shop_name: &str) -> Template {
        let text = MailText { subject: self.subject.clone(), body: self.body.clone() };
        let Some(cart) = sample_order(l) else { return self.clone() };
        let facts = MailFacts { shop_name, cart: &cart, payment_method: Some(l.sample_payment()) };
        let MailText { subject, body } = fill_template(&text, facts);
        Template { subject, body }
    }

    /// What is stored for it: the standard text that mails begin with anyway is stored as nothing, so that the IP code
    /// goes on using it.
    pub(crate) fn stored(&self, standards: &[Standard]) -> Template {
        let is_standard =
            standards.iter().any(|one| one.language == MailLanguage::Ja && one.text.is_same(self));
        if is_standard { Self::default() } else { self.clone() }
    }

    /// Forms send CR LF and people leave blanks at the end; neither is another text.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        self.subject.trim() == other.subject.trim() && lines(&self.body) == lines(&other.body)
    }
}

/// What a placeholder stands for; a newer server may have more of them.
pub(crate) fn placeholder_name(l: Lang, name: &str) -> Option<&'static str> {
    Some(match name {
        "order_no" => l.ph_order_no(),
        "ordered_at" => l.ph_ordered_at(),
        "customer_name" => l.ph_customer_name(),
        "member_id" => l.ph_member_id(),
        "lines" => l.ph_lines(),
        "total" => l.ph_total(),
        "shipping_fee" => l.ph_shipping_fee(),
        "payment_method" => l.ph_payment_method(),
        "shop_name" => l.ph_shop_name(),
        _ => return None,
    })
}

/// As it stands in a template.
pub(crate) fn in_braces(name: &str) -> String {
    ["{{", name, "}}"].concat()
}

fn in_words(l: Lang, fault: MailFault) -> String {
    match fault.kind {
        MailFaultKind::UnknownPlaceholder(name) => l.template_unknown(&in_braces(&name)),
        MailFaultKind::Field(FaultKind::Required) => l.rule_required().to_owned(),
        MailFaultKind::Field(FaultKind::TooLong(most)) => l.rule_too_long(&most.to_string()),
        MailFaultKind::Field(_) if fault.field == "subject" => l.template_one_line().to_owned(),
        MailFaultKind::Field(_) => l.template_plain().to_owned(),
    }
}

/// An order that nobody made. Its parts are all within their limits, so it is always there.
fn sample_order(l: Lang) -> Option<Cart> {
    let line = |name: &str, price: i64, quantity: i32| {
        Some(OrderLine { name: name.to_owned(), unit_price: Yen::new(price).ok()?, quantity })
    };
    Some(Cart {
        ip_code: IpCode::parse("2012000123").ok()?,
        order_no: "2009031700002".to_owned(),
        ordered_at: Timestamp::parse_rfc3339("2009-03-17T16:45:01+09:00").ok()?,
        customer_name: l.sample_customer().to_owned(),
        email: "hanako@example.jp".to_owned(),
        member_id: Some("mr192".to_owned()),
        total: Yen::new(11_350).ok()?,
        shipping_fee: Yen::new(650).ok()?,
        lines: vec![line(l.sample_item_one(), 5_400, 1)?, line(l.sample_item_two(), 2_650, 2)?],
        access_id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use todoke_domain::order_mail::SUBJECT_CHARS_MAX;

    fn template(subject: &str, body: &str) -> Template {
        Template { subject: subject.to_owned(), body: body.to_owned() }
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let long = "あ".repeat(SUBJECT_CHARS_MAX + 1);
        for (subject, body, told) in [
            ("件名", "本文 {{order_no}}", vec![]),
            (" ", "本文", vec!["subject"]),
            ("件名", " ", vec!["body"]),
            (long.as_str(), "本文", vec!["subject"]),
            ("{{order}}", "{{lines}}{{line}}", vec!["subject", "body"]),
            ("件\n名", "本文", vec!["subject"]),
        ] {
            let faults = template(subject, body).broken_rules(Lang::Ja);
            assert_eq!(
                faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(),
                told,
                "{subject}"
            );
        }
        let faults = template("{{order}}", "本文").broken_rules(Lang::En);
        assert_eq!(
            faults.first().map(|fault| fault.message.as_str()),
            Some("There is no placeholder {{order}}.")
        );
    }

    #[test]
    fn the_preview_shows_a_value_for_every_placeholder() {
        for l in [Lang::Ja, Lang::En] {
            for name in todoke_domain::order_mail::PLACEHOLDERS {
                let preview = template(&in_braces(name), "").preview(l, "さくら書房");
                assert!(!preview.subject.is_empty() && !preview.subject.contains("{{"), "{name}");
                assert!(placeholder_name(l, name).is_some(), "{name}");
            }
        }
        let preview = template("", "{{shop_name}} {{total}} {{ member_id }}").preview(Lang::Ja, "さくら書房");
        assert_eq!(preview.body, "さくら書房 ¥11,350 mr192");
    }

    #[test]
    fn the_standard_text_is_stored_as_nothing() {
        let standards = [
            Standard { language: MailLanguage::Ja, text: template("件名", "本文\n") },
            Standard { language: MailLanguage::En, text: template("Subject", "Body") },
        ];
        assert_eq!(template("件名 ", "本文\r\n").stored(&standards), Template::default());
        assert_eq!(template("Subject", "Body").stored(&standards), template("Subject", "Body"));
    }
}
