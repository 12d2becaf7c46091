//! The rules of a search, said in the reader's language beside the fields.
//! The rules themselves are `todoke_domain::search`'s and stand nowhere else.
use super::enums::{SendErrorCondition, SendErrorStatus};
use super::period::Period;
use super::send_error_search::SendErrorSearch;
use crate::api::error::FieldFault;
use crate::i18n::Lang;
use todoke_domain::search::{SearchFault, SearchField, SearchRule, faults_of_combination, parse_period};
use todoke_domain::time::Timestamp;

/// Every broken rule of a search for send errors, or none.
///
/// The server judges with `todoke_domain::search::parse_search`. Here its parts are asked that need no normalised
/// keyword: that would bring the tables of Unicode along, 38 kB that everybody loads, for nothing that the server
/// would not say as well.
pub(crate) fn faults(l: Lang, search: &SendErrorSearch, now: Timestamp) -> Vec<FieldFault> {
    let keywords = [&search.order_no, &search.email, &search.phone, &search.sendid];
    let has_keyword = keywords.iter().any(|keyword| !keyword.trim().is_empty());
    let period = search.period.to_input();
    let no_code = SearchFault { field: SearchField::IpCodes, rule: SearchRule::IpCodeRequired };
    let broken = search.ip_codes.is_empty().then_some(no_code).into_iter();
    let broken = broken.chain(faults_of_combination(search.ip_codes.len(), has_keyword, period.as_ref()));
    let broken = broken.chain(parse_period(period.as_ref(), now).err());
    broken.map(|fault| in_words(l, fault)).collect()
}

/// The broken rule of a period alone, as other screens have it.
pub(crate) fn period_faults(l: Lang, period: &Period, now: Timestamp) -> Vec<FieldFault> {
    let broken = parse_period(period.to_input().as_ref(), now).err();
    broken.into_iter().map(|fault| in_words(l, fault)).collect()
}

/// What is known of a changed row where the list in view does not hold it.
pub(crate) struct Change<'a> {
    pub(crate) ip_code: &'a str,
    pub(crate) order_no: &'a str,
    pub(crate) status: SendErrorStatus,
    pub(crate) occurred_at: &'a str,
}

/// Whether a new error belongs to the search. E-mail, phone and sendid are not in a row: with such a keyword
/// nothing is said rather than something wrong.
pub(crate) fn is_new_match(search: &SendErrorSearch, change: &Change<'_>, now: Timestamp) -> bool {
    let Ok(span) = parse_period(search.period.to_input().as_ref(), now) else {
        return false;
    };
    let Ok(occurred_at) = Timestamp::parse_rfc3339(change.occurred_at) else {
        return false;
    };
    let is_told_by_row =
        [&search.email, &search.phone, &search.sendid].iter().all(|keyword| keyword.is_empty());
    is_told_by_row
        && (search.order_no.is_empty() || search.order_no == change.order_no)
        && search.ip_codes.iter().any(|code| code == change.ip_code)
        && search.condition != SendErrorCondition::Processed
        && change.status == SendErrorStatus::Unprocessed
        && (span.from..span.until).contains(&occurred_at)
}

fn in_words(l: Lang, fault: SearchFault) -> FieldFault {
    let message = match fault.rule {
        SearchRule::IpCodeRequired => l.rule_ip_code_required(),
        SearchRule::IpCodeInvalid => l.rule_ip_code_invalid(),
        SearchRule::TooManyIpCodes => l.rule_too_many_ip_codes(),
        SearchRule::PeriodOrKeywordRequired => l.rule_period_or_keyword_required(),
        SearchRule::KeywordRequired => l.rule_keyword_required(),
        SearchRule::TooOld => l.rule_too_old(),
        SearchRule::InFuture => l.rule_in_future(),
        SearchRule::Reversed => l.rule_reversed(),
        SearchRule::InvalidDate => l.rule_invalid_date(),
        SearchRule::DayMissing => l.rule_day_missing(),
        SearchRule::SeveralPeriods => l.rule_several_periods(),
        SearchRule::KeywordTooLong => l.rule_keyword_too_long(),
        SearchRule::PhoneInvalid => l.rule_phone_invalid(),
    };
    FieldFault { field: fault.field.path().join("."), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::period::PeriodKind;

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-21T12:00:00+09:00").unwrap()
    }

    #[test]
    fn a_broken_rule_stands_beside_its_field_in_the_readers_language() {
        let mut search = SendErrorSearch::initial(vec!["2012000123".to_owned(), "2012000124".to_owned()]);
        assert_eq!(faults(Lang::Ja, &search, now()), []);
        search.period = Period { month: "2026-11".to_owned(), ..Period::of(PeriodKind::Month) };
        let broken = faults(Lang::Ja, &search, now());
        assert_eq!(broken.first().map(|fault| fault.field.as_str()), Some("orderNo"));
        assert!(broken.first().is_some_and(|fault| fault.message.contains("検索キーワード")));
    }

    #[test]
    fn only_new_errors_within_the_search_are_announced() {
        let search = SendErrorSearch::initial(vec!["2012000123".to_owned()]);
        let fits = |ip_code, status, occurred_at| {
            is_new_match(&search, &Change { ip_code, order_no: "1", status, occurred_at }, now())
        };
        let today = "2026-11-21T10:00:00+09:00";
        assert!(fits("2012000123", SendErrorStatus::Unprocessed, today));
        assert!(!fits("2012000124", SendErrorStatus::Unprocessed, today));
        assert!(!fits("2012000123", SendErrorStatus::Processed, today));
        assert!(!fits("2012000123", SendErrorStatus::Unprocessed, "2026-11-20T10:00:00+09:00"));
    }
}
