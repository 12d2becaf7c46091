//! Periods of the searches.

use async_graphql::{Enum, InputObject};
use todoke_domain::search::{PeriodInput as DomainPeriod, SearchRule};

use crate::{
    app::Error,
    graphql::scalars::{Date, YearMonth},
    messages::Message,
};

/// 今日 and 昨日, in Asia/Tokyo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum PeriodPreset {
    /// 今日.
    Today,
    /// 昨日.
    Yesterday,
}

/// A period: exactly one of `yearMonth`, `from` with `to`, and `preset`. Anything else is BAD_USER_INPUT.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PeriodInput {
    /// 年月指定.
    pub year_month: Option<YearMonth>,
    /// 年月日指定, first day, included.
    pub from: Option<Date>,
    /// 年月日指定, last day, included.
    pub to: Option<Date>,
    /// 今日 or 昨日.
    pub preset: Option<PeriodPreset>,
}

/// The domain's period.
///
/// # Errors
/// More than one kind of period at once.
pub(crate) fn parse_period_input(input: Option<PeriodInput>) -> Result<Option<DomainPeriod>, Error> {
    let Some(input) = input else { return Ok(None) };
    let text = |date: Option<Date>| date.map(|date| date.0).unwrap_or_default();
    let has_days = input.from.is_some() || input.to.is_some();
    match (input.year_month, has_days, input.preset) {
        (Some(month), false, None) => Ok(Some(DomainPeriod::YearMonth(month.0))),
        (None, true, None) => Ok(Some(DomainPeriod::Days { from: text(input.from), to: text(input.to) })),
        (None, false, Some(PeriodPreset::Today)) => Ok(Some(DomainPeriod::Today)),
        (None, false, Some(PeriodPreset::Yesterday)) => Ok(Some(DomainPeriod::Yesterday)),
        _ => Err(Error::field(&["period"], Message::Search(SearchRule::SeveralPeriods))),
    }
}
