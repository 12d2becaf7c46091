//! What happened around a row or a payment, told in one form.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use todoke_domain::{ids::AttemptId, parameter_changes};

use super::{attempts::Attempt, order_mails::OrderMail};
use crate::{
    app::{
        Error,
        timelines::{TimelineEvent as Event, TimelineKind as Kind},
    },
    graphql::{context::Asked, loaders::AttemptOf, scalars::DateTime},
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum TimelineKind {
    /// A payment result came in; the detail is its status.
    ResultReceived,
    /// An attempt was made; the detail is its outcome, cause and status.
    Attempted,
    /// 再送信 was decided; the detail is the reason, and `changes` what was edited.
    ResendDecided,
    /// A person closed the row; the detail is the reason, or the resolution and the note of an abnormal order.
    Closed,
    /// A closed row was opened again; the detail is the reason.
    Reopened,
    /// A mail was put into the outbox; the detail is the masked address.
    MailQueued,
    /// A mail was handed over; the detail is the masked address.
    MailSent,
    /// A mail could not be handed over; the detail is the masked address, why, and which try of how many it was.
    MailFailed,
    /// A notification came; the detail is its status.
    NotificationReceived,
    /// The row was evaluated last; the detail is its state and reason.
    Evaluated,
    /// The cart registered the checkout.
    CheckoutRegistered,
    /// The cart registered the order; the detail is its number.
    OrderRegistered,
    /// 復旧; the detail is the order's number.
    Restored,
    /// 削除; the detail is the reason.
    Deleted,
    /// A notification said that the payment was cancelled; the detail is its status.
    CancelledAtGateway,
    /// The gateway was asked; the detail is the outcome, and the problem or the state.
    GatewayChecked,
    /// An order came to another status; the detail is both of them and the reason.
    StatusChanged,
    /// An event for the cart was made; the detail is its type.
    EventQueued,
    /// The cart was told, or not; the detail is the outcome, the cause and the status.
    EventAttempted,
}

/// A parameter that was edited. Null: it was not there.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ParameterChange {
    /// The name on the wire.
    pub name: String,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// One event of a timeline. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct TimelineEvent {
    /// When.
    pub at: DateTime,
    /// What.
    pub kind: TimelineKind,
    /// The login or the token's name, where it was somebody.
    pub actor: Option<String>,
    /// More.
    pub detail: Option<String>,
    /// The copy of the mail, at MAIL_QUEUED of an order.
    pub mail: Option<OrderMail>,
    /// The parameters that were edited for a resend.
    pub changes: Vec<ParameterChange>,
    #[graphql(skip)]
    attempt_id: Option<AttemptId>,
}

#[ComplexObject]
impl TimelineEvent {
    /// The attempt of which it tells.
    async fn attempt(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Attempt>> {
        let Some(id) = self.attempt_id else { return Ok(None) };
        let loaded = ctx.loader()?.load_one(AttemptOf(id)).await;
        Ok(loaded.map_err(|error| ctx.error(Error::internal(error)))?.map(Attempt))
    }
}

impl From<Event> for TimelineEvent {
    fn from(event: Event) -> Self {
        let kind = match event.kind {
            Kind::ResultReceived => TimelineKind::ResultReceived,
            Kind::Attempted => TimelineKind::Attempted,
            Kind::ResendDecided => TimelineKind::ResendDecided,
            Kind::Closed => TimelineKind::Closed,
            Kind::Reopened => TimelineKind::Reopened,
            Kind::MailQueued => TimelineKind::MailQueued,
            Kind::MailSent => TimelineKind::MailSent,
            Kind::MailFailed => TimelineKind::MailFailed,
            Kind::NotificationReceived => TimelineKind::NotificationReceived,
            Kind::Evaluated => TimelineKind::Evaluated,
            Kind::CheckoutRegistered => TimelineKind::CheckoutRegistered,
            Kind::OrderRegistered => TimelineKind::OrderRegistered,
            Kind::Restored => TimelineKind::Restored,
            Kind::CancelledAtGateway => TimelineKind::CancelledAtGateway,
            Kind::GatewayChecked => TimelineKind::GatewayChecked,
            Kind::StatusChanged => TimelineKind::StatusChanged,
            Kind::EventQueued => TimelineKind::EventQueued,
            Kind::EventAttempted => TimelineKind::EventAttempted,
        };
        let change = |change: parameter_changes::ParameterChange| ParameterChange {
            name: change.name,
            before: change.before,
            after: change.after,
        };
        Self {
            at: DateTime(event.at),
            kind,
            actor: event.actor,
            detail: event.detail,
            changes: event.changes.into_iter().map(change).collect(),
            attempt_id: event.attempt,
            mail: event.mail.map(OrderMail::from),
        }
    }
}
