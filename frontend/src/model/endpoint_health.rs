//! How an endpoint fares, in words.
use super::enums::EndpointHealthState;
use super::format;
use super::status::Mark;
use crate::i18n::Lang;

/// The server counts the newest attempts of the hour no further than this.
const ATTEMPTS_MAX: i64 = 10_000;

pub(crate) fn mark(l: Lang, state: EndpointHealthState) -> Mark {
    let (text, tone) = match state {
        EndpointHealthState::Healthy => (l.health_healthy(), "good"),
        EndpointHealthState::Failing => (l.health_failing(), "warning"),
        EndpointHealthState::Paused => (l.health_paused(), "danger"),
        EndpointHealthState::Unknown => (l.health_unknown(), "grey"),
    };
    Mark { text, tone }
}

/// `120件中 6件 (5.0%)`
pub(crate) fn share(l: Lang, attempts: i64, failures: i64) -> String {
    if attempts <= 0 {
        return l.health_share_none().to_owned();
    }
    let all = format::count(attempts, attempts >= ATTEMPTS_MAX);
    l.health_share_of(&all, &format::count(failures, false), &percent(failures, attempts))
}

/// To a tenth; what is rounded to nothing without being nothing says so.
fn percent(part: i64, whole: i64) -> String {
    let tenths = part.saturating_mul(1_000).saturating_add(whole / 2) / whole;
    if tenths == 0 && part > 0 {
        return "<0.1%".to_owned();
    }
    [(tenths / 10).to_string(), ".".to_owned(), (tenths % 10).to_string(), "%".to_owned()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_to_a_tenth_of_a_percent() {
        for (part, whole, text) in
            [(0, 3, "0.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (3, 3, "100.0%"), (1, 10_000, "<0.1%")]
        {
            assert_eq!(percent(part, whole), text);
        }
        assert_eq!(share(Lang::Ja, 120, 6), "120件中 6件 (5.0%)");
        assert_eq!(share(Lang::Ja, 0, 0), "送信はありません");
        assert!(share(Lang::En, 10_000, 1).contains("10,000+"));
    }
}
