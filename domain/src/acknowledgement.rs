//! When an answer of the merchant's endpoint counts as "received" (docs/REQUIREMENTS.md, A.2).

use serde::{Deserialize, Serialize};

/// What the body of a 2xx answer must be like. Compared in the endpoint's charset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum BodyRule {
    /// Any body, also an empty one.
    #[default]
    Any,
    /// The body, without surrounding white space, is this text: CGIs often end their answer with a line break.
    Equals(String),
    /// The body begins with this text.
    StartsWith(String),
    /// The body holds this text somewhere in its first 64 KiB.
    Contains(String),
}

impl BodyRule {
    /// The longest text of a rule, in characters.
    pub const TEXT_CHARS_MAX: usize = 200;

    /// Reads `equals:OK`, `starts-with:OK`, `contains:OK` or `any`, as commands write it.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once(':').unwrap_or((text, ""));
        let fits = !value.is_empty() && value.chars().count() <= Self::TEXT_CHARS_MAX;
        match kind {
            "any" if value.is_empty() => Some(Self::Any),
            "equals" if fits => Some(Self::Equals(value.to_owned())),
            "starts-with" if fits => Some(Self::StartsWith(value.to_owned())),
            "contains" if fits => Some(Self::Contains(value.to_owned())),
            _ => None,
        }
    }

    /// Whether a decoded body meets the rule.
    pub fn is_met_by(&self, body: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Equals(text) => body.trim() == text.trim(),
            Self::StartsWith(text) => body.starts_with(text.as_str()),
            Self::Contains(text) => body.contains(text.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_held_against_the_rule() {
        for (rule, body, met) in [
            ("any", "", true),
            ("equals:OK", "OK\r\n", true),
            ("equals:OK", "NOT OK", false),
            ("equals:OK", "", false),
            ("starts-with:success", "successok", true),
            ("starts-with:success", " success", false),
            ("contains:受付", "<p>受付しました</p>", true),
            ("contains:受付", "error", false),
        ] {
            assert_eq!(BodyRule::parse(rule).unwrap().is_met_by(body), met, "{rule} {body:?}");
        }
    }

    #[test]
    fn rules_without_a_text_are_refused() {
        for text in ["equals:", "equals", "matches:x", "any:x", ""] {
            assert_eq!(BodyRule::parse(text), None, "{text}");
        }
    }
}
