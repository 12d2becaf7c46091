//! The pieces of which every list by (IP code, instant, id) is put together: the place after which a page begins,
//! "begins with", "contains", merging the pages of several IP codes, counting with a stop.
//!
//! Each IP code is read by itself in index order, all of them in one statement, and the pages are merged: the database
//! never sorts a list whole, and twenty IP codes cost one round trip.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Order, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait, LikeExpr, Query, SelectStatement, UnionType},
};
use todoke_domain::search::Span;

use super::page::{COUNT_MAX, Direction, Page, PageRequest, Place};

/// What follows a place in a list ordered by a number (most often an instant) and id. The first half lets the index
/// seek.
pub(super) fn following(number: Expr, id: Expr, place: Place, direction: Direction) -> Condition {
    let (bound, beyond, beyond_id) = match direction {
        Direction::Rising => (number.clone().gte(place.at), number.gt(place.at), id.gt(place.id)),
        Direction::Falling => (number.clone().lte(place.at), number.lt(place.at), id.lt(place.id)),
    };
    Condition::all().add(bound).add(Condition::any().add(beyond).add(beyond_id))
}

/// What lies in a span.
pub(super) fn within(at: impl ColumnTrait, span: Span) -> Condition {
    Condition::all().add(at.gte(span.from.as_micros())).add(at.lt(span.until.as_micros()))
}

/// What begins with a prefix: a range of a column that compares byte by byte.
pub(super) fn starts_with(column: impl ColumnTrait, prefix: &str) -> Condition {
    let from = Condition::all().add(column.gte(prefix));
    match first_after_prefix(prefix) {
        Some(until) => from.add(column.lt(until)),
        None => from,
    }
}

/// What contains a part; the wildcards of LIKE stand for themselves.
pub(super) fn contains(column: impl ColumnTrait, part: &str) -> Expr {
    let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    column.like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// The first text after all that begin with the prefix; `None` where nothing comes after.
fn first_after_prefix(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        let mut following = last..=char::MAX;
        following.next();
        if let Some(next) = following.next() {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

/// One page out of the pages of several IP codes, newest first. Each query brings the rows of one IP code; the columns
/// are those of (instant, id), in whose order an index holds them.
pub(super) async fn page<E, T>(
    db: &impl ConnectionTrait,
    queries: Vec<Select<E>>,
    columns: (E::Column, E::Column),
    request: PageRequest,
    row_of: impl Fn(E::Model) -> Result<(Place, T), DbErr>,
) -> Result<Page<T>, DbErr>
where
    E: EntityTrait,
    E::Column: Copy,
{
    page_in(db, queries, (columns, Direction::Falling), request, row_of).await
}

/// The same in either direction.
pub(super) async fn page_in<E, T>(
    db: &impl ConnectionTrait,
    queries: Vec<Select<E>>,
    ((at, id), direction): ((E::Column, E::Column), Direction),
    request: PageRequest,
    row_of: impl Fn(E::Model) -> Result<(Place, T), DbErr>,
) -> Result<Page<T>, DbErr>
where
    E: EntityTrait,
    E::Column: Copy,
{
    let of_each = queries.into_iter().map(|mut query| {
        if let Some(place) = request.after {
            query = query.filter(following(at.into_expr(), id.into_expr(), place, direction));
        }
        let ordered = query.order_by(at, direction.order()).order_by(id, direction.order());
        let rows = ordered.limit(request.rows + 1).into_query();
        // An inner query of its own: SQLite takes no ORDER BY and no LIMIT in a member of a union.
        Query::select().column(Asterisk).from_subquery(rows, "one_ip_code").to_owned()
    });
    let Some(mut statement) = union(of_each) else { return Ok(Page { rows: Vec::new(), has_next: false }) };
    // The pages are merged where they are: one page crosses over, not one of each IP code.
    statement.order_by(at, direction.order()).order_by(id, direction.order()).limit(request.rows + 1);
    let mut rows = Vec::new();
    for found in db.query_all(&statement).await? {
        rows.push(row_of(E::Model::from_query_result(&found, "")?)?);
    }
    Ok(Page::cut(rows, request.rows))
}

impl Direction {
    /// In the database's words.
    pub(super) const fn order(self) -> Order {
        match self {
            Self::Rising => Order::Asc,
            Self::Falling => Order::Desc,
        }
    }
}

/// The page out of rows that came from several places.
pub(super) fn cut<T>(mut rows: Vec<(Place, T)>, direction: Direction, request: PageRequest) -> Page<T> {
    match direction {
        Direction::Rising => rows.sort_by_key(|(place, _)| *place),
        Direction::Falling => rows.sort_by_key(|(place, _)| std::cmp::Reverse(*place)),
    }
    Page::cut(rows, request.rows)
}

/// How many rows several queries find together, at most so many. A member that reached the limit ends the count.
pub(super) async fn count_together<E: EntityTrait>(
    db: &impl ConnectionTrait,
    queries: Vec<Select<E>>,
    any_column: E::Column,
    most: u64,
) -> Result<u64, DbErr> {
    let of_each = queries.into_iter().map(|query| query.select_only().column(any_column).into_query());
    let Some(mut found) = union(of_each) else { return Ok(0) };
    let row = db.query_one(&counting(found.limit(most).to_owned())).await?;
    let counted: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(counted).unwrap_or(0))
}

fn union(statements: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    statements.into_iter().reduce(|mut first, next| first.union(UnionType::All, next).to_owned())
}

/// `SELECT COUNT(*)` over at most one row above [`COUNT_MAX`].
pub(super) fn capped_count<E: EntityTrait>(query: Select<E>, any_column: E::Column) -> SelectStatement {
    counting(query.select_only().column(any_column).limit(COUNT_MAX + 1).into_query())
}

fn counting(rows: SelectStatement) -> SelectStatement {
    Query::select().expr(Expr::col(Asterisk).count()).from_subquery(rows, "found").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_the_next_text_begins() {
        for (prefix, next) in [
            ("2009", Some("200:")),
            ("A-", Some("A.")),
            ("\u{D7FF}", Some("\u{E000}")),
            ("a\u{10FFFF}", Some("b")),
            ("\u{10FFFF}", None),
        ] {
            assert_eq!(first_after_prefix(prefix).as_deref(), next, "{prefix:?}");
        }
    }
}
