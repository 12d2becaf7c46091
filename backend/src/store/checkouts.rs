//! Checkouts: the carts' snapshots of orders, saved before the buyer pays.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use todoke_domain::{
    access::Action,
    ids::{CheckoutId, IpCode},
    money::Yen,
    order::{CheckoutFacts, OrderLine},
    registration::{Cart, CheckoutSnapshot},
    time::Timestamp,
};
use uuid::Uuid;

use super::{entity::checkouts, rows};
use crate::auth::scope::Scope;

/// A checkout as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkout {
    /// The checkout, derived from (`ip_code`, `order_no`).
    pub id: CheckoutId,
    /// What the cart told.
    pub snapshot: CheckoutSnapshot,
    /// When it told so.
    pub registered_at: Timestamp,
}

impl Checkout {
    /// What an evaluation compares.
    pub(crate) fn facts(&self) -> CheckoutFacts {
        CheckoutFacts {
            total: self.snapshot.cart.total,
            pay_type: self.snapshot.pay_type.clone(),
            access_id: self.snapshot.cart.access_id.clone(),
            registered_at: self.registered_at,
        }
    }
}

/// Stores checkouts; one with the same number is replaced. No number may stand twice among them.
pub(crate) async fn put(_scope: &Scope, db: &impl ConnectionTrait, new: &[Checkout]) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let models: Vec<checkouts::ActiveModel> = new.iter().map(active_model).collect::<Result<_, _>>()?;
    let conflict = OnConflict::column(checkouts::Column::Id)
        .update_columns([
            checkouts::Column::OrderType,
            checkouts::Column::OrderedAt,
            checkouts::Column::CustomerName,
            checkouts::Column::Email,
            checkouts::Column::MemberId,
            checkouts::Column::Total,
            checkouts::Column::ShippingFee,
            checkouts::Column::Lines,
            checkouts::Column::PayType,
            checkouts::Column::AccessId,
            checkouts::Column::RegisteredAt,
        ])
        .to_owned();
    checkouts::Entity::insert_many(models).on_conflict(conflict).exec_without_returning(db).await.map(|_| ())
}

/// Checkouts by their ids, as far as the action is permitted on them.
pub(crate) async fn load(
    scope: &Scope,
    db: &impl ConnectionTrait,
    action: Action,
    ids: &[CheckoutId],
) -> Result<Vec<Checkout>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.value()).collect();
    let found = checkouts::Entity::find().filter(checkouts::Column::Id.is_in(ids)).all(db).await?;
    let parsed: Result<Vec<Checkout>, DbErr> = found.into_iter().map(checkout_of).collect();
    Ok(parsed?.into_iter().filter(|checkout| scope.may(&checkout.snapshot.cart.ip_code, action)).collect())
}

/// The checkout of the first of these numbers that has one.
pub(crate) async fn find_by_numbers(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    numbers: &[String],
) -> Result<Option<Checkout>, DbErr> {
    let ids: Vec<CheckoutId> = numbers.iter().map(|number| CheckoutId::of(ip_code, number)).collect();
    let found = load(scope, db, Action::View, &ids).await?;
    Ok(ids.iter().find_map(|id| found.iter().find(|checkout| checkout.id == *id)).cloned())
}

fn active_model(checkout: &Checkout) -> Result<checkouts::ActiveModel, DbErr> {
    let CheckoutSnapshot { cart, order_type, pay_type } = &checkout.snapshot;
    Ok(checkouts::ActiveModel {
        id: Set(checkout.id.value()),
        ip_code: Set(cart.ip_code.as_str().to_owned()),
        order_no: Set(cart.order_no.clone()),
        order_type: Set(order_type.clone()),
        ordered_at: Set(cart.ordered_at.as_micros()),
        customer_name: Set(cart.customer_name.clone()),
        email: Set(cart.email.clone()),
        member_id: Set(cart.member_id.clone()),
        total: Set(cart.total.amount()),
        shipping_fee: Set(cart.shipping_fee.amount()),
        lines: Set(lines_to_json(&cart.lines)?),
        pay_type: Set(pay_type.clone()),
        access_id: Set(cart.access_id.clone()),
        registered_at: Set(checkout.registered_at.as_micros()),
    })
}

fn checkout_of(row: checkouts::Model) -> Result<Checkout, DbErr> {
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
    Ok(Checkout {
        id: CheckoutId::new(row.id),
        snapshot: CheckoutSnapshot { cart, order_type: row.order_type, pay_type: row.pay_type },
        registered_at: Timestamp::from_micros(row.registered_at),
    })
}

/// Lines as JSON triples of name, price of one and quantity.
pub(super) fn lines_to_json(lines: &[OrderLine]) -> Result<String, DbErr> {
    let triples: Vec<(&str, Yen, i32)> =
        lines.iter().map(|line| (line.name.as_str(), line.unit_price, line.quantity)).collect();
    rows::to_json(&triples)
}

/// Lines from JSON triples.
pub(super) fn lines_from_json(text: &str) -> Result<Vec<OrderLine>, DbErr> {
    let triples: Vec<(String, Yen, i32)> = rows::json("lines", text)?;
    Ok(triples
        .into_iter()
        .map(|(name, unit_price, quantity)| OrderLine { name, unit_price, quantity })
        .collect())
}
