//! The list of orders: the search.

use async_graphql::{Enum, InputObject};
use todoke_domain::order;

use super::{
    connection::Listed,
    orders::{Order, OrderStatus},
    periods::{PeriodInput, parse_period_input},
};
use crate::{
    app::{self, App, Error, orders::OrderSearch},
    auth::scope::Scope,
    store::{orders::OrderFilter as Filter, page::Total},
};

/// Whether the confirmation mail was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ConfirmationMail {
    /// 送信済.
    Sent,
    /// 未送信.
    NotSent,
}

/// The search for orders. A broken rule is an error with `extensions.code = BAD_USER_INPUT` and `extensions.fields`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct OrderFilter {
    /// IP codes; those that one may not see have no rows.
    pub ip_codes: Vec<String>,
    /// The beginning of the order number.
    pub order_no: Option<String>,
    /// 注文処理状況.
    pub status: Option<OrderStatus>,
    /// Made by restoring an abnormal order, or not.
    pub restored: Option<bool>,
    /// Whether the confirmation mail was sent.
    pub confirmation_mail: Option<ConfirmationMail>,
    /// 注文日時; without one, all there are.
    pub period: Option<PeriodInput>,
}

impl OrderFilter {
    /// What the rules are held against.
    pub(crate) fn into_search(self) -> Result<OrderSearch, Error> {
        Ok(OrderSearch {
            ip_codes: self.ip_codes,
            order_no: self.order_no,
            status: self.status.map(order::OrderStatus::from),
            is_restored: self.restored,
            is_confirmation_sent: self.confirmation_mail.map(|mail| mail == ConfirmationMail::Sent),
            period: parse_period_input(self.period)?,
        })
    }
}

impl Listed for Order {
    type List = Filter;

    async fn count(list: &Filter, app: &App, scope: &Scope) -> Result<Total, Error> {
        app::orders::count_orders(app, scope, list).await
    }
}
