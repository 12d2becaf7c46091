//! What happened around a row, told in one form.

use async_graphql::{Enum, SimpleObject};

use crate::{
    app::abnormal_orders::{TimelineEvent as Event, TimelineKind as Kind},
    graphql::scalars::DateTime,
};

/// What happened around a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum TimelineKind {
    /// A notification came; the detail is its status.
    NotificationReceived,
    /// The row was evaluated last; the detail is its state and reason.
    Evaluated,
    /// The cart registered the checkout.
    CheckoutRegistered,
    /// The cart registered the order that collides; the detail is its number.
    OrderRegistered,
    /// 復旧; the detail is the order's number.
    Restored,
    /// A person closed the row; the detail is the resolution and the note.
    Closed,
    /// 削除; the detail is the reason.
    Deleted,
    /// A notification said that the payment was cancelled; the detail is its status.
    CancelledAtGateway,
}

/// One event of a timeline.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct TimelineEvent {
    /// When.
    pub at: DateTime,
    /// What.
    pub kind: TimelineKind,
    /// The login or the token's name, where it was somebody.
    pub actor: Option<String>,
    /// More.
    pub detail: Option<String>,
}

impl From<Event> for TimelineEvent {
    fn from(event: Event) -> Self {
        let kind = match event.kind {
            Kind::NotificationReceived => TimelineKind::NotificationReceived,
            Kind::Evaluated => TimelineKind::Evaluated,
            Kind::CheckoutRegistered => TimelineKind::CheckoutRegistered,
            Kind::OrderRegistered => TimelineKind::OrderRegistered,
            Kind::Restored => TimelineKind::Restored,
            Kind::Closed => TimelineKind::Closed,
            Kind::CancelledAtGateway => TimelineKind::CancelledAtGateway,
        };
        Self { at: DateTime(event.at), kind, actor: event.actor, detail: event.detail }
    }
}
