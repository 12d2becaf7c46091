//! An act on one row that is thought over: how far a person is with it, and what its reason must be like.
use super::edit::REASON_CHARS_MAX;
use crate::api::error::FieldFault;
use crate::i18n::Lang;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Idle,
    /// The reason, or what else it needs, is being given.
    Asking,
    /// What will happen is being read.
    Confirming,
    Sending,
    Refused(String),
    Done,
}

/// Why a reason cannot be taken, beside its field.
pub(crate) fn broken_reason(l: Lang, reason: &str) -> Vec<FieldFault> {
    if reason.trim().is_empty() {
        return vec![FieldFault { field: "reason".to_owned(), message: l.reason_required().to_owned() }];
    }
    broken_note(l, "reason", reason)
}

/// Why a text that may be left out cannot be taken: it has the limit of a reason.
pub(crate) fn broken_note(l: Lang, field: &str, text: &str) -> Vec<FieldFault> {
    if text.trim().chars().count() <= REASON_CHARS_MAX {
        return Vec::new();
    }
    vec![FieldFault { field: field.to_owned(), message: l.rule_too_long(&REASON_CHARS_MAX.to_string()) }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_needed_up_to_its_limit() {
        for (reason, broken) in [
            (String::new(), true),
            (" \n".to_owned(), true),
            ("誤って処理済にした".to_owned(), false),
            ("あ".repeat(REASON_CHARS_MAX), false),
            ("あ".repeat(REASON_CHARS_MAX + 1), true),
        ] {
            assert_eq!(!broken_reason(Lang::Ja, &reason).is_empty(), broken, "{}", reason.len());
        }
    }
}
