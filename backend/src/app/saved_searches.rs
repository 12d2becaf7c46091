//! Searches that people keep under a name. Only people have them: a tool keeps its own.

use todoke_domain::{ids::SavedSearchId, payment::FaultKind};
use uuid::Uuid;

use super::{App, Error};
use crate::{
    auth::scope::Scope,
    messages::Message,
    store::{self, audit::AuditEntry, saved_searches::SavedSearch},
};

/// Longest name, in characters: it stands in a menu.
const NAME_CHARS_MAX: usize = 50;
/// Longest query string, in characters.
const QUERY_CHARS_MAX: usize = 1_000;
/// Searches of one person: as many as a menu can show.
const SEARCHES_MAX: usize = 20;

/// The person's searches, by name; a tool has none.
pub(crate) async fn list_saved_searches(app: &App, scope: &Scope) -> Result<Vec<SavedSearch>, Error> {
    Ok(store::saved_searches::list(scope, app.database.reader()).await?)
}

/// Keeps a search; one with the same name is replaced.
///
/// # Errors
/// Faults beside fields; `NotFound` for tools.
pub(crate) async fn save_search(
    app: &App,
    scope: &Scope,
    name: &str,
    query: &str,
) -> Result<SavedSearch, Error> {
    let now = app.clock.now();
    if scope.person().is_none() {
        let tx = app.database.begin_write().await?;
        let entry = AuditEntry::refused("saveSearch", None, "", Error::NotFound.code());
        store::audit::insert_event(scope, &tx, entry, now).await?;
        tx.commit().await?;
        return Err(Error::NotFound);
    }
    let name = name.trim();
    let fault = |field: &str, kind| Err(Error::field(&[field], Message::Field(kind)));
    if name.is_empty() {
        return fault("name", FaultKind::Required);
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return fault("name", FaultKind::TooLong(NAME_CHARS_MAX));
    }
    if query.chars().count() > QUERY_CHARS_MAX {
        return fault("query", FaultKind::TooLong(QUERY_CHARS_MAX));
    }
    let new = SavedSearch {
        id: SavedSearchId::new(Uuid::now_v7()),
        name: name.to_owned(),
        query: query.to_owned(),
    };
    let tx = app.database.begin_write().await?;
    let others = store::saved_searches::count_others(scope, &tx, name).await?;
    if usize::try_from(others).is_ok_and(|others| others >= SEARCHES_MAX) {
        return fault("name", FaultKind::TooMany(SEARCHES_MAX));
    }
    let kept = store::saved_searches::put(scope, &tx, &new, now).await?.ok_or(Error::NotFound)?;
    let entry = AuditEntry::done("saveSearch", None, kept.id);
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Deletes a search of the person.
///
/// # Errors
/// `NotFound` where it is not theirs.
pub(crate) async fn delete_saved_search(app: &App, scope: &Scope, id: SavedSearchId) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let deleted = store::saved_searches::delete(scope, &tx, id).await?;
    let entry = if deleted {
        AuditEntry::done("deleteSavedSearch", None, id)
    } else {
        AuditEntry::refused("deleteSavedSearch", None, id, Error::NotFound.code())
    };
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    if deleted { Ok(()) } else { Err(Error::NotFound) }
}
