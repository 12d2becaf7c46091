//! Instants, days and months. Stored in UTC; shown, searched and bucketed in Asia/Tokyo.
//!
//! Japan keeps no summer time, so Asia/Tokyo is UTC+9 for every date that Todoke can meet. Reads no clock.

use std::{fmt, str::FromStr};

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc,
};

/// Asia/Tokyo's offset from UTC, in hours.
const TOKYO_OFFSET_HOURS: i64 = 9;

/// An instant, to the microsecond (what both databases keep).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// The text is not what the format asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid date or time")]
pub struct InvalidTime;

impl Timestamp {
    /// From microseconds since 1970. What no calendar holds becomes the last instant there is.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// Microseconds since 1970, for storage and keyset cursors.
    pub fn as_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Parses RFC 3339 with an offset. Precision below a microsecond is cut.
    pub fn parse_rfc3339(text: &str) -> Result<Self, InvalidTime> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidTime)?;
        Ok(Self::from_micros(parsed.timestamp_micros()))
    }

    /// RFC 3339 in Asia/Tokyo, `2026-03-17T16:29:58+09:00`; with fractions where there are any.
    pub fn to_rfc3339(self) -> String {
        let text = self.tokyo().and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        format!("{}+09:00", text.trim_end_matches('Z'))
    }

    /// `2009/03/17 16:45:01` in Asia/Tokyo, as Japanese admin screens write it.
    pub fn to_tokyo_text(self) -> String {
        self.tokyo().format("%Y/%m/%d %H:%M:%S").to_string()
    }

    /// The day in Asia/Tokyo.
    pub fn tokyo_date(self) -> NaiveDate {
        self.tokyo().date()
    }

    /// Later by this many milliseconds.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_micros(self.as_micros().saturating_add(millis.saturating_mul(1_000)))
    }

    /// Milliseconds from `earlier` until this instant; negative where `earlier` is later.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.as_micros().saturating_sub(earlier.as_micros()) / 1_000
    }

    /// The instant of a wall-clock time in Asia/Tokyo.
    pub fn from_tokyo(local: NaiveDateTime) -> Self {
        let utc = local.checked_sub_signed(TimeDelta::hours(TOKYO_OFFSET_HOURS)).unwrap_or(local);
        Self(utc.and_utc())
    }

    /// The first instant of a day in Asia/Tokyo.
    pub fn tokyo_midnight(day: NaiveDate) -> Self {
        Self::from_tokyo(day.and_time(NaiveTime::MIN))
    }

    /// The first instant after a day in Asia/Tokyo.
    pub fn after_tokyo_day(day: NaiveDate) -> Self {
        Self::tokyo_midnight(day.checked_add_days(Days::new(1)).unwrap_or(day))
    }

    fn tokyo(self) -> NaiveDateTime {
        let utc = self.0.naive_utc();
        utc.checked_add_signed(TimeDelta::hours(TOKYO_OFFSET_HOURS)).unwrap_or(utc)
    }
}

/// A calendar month, `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth(NaiveDate);

impl YearMonth {
    /// The month in which a day lies.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    /// The last day, leap years minded.
    pub fn last_day(self) -> NaiveDate {
        let next = self.0.checked_add_months(Months::new(1)).unwrap_or(self.0);
        next.pred_opt().unwrap_or(next)
    }

    /// The month so many months earlier.
    #[must_use]
    pub fn months_back(self, months: u32) -> Self {
        Self(self.0.checked_sub_months(Months::new(months)).unwrap_or(self.0))
    }
}

impl FromStr for YearMonth {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 7 {
            return Err(InvalidTime);
        }
        parse_date(&format!("{text}-01")).map(Self)
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// Parses a day, `2026-11-21`, exactly in this form.
pub fn parse_date(text: &str) -> Result<NaiveDate, InvalidTime> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !shaped {
        return Err(InvalidTime);
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| InvalidTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_tokyo_begins_at_15_utc_of_the_day_before() {
        let day = parse_date("2026-03-17").unwrap();
        assert_eq!(Timestamp::tokyo_midnight(day), Timestamp::parse_rfc3339("2026-03-16T15:00:00Z").unwrap());
        assert_eq!(
            Timestamp::after_tokyo_day(day),
            Timestamp::parse_rfc3339("2026-03-17T15:00:00Z").unwrap()
        );
    }

    #[test]
    fn times_are_written_in_tokyo() {
        let at = Timestamp::parse_rfc3339("2026-03-17T07:29:58Z").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-03-17T16:29:58+09:00");
        assert_eq!(at.to_tokyo_text(), "2026/03/17 16:29:58");
        assert_eq!(Timestamp::from_micros(at.as_micros()), at);
    }

    #[test]
    fn february_ends_on_the_29th_in_a_leap_year_only() {
        let last = |text: &str| text.parse::<YearMonth>().unwrap().last_day().to_string();
        assert_eq!(last("2028-02"), "2028-02-29");
        assert_eq!(last("2026-02"), "2026-02-28");
        assert!(parse_date("2026-02-29").is_err());
    }

    #[test]
    fn dates_and_months_in_other_forms_are_refused() {
        for text in ["2026-3-17", "2026/03/17", "20260317", "2026-13-01", "", "+2026-03-1"] {
            assert!(parse_date(text).is_err(), "{text:?}");
        }
        for text in ["2026-1", "2026-00", "2026-13", "202601", "2026-01-01"] {
            assert!(text.parse::<YearMonth>().is_err(), "{text:?}");
        }
    }
}
