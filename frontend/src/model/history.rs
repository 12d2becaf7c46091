//! What happened to a payment, in words, whichever query told of it.
use super::enums::{
    AbnormalOrderResolution, AttemptOutcome, AttemptTrigger, Cause, OrderMailState, TimelineKind,
};
use super::exchange::Exchange;
use super::{abnormal_order, order_event, status};
use crate::api::decode;
use crate::i18n::Lang;

/// A parameter's name, and its value before and after.
pub(crate) type Difference = (String, Option<String>, Option<String>);

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) at: String,
    pub(crate) kind: TimelineKind,
    pub(crate) actor: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) changes: Vec<Difference>,
    pub(crate) attempt: Option<Attempt>,
    pub(crate) mail: Option<Mail>,
}

/// An attempt of which an event tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attempt {
    pub(crate) id: String,
    pub(crate) trigger: AttemptTrigger,
    pub(crate) outcome: AttemptOutcome,
    pub(crate) cause: Option<Cause>,
    pub(crate) duration_ms: i64,
    pub(crate) is_edited: bool,
    pub(crate) decided_by: Option<String>,
    pub(crate) made: Exchange,
}

/// The copy of a mail to the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) state: OrderMailState,
    pub(crate) error: Option<String>,
}

impl Told {
    /// Events have no id of their own; two of one instant differ in what they are.
    pub(crate) fn key(&self) -> String {
        let attempt = self.attempt.as_ref().map(|attempt| attempt.id.as_str());
        let mail = self.mail.as_ref().map(|mail| order_event::mail_state(Lang::En, mail.state).text);
        let parts = [Some(self.at.as_str()), self.actor.as_deref(), self.detail.as_deref(), attempt, mail];
        let mut key = status::timeline(Lang::En, self.kind).to_owned();
        for part in parts {
            key.push('\n');
            key.push_str(part.unwrap_or_default());
        }
        key
    }

    /// What it was, and what more is known of it. Both halves use some words, each in its own sense.
    pub(crate) fn words(&self, l: Lang) -> (&'static str, Option<String>) {
        let detail = self.detail.as_deref().filter(|detail| !detail.is_empty());
        match self.kind {
            _ if !self.changes.is_empty() => (l.timeline_edited(), detail.map(str::to_owned)),
            TimelineKind::Closed if detail.is_some_and(is_resolution) => {
                abnormal_order::event(l, self.kind, detail)
            }
            TimelineKind::Evaluated | TimelineKind::GatewayChecked => {
                abnormal_order::event(l, self.kind, detail)
            }
            TimelineKind::MailQueued if self.mail.is_some() => order_event::event(l, self.kind, detail),
            TimelineKind::StatusChanged | TimelineKind::EventQueued | TimelineKind::EventAttempted => {
                order_event::event(l, self.kind, detail)
            }
            TimelineKind::Closed
            | TimelineKind::MailQueued
            | TimelineKind::MailSent
            | TimelineKind::MailFailed
            | TimelineKind::NotificationReceived
            | TimelineKind::CheckoutRegistered
            | TimelineKind::OrderRegistered
            | TimelineKind::Restored
            | TimelineKind::Deleted
            | TimelineKind::CancelledAtGateway
            | TimelineKind::ResultReceived
            | TimelineKind::Attempted
            | TimelineKind::ResendDecided
            | TimelineKind::Reopened
            | TimelineKind::Unknown => (status::timeline(l, self.kind), detail.map(str::to_owned)),
        }
    }
}

/// Whether a closing is that of an abnormal order: it begins with what was done, that of a send error is a reason.
fn is_resolution(detail: &str) -> bool {
    let code = detail.split(' ').next().unwrap_or_default();
    decode::word::<AbnormalOrderResolution>(code)
        .is_some_and(|known| known != AbnormalOrderResolution::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: TimelineKind, detail: &str) -> Told {
        Told {
            at: "2026-11-22T15:00:00+09:00".to_owned(),
            kind,
            actor: None,
            detail: Some(detail.to_owned()),
            changes: Vec::new(),
            attempt: None,
            mail: None,
        }
    }

    #[test]
    fn both_halves_are_told_in_their_own_words() {
        let l = Lang::Ja;
        for (kind, detail, what, more) in [
            (TimelineKind::Closed, "手動で提供", l.timeline_closed(), "手動で提供"),
            (TimelineKind::Closed, "REORDERED 電話", l.abnormal_closed(), "再注文済み · 電話"),
            (TimelineKind::Evaluated, "RESTORABLE", l.timeline_evaluated(), l.list_restorable()),
            (TimelineKind::StatusChanged, "NEW SHIPPED", l.timeline_status_changed(), "新規受付 → 発送済み"),
            (TimelineKind::MailQueued, "s***@example.com", l.timeline_mail_queued(), "s***@example.com"),
        ] {
            assert_eq!(told(kind, detail).words(l), (what, Some(more.to_owned())), "{detail}");
        }
        let state = OrderMailState::Sent;
        let mail =
            Mail { to: String::new(), subject: String::new(), body: String::new(), state, error: None };
        let to_buyer = Told { mail: Some(mail), ..told(TimelineKind::MailQueued, "a@example.jp") };
        assert_eq!(to_buyer.words(l).0, l.order_mail_queued());
    }

    #[test]
    fn an_event_that_goes_on_is_another_one() {
        let waiting = |state| {
            let mail =
                Mail { to: String::new(), subject: String::new(), body: String::new(), state, error: None };
            Told { mail: Some(mail), ..told(TimelineKind::MailQueued, "a@example.jp") }.key()
        };
        assert_ne!(waiting(OrderMailState::Waiting), waiting(OrderMailState::Sent));
        assert_ne!(told(TimelineKind::Closed, "a").key(), told(TimelineKind::Reopened, "a").key());
    }
}
