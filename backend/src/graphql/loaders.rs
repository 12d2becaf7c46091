//! Loaders: rows of one page are read together, not one by one. Each reads through the scope of its request.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::{DataLoader, Loader};
use todoke_domain::{
    ids::{AttemptId, DeliveryId, PaymentId},
    payment::Parameter,
};

use crate::{
    app::{
        App,
        timelines::{TimelineEvent, load_timelines},
    },
    auth::scope::Scope,
    store::{self, attempts::Attempt, payments::Payment, send_errors::SendError},
};

/// Reads rows for one request.
pub(crate) struct RowLoader {
    app: Arc<App>,
    scope: Scope,
}

impl RowLoader {
    /// Loaders for one request.
    pub(crate) fn new(app: Arc<App>, scope: Scope) -> DataLoader<Self> {
        DataLoader::new(Self { app, scope }, tokio::spawn)
    }

    /// The application.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Whose request.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// The parameters of a delivery whose row the asker may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ParametersOf(pub DeliveryId);

impl Loader<ParametersOf> for RowLoader {
    type Value = Vec<Parameter>;
    type Error = Arc<String>;

    async fn load(
        &self,
        keys: &[ParametersOf],
    ) -> Result<HashMap<ParametersOf, Vec<Parameter>>, Arc<String>> {
        let ids: Vec<DeliveryId> = keys.iter().map(|key| key.0).collect();
        let found = store::payments::load_facts(&self.scope, self.app.database.reader(), &ids).await;
        let found = found.map_err(|error| Arc::new(error.to_string()))?;
        Ok(found.into_iter().map(|(id, facts)| (ParametersOf(id), facts.parameters)).collect())
    }
}

/// A payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PaymentOf(pub PaymentId);

impl Loader<PaymentOf> for RowLoader {
    type Value = Payment;
    type Error = Arc<String>;

    async fn load(&self, keys: &[PaymentOf]) -> Result<HashMap<PaymentOf, Payment>, Arc<String>> {
        let ids: Vec<PaymentId> = keys.iter().map(|key| key.0).collect();
        let found = store::payments::find_many(&self.scope, self.app.database.reader(), &ids).await;
        let found = found.map_err(|error| Arc::new(error.to_string()))?;
        Ok(found.into_iter().map(|payment| (PaymentOf(payment.id), payment)).collect())
    }
}

/// The send error of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SendErrorOf(pub PaymentId);

impl Loader<SendErrorOf> for RowLoader {
    type Value = SendError;
    type Error = Arc<String>;

    async fn load(&self, keys: &[SendErrorOf]) -> Result<HashMap<SendErrorOf, SendError>, Arc<String>> {
        let ids: Vec<PaymentId> = keys.iter().map(|key| key.0).collect();
        let found = store::send_errors::find_many(&self.scope, self.app.database.reader(), &ids).await;
        let found = found.map_err(|error| Arc::new(error.to_string()))?;
        Ok(found.into_iter().map(|row| (SendErrorOf(row.id), row)).collect())
    }
}

/// The timeline of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TimelineOf(pub PaymentId);

impl Loader<TimelineOf> for RowLoader {
    type Value = Vec<TimelineEvent>;
    type Error = Arc<String>;

    async fn load(
        &self,
        keys: &[TimelineOf],
    ) -> Result<HashMap<TimelineOf, Vec<TimelineEvent>>, Arc<String>> {
        let ids: Vec<PaymentId> = keys.iter().map(|key| key.0).collect();
        let found = load_timelines(&self.app, &self.scope, &ids).await;
        let found = found.map_err(|error| Arc::new(format!("{error:?}")))?;
        Ok(found.into_iter().map(|(id, events)| (TimelineOf(id), events)).collect())
    }
}

/// An attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AttemptOf(pub AttemptId);

impl Loader<AttemptOf> for RowLoader {
    type Value = Attempt;
    type Error = Arc<String>;

    async fn load(&self, keys: &[AttemptOf]) -> Result<HashMap<AttemptOf, Attempt>, Arc<String>> {
        let ids: Vec<AttemptId> = keys.iter().map(|key| key.0).collect();
        let found = store::attempts::find_many(&self.scope, self.app.database.reader(), &ids).await;
        let found = found.map_err(|error| Arc::new(error.to_string()))?;
        Ok(found.into_iter().map(|attempt| (AttemptOf(attempt.id), attempt)).collect())
    }
}
