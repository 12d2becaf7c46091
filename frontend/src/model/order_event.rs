//! The timeline of an order in words. Its mails are the buyer's: the words of alert mails would be wrong here.
use super::enums::{AttemptOutcome, Cause, OrderEventState, OrderMailState, OrderStatus, TimelineKind};
use super::status::{self, Mark};
use crate::api::decode;
use crate::i18n::Lang;

pub(crate) fn event(l: Lang, kind: TimelineKind, detail: Option<&str>) -> (&'static str, Option<String>) {
    let what = match kind {
        TimelineKind::MailQueued => l.order_mail_queued(),
        TimelineKind::MailSent => l.order_mail_sent(),
        TimelineKind::MailFailed => l.order_mail_failed(),
        TimelineKind::StatusChanged => {
            return (status::timeline(l, kind), detail.map(|detail| change(l, detail)));
        }
        TimelineKind::EventQueued => return (status::timeline(l, kind), None),
        TimelineKind::EventAttempted => {
            return (status::timeline(l, kind), detail.map(|detail| attempt(l, detail)));
        }
        TimelineKind::NotificationReceived
        | TimelineKind::Evaluated
        | TimelineKind::CheckoutRegistered
        | TimelineKind::OrderRegistered
        | TimelineKind::Restored
        | TimelineKind::Deleted
        | TimelineKind::CancelledAtGateway
        | TimelineKind::ResultReceived
        | TimelineKind::Attempted
        | TimelineKind::ResendDecided
        | TimelineKind::Closed
        | TimelineKind::Reopened
        | TimelineKind::GatewayChecked
        | TimelineKind::Unknown => status::timeline(l, kind),
    };
    (what, detail.map(str::to_owned))
}

/// `NEW IN_PROGRESS the reason` → `新規受付 → 対応中 · the reason`
fn change(l: Lang, detail: &str) -> String {
    let mut parts = detail.splitn(3, ' ');
    let mut in_words = || {
        let code = parts.next().unwrap_or_default();
        decode::word::<OrderStatus>(code).map_or(code, |known| status::order(l, known).text)
    };
    let both = [in_words(), " → ", in_words()].concat();
    match parts.next() {
        Some(reason) => [&both, " · ", reason].concat(),
        None => both,
    }
}

/// `MAYBE_RECEIVED SERVER_ERROR 500` → `到達の可能性あり · サーバーエラー (500)`
fn attempt(l: Lang, detail: &str) -> String {
    let mut parts = detail.splitn(3, ' ');
    let first = parts.next().unwrap_or_default();
    let mut words = vec![match decode::word::<AttemptOutcome>(first) {
        Some(outcome) => status::attempt(l, outcome).text.to_owned(),
        None => first.to_owned(),
    }];
    let (second, third) = (parts.next(), parts.next());
    words.extend(match (second.and_then(decode::word::<Cause>), second) {
        (Some(known), _) if known != Cause::Unknown => {
            Some(status::cause(l, known, third.and_then(|code| code.parse().ok())))
        }
        (_, more) => more.map(|more| [more, third.unwrap_or_default()].join(" ").trim_end().to_owned()),
    });
    words.join(" · ")
}

/// Where the notice to the cart stands; nothing was made of an order that was restored while nobody was to be told.
pub(crate) fn notice(l: Lang, state: Option<(OrderEventState, bool)>) -> Mark {
    let (text, tone) = match state {
        None => (l.notice_none(), "grey"),
        Some((_, true)) => (l.notice_sending(), "ring"),
        Some((OrderEventState::Waiting, false)) => (l.notice_waiting(), "warning"),
        Some((OrderEventState::Delivered, false)) => (l.notice_delivered(), "good"),
        Some((OrderEventState::Failed, false)) => (l.notice_failed(), "danger"),
        Some((OrderEventState::Unknown, false)) => (l.timeline_unknown(), "grey"),
    };
    Mark { text, tone }
}

pub(crate) fn mail_state(l: Lang, state: OrderMailState) -> Mark {
    let (text, tone) = match state {
        OrderMailState::Waiting => (l.mail_state_waiting(), "ring"),
        OrderMailState::Sent => (l.mail_state_sent(), "good"),
        OrderMailState::Failed => (l.mail_state_failed(), "danger"),
        OrderMailState::Unknown => (l.timeline_unknown(), "grey"),
    };
    Mark { text, tone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_status_is_told_in_words_with_its_reason() {
        let told = |detail| event(Lang::Ja, TimelineKind::StatusChanged, Some(detail)).1.unwrap();
        assert_eq!(told("NEW IN_PROGRESS"), "新規受付 → 対応中");
        assert_eq!(told("SHIPPED IN_PROGRESS 誤って 変更"), "発送済み → 対応中 · 誤って 変更");
        assert_eq!(told("NEW LATER_WORD"), "新規受付 → LATER_WORD");
    }

    #[test]
    fn a_notice_to_the_cart_is_told_in_words() {
        let told = |detail| event(Lang::Ja, TimelineKind::EventAttempted, Some(detail)).1.unwrap();
        assert_eq!(told("DELIVERED 204"), [Lang::Ja.outcome_delivered(), " · 204"].concat());
        assert_eq!(
            told("MAYBE_RECEIVED SERVER_ERROR 503"),
            [Lang::Ja.receipt_maybe_received(), " · サーバーエラー (503)"].concat()
        );
        assert_eq!(told("NOT_RECEIVED NEWER"), [Lang::Ja.receipt_not_received(), " · NEWER"].concat());
        assert_eq!(notice(Lang::Ja, Some((OrderEventState::Failed, true))).tone, "ring");
        assert_eq!(notice(Lang::Ja, None).text, Lang::Ja.notice_none());
    }

    #[test]
    fn a_mail_to_the_buyer_is_not_called_an_alert() {
        let (what, _) = event(Lang::Ja, TimelineKind::MailQueued, None);
        assert_ne!(what, status::timeline(Lang::Ja, TimelineKind::MailQueued));
    }
}
