//! What happened around an order: notifications of its payment, changes of its status, mails to the buyer, what its cart
//! was told (docs/REQUIREMENTS.md, B.3 and B.8).

use super::{
    App, Error,
    order_events::{ToldEvent, timeline_of_event},
    timelines::{TimelineEvent, TimelineKind, newest_first, notification_event, order_event},
};
use crate::{
    auth::scope::Scope,
    store::{
        self, mails::MailState, notifications::StoredNotification, order_mails::OrderMail,
        order_status_changes::StatusChange, orders::Order,
    },
};

/// The notifications of the payment that paid this order, in the order in which they came.
pub(crate) async fn load_notifications(
    app: &App,
    scope: &Scope,
    order: &Order,
) -> Result<Vec<StoredNotification>, Error> {
    let (reader, cart) = (app.database.reader(), &order.cart);
    let numbers = [cart.order_no.as_str()];
    let payments =
        store::notifications::list_evaluated_of_numbers(scope, reader, &cart.ip_code, &numbers).await?;
    let is_own = |payment: &store::notifications::GatewayPayment| {
        order.restored_from == Some(payment.id) || cart.access_id.as_ref() == Some(&payment.access_id)
    };
    let own: Vec<_> = payments.iter().filter(|payment| is_own(payment)).map(|payment| payment.id).collect();
    Ok(store::notifications::list_of_payments(scope, reader, &own).await?)
}

/// What happened around an order, newest first.
pub(crate) fn timeline_of(
    order: &Order,
    notifications: &[StoredNotification],
    (changes, mails, told): (&[StatusChange], &[OrderMail], Option<&ToldEvent>),
) -> Vec<TimelineEvent> {
    let number = Some(order.cart.order_no.clone());
    let began = match order.restored_from {
        Some(_) => TimelineEvent::new(order.registered_at, TimelineKind::Restored).detail(number),
        None => order_event(order),
    };
    let mut events = vec![began];
    events.extend(notifications.iter().map(notification_event));
    events.extend(changes.iter().map(status_event));
    mails.iter().for_each(|mail| events.extend(mail_events(mail)));
    events.extend(told.map(timeline_of_event).unwrap_or_default());
    newest_first(&mut events);
    events
}

/// An order that came to another status.
pub(super) fn status_event(change: &StatusChange) -> TimelineEvent {
    let mut detail = format!("{} {}", change.before.code(), change.after.code());
    if let Some(reason) = &change.reason {
        detail = format!("{detail} {reason}");
    }
    let event = TimelineEvent::new(change.at, TimelineKind::StatusChanged);
    event.by(Some(change.by.clone())).detail(Some(detail))
}

/// A mail when it was taken into the outbox, with its copy.
pub(super) fn queued_event(mail: &OrderMail) -> TimelineEvent {
    let event = TimelineEvent::new(mail.at, TimelineKind::MailQueued);
    let event = event.by(Some(mail.by.clone())).detail(Some(mail.to.clone()));
    TimelineEvent { mail: Some(mail.clone()), ..event }
}

/// The same, and what became of it.
fn mail_events(mail: &OrderMail) -> Vec<TimelineEvent> {
    let event = |at, kind, detail: &str| TimelineEvent::new(at, kind).detail(Some(detail.to_owned()));
    let mut events = vec![queued_event(mail)];
    match mail.state {
        MailState::Sent => {
            events.extend(mail.sent_at.map(|at| event(at, TimelineKind::MailSent, &mail.to)));
        }
        // A try that failed while another one follows is told too: somebody may be waiting for the mail.
        MailState::Waiting | MailState::Failed => {
            let why = mail.error.as_deref().unwrap_or_default();
            events.extend(mail.failed_at.map(|at| event(at, TimelineKind::MailFailed, why)));
        }
    }
    events
}
