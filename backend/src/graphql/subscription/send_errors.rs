//! Live send errors.

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use todoke_domain::ids::PaymentId;

use super::watch::{Watched, Watcher};
use crate::{
    app::{self, Error},
    graphql::{context::Asked, errors, types::send_errors::SendError},
    live::Change,
};

/// Subscriptions about send errors.
#[derive(Default)]
pub(crate) struct SendErrorsSubscription;

#[Subscription]
impl SendErrorsSubscription {
    /// Every send error of these IP codes that appears or changes. Needs VIEW on each; the right is asked for again
    /// while the subscription lives.
    async fn send_error_changed(
        &self,
        ctx: &Context<'_>,
        ip_codes: Vec<String>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<SendError>> + use<>> {
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

async fn next_row(watcher: &mut Watcher) -> Result<Option<SendError>, Error> {
    loop {
        let id = match watcher.next().await? {
            None => return Ok(None),
            Some(Change::SendError { id, .. }) => PaymentId::new(id),
            Some(
                Change::AbnormalOrder { .. }
                | Change::Order { .. }
                | Change::ResendBatch { .. }
                | Change::DeliveriesDue,
            ) => {
                continue;
            }
        };
        match app::send_errors::find_send_error(watcher.app(), watcher.scope(), id).await {
            Ok(row) => return Ok(Some(row.into())),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
}
