//! The search on the screen of send errors (キャリア決済 CGI 送信エラー処理) ⇄ the page's address.
//! The address alone is the state: what is not in it is the form's draft and nobody else's business.
use super::enums::{SendErrorCondition, SendErrorSort};
use super::paging::{PAGE_ROWS, PAGE_SIZES};
use super::period::{Period, PeriodKind};

/// 処理方式: one decision per row, or one for all that are ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Individual,
    Bulk,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SendErrorSearch {
    pub(crate) ip_codes: Vec<String>,
    pub(crate) condition: SendErrorCondition,
    pub(crate) order_no: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) sendid: String,
    pub(crate) period: Period,
    pub(crate) mode: Mode,
}

impl SendErrorSearch {
    /// The initial values: what still waits (未処理) since this morning (今日). Today satisfies every rule of
    /// the document whatever number of IP codes is chosen, and it is the cheapest list to ask for.
    pub(crate) fn initial(ip_codes: Vec<String>) -> Self {
        Self {
            ip_codes,
            condition: SendErrorCondition::Unprocessed,
            order_no: String::new(),
            email: String::new(),
            phone: String::new(),
            sendid: String::new(),
            period: Period::of(PeriodKind::Today),
            mode: Mode::Individual,
        }
    }
}

/// `mode=bulk` of the address; without it each row is decided by itself.
const BULK: &str = "bulk";

/// What a page's address asks for: a search, and the cursors of the pages turned so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SendErrorAddress {
    pub(crate) search: SendErrorSearch,
    pub(crate) sort: SendErrorSort,
    /// Rows of a page; the address names them where they are not the usual ones.
    pub(crate) rows: usize,
    pub(crate) after: Vec<String>,
}

impl SendErrorAddress {
    pub(crate) fn first_page(search: SendErrorSearch) -> Self {
        Self { search, sort: SendErrorSort::default(), rows: PAGE_ROWS, after: Vec::new() }
    }

    /// `None` for an address without any search: the form then stands open with its initial values.
    pub(crate) fn parse(query: &str) -> Option<Self> {
        let mut address = Self {
            search: SendErrorSearch {
                condition: SendErrorCondition::All,
                period: Period::default(),
                ..SendErrorSearch::initial(Vec::new())
            },
            sort: SendErrorSort::default(),
            rows: PAGE_ROWS,
            after: Vec::new(),
        };
        let mut is_search = false;
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            is_search = true;
            let value = value.into_owned();
            match name.as_ref() {
                "ip" => address.search.ip_codes.push(value),
                "condition" => address.search.condition = condition_from(&value),
                "orderNo" => address.search.order_no = value,
                "email" => address.search.email = value,
                "phone" => address.search.phone = value,
                "sendid" => address.search.sendid = value,
                "period" => address.search.period = Period::from_address(&value),
                "sort" => address.sort = sort_from(&value),
                "rows" => address.rows = rows_from(&value),
                "mode" if value == BULK => address.search.mode = Mode::Bulk,
                "after" => address.after.push(value),
                _ => {}
            }
        }
        is_search.then_some(address)
    }

    /// The address of this search and page, `/send-errors?ip=…`.
    pub(crate) fn href(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::from("/send-errors?"));
        for code in &self.search.ip_codes {
            query.append_pair("ip", code);
        }
        query.append_pair("condition", condition_text(self.search.condition));
        let keywords = [
            ("orderNo", &self.search.order_no),
            ("email", &self.search.email),
            ("phone", &self.search.phone),
            ("sendid", &self.search.sendid),
        ];
        for (name, value) in keywords.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if let Some(period) = self.search.period.to_address() {
            query.append_pair("period", &period);
        }
        if let Some(sort) = sort_text(self.sort) {
            query.append_pair("sort", sort);
        }
        if self.rows != PAGE_ROWS {
            query.append_pair("rows", &self.rows.to_string());
        }
        if self.search.mode == Mode::Bulk {
            query.append_pair("mode", BULK);
        }
        for cursor in &self.after {
            query.append_pair("after", cursor);
        }
        // The serializer puts `&` before a first pair unless its text ends where the query begins.
        query.finish().replacen("?&", "?", 1)
    }

    pub(crate) fn with_after(&self, after: Vec<String>) -> Self {
        Self { after, ..self.clone() }
    }

    /// The first page, for a cursor belongs to the pages it was made with.
    pub(crate) fn with_rows(&self, rows: usize) -> Self {
        Self { rows, after: Vec::new(), ..self.clone() }
    }

    /// The same rows in another order, from the first of them.
    pub(crate) fn with_sort(&self, sort: SendErrorSort) -> Self {
        Self { sort, after: Vec::new(), ..self.clone() }
    }

    /// What is kept under a name: the search and its order, not the page.
    pub(crate) fn query(&self) -> String {
        let href = self.with_after(Vec::new()).href();
        href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// Names the search alone, however its list is shown.
    pub(crate) fn name_of_search(&self) -> String {
        Self::first_page(self.search.clone()).href()
    }
}

fn rows_from(text: &str) -> usize {
    text.parse().ok().filter(|rows| PAGE_SIZES.contains(rows)).unwrap_or(PAGE_ROWS)
}

fn sort_from(text: &str) -> SendErrorSort {
    match text {
        "oldest" => SendErrorSort::OldestFirst,
        "amount-desc" => SendErrorSort::AmountDescending,
        "amount-asc" => SendErrorSort::AmountAscending,
        _ => SendErrorSort::NewestFirst,
    }
}

/// Nothing for the usual order.
pub(crate) fn sort_text(sort: SendErrorSort) -> Option<&'static str> {
    match sort {
        SendErrorSort::NewestFirst => None,
        SendErrorSort::OldestFirst => Some("oldest"),
        SendErrorSort::AmountDescending => Some("amount-desc"),
        SendErrorSort::AmountAscending => Some("amount-asc"),
    }
}

fn condition_from(text: &str) -> SendErrorCondition {
    match text {
        "unprocessed" => SendErrorCondition::Unprocessed,
        "processed" => SendErrorCondition::Processed,
        _ => SendErrorCondition::All,
    }
}

fn condition_text(condition: SendErrorCondition) -> &'static str {
    match condition {
        SendErrorCondition::All => "all",
        SendErrorCondition::Unprocessed => "unprocessed",
        SendErrorCondition::Processed => "processed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_survives_the_address_with_its_pages() {
        let search = SendErrorSearch {
            order_no: "2026-0317 &=＋".to_owned(),
            email: "taro+x@example.jp".to_owned(),
            period: Period::days("2026-11-01".to_owned(), "2026-11-21".to_owned()),
            mode: Mode::Bulk,
            ..SendErrorSearch::initial(vec!["2012000123".to_owned(), "2012000124".to_owned()])
        };
        let address = SendErrorAddress {
            search,
            sort: SendErrorSort::AmountAscending,
            rows: 100,
            after: vec!["a=,&".to_owned(), "b".to_owned()],
        };
        let href = address.href();
        let (path, query) = href.split_once('?').unwrap();
        assert_eq!(path, "/send-errors");
        assert!(query.starts_with("ip=2012000123&ip=2012000124&condition=unprocessed&"), "{query}");
        assert_eq!(SendErrorAddress::parse(query), Some(address));
    }

    #[test]
    fn a_page_has_no_other_size_than_those_offered() {
        let rows = |query: &str| SendErrorAddress::parse(query).map(|address| address.rows);
        assert_eq!(rows("ip=2012000123&rows=20"), Some(20));
        assert_eq!(rows("ip=2012000123&rows=5000"), Some(PAGE_ROWS));
        assert_eq!(rows("ip=2012000123"), Some(PAGE_ROWS));
    }

    #[test]
    fn what_is_kept_under_a_name_is_the_search_and_its_order_without_the_page() {
        let first = SendErrorAddress::first_page(SendErrorSearch::initial(vec!["2012000123".to_owned()]))
            .with_sort(SendErrorSort::AmountDescending);
        let third = first.with_after(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(third.query(), "ip=2012000123&condition=unprocessed&period=today&sort=amount-desc");
        assert_eq!(SendErrorAddress::parse(&third.query()), Some(first));
    }

    #[test]
    fn an_address_without_a_search_opens_the_form() {
        assert_eq!(SendErrorAddress::parse(""), None);
        assert_eq!(SendErrorAddress::parse("?"), None);
    }

    #[test]
    fn the_initial_search_is_todays_unprocessed() {
        let address = SendErrorAddress::first_page(SendErrorSearch::initial(vec!["2012000123".to_owned()]));
        assert_eq!(address.href(), "/send-errors?ip=2012000123&condition=unprocessed&period=today");
    }
}
