//! Loaders of part B: what stands behind the rows of one page is read together. Each reads through the scope of its
//! request.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::DbErr;
use todoke_domain::{
    access::Action,
    ids::{AbnormalOrderId, CheckoutId, IpCode, OrderId},
};

use super::loaders::RowLoader;
use crate::{
    app::order_events::{ToldEvent, load_events},
    store::{
        self, abnormal_orders::AbnormalOrder, checkouts::Checkout, notifications::StoredNotification,
        order_mails::OrderMail, order_status_changes::StatusChange, orders::Order,
    },
};

/// A checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CheckoutOf(pub CheckoutId);
/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OrderOf(pub OrderId);
/// An abnormal order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AbnormalOrderOf(pub AbnormalOrderId);
/// The abnormal orders of an IP code that bear an order number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AbnormalOrdersOf(pub IpCode, pub String);
/// The notifications of an abnormal order that the asker may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NotificationsOf(pub AbnormalOrderId);

/// The changes of an order's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StatusChangesOf(pub OrderId);

/// The mails of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OrderMailsOf(pub OrderId);

/// What the cart of an order was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EventOf(pub OrderId);

type Loaded<Key, Value> = Result<HashMap<Key, Value>, Arc<String>>;

impl Loader<CheckoutOf> for RowLoader {
    type Value = Checkout;
    type Error = Arc<String>;

    async fn load(&self, keys: &[CheckoutOf]) -> Loaded<CheckoutOf, Checkout> {
        let ids: Vec<CheckoutId> = keys.iter().map(|key| key.0).collect();
        let reader = self.app().database.reader();
        let found = store::checkouts::load(self.scope(), reader, Action::View, &ids).await;
        by_key(found, |checkout| CheckoutOf(checkout.id))
    }
}

impl Loader<OrderOf> for RowLoader {
    type Value = Order;
    type Error = Arc<String>;

    async fn load(&self, keys: &[OrderOf]) -> Loaded<OrderOf, Order> {
        let ids: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let reader = self.app().database.reader();
        let found = store::orders::load(self.scope(), reader, Action::View, &ids).await;
        by_key(found, |order| OrderOf(order.id))
    }
}

impl Loader<AbnormalOrderOf> for RowLoader {
    type Value = AbnormalOrder;
    type Error = Arc<String>;

    async fn load(&self, keys: &[AbnormalOrderOf]) -> Loaded<AbnormalOrderOf, AbnormalOrder> {
        let ids: Vec<AbnormalOrderId> = keys.iter().map(|key| key.0).collect();
        let found = store::abnormal_orders::load(self.scope(), self.app().database.reader(), &ids).await;
        by_key(found, |row| AbnormalOrderOf(row.id()))
    }
}

impl Loader<AbnormalOrdersOf> for RowLoader {
    type Value = Vec<AbnormalOrder>;
    type Error = Arc<String>;

    async fn load(&self, keys: &[AbnormalOrdersOf]) -> Loaded<AbnormalOrdersOf, Vec<AbnormalOrder>> {
        let seen = keys.iter().filter(|key| self.scope().may(&key.0, Action::View));
        let numbers: Vec<(IpCode, String)> = seen.map(|key| (key.0.clone(), key.1.clone())).collect();
        let reader = self.app().database.reader();
        let mut found =
            store::timelines::list_abnormal_orders(self.scope(), reader, &numbers).await.map_err(told)?;
        found.sort_by_key(|row| std::cmp::Reverse(row.received_at));
        let owned = found.into_iter().map(|row| ((row.payment.ip_code.clone(), row.order_no.clone()), row));
        Ok(by_owner(owned.collect(), |(ip_code, order_no)| AbnormalOrdersOf(ip_code, order_no)))
    }
}

impl Loader<NotificationsOf> for RowLoader {
    type Value = Vec<StoredNotification>;
    type Error = Arc<String>;

    async fn load(&self, keys: &[NotificationsOf]) -> Loaded<NotificationsOf, Vec<StoredNotification>> {
        let ids: Vec<AbnormalOrderId> = keys.iter().map(|key| key.0).collect();
        let reader = self.app().database.reader();
        let found = store::notifications::list_of_payments(self.scope(), reader, &ids).await.map_err(told)?;
        let owned = found.into_iter().map(|stored| (stored.abnormal_order_id, stored)).collect();
        Ok(by_owner(owned, NotificationsOf))
    }
}

impl Loader<StatusChangesOf> for RowLoader {
    type Value = Vec<StatusChange>;
    type Error = Arc<String>;

    async fn load(&self, keys: &[StatusChangesOf]) -> Loaded<StatusChangesOf, Vec<StatusChange>> {
        let ids: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let reader = self.app().database.reader();
        let found = store::order_status_changes::list_of_orders(self.scope(), reader, &ids).await;
        Ok(by_owner(found.map_err(told)?, StatusChangesOf))
    }
}

impl Loader<OrderMailsOf> for RowLoader {
    type Value = Vec<OrderMail>;
    type Error = Arc<String>;

    async fn load(&self, keys: &[OrderMailsOf]) -> Loaded<OrderMailsOf, Vec<OrderMail>> {
        let ids: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found =
            store::order_mails::list_of_orders(self.scope(), self.app().database.reader(), &ids).await;
        Ok(by_owner(found.map_err(told)?, OrderMailsOf))
    }
}

impl Loader<EventOf> for RowLoader {
    type Value = ToldEvent;
    type Error = Arc<String>;

    async fn load(&self, keys: &[EventOf]) -> Loaded<EventOf, ToldEvent> {
        let ids: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found = load_events(self.app(), self.scope(), &ids).await;
        let found = found.map_err(|error| Arc::new(format!("{error:?}")))?;
        Ok(found.into_iter().map(|(order, told)| (EventOf(order), told)).collect())
    }
}

/// What belongs to each, in the order in which it was read.
fn by_owner<Id, Key: Eq + Hash, Value>(
    found: Vec<(Id, Value)>,
    key_of: impl Fn(Id) -> Key,
) -> HashMap<Key, Vec<Value>> {
    let mut of_owners: HashMap<Key, Vec<Value>> = HashMap::new();
    for (owner, value) in found {
        of_owners.entry(key_of(owner)).or_default().push(value);
    }
    of_owners
}

fn by_key<Key: Eq + Hash, Value>(
    found: Result<Vec<Value>, DbErr>,
    key_of: impl Fn(&Value) -> Key,
) -> Loaded<Key, Value> {
    Ok(found.map_err(told)?.into_iter().map(|value| (key_of(&value), value)).collect())
}

fn told(error: DbErr) -> Arc<String> {
    Arc::new(error.to_string())
}
