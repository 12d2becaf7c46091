//! Live abnormal orders.

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use todoke_domain::ids::AbnormalOrderId;

use super::watch::{ChangedRow, changed_rows};
use crate::{
    app::{self, App, Error},
    auth::scope::Scope,
    graphql::types::abnormal_orders::AbnormalOrder,
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
        changed_rows(ctx, &ip_codes)
    }
}

/// What is sent may be that the row is gone.
impl ChangedRow for Option<AbnormalOrder> {
    async fn read(app: &App, scope: &Scope, change: &Change) -> Result<Option<Self>, Error> {
        let Change::AbnormalOrder { id, .. } = change else { return Ok(None) };
        let found = app::abnormal_orders::find_abnormal_order(app, scope, AbnormalOrderId::new(*id)).await?;
        Ok(Some(found.map(AbnormalOrder::from)))
    }
}
