//! Live orders.

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use todoke_domain::ids::OrderId;

use super::watch::{ChangedRow, changed_rows};
use crate::{
    app::{self, App, Error},
    auth::scope::Scope,
    graphql::types::orders::Order,
    live::Change,
};

/// Subscriptions about orders.
#[derive(Default)]
pub(crate) struct OrdersSubscription;

#[Subscription]
impl OrdersSubscription {
    /// Every order of these IP codes that appears or changes. Needs VIEW on each; the right is asked for again while the
    /// subscription lives.
    async fn order_changed(
        &self,
        ctx: &Context<'_>,
        ip_codes: Vec<String>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<Order>> + use<>> {
        changed_rows(ctx, &ip_codes)
    }
}

impl ChangedRow for Order {
    async fn read(app: &App, scope: &Scope, change: &Change) -> Result<Option<Self>, Error> {
        let Change::Order { id, .. } = change else { return Ok(None) };
        let found = app::orders::find_order(app, scope, OrderId::new(*id)).await?;
        Ok(found.map(Self::from))
    }
}
