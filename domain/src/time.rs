//! Instants, days and months. Stored in UTC; shown, searched and bucketed in Asia/Tokyo.
//!
//! Japan keeps no summer time, so Asia/Tokyo is UTC+9 for every date that Todoke can meet. Reads no clock.

use std::{fmt, str::FromStr};

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
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
        let micros = self.as_micros().rem_euclid(1_000_000);
        let fraction = match micros {
            0 => String::new(),
            _ if micros % 1_000 == 0 => format!(".{:03}", micros / 1_000),
            _ => format!(".{micros:06}"),
        };
        format!("{}{fraction}+09:00", self.tokyo_parts('-', 'T'))
    }

    /// `2009/03/17 16:45:01` in Asia/Tokyo, as Japanese admin screens write it.
    pub fn to_tokyo_text(self) -> String {
        self.tokyo_parts('/', ' ')
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

    /// Written by hand: the calendar library's format language would weigh more in the app than all its dates.
    fn tokyo_parts(self, date_separator: char, between: char) -> String {
        let local = self.tokyo();
        let (year, month, day) = (local.year(), local.month(), local.day());
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        let date = format!("{year:04}{date_separator}{month:02}{date_separator}{day:02}");
        format!("{date}{between}{hour:02}:{minute:02}:{second:02}")
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
    let mut parts = text.split('-');
    let (year, month, day) = (number(parts.next(), 4)?, number(parts.next(), 2)?, number(parts.next(), 2)?);
    if parts.next().is_some() {
        return Err(InvalidTime);
    }
    let year = i32::try_from(year).map_err(|_| InvalidTime)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(InvalidTime)
}

fn number(part: Option<&str>, digits: usize) -> Result<u32, InvalidTime> {
    let part = part.filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
    part.and_then(|part| part.parse().ok()).ok_or(InvalidTime)
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
        for text in [
            "2026-03-17T16:29:58.250+09:00",
            "2026-03-17T16:29:58.000001+09:00",
            "1969-12-31T23:59:59.500+09:00",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text).unwrap().to_rfc3339(), text);
        }
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
