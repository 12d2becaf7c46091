//! Orders: a cart registers them after payment; people find them in the list
//! (docs/REQUIREMENTS.md, B.1 and B.8).

use std::collections::HashMap;

use todoke_domain::{
    access::Action,
    ids::OrderId,
    order::OrderStatus,
    order_search::{parse_ip_codes, parse_keyword, parse_open_period},
    registration::{RawCart, SavedOrder, parse_order},
    search::PeriodInput,
    time::Timestamp,
};

use super::registrations::{self, Registration};
use crate::{
    app::{App, Error, FieldError},
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{
        self,
        orders::{Order, OrderFilter},
        page::{Page, PageRequest, Total},
    },
};

/// The mutation's name in the audit log.
const REGISTER: &str = "registerOrders";

/// An order as it was told.
#[derive(Clone, Debug)]
pub(crate) struct RawOrder {
    /// What it has in common with checkouts.
    pub cart: RawCart,
    /// The method of payment, in the cart's words.
    pub payment_method: Option<String>,
}

/// A search as it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderSearch {
    /// IP codes.
    pub ip_codes: Vec<String>,
    /// The beginning of the order number.
    pub order_no: Option<String>,
    /// 注文処理状況.
    pub status: Option<OrderStatus>,
    /// Made by restoring, or not.
    pub is_restored: Option<bool>,
    /// The confirmation mail was sent, or not.
    pub is_confirmation_sent: Option<bool>,
    /// When it was ordered.
    pub period: Option<PeriodInput>,
}

/// Checks a search.
///
/// # Errors
/// The broken rule beside its field.
pub(crate) fn parse_search(search: &OrderSearch, now: Timestamp) -> Result<OrderFilter, Error> {
    Ok(OrderFilter {
        ip_codes: parse_ip_codes(&search.ip_codes)?,
        order_no_prefix: parse_keyword(&["orderNo"], search.order_no.as_deref())?,
        status: search.status,
        is_restored: search.is_restored,
        is_confirmation_sent: search.is_confirmation_sent,
        span: parse_open_period(search.period.as_ref(), now)?,
    })
}

/// A page of orders, newest first by their own date.
pub(crate) async fn search_orders(
    app: &App,
    scope: &Scope,
    filter: &OrderFilter,
    request: PageRequest,
) -> Result<Page<Order>, Error> {
    Ok(store::orders::list(scope, app.database.reader(), filter, request).await?)
}

/// How many orders there are.
pub(crate) async fn count_orders(app: &App, scope: &Scope, filter: &OrderFilter) -> Result<Total, Error> {
    Ok(store::orders::count(scope, app.database.reader(), filter).await?)
}

/// One order, if it may be seen.
pub(crate) async fn find_order(app: &App, scope: &Scope, id: OrderId) -> Result<Option<Order>, Error> {
    Ok(store::orders::load(scope, app.database.reader(), Action::View, &[id]).await?.pop())
}

/// Registers orders, each with its own result, in order. The same order again is the same order; one that differs
/// in what was paid is refused, never silently overwritten.
///
/// # Errors
/// None or too many at once; the database.
pub(crate) async fn register_orders(
    app: &App,
    scope: &Scope,
    told: Vec<RawOrder>,
) -> Result<Vec<Registration<Order>>, Error> {
    registrations::check_count("orders", told.len())?;
    let parsed: Vec<Registration<SavedOrder>> = told
        .into_iter()
        .map(|raw| {
            let checked = parse_order(raw.cart, raw.payment_method);
            registrations::permitted(scope, checked, |saved| &saved.cart.ip_code)
        })
        .collect();
    let now = app.clock.now();
    let carts: Vec<_> = parsed.iter().flatten().map(|saved| &saved.cart).collect();
    let tx = app.database.begin_write().await?;
    registrations::lock(scope, &tx, &carts).await?;
    let ids: Vec<OrderId> = carts.iter().map(|cart| cart.order_id()).collect();
    let stored = store::orders::load(scope, &tx, Action::Register, &ids).await?;
    let mut known: HashMap<OrderId, Order> = stored.into_iter().map(|order| (order.id, order)).collect();
    let mut new: Vec<Order> = Vec::new();
    let results: Vec<Registration<Order>> = parsed
        .into_iter()
        .map(|saved| {
            let saved = saved?;
            if let Some(order) = known.get(&saved.cart.order_id()) {
                return same_order(order, &saved);
            }
            let order = order_of(saved, now);
            known.insert(order.id, order.clone());
            new.push(order.clone());
            Ok(order)
        })
        .collect();
    store::orders::insert(scope, &tx, &new).await?;
    let carts: Vec<_> = new.iter().map(|order| &order.cart).collect();
    let mut changes = registrations::re_evaluate(app, &tx, &carts, now).await?;
    changes.extend(new.iter().map(|order| Change::order(&order.cart.ip_code, order.id)));
    registrations::audit(scope, &tx, REGISTER, &results, |order| &order.cart, now).await?;
    tx.commit().await?;
    changes.into_iter().for_each(|change| app.live.tell(change));
    Ok(results)
}

/// The stored order, unless the one told was paid otherwise.
fn same_order(stored: &Order, told: &SavedOrder) -> Registration<Order> {
    let mut faults = Vec::new();
    if stored.cart.access_id != told.cart.access_id {
        faults.push(FieldError::new(&["accessId"], Message::DiffersFromStored));
    }
    if stored.cart.total != told.cart.total {
        faults.push(FieldError::new(&["total"], Message::DiffersFromStored));
    }
    if faults.is_empty() { Ok(stored.clone()) } else { Err(faults) }
}

fn order_of(saved: SavedOrder, now: Timestamp) -> Order {
    Order {
        id: saved.cart.order_id(),
        cart: saved.cart,
        order_type: None,
        status: OrderStatus::New,
        payment_method: saved.payment_method,
        registered_at: now,
        restored_from: None,
        confirmation_mail_sent_at: None,
    }
}
