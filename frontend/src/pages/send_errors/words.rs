//! A search said in words, for the line that stands in place of the folded panel.
use crate::i18n::Lang;
use crate::model::enums::SendErrorCondition;
use crate::model::period::{Period, PeriodKind};
use crate::model::send_error_search::{Mode, SendErrorSearch};

/// As many IP codes are named one by one.
const CODES_NAMED_MAX: usize = 3;

pub(crate) fn in_words(l: Lang, search: &SendErrorSearch) -> Vec<String> {
    let mut words = if search.ip_codes.len() > CODES_NAMED_MAX {
        vec![l.ip_codes_chosen(&search.ip_codes.len().to_string())]
    } else {
        search.ip_codes.clone()
    };
    words.push(condition(l, search.condition).to_owned());
    let keywords = [
        (l.order_no_carrier(), &search.order_no),
        (l.email(), &search.email),
        (l.phone(), &search.phone),
        (l.sendid(), &search.sendid),
    ];
    for (label, value) in keywords.into_iter().filter(|(_, value)| !value.is_empty()) {
        words.push([label, ": ", value].concat());
    }
    words.push(period(l, &search.period));
    words.push(mode(l, search.mode).to_owned());
    words
}

pub(crate) fn condition(l: Lang, condition: SendErrorCondition) -> &'static str {
    match condition {
        SendErrorCondition::All => l.condition_all(),
        SendErrorCondition::Unprocessed => l.status_unprocessed(),
        SendErrorCondition::Processed => l.status_processed(),
    }
}

pub(crate) fn mode(l: Lang, mode: Mode) -> &'static str {
    match mode {
        Mode::Individual => l.mode_individual(),
        Mode::Bulk => l.mode_bulk(),
    }
}

fn period(l: Lang, period: &Period) -> String {
    match period.kind {
        PeriodKind::Unbounded => l.period_none_in_words().to_owned(),
        PeriodKind::Month => period.month.clone(),
        PeriodKind::Days => [&period.from.replace('-', "/"), "〜", &period.to.replace('-', "/")].concat(),
        PeriodKind::Today => l.period_today().to_owned(),
        PeriodKind::Yesterday => l.period_yesterday().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_said_in_the_order_of_the_panel() {
        let mut search = SendErrorSearch::initial(vec!["2012000123".to_owned()]);
        assert_eq!(in_words(Lang::Ja, &search), ["2012000123", "未処理", "今日", "個別"]);
        search.order_no = "77".to_owned();
        search.mode = Mode::Bulk;
        search.period = Period::days("2026-11-01".to_owned(), "2026-11-21".to_owned());
        assert_eq!(
            in_words(Lang::Ja, &search),
            ["2012000123", "未処理", "オーダーNo: 77", "2026/11/01〜2026/11/21", "一括"]
        );
    }
}
