//! Live send errors.

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use todoke_domain::ids::PaymentId;

use super::watch::{ChangedRow, changed_rows};
use crate::{
    app::{self, App, Error},
    auth::scope::Scope,
    graphql::types::send_errors::SendError,
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
        changed_rows(ctx, &ip_codes)
    }
}

impl ChangedRow for SendError {
    async fn read(app: &App, scope: &Scope, change: &Change) -> Result<Option<Self>, Error> {
        let Change::SendError { id, .. } = change else { return Ok(None) };
        match app::send_errors::find_send_error(app, scope, PaymentId::new(*id)).await {
            Ok(row) => Ok(Some(row.into())),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
