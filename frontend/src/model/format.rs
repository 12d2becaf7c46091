//! How figures and instants are written on the screens: `2009/03/17 16:45:01`, `¥11,350`.
//! It knows no language: words belong to the locale files.
use todoke_domain::time::Timestamp;

/// What stands where a value is missing, as in the reference document on abnormal orders.
pub(crate) const MISSING: &str = "-";

/// An RFC 3339 instant as wall-clock time in Asia/Tokyo; what cannot be read is shown as it came.
pub(crate) fn instant(rfc3339: &str) -> String {
    Timestamp::parse_rfc3339(rfc3339).map_or_else(|_| rfc3339.to_owned(), Timestamp::to_tokyo_text)
}

pub(crate) fn instant_or_missing(rfc3339: Option<&str>) -> String {
    rfc3339.map_or_else(|| MISSING.to_owned(), instant)
}

/// Whole yen, `¥11,350`.
pub(crate) fn yen(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    [sign, "¥", &grouped(amount.unsigned_abs())].concat()
}

pub(crate) fn yen_or_missing(amount: Option<i64>) -> String {
    amount.map_or_else(|| MISSING.to_owned(), yen)
}

/// A count as people read it; `10,000+` where the server stopped counting.
pub(crate) fn count(total: i64, is_capped: bool) -> String {
    let plus = if is_capped { "+" } else { "" };
    [&grouped(total.unsigned_abs()), plus].concat()
}

pub(crate) fn number(value: usize) -> String {
    grouped(u64::try_from(value).unwrap_or(u64::MAX))
}

pub(crate) fn text_or_missing(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or(MISSING).to_owned()
}

/// `登録者名 (mr192)`, with either part missing where it is not known.
pub(crate) fn customer(name: Option<&str>, member_id: Option<&str>) -> String {
    let name = text_or_missing(name);
    match member_id.filter(|id| !id.is_empty()) {
        Some(id) => [&name, " (", id, ")"].concat(),
        None => name,
    }
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_counts_are_grouped_by_three() {
        let cases =
            [(0, "¥0"), (650, "¥650"), (11_350, "¥11,350"), (1_234_567, "¥1,234,567"), (-1_000, "-¥1,000")];
        for (amount, text) in cases {
            assert_eq!(yen(amount), text);
        }
        assert_eq!(count(10_000, true), "10,000+");
        assert_eq!(count(999, false), "999");
    }

    #[test]
    fn instants_are_shown_in_tokyo_and_unreadable_ones_as_they_came() {
        assert_eq!(instant("2009-03-17T07:45:01Z"), "2009/03/17 16:45:01");
        assert_eq!(instant("2009-03-17T16:45:01.123+09:00"), "2009/03/17 16:45:01");
        assert_eq!(instant("soon"), "soon");
        assert_eq!(instant_or_missing(None), "-");
    }

    #[test]
    fn a_customer_without_a_name_or_number_shows_a_dash() {
        assert_eq!(customer(Some("登録者名"), Some("mr192")), "登録者名 (mr192)");
        assert_eq!(customer(Some("登録者名"), None), "登録者名");
        assert_eq!(customer(None, None), "-");
    }
}
