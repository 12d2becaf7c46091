//! The searches of abnormal orders and of orders: which IP codes, which keywords, which days.
//!
//! Unlike the search for send errors they reach back without limit and need neither a period nor a keyword.

use chrono::NaiveDate;

use crate::{
    ids::IpCode,
    search::{IP_CODES_MAX, KEYWORD_CHARS_MAX, PeriodInput, SearchRule, Span},
    text,
    time::{Timestamp, YearMonth, parse_date},
};

/// A broken rule beside its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListFault {
    /// The path of the field in the filter.
    pub path: &'static [&'static str],
    /// The rule.
    pub rule: SearchRule,
}

impl ListFault {
    const fn new(path: &'static [&'static str], rule: SearchRule) -> Self {
        Self { path, rule }
    }
}

/// The IP codes of a filter, each once, in order.
///
/// # Errors
/// The broken rule.
pub fn parse_ip_codes(texts: &[String]) -> Result<Vec<IpCode>, ListFault> {
    let fault = |rule| ListFault::new(&["ipCodes"], rule);
    if texts.is_empty() {
        return Err(fault(SearchRule::IpCodeRequired));
    }
    if texts.len() > IP_CODES_MAX {
        return Err(fault(SearchRule::TooManyIpCodes));
    }
    let parsed: Result<Vec<IpCode>, _> = texts.iter().map(|text| IpCode::parse(text)).collect();
    let mut ip_codes = parsed.map_err(|_| fault(SearchRule::IpCodeInvalid))?;
    ip_codes.sort();
    ip_codes.dedup();
    Ok(ip_codes)
}

/// A keyword in the form in which it is compared; `None` where the field was empty.
///
/// # Errors
/// It is too long.
pub fn parse_keyword(path: &'static [&'static str], text: Option<&str>) -> Result<Option<String>, ListFault> {
    // Nothing that is stored holds control characters, and PostgreSQL takes no NUL even to compare with.
    let plain: String =
        text.unwrap_or_default().chars().filter(|character| !character.is_control()).collect();
    let normalised = text::normalise(&plain);
    if normalised.chars().count() > KEYWORD_CHARS_MAX {
        return Err(ListFault::new(path, SearchRule::KeywordTooLong));
    }
    Ok(Some(normalised).filter(|text| !text.is_empty()))
}

/// The span of a period; `None` without one: everything there is.
///
/// # Errors
/// The broken rule.
pub fn parse_open_period(period: Option<&PeriodInput>, now: Timestamp) -> Result<Option<Span>, ListFault> {
    let days = |first: NaiveDate, last: NaiveDate| {
        Some(Span { from: Timestamp::tokyo_midnight(first), until: Timestamp::after_tokyo_day(last) })
    };
    let today = now.tokyo_date();
    match period {
        None => Ok(None),
        Some(PeriodInput::Today) => Ok(days(today, today)),
        Some(PeriodInput::Yesterday) => {
            let yesterday = today.pred_opt().unwrap_or(today);
            Ok(days(yesterday, yesterday))
        }
        Some(PeriodInput::YearMonth(text)) => {
            let fault = ListFault::new(&["period", "yearMonth"], SearchRule::InvalidDate);
            let month: YearMonth = text.parse().map_err(|_| fault)?;
            Ok(days(month.first_day(), month.last_day()))
        }
        Some(PeriodInput::Days { from, to }) => {
            let first = parse_day(from, &["period", "from"])?;
            let last = parse_day(to, &["period", "to"])?;
            if first > last {
                return Err(ListFault::new(&["period", "from"], SearchRule::Reversed));
            }
            Ok(days(first, last))
        }
    }
}

fn parse_day(text: &str, path: &'static [&'static str]) -> Result<NaiveDate, ListFault> {
    if text.trim().is_empty() {
        return Err(ListFault::new(path, SearchRule::DayMissing));
    }
    parse_date(text.trim()).map_err(|_| ListFault::new(path, SearchRule::InvalidDate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(input: PeriodInput) -> String {
        let now = Timestamp::parse_rfc3339("2026-11-21T00:30:00+09:00").unwrap();
        match parse_open_period(Some(&input), now) {
            Ok(span) => {
                let span = span.unwrap();
                format!("{} {}", span.from.to_tokyo_text(), span.until.to_tokyo_text())
            }
            Err(fault) => format!("{} {}", fault.path.join("."), fault.rule.code()),
        }
    }

    fn days(from: &str, to: &str) -> PeriodInput {
        PeriodInput::Days { from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn periods_reach_back_without_limit() {
        for (input, expected) in [
            (PeriodInput::Today, "2026/11/21 00:00:00 2026/11/22 00:00:00"),
            (PeriodInput::Yesterday, "2026/11/20 00:00:00 2026/11/21 00:00:00"),
            (PeriodInput::YearMonth("2009-03".to_owned()), "2009/03/01 00:00:00 2009/04/01 00:00:00"),
            (days("2009-03-17", "2009-03-17"), "2009/03/17 00:00:00 2009/03/18 00:00:00"),
        ] {
            assert_eq!(period(input), expected);
        }
    }

    #[test]
    fn broken_periods_name_their_field() {
        for (input, expected) in [
            (PeriodInput::YearMonth("2009-13".to_owned()), "period.yearMonth INVALID_DATE"),
            (days("2026-02-30", "2026-03-01"), "period.from INVALID_DATE"),
            (days("2026-03-01", ""), "period.to DAY_MISSING"),
            (days("2026-03-02", "2026-03-01"), "period.from REVERSED"),
        ] {
            assert_eq!(period(input), expected);
        }
    }

    #[test]
    fn ip_codes_and_keywords_are_checked() {
        let codes =
            |texts: &[&str]| parse_ip_codes(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(codes(&["20121", "20120", "20121"]).unwrap().len(), 2);
        assert_eq!(codes(&[]).unwrap_err().rule, SearchRule::IpCodeRequired);
        assert_eq!(codes(&["x"]).unwrap_err().rule, SearchRule::IpCodeInvalid);
        assert_eq!(parse_keyword(&["orderNo"], Some(" ２００９\0 ")).unwrap().as_deref(), Some("2009"));
        assert_eq!(parse_keyword(&["orderNo"], Some(" ")).unwrap(), None);
        assert!(parse_keyword(&["orderNo"], Some(&"1".repeat(255))).is_err());
    }
}
