//! What is to be done about an abnormal order, in words: the steps at the gateway, the ways to close it, its timeline.
use super::enums::{
    AbnormalOrderResolution, AbnormalOrderStatus, GatewayCheckOutcome, GatewayCheckProblem, TimelineKind,
};
use super::{format, gateway_check, order_event, status};
use crate::api::decode;
use crate::i18n::Lang;

/// The payment as one looks it up at the gateway.
pub(crate) struct AtGateway<'a> {
    pub(crate) shop_id: &'a str,
    /// The gateway's OrderID; it may differ from the cart's number by a suffix.
    pub(crate) order_id: &'a str,
    pub(crate) access_id: Option<&'a str>,
    pub(crate) total: Option<i64>,
}

/// How the payment is cancelled at the gateway, in the order in which it is done.
pub(crate) fn cancel_steps(l: Lang, at: &AtGateway<'_>) -> Vec<String> {
    let check = match at.access_id {
        Some(access_id) => l.step_check(access_id, &format::yen_or_missing(at.total)),
        None => l.step_check_amount(&format::yen_or_missing(at.total)),
    };
    vec![
        l.step_sign_in(at.shop_id),
        l.step_find(at.order_id),
        check,
        l.step_cancel().to_owned(),
        l.step_return().to_owned(),
    ]
}

/// The ways in which such a row may have been dealt with; nobody orders again what is ordered already.
pub(crate) fn resolutions(status: AbnormalOrderStatus) -> &'static [AbnormalOrderResolution] {
    match status {
        AbnormalOrderStatus::Duplicate => {
            &[AbnormalOrderResolution::CancelledAtGateway, AbnormalOrderResolution::NotNeeded]
        }
        AbnormalOrderStatus::Restorable
        | AbnormalOrderStatus::Restored
        | AbnormalOrderStatus::Unrestorable => &[
            AbnormalOrderResolution::CancelledAtGateway,
            AbnormalOrderResolution::Reordered,
            AbnormalOrderResolution::NotNeeded,
        ],
    }
}

pub(crate) fn resolution(l: Lang, resolution: AbnormalOrderResolution) -> &'static str {
    match resolution {
        AbnormalOrderResolution::CancelledAtGateway => l.resolution_cancelled(),
        AbnormalOrderResolution::Reordered => l.resolution_reordered(),
        AbnormalOrderResolution::NotNeeded => l.resolution_not_needed(),
        AbnormalOrderResolution::Unknown => l.resolution_other(),
    }
}

/// What an event of the timeline was, and what more is known of it.
pub(crate) fn event(l: Lang, kind: TimelineKind, detail: Option<&str>) -> (&'static str, Option<String>) {
    let own = |text: &str| text.to_owned();
    match kind {
        TimelineKind::Closed => (l.abnormal_closed(), detail.map(|detail| closing(l, detail))),
        TimelineKind::Evaluated => {
            (status::timeline(l, kind), detail.map(|detail| status::evaluation(l, detail)))
        }
        TimelineKind::GatewayChecked => {
            (status::timeline(l, kind), detail.map(|detail| gateway_answer(l, detail)))
        }
        TimelineKind::EventQueued | TimelineKind::EventAttempted => order_event::event(l, kind, detail),
        TimelineKind::NotificationReceived
        | TimelineKind::CheckoutRegistered
        | TimelineKind::OrderRegistered
        | TimelineKind::Restored
        | TimelineKind::Deleted
        | TimelineKind::CancelledAtGateway
        | TimelineKind::ResultReceived
        | TimelineKind::Attempted
        | TimelineKind::ResendDecided
        | TimelineKind::Reopened
        | TimelineKind::MailQueued
        | TimelineKind::MailSent
        | TimelineKind::MailFailed
        | TimelineKind::StatusChanged
        | TimelineKind::Unknown => (status::timeline(l, kind), detail.map(own)),
    }
}

/// `CANCELLED_AT_GATEWAY the note` in words.
fn closing(l: Lang, detail: &str) -> String {
    let (code, note) = detail.split_once(' ').unwrap_or((detail, ""));
    let how = decode::word(code).map_or_else(|| code.to_owned(), |code| resolution(l, code).to_owned());
    if note.is_empty() { how } else { [&how, " · ", note].concat() }
}

/// `BLOCKED AMOUNT_MISMATCH` or `PASSED CAPTURE` in words; the gateway's own state stays as it is.
fn gateway_answer(l: Lang, detail: &str) -> String {
    let (outcome, more) = detail.split_once(' ').unwrap_or((detail, ""));
    let Some(told) = decode::word(outcome) else { return detail.to_owned() };
    let mut words = vec![gateway_check::outcome(l, told).text];
    match decode::word(more) {
        _ if more.is_empty() => {}
        Some(problem) if told != GatewayCheckOutcome::Passed && problem != GatewayCheckProblem::Unknown => {
            words.push(gateway_check::problem(l, problem));
        }
        Some(_) | None => words.push(more),
    }
    words.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_is_told_in_words_with_its_note() {
        let told = |detail| event(Lang::Ja, TimelineKind::Closed, Some(detail)).1.unwrap();
        assert_eq!(told("REORDERED 電話で 確認済み"), "再注文済み · 電話で 確認済み");
        assert_eq!(told("NOT_NEEDED"), Lang::Ja.resolution_not_needed());
        assert_eq!(told("LATER_WORD x"), [Lang::Ja.resolution_other(), " · x"].concat());
    }

    #[test]
    fn what_the_gateway_said_is_told_in_words() {
        let told = |detail| event(Lang::En, TimelineKind::GatewayChecked, Some(detail)).1.unwrap();
        let l = Lang::En;
        assert_eq!(told("PASSED CAPTURE"), [l.gateway_passed(), " · CAPTURE"].concat());
        assert_eq!(
            told("BLOCKED AMOUNT_MISMATCH"),
            [l.gateway_blocked(), " · ", l.problem_amount_mismatch()].concat()
        );
        assert_eq!(told("UNREACHABLE"), l.gateway_unreachable());
        assert_eq!(told("NEWER WORD"), "NEWER WORD");
    }

    #[test]
    fn the_steps_name_what_is_looked_up() {
        let at = AtGateway { shop_id: "s-1", order_id: "2009-a", access_id: Some("acc"), total: Some(1050) };
        let steps = cancel_steps(Lang::Ja, &at);
        for (step, word) in steps.iter().zip(["s-1", "2009-a", "acc"]) {
            assert!(step.contains(word), "{step}");
        }
        assert!(steps.get(2).unwrap().starts_with("金額が ¥1,050"));
        assert!(!cancel_steps(Lang::Ja, &AtGateway { access_id: None, ..at }).concat().contains("AccessID"));
    }
}
