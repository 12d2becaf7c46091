//! What a resolver knows of the request: who asks, in which language, and the cookie.

use std::sync::Arc;

use async_graphql::{Context, dataloader::DataLoader};

use super::{errors, loaders::RowLoader};
use crate::{
    app::{App, Error, authorization::Authorized},
    auth::scope::{Origin, Scope},
    messages::Language,
};

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    /// The bearer token, kept to ask again whether it is still good (subscriptions live long).
    pub bearer: Option<String>,
    /// The scope, where the token is good.
    pub authorized: Option<Authorized>,
    /// The reader's language.
    pub language: Language,
    /// The refresh cookie.
    pub refresh_token: Option<String>,
    /// Where the request came from.
    pub origin: Origin,
}

/// Short ways to what the context holds.
pub(crate) trait Asked {
    /// The application.
    fn app(&self) -> async_graphql::Result<&Arc<App>>;
    /// Who asks.
    fn asker(&self) -> async_graphql::Result<&Asker>;
    /// The scope; `UNAUTHENTICATED` without one.
    fn scope(&self) -> async_graphql::Result<&Scope>;
    /// The loaders of this request.
    fn loader(&self) -> async_graphql::Result<&DataLoader<RowLoader>>;
    /// An error in the reader's language.
    fn error(&self, error: Error) -> async_graphql::Error;
}

impl Asked for Context<'_> {
    fn app(&self) -> async_graphql::Result<&Arc<App>> {
        self.data::<Arc<App>>()
    }

    fn asker(&self) -> async_graphql::Result<&Asker> {
        self.data::<Asker>()
    }

    fn scope(&self) -> async_graphql::Result<&Scope> {
        let asker = self.asker()?;
        match &asker.authorized {
            Some(authorized) => Ok(&authorized.scope),
            None => Err(self.error(Error::Unauthenticated)),
        }
    }

    fn loader(&self) -> async_graphql::Result<&DataLoader<RowLoader>> {
        self.data::<DataLoader<RowLoader>>()
    }

    fn error(&self, error: Error) -> async_graphql::Error {
        let (language, request_id) = match self.data_opt::<Asker>() {
            Some(asker) => (asker.language, asker.origin.request_id.clone()),
            None => (Language::default(), None),
        };
        errors::to_graphql(error, language, request_id)
    }
}
