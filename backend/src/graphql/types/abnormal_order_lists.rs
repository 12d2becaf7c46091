//! The five lists of abnormal orders: the search, the counts, the pages.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use todoke_domain::abnormal_order;

use super::{
    abnormal_orders::AbnormalOrder,
    page::{LazyTotal, PageInfo},
    periods::{PeriodInput, parse_period_input},
};
use crate::{
    app::{self, Error, abnormal_orders::AbnormalOrderSearch},
    graphql::context::Asked,
    store::{
        abnormal_orders::{AbnormalOrder as Row, AbnormalOrderFilter as Filter, ListCounts},
        page::{Page, Place, Total},
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

/// A row of a page of abnormal orders.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct AbnormalOrderEdge {
    /// The row's place.
    pub cursor: String,
    /// The abnormal order.
    pub node: AbnormalOrder,
}

/// A page of abnormal orders, newest signal first.
#[derive(Debug)]
pub(crate) struct AbnormalOrderConnection {
    /// The search.
    pub filter: Filter,
    /// The page.
    pub page: Page<Row>,
    /// After which row it begins.
    pub after: Option<Place>,
    /// How many rows the search has.
    pub total: LazyTotal,
}

/// A page of abnormal orders, newest signal first.
#[Object]
impl AbnormalOrderConnection {
    /// The rows with their places.
    async fn edges(&self) -> Vec<AbnormalOrderEdge> {
        let edge = |(place, row): &(Place, Row)| AbnormalOrderEdge {
            cursor: place.to_cursor(),
            node: AbnormalOrder::from(row.clone()),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The rows.
    async fn nodes(&self) -> Vec<AbnormalOrder> {
        self.page.rows.iter().map(|(_, row)| AbnormalOrder::from(row.clone())).collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        PageInfo::of(self.page.rows.iter().map(|(place, _)| *place), self.page.has_next, self.after)
    }

    /// How many rows the list has, exact up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<u64> {
        self.total(ctx).await.map(|total| total.count)
    }

    /// Whether there are more than 10,000.
    async fn total_count_is_capped(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        self.total(ctx).await.map(|total| total.is_capped)
    }
}

impl AbnormalOrderConnection {
    async fn total(&self, ctx: &Context<'_>) -> async_graphql::Result<Total> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let counting = self.total.get(app::abnormal_orders::count_abnormal_orders(app, scope, &self.filter));
        counting.await.map_err(|error| ctx.error(error))
    }
}
