//! 未処理に戻す: how far a person is with opening a closed row again, and what its reason must be like.
use super::edit::REASON_CHARS_MAX;
use crate::api::error::FieldFault;
use crate::i18n::Lang;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Idle,
    /// The reason is being typed.
    Asking,
    /// What will happen is being read.
    Confirming,
    Sending,
    Refused(String),
    Done,
}

/// Why a reason cannot be taken, beside its field.
pub(crate) fn broken_rules(l: Lang, reason: &str) -> Vec<FieldFault> {
    let reason = reason.trim();
    let message = if reason.is_empty() {
        l.reason_required().to_owned()
    } else if reason.chars().count() > REASON_CHARS_MAX {
        l.rule_too_long(&REASON_CHARS_MAX.to_string())
    } else {
        return Vec::new();
    };
    vec![FieldFault { field: "reason".to_owned(), message }]
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
            assert_eq!(!broken_rules(Lang::Ja, &reason).is_empty(), broken, "{}", reason.len());
        }
    }
}
