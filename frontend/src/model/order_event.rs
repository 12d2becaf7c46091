//! The timeline of an order in words. Its mails are the buyer's: the words of alert mails would be wrong here.
use super::enums::{OrderMailState, OrderStatus, TimelineKind};
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
    fn a_mail_to_the_buyer_is_not_called_an_alert() {
        let (what, _) = event(Lang::Ja, TimelineKind::MailQueued, None);
        assert_ne!(what, status::timeline(Lang::Ja, TimelineKind::MailQueued));
    }
}
