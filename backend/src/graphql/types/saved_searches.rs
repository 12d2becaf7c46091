//! Searches that people keep.

use async_graphql::{ID, SimpleObject};

use crate::{global_id, store::saved_searches::SavedSearch as Stored};

/// A search of the list of send errors that somebody keeps under a name. Only its person sees it.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct SavedSearch {
    /// The id.
    pub id: ID,
    /// The name, once for each person.
    pub name: String,
    /// The query string of the list's address.
    pub query: String,
}

impl From<Stored> for SavedSearch {
    fn from(stored: Stored) -> Self {
        Self { id: global_id::encode("SavedSearch", stored.id), name: stored.name, query: stored.query }
    }
}
