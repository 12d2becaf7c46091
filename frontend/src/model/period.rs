//! The period of a search, as it stands in the form and in the page's address.
//! It judges nothing: whether a period is permitted is `todoke_domain::search`'s word.
use super::enums::PeriodPreset;
use todoke_domain::search::{self, PeriodInput};
use todoke_domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum PeriodKind {
    #[default]
    Unbounded,
    Month,
    Days,
    Today,
    Yesterday,
}

/// The whole group of fields: what the chosen kind does not use keeps its value while the form is open.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Period {
    pub(crate) kind: PeriodKind,
    pub(crate) month: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Period {
    pub(crate) fn of(kind: PeriodKind) -> Self {
        Self { kind, ..Self::default() }
    }

    pub(crate) fn days(from: String, to: String) -> Self {
        Self { kind: PeriodKind::Days, month: String::new(), from, to }
    }

    /// `2026-11`, `2026-11-01_2026-11-21`, `today`, `yesterday`; nothing when unbounded.
    pub(crate) fn to_address(&self) -> Option<String> {
        match self.kind {
            PeriodKind::Unbounded => None,
            PeriodKind::Month => Some(self.month.clone()),
            PeriodKind::Days => Some([&self.from, "_", &self.to].concat()),
            PeriodKind::Today => Some("today".to_owned()),
            PeriodKind::Yesterday => Some("yesterday".to_owned()),
        }
    }

    /// Reads what [`Period::to_address`] wrote; anything else counts as a month, so that its fault is shown.
    pub(crate) fn from_address(text: &str) -> Self {
        match text {
            "" => Self::default(),
            "today" => Self::of(PeriodKind::Today),
            "yesterday" => Self::of(PeriodKind::Yesterday),
            other => match other.split_once('_') {
                Some((from, to)) => Self::days(from.to_owned(), to.to_owned()),
                None => Self { month: other.to_owned(), ..Self::of(PeriodKind::Month) },
            },
        }
    }

    pub(crate) fn year_month(&self) -> Option<String> {
        (self.kind == PeriodKind::Month).then(|| self.month.clone())
    }

    pub(crate) fn first_day(&self) -> Option<String> {
        (self.kind == PeriodKind::Days && !self.from.is_empty()).then(|| self.from.clone())
    }

    pub(crate) fn last_day(&self) -> Option<String> {
        (self.kind == PeriodKind::Days && !self.to.is_empty()).then(|| self.to.clone())
    }

    pub(crate) fn preset(&self) -> Option<PeriodPreset> {
        match self.kind {
            PeriodKind::Today => Some(PeriodPreset::Today),
            PeriodKind::Yesterday => Some(PeriodPreset::Yesterday),
            PeriodKind::Unbounded | PeriodKind::Month | PeriodKind::Days => None,
        }
    }

    /// As the rules of the search take it.
    pub(crate) fn to_input(&self) -> Option<PeriodInput> {
        match self.kind {
            PeriodKind::Unbounded => None,
            PeriodKind::Month => Some(PeriodInput::YearMonth(self.month.clone())),
            PeriodKind::Days => Some(PeriodInput::Days { from: self.from.clone(), to: self.to.clone() }),
            PeriodKind::Today => Some(PeriodInput::Today),
            PeriodKind::Yesterday => Some(PeriodInput::Yesterday),
        }
    }

    pub(crate) fn is_bounded(&self) -> bool {
        self.kind != PeriodKind::Unbounded
    }
}

/// The months that may be searched, newest first.
pub(crate) fn permitted_months(now: Timestamp) -> Vec<String> {
    search::searchable_months(now).iter().map(ToString::to_string).collect()
}

/// The first and the last day that may be searched.
pub(crate) fn permitted_days(now: Timestamp) -> (String, String) {
    (search::first_searchable_day(now).to_string(), now.tokyo_date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_survives_the_address() {
        for text in ["today", "yesterday", "2026-11", "2026-11-01_2026-11-21", "_2026-11-21"] {
            assert_eq!(Period::from_address(text).to_address().as_deref(), Some(text));
        }
        assert_eq!(Period::from_address("").to_address(), None);
    }

    #[test]
    fn eight_months_are_permitted_from_the_first_day_of_the_oldest() {
        let now = Timestamp::parse_rfc3339("2026-01-31T23:30:00+09:00").unwrap();
        let months = permitted_months(now);
        assert_eq!(months.len(), 8);
        assert_eq!(months.first().map(String::as_str), Some("2026-01"));
        assert_eq!(months.last().map(String::as_str), Some("2025-06"));
        assert_eq!(permitted_days(now), ("2025-06-01".to_owned(), "2026-01-31".to_owned()));
    }
}
