//! Searches that people keep under a name. A person sees and changes the own ones alone: the scope's actor is part of
//! every query.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, sea_query::OnConflict,
};
use todoke_domain::{
    ids::{SavedSearchId, UserId},
    time::Timestamp,
};

use super::entity::saved_searches::{ActiveModel, Column, Entity, Model};
use crate::auth::scope::Scope;

/// A search that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedSearch {
    /// The search.
    pub id: SavedSearchId,
    /// Its name, once for each person.
    pub name: String,
    /// The query string of the list's address.
    pub query: String,
}

/// The scope's person's searches, by name.
pub(crate) async fn list(scope: &Scope, db: &impl ConnectionTrait) -> Result<Vec<SavedSearch>, DbErr> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    Ok(of_person(person).order_by_asc(Column::Name).all(db).await?.into_iter().map(search_of).collect())
}

/// How many the scope's person has, but for the one with this name.
pub(crate) async fn count_others(scope: &Scope, db: &impl ConnectionTrait, name: &str) -> Result<u64, DbErr> {
    let Some(person) = scope.person() else { return Ok(0) };
    of_person(person).filter(Column::Name.ne(name)).count(db).await
}

/// Keeps a search; one with the same name is replaced and keeps its id.
pub(crate) async fn put(
    scope: &Scope,
    db: &impl ConnectionTrait,
    new: &SavedSearch,
    now: Timestamp,
) -> Result<Option<SavedSearch>, DbErr> {
    let Some(person) = scope.person() else { return Ok(None) };
    let row = ActiveModel {
        id: Set(new.id.value()),
        user_id: Set(person.value()),
        name: Set(new.name.clone()),
        query: Set(new.query.clone()),
        saved_at: Set(now.as_micros()),
    };
    let conflict = OnConflict::columns([Column::UserId, Column::Name])
        .update_columns([Column::Query, Column::SavedAt])
        .to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(of_person(person).filter(Column::Name.eq(new.name.as_str())).one(db).await?.map(search_of))
}

/// Deletes a search of the scope's person. Whether there was one.
pub(crate) async fn delete(
    scope: &Scope,
    db: &impl ConnectionTrait,
    id: SavedSearchId,
) -> Result<bool, DbErr> {
    let Some(person) = scope.person() else { return Ok(false) };
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id.value()))
        .filter(Column::UserId.eq(person.value()))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}

fn of_person(person: UserId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::UserId.eq(person.value()))
}

fn search_of(row: Model) -> SavedSearch {
    SavedSearch { id: SavedSearchId::new(row.id), name: row.name, query: row.query }
}
