//! A cart registers checkouts, before the buyer pays (docs/REQUIREMENTS.md, B.1).

use std::collections::{BTreeMap, HashMap};

use todoke_domain::{
    access::Action,
    ids::{CheckoutId, OrderId},
    registration::{CheckoutSnapshot, RawCart, parse_checkout},
};

use super::registrations::{self, Registration};
use crate::{
    app::{App, Error, FieldError},
    auth::scope::Scope,
    messages::Message,
    store::{self, checkouts::Checkout},
};

/// The mutation's name in the audit log.
const REGISTER: &str = "registerCheckouts";

/// A checkout as it was told.
#[derive(Clone, Debug)]
pub(crate) struct RawCheckout {
    /// What it has in common with orders.
    pub cart: RawCart,
    /// 注文種別.
    pub order_type: String,
    /// The gateway's pay type.
    pub pay_type: Option<String>,
}

/// Registers checkouts, each with its own result, in order. The same checkout again replaces the snapshot as long as
/// no order exists for it.
///
/// # Errors
/// None or too many at once; the database.
pub(crate) async fn register_checkouts(
    app: &App,
    scope: &Scope,
    told: Vec<RawCheckout>,
) -> Result<Vec<Registration<Checkout>>, Error> {
    registrations::check_count("checkouts", told.len())?;
    let parsed: Vec<Registration<CheckoutSnapshot>> = told
        .into_iter()
        .map(|raw| {
            let checked = parse_checkout(raw.cart, &raw.order_type, raw.pay_type);
            registrations::permitted(scope, checked, |snapshot| &snapshot.cart.ip_code)
        })
        .collect();
    let now = app.clock.now();
    let carts: Vec<_> = parsed.iter().flatten().map(|snapshot| &snapshot.cart).collect();
    let tx = app.database.begin_write().await?;
    registrations::lock(scope, &tx, &carts).await?;
    let checkout_ids: Vec<CheckoutId> = carts.iter().map(|cart| cart.checkout_id()).collect();
    let order_ids: Vec<OrderId> = carts.iter().map(|cart| cart.order_id()).collect();
    let stored = store::checkouts::load(scope, &tx, Action::Register, &checkout_ids).await?;
    let mut known: HashMap<CheckoutId, Checkout> =
        stored.into_iter().map(|checkout| (checkout.id, checkout)).collect();
    let ordered: Vec<OrderId> = store::orders::load(scope, &tx, Action::Register, &order_ids)
        .await?
        .into_iter()
        .map(|order| order.id)
        .collect();
    let mut changed: BTreeMap<CheckoutId, Checkout> = BTreeMap::new();
    let results: Vec<Registration<Checkout>> = parsed
        .into_iter()
        .map(|snapshot| {
            let snapshot = snapshot?;
            let id = snapshot.cart.checkout_id();
            if let Some(same) = known.get(&id).filter(|checkout| checkout.snapshot == snapshot) {
                return Ok(same.clone());
            }
            if ordered.contains(&snapshot.cart.order_id()) {
                return Err(vec![FieldError::new(&["orderNo"], Message::OrderExists)]);
            }
            let checkout = Checkout { id, snapshot, registered_at: now };
            known.insert(id, checkout.clone());
            changed.insert(id, checkout.clone());
            Ok(checkout)
        })
        .collect();
    let changed: Vec<Checkout> = changed.into_values().collect();
    store::checkouts::put(scope, &tx, &changed).await?;
    let carts: Vec<_> = changed.iter().map(|checkout| &checkout.snapshot.cart).collect();
    let changes = registrations::re_evaluate(app, &tx, &carts, now).await?;
    registrations::audit(scope, &tx, REGISTER, &results, |checkout| &checkout.snapshot.cart, now).await?;
    tx.commit().await?;
    changes.into_iter().for_each(|change| app.live.tell(change));
    Ok(results)
}
