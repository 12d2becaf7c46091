//! The search for send errors: its rules, shared by the page and the server (docs/REQUIREMENTS.md, A.6;
//! reference A, 「CGI送信エラーの対応方法」 step 4).
//!
//! Broken rules come back all at once, each with the field beside which the page shows it.

use chrono::NaiveDate;

use crate::{
    ids::IpCode,
    send_error::Condition,
    text,
    time::{Timestamp, YearMonth, parse_date},
};

/// Months that may be searched, the present one included (reference A: 過去8ヶ月).
pub const MONTHS_SEARCHABLE: u32 = 8;
/// Longest keyword, in characters.
pub const KEYWORD_CHARS_MAX: usize = 254;
/// Most IP codes of one search.
pub const IP_CODES_MAX: usize = 100;

/// A period as it was asked for, dates still as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeriodInput {
    /// 年月指定: `2026-11`.
    YearMonth(String),
    /// 年月日指定: `2026-11-01`, `2026-11-21`, both included.
    Days {
        /// First day.
        from: String,
        /// Last day.
        to: String,
    },
    /// 今日.
    Today,
    /// 昨日.
    Yesterday,
}

/// A search as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchInput {
    /// IP codes.
    pub ip_codes: Vec<String>,
    /// CGISendErr 条件.
    pub condition: Condition,
    /// オーダーNo.
    pub order_no: String,
    /// メールアドレス.
    pub email: String,
    /// 電話番号.
    pub phone: String,
    /// ID(sendid).
    pub sendid: String,
    /// 期間; `None` is 指定なし.
    pub period: Option<PeriodInput>,
}

/// Keywords in the form in which they are compared; `None` where the field was empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keywords {
    /// オーダーNo, exactly.
    pub order_no: Option<String>,
    /// E-mail address, lower case.
    pub email: Option<String>,
    /// Digits.
    pub phone: Option<String>,
    /// ID(sendid), exactly.
    pub sendid: Option<String>,
}

/// A span of time, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

/// A search that keeps every rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendErrorSearch {
    /// IP codes, each once, in order.
    pub ip_codes: Vec<IpCode>,
    /// CGISendErr 条件.
    pub condition: Condition,
    /// Keywords; all given ones must match.
    pub keywords: Keywords,
    /// The period; without one, all that may be searched.
    pub span: Span,
}

/// A field of the search panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchField {
    /// IPコード.
    IpCodes,
    /// オーダーNo.
    OrderNo,
    /// メールアドレス.
    Email,
    /// 電話番号.
    Phone,
    /// ID(sendid).
    Sendid,
    /// 期間 as a whole.
    Period,
    /// 年月指定.
    YearMonth,
    /// First day.
    From,
    /// Last day.
    To,
}

/// A broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchRule {
    /// At least one IP code is needed.
    IpCodeRequired,
    /// Not an IP code.
    IpCodeInvalid,
    /// Over [`IP_CODES_MAX`].
    TooManyIpCodes,
    /// (a) A period or a keyword is required.
    PeriodOrKeywordRequired,
    /// (b) Several IP codes with a 年月 period need a keyword.
    KeywordRequired,
    /// (c) Older than the eight months.
    TooOld,
    /// After today.
    InFuture,
    /// The first day is after the last.
    Reversed,
    /// Not a date, or not a month.
    InvalidDate,
    /// One of the two days is missing.
    DayMissing,
    /// More than one kind of period at once.
    SeveralPeriods,
    /// Over [`KEYWORD_CHARS_MAX`].
    KeywordTooLong,
    /// Not a phone number: digits only after normalisation.
    PhoneInvalid,
}

/// A broken rule beside its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchFault {
    /// The field.
    pub field: SearchField,
    /// The rule.
    pub rule: SearchRule,
}

/// The first day that may be searched: the first of the month seven months back.
pub fn first_searchable_day(now: Timestamp) -> NaiveDate {
    YearMonth::of(now.tokyo_date()).months_back(MONTHS_SEARCHABLE - 1).first_day()
}

/// Exactly the months that may be searched, newest first.
pub fn searchable_months(now: Timestamp) -> Vec<YearMonth> {
    let present = YearMonth::of(now.tokyo_date());
    (0..MONTHS_SEARCHABLE).map(|back| present.months_back(back)).collect()
}

/// Checks a search against every rule.
///
/// # Errors
/// All broken rules.
pub fn parse_search(input: &SearchInput, now: Timestamp) -> Result<SendErrorSearch, Vec<SearchFault>> {
    let mut faults = Vec::new();
    let ip_codes = parse_ip_codes(&input.ip_codes, &mut faults);
    let keywords = parse_keywords(input, &mut faults);
    let has_keyword = keywords != Keywords::default();
    faults.extend(faults_of_combination(ip_codes.len(), has_keyword, input.period.as_ref()));
    let span = match parse_period(input.period.as_ref(), now) {
        Ok(span) => Some(span),
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    match span {
        Some(span) if faults.is_empty() => {
            Ok(SendErrorSearch { ip_codes, condition: input.condition, keywords, span })
        }
        _ => Err(faults),
    }
}

/// The rules about what must be given together: (a) a period or a keyword, (b) a keyword where a month is asked of
/// several IP codes. Apart from [`parse_search`] so that a page can ask them while one types.
pub fn faults_of_combination(
    ip_code_count: usize,
    has_keyword: bool,
    period: Option<&PeriodInput>,
) -> Vec<SearchFault> {
    match period {
        _ if has_keyword => Vec::new(),
        None => vec![SearchFault { field: SearchField::Period, rule: SearchRule::PeriodOrKeywordRequired }],
        Some(PeriodInput::YearMonth(_)) if ip_code_count > 1 => {
            vec![SearchFault { field: SearchField::OrderNo, rule: SearchRule::KeywordRequired }]
        }
        Some(_) => Vec::new(),
    }
}

/// The span of a period; without one, all that may be searched.
///
/// # Errors
/// The broken rule.
pub fn parse_period(period: Option<&PeriodInput>, now: Timestamp) -> Result<Span, SearchFault> {
    let today = now.tokyo_date();
    let days = |first: NaiveDate, last: NaiveDate| Span {
        from: Timestamp::tokyo_midnight(first),
        until: Timestamp::after_tokyo_day(last),
    };
    match period {
        None => Ok(days(first_searchable_day(now), today)),
        Some(PeriodInput::Today) => Ok(days(today, today)),
        Some(PeriodInput::Yesterday) => {
            let yesterday = today.pred_opt().unwrap_or(today);
            Ok(days(yesterday, yesterday))
        }
        Some(PeriodInput::YearMonth(text)) => {
            let fault = |rule| SearchFault { field: SearchField::YearMonth, rule };
            let month: YearMonth = text.parse().map_err(|_| fault(SearchRule::InvalidDate))?;
            check_day(month.last_day().min(today), now).map_err(fault)?;
            check_day(month.first_day(), now).map_err(fault)?;
            Ok(days(month.first_day(), month.last_day()))
        }
        Some(PeriodInput::Days { from, to }) => {
            let first = parse_bounded_day(from, SearchField::From, now)?;
            let last = parse_bounded_day(to, SearchField::To, now)?;
            if first > last {
                return Err(SearchFault { field: SearchField::From, rule: SearchRule::Reversed });
            }
            Ok(days(first, last))
        }
    }
}

fn parse_bounded_day(text: &str, field: SearchField, now: Timestamp) -> Result<NaiveDate, SearchFault> {
    let fault = |rule| SearchFault { field, rule };
    if text.trim().is_empty() {
        return Err(fault(SearchRule::DayMissing));
    }
    let day = parse_date(text.trim()).map_err(|_| fault(SearchRule::InvalidDate))?;
    check_day(day, now).map_err(fault)?;
    Ok(day)
}

fn check_day(day: NaiveDate, now: Timestamp) -> Result<(), SearchRule> {
    if day < first_searchable_day(now) {
        Err(SearchRule::TooOld)
    } else if day > now.tokyo_date() {
        Err(SearchRule::InFuture)
    } else {
        Ok(())
    }
}

fn parse_ip_codes(texts: &[String], faults: &mut Vec<SearchFault>) -> Vec<IpCode> {
    let mut fault = |rule| faults.push(SearchFault { field: SearchField::IpCodes, rule });
    if texts.is_empty() {
        fault(SearchRule::IpCodeRequired);
    }
    if texts.len() > IP_CODES_MAX {
        fault(SearchRule::TooManyIpCodes);
    }
    let mut ip_codes: Vec<IpCode> = texts.iter().filter_map(|text| IpCode::parse(text).ok()).collect();
    if ip_codes.len() != texts.len() {
        fault(SearchRule::IpCodeInvalid);
    }
    ip_codes.sort();
    ip_codes.dedup();
    ip_codes
}

fn parse_keywords(input: &SearchInput, faults: &mut Vec<SearchFault>) -> Keywords {
    let mut keyword = |field, text: &str, normalise: fn(&str) -> String| {
        let normalised = normalise(text);
        if normalised.chars().count() > KEYWORD_CHARS_MAX {
            faults.push(SearchFault { field, rule: SearchRule::KeywordTooLong });
        }
        Some(normalised).filter(|text| !text.is_empty())
    };
    let keywords = Keywords {
        order_no: keyword(SearchField::OrderNo, &input.order_no, text::normalise),
        email: keyword(SearchField::Email, &input.email, text::normalise_email),
        phone: keyword(SearchField::Phone, &input.phone, text::normalise_phone),
        sendid: keyword(SearchField::Sendid, &input.sendid, text::normalise),
    };
    let phone_is_digits = |phone: &String| phone.bytes().all(|byte| byte.is_ascii_digit());
    if !keywords.phone.as_ref().is_none_or(phone_is_digits) {
        faults.push(SearchFault { field: SearchField::Phone, rule: SearchRule::PhoneInvalid });
    }
    keywords
}

impl SearchField {
    /// The path of the field in the GraphQL filter.
    pub const fn path(self) -> &'static [&'static str] {
        match self {
            Self::IpCodes => &["ipCodes"],
            Self::OrderNo => &["orderNo"],
            Self::Email => &["email"],
            Self::Phone => &["phone"],
            Self::Sendid => &["sendid"],
            Self::Period => &["period"],
            Self::YearMonth => &["period", "yearMonth"],
            Self::From => &["period", "from"],
            Self::To => &["period", "to"],
        }
    }
}

impl SearchRule {
    /// Every rule.
    pub const ALL: [Self; 13] = [
        Self::IpCodeRequired,
        Self::IpCodeInvalid,
        Self::TooManyIpCodes,
        Self::PeriodOrKeywordRequired,
        Self::KeywordRequired,
        Self::TooOld,
        Self::InFuture,
        Self::Reversed,
        Self::InvalidDate,
        Self::DayMissing,
        Self::SeveralPeriods,
        Self::KeywordTooLong,
        Self::PhoneInvalid,
    ];

    /// The stable public code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::IpCodeRequired => "IP_CODE_REQUIRED",
            Self::IpCodeInvalid => "IP_CODE_INVALID",
            Self::TooManyIpCodes => "TOO_MANY_IP_CODES",
            Self::PeriodOrKeywordRequired => "PERIOD_OR_KEYWORD_REQUIRED",
            Self::KeywordRequired => "KEYWORD_REQUIRED",
            Self::TooOld => "TOO_OLD",
            Self::InFuture => "IN_FUTURE",
            Self::Reversed => "REVERSED",
            Self::InvalidDate => "INVALID_DATE",
            Self::DayMissing => "DAY_MISSING",
            Self::SeveralPeriods => "SEVERAL_PERIODS",
            Self::KeywordTooLong => "KEYWORD_TOO_LONG",
            Self::PhoneInvalid => "PHONE_INVALID",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment at which Tokyo is already on the next day.
    const NOW: &str = "2026-11-20T15:30:00Z";

    fn input(ip_codes: &[&str], period: Option<PeriodInput>) -> SearchInput {
        SearchInput {
            ip_codes: ip_codes.iter().map(|code| (*code).to_owned()).collect(),
            period,
            ..SearchInput::default()
        }
    }

    fn codes(input: &SearchInput) -> Vec<&'static str> {
        let now = Timestamp::parse_rfc3339(NOW).unwrap();
        parse_search(input, now).err().unwrap_or_default().iter().map(|fault| fault.rule.code()).collect()
    }

    fn month(text: &str) -> Option<PeriodInput> {
        Some(PeriodInput::YearMonth(text.to_owned()))
    }

    fn days(from: &str, to: &str) -> Option<PeriodInput> {
        Some(PeriodInput::Days { from: from.to_owned(), to: to.to_owned() })
    }

    #[test]
    fn a_period_or_a_keyword_is_required() {
        assert_eq!(codes(&input(&["20120"], None)), ["PERIOD_OR_KEYWORD_REQUIRED"]);
        assert_eq!(
            codes(&SearchInput { order_no: " 　".to_owned(), ..input(&["20120"], None) }),
            ["PERIOD_OR_KEYWORD_REQUIRED"]
        );
        assert!(codes(&SearchInput { order_no: "1".to_owned(), ..input(&["20120"], None) }).is_empty());
        assert!(codes(&input(&["20120"], Some(PeriodInput::Today))).is_empty());
    }

    #[test]
    fn several_ip_codes_with_a_month_need_a_keyword() {
        assert_eq!(codes(&input(&["20120", "20121"], month("2026-11"))), ["KEYWORD_REQUIRED"]);
        assert!(
            codes(&input(&["20120", "20120"], month("2026-11"))).is_empty(),
            "the same code twice is one code"
        );
        assert!(codes(&input(&["20120", "20121"], days("2026-11-01", "2026-11-21"))).is_empty());
        let with_keyword =
            SearchInput { sendid: "mr192".to_owned(), ..input(&["20120", "20121"], month("2026-11")) };
        assert!(codes(&with_keyword).is_empty());
    }

    #[test]
    fn eight_months_are_searchable_and_not_a_day_more() {
        for (period, expected) in [
            (month("2026-04"), &[][..]),
            (month("2026-03"), &["TOO_OLD"]),
            (month("2026-12"), &["IN_FUTURE"]),
            (month("2026-13"), &["INVALID_DATE"]),
            (days("2026-04-01", "2026-11-21"), &[]),
            (days("2026-03-31", "2026-11-21"), &["TOO_OLD"]),
            (days("2026-11-21", "2026-11-22"), &["IN_FUTURE"]),
            (days("2026-11-02", "2026-11-01"), &["REVERSED"]),
            (days("2026-11-31", "2026-11-01"), &["INVALID_DATE"]),
            (days("", "2026-11-01"), &["DAY_MISSING"]),
        ] {
            assert_eq!(codes(&input(&["20120"], period.clone())), expected, "{period:?}");
        }
    }

    #[test]
    fn today_is_the_day_in_tokyo() {
        let now = Timestamp::parse_rfc3339(NOW).unwrap();
        let span = parse_period(Some(&PeriodInput::Today), now).unwrap();
        assert_eq!(span.from, Timestamp::parse_rfc3339("2026-11-21T00:00:00+09:00").unwrap());
        assert_eq!(span.until, Timestamp::parse_rfc3339("2026-11-22T00:00:00+09:00").unwrap());
        let months: Vec<String> = searchable_months(now).iter().map(YearMonth::to_string).collect();
        assert_eq!(months.first().map(String::as_str), Some("2026-11"));
        assert_eq!(months.last().map(String::as_str), Some("2026-04"));
        assert_eq!(months.len(), 8);
    }

    #[test]
    fn keywords_are_normalised() {
        let now = Timestamp::parse_rfc3339(NOW).unwrap();
        let search = SearchInput {
            phone: "＋81 90-1234-5678".to_owned(),
            email: " Taro@Example.jp".to_owned(),
            ..input(&["20120"], None)
        };
        let keywords = parse_search(&search, now).unwrap().keywords;
        assert_eq!(keywords.phone.as_deref(), Some("09012345678"));
        assert_eq!(keywords.email.as_deref(), Some("taro@example.jp"));
        assert_eq!(
            codes(&SearchInput { phone: "電話".to_owned(), ..input(&["20120"], None) }),
            ["PHONE_INVALID"]
        );
    }

    #[test]
    fn ip_codes_are_checked() {
        assert_eq!(codes(&input(&[], Some(PeriodInput::Today))), ["IP_CODE_REQUIRED"]);
        assert_eq!(codes(&input(&["x"], Some(PeriodInput::Today))), ["IP_CODE_INVALID"]);
    }
}
