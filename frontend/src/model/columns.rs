//! Which columns of the list of send errors are shown: the reader's choice, remembered.
//! What one must see to decide (order number, CGISendErr, CGI処理) is no choice.
use crate::i18n::Lang;

/// A column that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    SentAt,
    IpCode,
    Carrier,
    Amount,
    Cause,
    Receipt,
    Attempts,
}

impl Column {
    pub(crate) const ALL: [Self; 7] =
        [Self::SentAt, Self::IpCode, Self::Carrier, Self::Amount, Self::Cause, Self::Receipt, Self::Attempts];

    pub(crate) fn heading(self, l: Lang) -> &'static str {
        match self {
            Self::SentAt => l.sent_at(),
            Self::IpCode => l.ip_code(),
            Self::Carrier => l.carrier(),
            Self::Amount => l.amount(),
            Self::Cause => l.cause(),
            Self::Receipt => l.receipt(),
            Self::Attempts => l.attempts(),
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::SentAt => "sentAt",
            Self::IpCode => "ipCode",
            Self::Carrier => "carrier",
            Self::Amount => "amount",
            Self::Cause => "cause",
            Self::Receipt => "receipt",
            Self::Attempts => "attempts",
        }
    }
}

/// The columns that were left out. Those are remembered, so that a column that comes with a new version is seen.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct HiddenColumns(Vec<Column>);

impl HiddenColumns {
    pub(crate) fn shows(&self, column: Column) -> bool {
        !self.0.contains(&column)
    }

    pub(crate) fn toggle(&mut self, column: Column) {
        if self.shows(column) {
            self.0.push(column);
        } else {
            self.0.retain(|hidden| *hidden != column);
        }
    }

    pub(crate) fn to_text(&self) -> String {
        self.0.iter().map(|column| column.code()).collect::<Vec<_>>().join(",")
    }

    /// Reads what [`HiddenColumns::to_text`] wrote; what an older version knew and this one does not is passed over.
    pub(crate) fn from_text(text: &str) -> Self {
        let known = |code: &str| Column::ALL.into_iter().find(|column| column.code() == code);
        Self(text.split(',').filter_map(known).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_columns_survives_being_remembered() {
        let mut hidden = HiddenColumns::default();
        for column in [Column::Carrier, Column::Attempts, Column::Cause] {
            hidden.toggle(column);
        }
        hidden.toggle(Column::Carrier);
        assert_eq!(hidden.to_text(), "attempts,cause");
        assert_eq!(HiddenColumns::from_text("attempts,cause"), hidden);
        assert!(hidden.shows(Column::Carrier) && !hidden.shows(Column::Cause));
    }

    #[test]
    fn what_is_unknown_hides_nothing() {
        assert_eq!(HiddenColumns::from_text("shoeSize,,"), HiddenColumns::default());
    }
}
