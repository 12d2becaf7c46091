//! Live abnormal orders.

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use todoke_domain::ids::AbnormalOrderId;

use super::watch::{Watched, Watcher};
use crate::{
    app::{self, Error},
    graphql::{context::Asked, errors, types::abnormal_orders::AbnormalOrder},
    live::Change,
};

/// Subscriptions about abnormal orders.
#[derive(Default)]
pub(crate) struct AbnormalOrdersSubscription;

#[Subscription]
impl AbnormalOrdersSubscription {
    /// Every abnormal order of these IP codes that appears or changes; null when one left the lists, because its order
    /// came after all or it was deleted. Needs VIEW on each; the right is asked for again while the subscription lives.
    async fn abnormal_order_changed(
        &self,
        ctx: &Context<'_>,
        ip_codes: Vec<String>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<Option<AbnormalOrder>>> + use<>> {
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

/// The next change: the row, or that it is gone; `None` when the server stops.
async fn next_row(watcher: &mut Watcher) -> Result<Option<Option<AbnormalOrder>>, Error> {
    loop {
        let id = match watcher.next().await? {
            None => return Ok(None),
            Some(Change::AbnormalOrder { id, .. }) => AbnormalOrderId::new(id),
            Some(
                Change::SendError { .. }
                | Change::Order { .. }
                | Change::ResendBatch { .. }
                | Change::DeliveriesDue,
            ) => continue,
        };
        let found = app::abnormal_orders::find_abnormal_order(watcher.app(), watcher.scope(), id).await?;
        return Ok(Some(found.map(AbnormalOrder::from)));
    }
}
