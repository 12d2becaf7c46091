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
    restores::{Restore, restore_abnormal_order},
};
use crate::{
    app::{App, Error},
    auth::scope::Scope,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, AbnormalOrderFilter, ListCounts},
        notifications::StoredNotification,
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

/// The notification whose fields a row shows: the newest that says "paid", by the order in which they came.
pub(crate) fn shown_notification(notifications: &[StoredNotification]) -> Option<&StoredNotification> {
    notifications
        .iter()
        .rev()
        .find(|stored| stored.notification.money_state() == MoneyState::Paid)
        .or_else(|| notifications.last())
}
