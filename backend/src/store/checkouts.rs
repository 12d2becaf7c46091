//! Checkouts: the carts' snapshots of orders, saved before the buyer pays.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};
use todoke_domain::{
    abnormal_order::AbnormalOrderStatus,
    access::Action,
    ids::{CheckoutId, IpCode},
    money::Yen,
    order::{CheckoutFacts, OrderLine},
    registration::{Cart, CheckoutSnapshot},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    entity::{
        abnormal_orders,
        checkouts::{self, Column},
    },
    few_statements::padded,
    rows,
};
use crate::auth::scope::Scope;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

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
    /// What an evaluation compares, where a checkout counts for so many days.
    pub(crate) fn facts(&self, retention_days: i64) -> CheckoutFacts {
        CheckoutFacts {
            total: self.snapshot.cart.total,
            pay_type: self.snapshot.pay_type.clone(),
            access_id: self.snapshot.cart.access_id.clone(),
            expires_at: self.registered_at.plus_millis(retention_days.saturating_mul(DAY_MS)),
        }
    }
}

/// Stores checkouts; one with the same number is replaced. No number may stand twice among them.
pub(crate) async fn put(_scope: &Scope, db: &impl ConnectionTrait, new: &[Checkout]) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let models: Vec<checkouts::ActiveModel> = new.iter().map(active_model).collect::<Result<_, _>>()?;
    let conflict = OnConflict::column(Column::Id)
        .update_columns([
            Column::OrderType,
            Column::OrderedAt,
            Column::CustomerName,
            Column::Email,
            Column::MemberId,
            Column::Total,
            Column::ShippingFee,
            Column::Lines,
            Column::PayType,
            Column::AccessId,
            Column::RegisteredAt,
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
    let ids = padded(ids.iter().map(|id| id.value()));
    let found = checkouts::Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
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

/// A checkout whose days are over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expired {
    /// The checkout.
    pub id: CheckoutId,
    /// Whose.
    pub ip_code: IpCode,
    /// Its number.
    pub order_no: String,
}

/// The oldest checkouts that were registered before this instant and that nobody's work hangs on.
pub(crate) async fn list_expired(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    registered_before: Timestamp,
    rows_max: u64,
) -> Result<Vec<Expired>, DbErr> {
    let found: Vec<(Uuid, String, String)> = expired(registered_before)
        .select_only()
        .columns([Column::Id, Column::IpCode, Column::OrderNo])
        .order_by_asc(Column::RegisteredAt)
        .limit(rows_max)
        .into_tuple()
        .all(db)
        .await?;
    let parsed = found.into_iter().map(|(id, ip_code, order_no)| {
        Ok(Expired { id: CheckoutId::new(id), ip_code: rows::ip_code(&ip_code)?, order_no })
    });
    parsed.collect()
}

/// Removes those of these checkouts that are still expired, and says how many. Their numbers are locked.
pub(crate) async fn remove_expired(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    registered_before: Timestamp,
    ids: &[CheckoutId],
) -> Result<u64, DbErr> {
    let ids = padded(ids.iter().map(|id| id.value()));
    let removed = checkouts::Entity::delete_many()
        .filter(is_expired(registered_before))
        .filter(Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(removed.rows_affected)
}

fn expired(registered_before: Timestamp) -> Select<checkouts::Entity> {
    checkouts::Entity::find().filter(is_expired(registered_before))
}

/// A row that waits for somebody shows its checkout, and may be restored from it.
fn is_expired(registered_before: Timestamp) -> Condition {
    let waiting = Query::select()
        .expr(Expr::value(1))
        .from(abnormal_orders::Entity)
        .and_where(
            Expr::col((abnormal_orders::Entity, abnormal_orders::Column::CheckoutId))
                .equals((checkouts::Entity, Column::Id)),
        )
        .and_where(abnormal_orders::Column::Status.ne(AbnormalOrderStatus::Restored.code()))
        .and_where(abnormal_orders::Column::ClosedAt.is_null())
        .and_where(abnormal_orders::Column::DeletedAt.is_null())
        .to_owned();
    Condition::all()
        .add(Column::RegisteredAt.lt(registered_before.as_micros()))
        .add(Expr::exists(waiting).not())
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
