//! Timelines: what happened to a payment, across both halves, told in one form (docs/REQUIREMENTS.md, A.13). Reads
//! only; who decided what is told as it was stored.

use std::collections::HashMap;

use todoke_domain::{
    access::Action,
    delivery::Outcome,
    ids::{AbnormalOrderId, AttemptId, CheckoutId, DecisionId, IpCode, OrderId, PaymentId},
    notification::MoneyState,
    parameter_changes::{ParameterChange, changes_between},
    resend_batch::{BatchAction, BatchRowState},
    text::mask_email,
    time::Timestamp,
};

use super::{
    App, Error,
    order_events::{ToldEvent, load_events, timeline_of_event},
    order_timelines::{queued_event, status_event},
};
use crate::{
    auth::scope::Scope,
    store::{
        self,
        abnormal_orders::AbnormalOrder,
        checkouts::Checkout,
        decisions::DecisionKind,
        gateway_checks::GatewayCheck,
        notifications::StoredNotification,
        order_mails::OrderMail,
        orders::Order,
        payments::Payment,
        timelines::{AttemptMark, BatchMark, DecisionMark, MailMark},
    },
};

/// Events of one payment's timeline; older ones are left out. Also what a timeline counts for in a query's complexity.
pub(crate) const EVENTS_MAX: usize = 200;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimelineKind {
    /// A result came in; the detail is its status.
    ResultReceived,
    /// An attempt was made; the detail is its outcome, cause and status.
    Attempted,
    /// 再送信 was decided; the detail is the reason.
    ResendDecided,
    /// A person closed the row; the detail is the reason, or the resolution and the note of an abnormal order.
    Closed,
    /// Opened again; the detail is the reason.
    Reopened,
    /// A mail was put into the outbox; the detail is the masked address.
    MailQueued,
    /// A mail was handed over; the detail is the masked address.
    MailSent,
    /// A mail could not be handed over; the detail is the masked address and why.
    MailFailed,
    /// A notification came; the detail is its status.
    NotificationReceived,
    /// The row was evaluated last; the detail is its state, and its reason where it has one.
    Evaluated,
    /// The cart registered the checkout.
    CheckoutRegistered,
    /// The cart registered the order; the detail is its number.
    OrderRegistered,
    /// 復旧; the detail is the order's number.
    Restored,
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

/// One event of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimelineEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: TimelineKind,
    /// Who, where it was somebody.
    pub actor: Option<String>,
    /// More.
    pub detail: Option<String>,
    /// The attempt of which it tells.
    pub attempt: Option<AttemptId>,
    /// Parameters that were edited.
    pub changes: Vec<ParameterChange>,
    /// The copy of a mail to a buyer.
    pub mail: Option<OrderMail>,
}

impl TimelineEvent {
    pub(super) fn new(at: Timestamp, kind: TimelineKind) -> Self {
        Self { at, kind, actor: None, detail: None, attempt: None, changes: Vec::new(), mail: None }
    }

    pub(super) fn by(self, actor: Option<String>) -> Self {
        Self { actor, ..self }
    }

    pub(super) fn detail(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }
}

/// The timelines of those of these payments that may be seen, newest first; a query for each kind of event, however
/// many payments there are.
pub(crate) async fn load_timelines(
    app: &App,
    scope: &Scope,
    wanted: &[PaymentId],
) -> Result<HashMap<PaymentId, Vec<TimelineEvent>>, Error> {
    let reader = app.database.reader();
    let payments = store::payments::find_many(scope, reader, wanted).await?;
    let ids: Vec<PaymentId> = payments.iter().map(|payment| payment.id).collect();
    let mut events: HashMap<PaymentId, Vec<TimelineEvent>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    let mut told = delivery_events(app, scope, &ids).await?;
    told.extend(order_events(app, scope, &payments).await?);
    for (payment, event) in told {
        events.entry(payment).or_default().push(event);
    }
    for of_payment in events.values_mut() {
        newest_first(of_payment);
        of_payment.truncate(EVENTS_MAX);
    }
    Ok(events)
}

/// What happened around an abnormal order, newest first.
pub(crate) fn timeline_of_abnormal_order(
    row: &AbnormalOrder,
    notifications: &[StoredNotification],
    checkout: Option<&Checkout>,
    (order, told): (Option<&Order>, Option<&ToldEvent>),
) -> Vec<TimelineEvent> {
    let mut events: Vec<TimelineEvent> = notifications.iter().map(notification_event).collect();
    events.extend(checkout.map(checkout_event));
    let order_no = order.map(|order| order.cart.order_no.clone());
    match (restored_event(row, order_no), order) {
        (Some(restored), _) => events.push(restored),
        (None, Some(order)) => events.push(order_event(order)),
        (None, None) => {}
    }
    events.extend(told.map(timeline_of_event).unwrap_or_default());
    events.extend(closed_event(row));
    events.extend(row.gateway_check.as_ref().map(check_event));
    events.push(evaluated_event(row));
    newest_first(&mut events);
    events
}

/// What came last stands first, also of two with one instant.
pub(super) fn newest_first(events: &mut [TimelineEvent]) {
    events.sort_by_key(|event| event.at);
    events.reverse();
}

type Told = Vec<(PaymentId, TimelineEvent)>;

/// Half A: results, attempts, decisions, mails.
async fn delivery_events(app: &App, scope: &Scope, ids: &[PaymentId]) -> Result<Told, Error> {
    let reader = app.database.reader();
    let mut told = Told::new();
    for result in store::timelines::list_results(scope, reader, ids).await? {
        let event = TimelineEvent::new(result.at, TimelineKind::ResultReceived).detail(Some(result.status));
        told.push((result.payment, event));
    }
    let decided = store::timelines::list_decisions(scope, reader, ids).await?;
    told.extend(decided.into_iter().filter_map(decision_event));
    let batches = store::timelines::list_batches(scope, reader, ids).await?;
    told.extend(batches.into_iter().filter_map(batch_event));
    let most = u64::try_from(EVENTS_MAX).unwrap_or(u64::MAX);
    let attempts = store::timelines::list_attempts(scope, reader, ids, most).await?;
    let behind: Vec<DecisionId> = attempts.iter().filter_map(|attempt| attempt.decision).collect();
    let deciders: HashMap<DecisionId, String> = store::decisions::load(scope, reader, &behind)
        .await?
        .into_iter()
        .map(|decision| (decision.id, decision.actor_name))
        .collect();
    told.extend(attempts.into_iter().map(|attempt| attempt_event(attempt, &deciders)));
    for mail in store::timelines::list_mails(scope, reader, ids).await? {
        let payment = mail.payment;
        told.extend(mail_events(mail).into_iter().map(|event| (payment, event)));
    }
    Ok(told)
}

/// Half B: what the gateway and the cart told of the same IP code and order number.
async fn order_events(app: &App, scope: &Scope, payments: &[Payment]) -> Result<Told, Error> {
    let reader = app.database.reader();
    let key_of = |payment: &Payment| (payment.ip_code.clone(), payment.order_no.clone());
    let owners: HashMap<(IpCode, String), PaymentId> =
        payments.iter().map(|payment| (key_of(payment), payment.id)).collect();
    let keys: Vec<(IpCode, String)> = owners.keys().cloned().collect();
    let mut told = Told::new();
    let mut rows: HashMap<AbnormalOrderId, PaymentId> = HashMap::new();
    for row in store::timelines::list_abnormal_orders(scope, reader, &keys).await? {
        let key = (row.payment.ip_code.clone(), row.order_no.clone());
        let Some(payment) = owners.get(&key) else { continue };
        rows.insert(row.id(), *payment);
        told.push((*payment, evaluated_event(&row)));
        told.extend(closed_event(&row).map(|event| (*payment, event)));
        told.extend(row.gateway_check.as_ref().map(|check| (*payment, check_event(check))));
        told.extend(restored_event(&row, Some(row.order_no.clone())).map(|event| (*payment, event)));
    }
    let ids: Vec<AbnormalOrderId> = rows.keys().copied().collect();
    for (key, stored) in store::notifications::list_of_numbers(scope, reader, &keys, &ids).await? {
        let payment = rows.get(&stored.abnormal_order_id).or_else(|| owners.get(&key));
        told.extend(payment.map(|payment| (*payment, notification_event(&stored))));
    }
    let checkouts: HashMap<CheckoutId, PaymentId> =
        owners.iter().map(|((code, number), payment)| (CheckoutId::of(code, number), *payment)).collect();
    let ids: Vec<CheckoutId> = checkouts.keys().copied().collect();
    for checkout in store::checkouts::load(scope, reader, Action::View, &ids).await? {
        told.extend(checkouts.get(&checkout.id).map(|payment| (*payment, checkout_event(&checkout))));
    }
    let orders: HashMap<OrderId, PaymentId> =
        owners.iter().map(|((code, number), payment)| (OrderId::of(code, number), *payment)).collect();
    let ids: Vec<OrderId> = orders.keys().copied().collect();
    for order in store::orders::load(scope, reader, Action::View, &ids).await? {
        // A restored order is told by its restoration.
        let payment = orders.get(&order.id).filter(|_| order.restored_from.is_none());
        told.extend(payment.map(|payment| (*payment, order_event(&order))));
    }
    for (order, event) in load_events(app, scope, &ids).await? {
        let payment = orders.get(&order).copied();
        told.extend(
            payment
                .into_iter()
                .flat_map(|payment| timeline_of_event(&event).into_iter().map(move |event| (payment, event))),
        );
    }
    for (order, change) in store::order_status_changes::list_of_orders(scope, reader, &ids).await? {
        told.extend(orders.get(&order).map(|payment| (*payment, status_event(&change))));
    }
    for (order, mail) in store::order_mails::list_of_orders(scope, reader, &ids).await? {
        // Where it stands is told by its copy: beside the alert mails of the payment, a line more would be mistaken.
        told.extend(orders.get(&order).map(|payment| (*payment, queued_event(&mail))));
    }
    Ok(told)
}

fn decision_event(decision: DecisionMark) -> Option<(PaymentId, TimelineEvent)> {
    let kind = match DecisionKind::from_code(&decision.kind)? {
        DecisionKind::Resend => TimelineKind::ResendDecided,
        DecisionKind::MarkProcessed => TimelineKind::Closed,
        DecisionKind::Reopen => TimelineKind::Reopened,
        DecisionKind::Restore
        | DecisionKind::OrderMail
        | DecisionKind::ResendBatch
        | DecisionKind::OrderEvent
        | DecisionKind::RestoreBatch => return None,
    };
    let changes = decision.edit.map(|(before, after)| changes_between(&before, &after)).unwrap_or_default();
    let event = TimelineEvent::new(decision.at, kind).by(Some(decision.by)).detail(decision.reason);
    Some((decision.payment, TimelineEvent { changes, ..event }))
}

/// A row's part in a batch; a row that was left alone has none.
fn batch_event(part: BatchMark) -> Option<(PaymentId, TimelineEvent)> {
    let (at, kind) = match (part.action, part.state) {
        (_, BatchRowState::Waiting | BatchRowState::Skipped) => return None,
        (BatchAction::Resend, BatchRowState::Sending | BatchRowState::Done | BatchRowState::Failed) => {
            (part.started_at, TimelineKind::ResendDecided)
        }
        (
            BatchAction::MarkProcessed,
            BatchRowState::Sending | BatchRowState::Done | BatchRowState::Failed,
        ) => (part.finished_at.unwrap_or(part.started_at), TimelineKind::Closed),
    };
    Some((part.payment, TimelineEvent::new(at, kind).by(Some(part.by)).detail(part.reason)))
}

fn attempt_event(attempt: AttemptMark, deciders: &HashMap<DecisionId, String>) -> (PaymentId, TimelineEvent) {
    let mut detail = attempt.outcome.code().to_owned();
    if let Outcome::Failed(cause) = attempt.outcome {
        detail = format!("{detail} {}", cause.code());
    }
    if let Some(status) = attempt.http_status {
        detail = format!("{detail} {status}");
    }
    let by = attempt.decision.and_then(|id| deciders.get(&id).cloned());
    let event = TimelineEvent::new(attempt.at, TimelineKind::Attempted).by(by).detail(Some(detail));
    (attempt.payment, TimelineEvent { attempt: Some(attempt.id), ..event })
}

fn mail_events(mail: MailMark) -> Vec<TimelineEvent> {
    let masked = mask_email(&mail.recipient);
    let event = |at, kind, detail: &str| TimelineEvent::new(at, kind).detail(Some(detail.to_owned()));
    let mut events = vec![event(mail.queued_at, TimelineKind::MailQueued, &masked)];
    if let Some((at, why)) = mail.failure {
        // A mail server likes to repeat the address that it refuses.
        let why = why.replace(&mail.recipient, &masked);
        events.push(event(at, TimelineKind::MailFailed, &format!("{masked}: {why}")));
    }
    events.extend(mail.sent_at.map(|at| event(at, TimelineKind::MailSent, &masked)));
    events
}

pub(super) fn notification_event(stored: &StoredNotification) -> TimelineEvent {
    let kind = match stored.notification.money_state() {
        MoneyState::Cancelled => TimelineKind::CancelledAtGateway,
        MoneyState::Paid | MoneyState::Neither => TimelineKind::NotificationReceived,
    };
    let status = stored.notification.field("Status").trim();
    TimelineEvent::new(stored.received_at, kind).detail(Some(status.to_owned()))
}

fn check_event(check: &GatewayCheck) -> TimelineEvent {
    let more = check.problem.map(|problem| problem.code().to_owned()).or_else(|| check.status.clone());
    let detail = format!("{} {}", check.outcome.code(), more.unwrap_or_default());
    TimelineEvent::new(check.at, TimelineKind::GatewayChecked)
        .by(Some(check.by.clone()))
        .detail(Some(detail.trim_end().to_owned()))
}

fn checkout_event(checkout: &Checkout) -> TimelineEvent {
    TimelineEvent::new(checkout.registered_at, TimelineKind::CheckoutRegistered)
}

pub(super) fn order_event(order: &Order) -> TimelineEvent {
    TimelineEvent::new(order.registered_at, TimelineKind::OrderRegistered)
        .detail(Some(order.cart.order_no.clone()))
}

fn restored_event(row: &AbnormalOrder, order_no: Option<String>) -> Option<TimelineEvent> {
    let restored = row.restored.as_ref()?;
    let event = TimelineEvent::new(restored.at, TimelineKind::Restored);
    Some(event.by(Some(restored.by.clone())).detail(order_no))
}

fn closed_event(row: &AbnormalOrder) -> Option<TimelineEvent> {
    let closing = row.closing.as_ref()?;
    let detail = match &closing.note {
        Some(note) => format!("{} {note}", closing.resolution.code()),
        None => closing.resolution.code().to_owned(),
    };
    let event = TimelineEvent::new(closing.at, TimelineKind::Closed);
    Some(event.by(Some(closing.by.clone())).detail(Some(detail)))
}

fn evaluated_event(row: &AbnormalOrder) -> TimelineEvent {
    let mut state = row.status.code().to_owned();
    if let Some(reason) = row.reason {
        state = format!("{state} {}", reason.code());
    }
    TimelineEvent::new(row.evaluated_at, TimelineKind::Evaluated).detail(Some(state))
}
