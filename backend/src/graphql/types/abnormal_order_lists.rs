//! The five lists of abnormal orders: the search and the counts.

use async_graphql::{Enum, InputObject, SimpleObject};
use todoke_domain::abnormal_order;

use super::{
    abnormal_orders::AbnormalOrder,
    connection::Listed,
    periods::{PeriodInput, parse_period_input},
};
use crate::{
    app::{self, App, Error, abnormal_orders::AbnormalOrderSearch},
    auth::scope::Scope,
    store::{
        abnormal_orders::{AbnormalOrderFilter as Filter, ListCounts},
        page::Total,
    },
};

/// The five lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(crate) enum AbnormalOrderList {
    /// すべての注文一覧.
    #[default]
    All,
    /// 復旧対象注文一覧.
    Restorable,
    /// 復旧済注文一覧.
    Restored,
    /// 重複注文一覧.
    Duplicate,
    /// 復旧不可注文一覧.
    Unrestorable,
}

/// The search for abnormal orders. A broken rule is an error with `extensions.code = BAD_USER_INPUT` and
/// `extensions.fields`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct AbnormalOrderFilter {
    /// IP codes; those that one may not see have no rows.
    pub ip_codes: Vec<String>,
    /// Which of the five lists.
    #[graphql(default)]
    pub list: AbnormalOrderList,
    /// The beginning of the order number.
    pub order_no: Option<String>,
    /// A part of the customer's name or e-mail address.
    pub customer: Option<String>,
    /// 会員ID, exactly.
    pub member_id: Option<String>,
    /// 復旧信号受信日時; without one, all there are.
    pub period: Option<PeriodInput>,
}

impl AbnormalOrderFilter {
    /// What the rules are held against.
    pub(crate) fn into_search(self) -> Result<AbnormalOrderSearch, Error> {
        Ok(AbnormalOrderSearch {
            ip_codes: self.ip_codes,
            list: match self.list {
                AbnormalOrderList::All => None,
                AbnormalOrderList::Restorable => Some(abnormal_order::AbnormalOrderStatus::Restorable),
                AbnormalOrderList::Restored => Some(abnormal_order::AbnormalOrderStatus::Restored),
                AbnormalOrderList::Duplicate => Some(abnormal_order::AbnormalOrderStatus::Duplicate),
                AbnormalOrderList::Unrestorable => Some(abnormal_order::AbnormalOrderStatus::Unrestorable),
            },
            order_no: self.order_no,
            customer: self.customer,
            member_id: self.member_id,
            period: parse_period_input(self.period)?,
        })
    }
}

/// How many rows each of the five lists has, at most 10,000. Needs VIEW on the IP codes.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub(crate) struct AbnormalOrderCounts {
    /// すべて.
    pub all: u64,
    /// 復旧対象.
    pub restorable: u64,
    /// 復旧済.
    pub restored: u64,
    /// 重複注文.
    pub duplicate: u64,
    /// 復旧不可.
    pub unrestorable: u64,
}

impl From<ListCounts> for AbnormalOrderCounts {
    fn from(counts: ListCounts) -> Self {
        let ListCounts { all, restorable, restored, duplicate, unrestorable } = counts;
        Self { all, restorable, restored, duplicate, unrestorable }
    }
}

impl Listed for AbnormalOrder {
    type List = Filter;

    async fn count(list: &Filter, app: &App, scope: &Scope) -> Result<Total, Error> {
        app::abnormal_orders::count_abnormal_orders(app, scope, list).await
    }
}
