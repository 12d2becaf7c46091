//! Orders that the carts have.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::Expr,
};
use todoke_domain::{
    access::Action,
    ids::{AbnormalOrderId, IpCode, OrderId},
    order::{OrderFacts, OrderStatus, item_count},
    registration::Cart,
    search::Span,
    time::Timestamp,
};

use super::{
    checkouts::{lines_from_json, lines_to_json},
    entity::orders::{self, Column},
    few_statements::{insert_in_runs, padded},
    keyset,
    page::{COUNT_MAX, Page, PageRequest, Place, Total},
    rows,
};
use crate::auth::scope::Scope;

/// An order as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// The order, derived from (`ip_code`, `order_no`).
    pub id: OrderId,
    /// What the cart told, or what its checkout held.
    pub cart: Cart,
    /// 注文種別, where the order was restored from a checkout.
    pub order_type: Option<String>,
    /// 注文処理状況.
    pub status: OrderStatus,
    /// The method of payment, in the cart's words.
    pub payment_method: Option<String>,
    /// When it was registered or restored.
    pub registered_at: Timestamp,
    /// The abnormal order from which it was restored.
    pub restored_from: Option<AbnormalOrderId>,
    /// When the confirmation mail was sent.
    pub confirmation_mail_sent_at: Option<Timestamp>,
}

impl Order {
    /// What an evaluation of this abnormal order compares.
    pub(crate) fn facts_for(&self, row: AbnormalOrderId) -> OrderFacts {
        OrderFacts {
            access_id: self.cart.access_id.clone(),
            restored_from_this_row: self.restored_from == Some(row),
        }
    }

    fn place(&self) -> Place {
        Place { at: self.cart.ordered_at.as_micros(), id: self.id.value() }
    }
}

/// Which orders are wanted; every part given must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderFilter {
    /// Of these IP codes.
    pub ip_codes: Vec<IpCode>,
    /// The beginning of the order number.
    pub order_no_prefix: Option<String>,
    /// 注文処理状況.
    pub status: Option<OrderStatus>,
    /// Made by restoring, or not.
    pub is_restored: Option<bool>,
    /// The confirmation mail was sent, or not.
    pub is_confirmation_sent: Option<bool>,
    /// Ordered in this span.
    pub span: Option<Span>,
}

/// Stores new orders. The unique indexes refuse a second one with the same number or from the same row.
pub(crate) async fn insert(_scope: &Scope, db: &impl ConnectionTrait, new: &[Order]) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let models: Vec<orders::ActiveModel> = new.iter().map(active_model).collect::<Result<_, _>>()?;
    insert_in_runs(db, models).await
}

/// Orders by their ids, as far as the action is permitted on them.
pub(crate) async fn load(
    scope: &Scope,
    db: &impl ConnectionTrait,
    action: Action,
    ids: &[OrderId],
) -> Result<Vec<Order>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = padded(ids.iter().map(|id| id.value()));
    let found = orders::Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    let parsed: Result<Vec<Order>, DbErr> = found.into_iter().map(order_of).collect();
    Ok(parsed?.into_iter().filter(|order| scope.may(&order.cart.ip_code, action)).collect())
}

/// An order that is about to be changed; on PostgreSQL nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    scope: &Scope,
    tx: &impl ConnectionTrait,
    id: OrderId,
) -> Result<Option<Order>, DbErr> {
    let found = orders::Entity::find_by_id(id.value()).lock_exclusive().one(tx).await?;
    let order = found.map(order_of).transpose()?;
    Ok(order.filter(|order| scope.may(&order.cart.ip_code, Action::View)))
}

/// Brings an order to another status.
pub(crate) async fn set_status(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    id: OrderId,
    status: OrderStatus,
) -> Result<(), DbErr> {
    orders::Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.code()))
        .filter(Column::Id.eq(id.value()))
        .exec(db)
        .await
        .map(|_| ())
}

/// The orders with these numbers, in the order of the numbers.
pub(crate) async fn find_by_numbers(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    numbers: &[String],
) -> Result<Vec<Order>, DbErr> {
    let ids: Vec<OrderId> = numbers.iter().map(|number| OrderId::of(ip_code, number)).collect();
    let found = load(scope, db, Action::View, &ids).await?;
    Ok(ids.iter().filter_map(|id| found.iter().find(|order| order.id == *id)).cloned().collect())
}

/// A page of orders, newest first by their own date.
pub(crate) async fn list(
    scope: &Scope,
    db: &impl ConnectionTrait,
    filter: &OrderFilter,
    request: PageRequest,
) -> Result<Page<Order>, DbErr> {
    let codes = scope.narrow(&filter.ip_codes, Action::View);
    let queries = codes.iter().map(|ip_code| matching(filter, Column::IpCode.eq(ip_code.as_str()))).collect();
    keyset::page(db, queries, (Column::OrderedAt, Column::Id), request, |row| {
        let row = order_of(row)?;
        Ok((row.place(), row))
    })
    .await
}

/// How many orders there are.
pub(crate) async fn count(
    scope: &Scope,
    db: &impl ConnectionTrait,
    filter: &OrderFilter,
) -> Result<Total, DbErr> {
    let codes = scope.narrow(&filter.ip_codes, Action::View);
    let queries = codes.iter().map(|ip_code| matching(filter, Column::IpCode.eq(ip_code.as_str()))).collect();
    keyset::count_together(db, queries, Column::Id, COUNT_MAX + 1).await.map(Total::of)
}

fn matching(filter: &OrderFilter, of_ip_codes: Expr) -> Select<orders::Entity> {
    let mut query = orders::Entity::find().filter(of_ip_codes);
    if let Some(prefix) = &filter.order_no_prefix {
        query = query.filter(keyset::starts_with(Column::OrderNo, prefix));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.code()));
    }
    if let Some(is_restored) = filter.is_restored {
        query = query.filter(presence(Column::RestoredFrom, is_restored));
    }
    if let Some(is_sent) = filter.is_confirmation_sent {
        query = query.filter(presence(Column::ConfirmationMailSentAt, is_sent));
    }
    if let Some(span) = filter.span {
        query = query.filter(keyset::within(Column::OrderedAt, span));
    }
    query
}

fn presence(column: Column, is_there: bool) -> Expr {
    if is_there { column.is_not_null() } else { column.is_null() }
}

fn active_model(order: &Order) -> Result<orders::ActiveModel, DbErr> {
    let cart = &order.cart;
    Ok(orders::ActiveModel {
        id: Set(order.id.value()),
        ip_code: Set(cart.ip_code.as_str().to_owned()),
        order_no: Set(cart.order_no.clone()),
        order_type: Set(order.order_type.clone()),
        status: Set(order.status.code().to_owned()),
        ordered_at: Set(cart.ordered_at.as_micros()),
        registered_at: Set(order.registered_at.as_micros()),
        customer_name: Set(cart.customer_name.clone()),
        email: Set(cart.email.clone()),
        member_id: Set(cart.member_id.clone()),
        total: Set(cart.total.amount()),
        shipping_fee: Set(cart.shipping_fee.amount()),
        item_count: Set(item_count(&cart.lines)),
        lines: Set(lines_to_json(&cart.lines)?),
        payment_method: Set(order.payment_method.clone()),
        access_id: Set(cart.access_id.clone()),
        restored_from: Set(order.restored_from.map(AbnormalOrderId::value)),
        confirmation_mail_sent_at: Set(order.confirmation_mail_sent_at.map(Timestamp::as_micros)),
    })
}

fn order_of(row: orders::Model) -> Result<Order, DbErr> {
    let cart = Cart {
        ip_code: rows::ip_code(&row.ip_code)?,
        order_no: row.order_no,
        ordered_at: Timestamp::from_micros(row.ordered_at),
        customer_name: row.customer_name,
        email: row.email,
        member_id: row.member_id,
        total: rows::yen(row.total)?,
        shipping_fee: rows::yen(row.shipping_fee)?,
        lines: lines_from_json(&row.lines)?,
        access_id: row.access_id,
    };
    Ok(Order {
        id: OrderId::new(row.id),
        cart,
        order_type: row.order_type,
        status: rows::named("orders.status", &row.status, OrderStatus::from_code)?,
        payment_method: row.payment_method,
        registered_at: Timestamp::from_micros(row.registered_at),
        restored_from: row.restored_from.map(AbnormalOrderId::new),
        confirmation_mail_sent_at: row.confirmation_mail_sent_at.map(Timestamp::from_micros),
    })
}
