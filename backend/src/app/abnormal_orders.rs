//! Abnormal orders (異常注文): the five lists, and one row in full. What a person does with a row is next
//! door: 復旧 in `restores`, closing and 削除 in `abnormal_order_actions`.

use todoke_domain::{
    abnormal_order::AbnormalOrderStatus,
    abnormal_order_actions::RowAction,
    ids::{AbnormalOrderId, IpCode},
    notification::MoneyState,
    order_search::{parse_ip_codes, parse_keyword, parse_open_period},
    search::PeriodInput,
    time::Timestamp,
};

pub(crate) use super::{
    abnormal_order_actions::{Close, close_abnormal_order, delete_abnormal_order},
    restores::restore_abnormal_order,
};
use crate::{
    app::{App, Error},
    auth::scope::Scope,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, AbnormalOrderFilter, ListCounts},
        checkouts::Checkout,
        notifications::StoredNotification,
        orders::Order,
        page::{Page, PageRequest, Total},
    },
};

/// A search as it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct AbnormalOrderSearch {
    /// IP codes.
    pub ip_codes: Vec<String>,
    /// One of the five lists; `None` is すべて.
    pub list: Option<AbnormalOrderStatus>,
    /// The beginning of the order number.
    pub order_no: Option<String>,
    /// A part of the name or e-mail address.
    pub customer: Option<String>,
    /// 会員ID.
    pub member_id: Option<String>,
    /// When the signal came.
    pub period: Option<PeriodInput>,
}

/// What happened around a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimelineKind {
    /// A notification came; the detail is its status.
    NotificationReceived,
    /// The row was evaluated last; the detail is its state, and its reason where it has one.
    Evaluated,
    /// The cart registered the checkout.
    CheckoutRegistered,
    /// The cart registered the order that collides; the detail is its number.
    OrderRegistered,
    /// 復旧; the detail is the order's number.
    Restored,
    /// A person closed it; the detail is the resolution and the note.
    Closed,
    /// A notification said that the payment was cancelled; the detail is its status.
    CancelledAtGateway,
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
}

/// Checks a search.
///
/// # Errors
/// The broken rules beside their fields.
pub(crate) fn parse_search(
    search: &AbnormalOrderSearch,
    now: Timestamp,
) -> Result<AbnormalOrderFilter, Error> {
    Ok(AbnormalOrderFilter {
        ip_codes: parse_ip_codes(&search.ip_codes)?,
        status: search.list,
        order_no_prefix: parse_keyword(&["orderNo"], search.order_no.as_deref())?,
        customer: parse_keyword(&["customer"], search.customer.as_deref())?.map(|text| text.to_lowercase()),
        member_id: parse_keyword(&["memberId"], search.member_id.as_deref())?,
        span: parse_open_period(search.period.as_ref(), now)?,
    })
}

/// A page of a list, newest first.
pub(crate) async fn search_abnormal_orders(
    app: &App,
    scope: &Scope,
    filter: &AbnormalOrderFilter,
    request: PageRequest,
) -> Result<Page<AbnormalOrder>, Error> {
    Ok(store::abnormal_orders::list(scope, app.database.reader(), filter, request).await?)
}

/// How many rows a list has.
pub(crate) async fn count_abnormal_orders(
    app: &App,
    scope: &Scope,
    filter: &AbnormalOrderFilter,
) -> Result<Total, Error> {
    Ok(store::abnormal_orders::count(scope, app.database.reader(), filter).await?)
}

/// How many rows each of the five lists has.
pub(crate) async fn count_lists(app: &App, scope: &Scope, ip_codes: &[String]) -> Result<ListCounts, Error> {
    let ip_codes: Vec<IpCode> = parse_ip_codes(ip_codes)?;
    Ok(store::abnormal_orders::count_lists(scope, app.database.reader(), &ip_codes).await?)
}

/// One row, if it may be seen.
pub(crate) async fn find_abnormal_order(
    app: &App,
    scope: &Scope,
    id: AbnormalOrderId,
) -> Result<Option<AbnormalOrder>, Error> {
    Ok(store::abnormal_orders::find(scope, app.database.reader(), id).await?)
}

/// What the asker may do with a row at this moment.
pub(crate) fn allowed_actions(scope: &Scope, row: &AbnormalOrder) -> Vec<RowAction> {
    let may =
        |action: &RowAction| action.fits(row.state()) && scope.may(&row.payment.ip_code, action.needs());
    RowAction::ALL.into_iter().filter(may).collect()
}

/// What happened around a row, newest first.
pub(crate) fn timeline_of(
    row: &AbnormalOrder,
    notifications: &[StoredNotification],
    checkout: Option<&Checkout>,
    order: Option<&Order>,
) -> Vec<TimelineEvent> {
    let event = |at, kind, actor, detail| TimelineEvent { at, kind, actor, detail };
    let mut events: Vec<TimelineEvent> = Vec::new();
    for stored in notifications {
        let kind = match stored.notification.money_state() {
            MoneyState::Cancelled => TimelineKind::CancelledAtGateway,
            MoneyState::Paid | MoneyState::Neither => TimelineKind::NotificationReceived,
        };
        let status = stored.notification.field("Status").trim();
        events.push(event(stored.received_at, kind, None, Some(status.to_owned())));
    }
    if let Some(checkout) = checkout {
        events.push(event(checkout.registered_at, TimelineKind::CheckoutRegistered, None, None));
    }
    let order_no = order.map(|order| order.cart.order_no.clone());
    match (&row.restored, order) {
        (Some(restored), _) => {
            let by = Some(restored.by.clone());
            events.push(event(restored.at, TimelineKind::Restored, by, order_no));
        }
        (None, Some(order)) => {
            events.push(event(order.registered_at, TimelineKind::OrderRegistered, None, order_no));
        }
        (None, None) => {}
    }
    if let Some(closing) = &row.closing {
        let detail = match &closing.note {
            Some(note) => format!("{} {note}", closing.resolution.code()),
            None => closing.resolution.code().to_owned(),
        };
        events.push(event(closing.at, TimelineKind::Closed, Some(closing.by.clone()), Some(detail)));
    }
    let mut state = row.status.code().to_owned();
    if let Some(reason) = row.reason {
        state = format!("{state} {}", reason.code());
    }
    events.push(event(row.evaluated_at, TimelineKind::Evaluated, None, Some(state)));
    // What came last stands first, also of two with one instant.
    events.sort_by_key(|event| event.at);
    events.reverse();
    events
}

/// The notification whose fields a row shows: the newest that says "paid", by the order in which they came.
pub(crate) fn shown_notification(notifications: &[StoredNotification]) -> Option<&StoredNotification> {
    notifications
        .iter()
        .rev()
        .find(|stored| stored.notification.money_state() == MoneyState::Paid)
        .or_else(|| notifications.last())
}
