//! A bulk restore as it is told: its rows in words, what its plan left out, and its address.
use super::enums::{GatewayCheckProblem, RestoreBatchRowState, RestoreLeftOutReason};
use super::gateway_check;
use super::status::Mark;
use crate::api::decode;
use crate::i18n::Lang;

/// How many rows the plan left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) reason: RestoreLeftOutReason,
    pub(crate) count: i64,
}

/// The page of one bulk restore: which of its rows are shown, and what its plan left out, which nobody else remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RestoreAddress {
    pub(crate) id: String,
    pub(crate) outcome: Option<RestoreBatchRowState>,
    pub(crate) after: Vec<String>,
    pub(crate) left_out: Vec<LeftOut>,
}

impl RestoreAddress {
    pub(crate) fn parse(id: &str, query: &str) -> Self {
        let mut address = Self { id: id.to_owned(), ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match name.as_ref() {
                "outcome" => address.outcome = decode::word(&value.to_uppercase()),
                "after" => address.after.push(value.into_owned()),
                "left" => address.left_out.extend(left_out_of(&value)),
                _ => {}
            }
        }
        address
    }

    pub(crate) fn href(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(outcome) = self.outcome {
            query.append_pair("outcome", code_of_state(outcome));
        }
        for cursor in &self.after {
            query.append_pair("after", cursor);
        }
        for one in &self.left_out {
            query.append_pair("left", &[code_of_reason(one.reason), ":", &one.count.to_string()].concat());
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        ["/restores/", &self.id, mark, &query].concat()
    }

    pub(crate) fn of(&self, outcome: Option<RestoreBatchRowState>) -> Self {
        Self { outcome, after: Vec::new(), ..self.clone() }
    }

    pub(crate) fn with_after(&self, after: Vec<String>) -> Self {
        Self { after, ..self.clone() }
    }
}

fn left_out_of(text: &str) -> Option<LeftOut> {
    let (reason, count) = text.split_once(':')?;
    let count = count.parse().ok().filter(|count| *count > 0)?;
    Some(LeftOut { reason: decode::word(&reason.to_uppercase())?, count })
}

fn code_of_state(state: RestoreBatchRowState) -> &'static str {
    match state {
        RestoreBatchRowState::Left => "left",
        RestoreBatchRowState::Done => "done",
        RestoreBatchRowState::Failed => "failed",
        RestoreBatchRowState::Skipped => "skipped",
    }
}

fn code_of_reason(reason: RestoreLeftOutReason) -> &'static str {
    match reason {
        RestoreLeftOutReason::NotPermitted => "not_permitted",
        RestoreLeftOutReason::AlreadyRestored => "already_restored",
        RestoreLeftOutReason::Duplicate => "duplicate",
        RestoreLeftOutReason::Unrestorable => "unrestorable",
        RestoreLeftOutReason::CancelledAtGateway => "cancelled_at_gateway",
        RestoreLeftOutReason::Closed => "closed",
        RestoreLeftOutReason::Unknown => "other",
    }
}

pub(crate) fn left_out(l: Lang, reason: RestoreLeftOutReason) -> &'static str {
    match reason {
        RestoreLeftOutReason::NotPermitted => l.left_out_not_permitted(),
        RestoreLeftOutReason::AlreadyRestored => l.left_out_already_restored(),
        RestoreLeftOutReason::Duplicate => l.left_out_duplicate(),
        RestoreLeftOutReason::Unrestorable => l.left_out_unrestorable(),
        RestoreLeftOutReason::CancelledAtGateway => l.left_out_cancelled(),
        RestoreLeftOutReason::Closed => l.left_out_closed(),
        RestoreLeftOutReason::Unknown => l.left_out_other(),
    }
}

pub(crate) fn row_state(l: Lang, state: RestoreBatchRowState) -> Mark {
    let (text, tone) = match state {
        RestoreBatchRowState::Left => (l.restores_left(), "open"),
        RestoreBatchRowState::Done => (l.restores_done(), "good"),
        RestoreBatchRowState::Failed => (l.result_failed(), "danger"),
        RestoreBatchRowState::Skipped => (l.row_skipped(), "warning"),
    };
    Mark { text, tone }
}

/// Why a row failed or was left alone, with what the gateway said of it; a word one does not know stays as it is.
pub(crate) fn row_reason(
    l: Lang,
    reason: &str,
    problem: Option<GatewayCheckProblem>,
    evidence: Option<(&str, &str, &str)>,
) -> String {
    let told = match reason {
        "GATEWAY_CHECK_BLOCKED" => l.reason_gateway_blocked(),
        "GATEWAY_UNREACHABLE" => l.reason_gateway_unreachable(),
        "INTERNAL" => l.reason_internal(),
        "ALREADY_RESTORED" => l.reason_already_restored(),
        "NOT_RESTORABLE" => l.reason_not_restorable(),
        "NOT_FOUND" => l.reason_gone(),
        "BATCH_CANCELLED" => l.skipped_cancelled(),
        other => other,
    };
    let mut words = vec![told.to_owned()];
    words.extend(problem.map(|problem| gateway_check::problem(l, problem).to_owned()));
    words.extend(evidence.map(|(field, expected, actual)| l.reason_evidence(actual, expected, field)));
    words.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_rows_page_and_what_was_left_out() {
        let address = RestoreAddress {
            id: "abc".to_owned(),
            outcome: Some(RestoreBatchRowState::Failed),
            after: vec!["a+b/=".to_owned()],
            left_out: vec![LeftOut { reason: RestoreLeftOutReason::AlreadyRestored, count: 2 }],
        };
        let href = address.href();
        let (_, query) = href.split_once('?').unwrap();
        assert_eq!(RestoreAddress::parse("abc", query), address);
        assert_eq!(RestoreAddress::parse("abc", "").href(), "/restores/abc");
        assert_eq!(RestoreAddress::parse("abc", "left=closed:0&left=closed&outcome=x").left_out, []);
        assert_eq!(address.of(None).after, [""; 0]);
    }

    #[test]
    fn a_reason_names_what_the_gateway_said() {
        let evidence = Some(("Amount", "11350", "650"));
        let told = row_reason(
            Lang::Ja,
            "GATEWAY_CHECK_BLOCKED",
            Some(GatewayCheckProblem::AmountMismatch),
            evidence,
        );
        let l = Lang::Ja;
        let problem = gateway_check::problem(l, GatewayCheckProblem::AmountMismatch);
        assert_eq!(
            told,
            [l.reason_gateway_blocked(), " · ", problem, " · Amount: 期待 11350 / 決済システム 650"].concat()
        );
        assert_eq!(row_reason(l, "SUNSPOT", None, None), "SUNSPOT");
        assert_eq!(row_state(l, RestoreBatchRowState::Done).tone, "good");
        assert_eq!(left_out(Lang::En, RestoreLeftOutReason::Closed), "Closed as dealt with");
    }
}
