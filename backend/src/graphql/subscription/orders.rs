//! Live orders.

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use todoke_domain::ids::OrderId;

use super::watch::{Watched, Watcher};
use crate::{
    app::{self, Error},
    graphql::{context::Asked, errors, types::orders::Order},
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
        let asker = ctx.asker()?.clone();
        let (language, request_id) = (asker.language, asker.origin.request_id.clone());
        let watcher = Watcher::begin(ctx.app()?.clone(), asker, Watched::ip_codes(&ip_codes))
            .map_err(|error| ctx.error(error))?;
        Ok(futures_util::stream::unfold(Some(watcher), move |watcher| {
            let request_id = request_id.clone();
            async move {
                let mut watcher = watcher?;
                match next_row(&mut watcher).await {
                    Ok(Some(row)) => Some((Ok(row), Some(watcher))),
                    Ok(None) => None,
                    Err(error) => Some((Err(errors::to_graphql(error, language, request_id)), None)),
                }
            }
        }))
    }
}

/// The next order that changed; `None` when the server stops.
async fn next_row(watcher: &mut Watcher) -> Result<Option<Order>, Error> {
    loop {
        let id = match watcher.next().await? {
            None => return Ok(None),
            Some(Change::Order { id, .. }) => OrderId::new(id),
            Some(
                Change::SendError { .. }
                | Change::AbnormalOrder { .. }
                | Change::ResendBatch { .. }
                | Change::DeliveriesDue,
            ) => continue,
        };
        if let Some(order) = app::orders::find_order(watcher.app(), watcher.scope(), id).await? {
            return Ok(Some(Order::from(order)));
        }
    }
}
