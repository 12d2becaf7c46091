//! The confirmation mail as a person edits it, and what the page itself can say of it.
use crate::api::error::FieldFault;
use crate::i18n::Lang;

/// The limits of `sendOrderMail`.
const SUBJECT_CHARS_MAX: usize = 200;
const BODY_CHARS_MAX: usize = 50_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
}

impl Mail {
    /// Whether the address can be reached is the mail server's to say.
    pub(crate) fn broken_rules(&self, l: Lang) -> Vec<FieldFault> {
        let required = |text: &str| text.trim().is_empty().then(|| l.rule_required().to_owned());
        let too_long =
            |text: &str, max: usize| (text.chars().count() > max).then(|| l.rule_too_long(&max.to_string()));
        let to = self.to.trim();
        let is_address = to.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !to.contains([' ', ',', ';', '\n']) && !host.contains('@')
        });
        let faults = [
            ("to", required(&self.to).or_else(|| (!is_address).then(|| l.rule_one_address().to_owned()))),
            ("subject", required(&self.subject).or_else(|| too_long(&self.subject, SUBJECT_CHARS_MAX))),
            ("body", required(&self.body).or_else(|| too_long(&self.body, BODY_CHARS_MAX))),
        ];
        let told = faults.into_iter().filter_map(|(field, message)| Some((field, message?)));
        told.map(|(field, message)| FieldFault { field: field.to_owned(), message }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let sound = Mail { to: "a@example.jp".into(), subject: "件名".into(), body: "本文".into() };
        assert_eq!(sound.broken_rules(Lang::Ja), []);
        let cases = [
            (Mail { to: "a@example.jp, b@example.jp".into(), ..sound.clone() }, "to"),
            (Mail { to: "nobody".into(), ..sound.clone() }, "to"),
            (Mail { to: "a@@b".into(), ..sound.clone() }, "to"),
            (Mail { subject: " ".into(), ..sound.clone() }, "subject"),
            (Mail { subject: "あ".repeat(SUBJECT_CHARS_MAX + 1), ..sound.clone() }, "subject"),
            (Mail { body: "あ".repeat(BODY_CHARS_MAX + 1), ..sound.clone() }, "body"),
        ];
        for (mail, field) in cases {
            let fields: Vec<String> =
                mail.broken_rules(Lang::Ja).into_iter().map(|fault| fault.field).collect();
            assert_eq!(fields, [field]);
        }
    }
}
