//! Searches of send errors: pages in every order, and counts.
//!
//! Several IP codes are read code by code and merged, never sorted whole; every index leads with the IP code.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func},
};
use todoke_domain::{
    access::Action,
    ids::{IpCode, PaymentId},
    search::SendErrorSearch,
    send_error::{SendErrorSort, SendErrorStatus},
};
use uuid::Uuid;

use super::{
    entity::send_errors::{Column, Entity},
    keyset,
    page::{COUNT_MAX, Direction, Page, PageRequest, Place, Total},
    send_errors::{SendError, find_many, send_error_of},
};
use crate::auth::scope::Scope;

/// Up to so many matches are read by the indexes of time and state and sorted by amount; of more, a walk along the
/// index by amount soon meets a page. A match read from the table costs about forty entries of the index, and so the
/// two cost the same, some 15 ms, where a million rows have this many matches. More IP codes have fewer rows each, and
/// the balance moves with the square root of their number.
const SORTED_ROWS_MAX: u64 = 1_500;

/// One page of a search, in the order asked for.
pub(crate) async fn search(
    scope: &Scope,
    db: &impl ConnectionTrait,
    (search, sort): (&SendErrorSearch, SendErrorSort),
    request: PageRequest,
) -> Result<Page<SendError>, DbErr> {
    match sort {
        SendErrorSort::NewestFirst | SendErrorSort::OldestFirst => {
            list_by_time(scope, db, (search, sort), request).await
        }
        SendErrorSort::AmountDescending | SendErrorSort::AmountAscending => {
            list_by_amount(scope, db, (search, sort), request).await
        }
    }
}

/// The cursor of a row's place in a list of this order.
pub(crate) fn to_cursor(place: Place, sort: SendErrorSort) -> String {
    match sort {
        SendErrorSort::NewestFirst => place.to_cursor(),
        SendErrorSort::OldestFirst | SendErrorSort::AmountDescending | SendErrorSort::AmountAscending => {
            place.to_cursor_in(sort.code())
        }
    }
}

/// Reads a cursor of a list of this order; one of another order is none.
pub(crate) fn from_cursor(cursor: &str, sort: SendErrorSort) -> Option<Place> {
    match sort {
        SendErrorSort::NewestFirst => Place::from_cursor(cursor),
        SendErrorSort::OldestFirst | SendErrorSort::AmountDescending | SendErrorSort::AmountAscending => {
            Place::from_cursor_in(cursor, sort.code())
        }
    }
}

async fn list_by_time(
    scope: &Scope,
    db: &impl ConnectionTrait,
    (search, sort): (&SendErrorSearch, SendErrorSort),
    request: PageRequest,
) -> Result<Page<SendError>, DbErr> {
    let codes = scope.narrow(&search.ip_codes, Action::View);
    let queries = codes.iter().map(|ip_code| matching(search, ip_code)).collect();
    let order = ((Column::OccurredAt, Column::Id), direction(sort));
    keyset::page_in(db, queries, order, request, |row| {
        Ok((Place { at: row.occurred_at, id: row.id }, send_error_of(row)?))
    })
    .await
}

/// Places first, rows after: sorting carries two numbers a row, and only the rows of the page are read whole.
async fn list_by_amount(
    scope: &Scope,
    db: &impl ConnectionTrait,
    (search, sort): (&SendErrorSearch, SendErrorSort),
    request: PageRequest,
) -> Result<Page<SendError>, DbErr> {
    let visible = scope.narrow(&search.ip_codes, Action::View);
    let codes = std::cmp::Ord::max(u64::try_from(visible.len()).unwrap_or(u64::MAX), 1);
    let share = SORTED_ROWS_MAX / codes.isqrt();
    let mut places = Vec::new();
    for ip_code in &visible {
        let counted =
            keyset::count_together(db, vec![matching(search, ip_code)], Column::Id, share + 1).await?;
        // An expression hides a column from the planner's choice of an index, not from the index once it is chosen.
        let (query, amount) = if counted <= share {
            (matching(search, ip_code), Column::Amount.into_expr().add(0))
        } else {
            (matching_along(search, ip_code), Column::Amount.into_expr())
        };
        let query = match request.after {
            Some(place) => {
                let id = Column::Id.into_expr();
                query.filter(keyset::following(amount.clone(), id, place, direction(sort)))
            }
            None => query,
        };
        let found: Vec<(i32, Uuid)> = query
            .select_only()
            .columns([Column::Amount, Column::Id])
            .order_by(amount, direction(sort).order())
            .order_by(Column::Id, direction(sort).order())
            .limit(request.rows + 1)
            .into_tuple()
            .all(db)
            .await?;
        places.extend(found.into_iter().map(|(amount, id)| (Place { at: i64::from(amount), id }, ())));
    }
    let page = keyset::cut(places, direction(sort), request);
    let ids: Vec<PaymentId> = page.rows.iter().map(|(place, ())| PaymentId::new(place.id)).collect();
    let mut rows: HashMap<Uuid, SendError> =
        find_many(scope, db, &ids).await?.into_iter().map(|row| (row.id.value(), row)).collect();
    let placed = page.rows.into_iter().filter_map(|(place, ())| Some((place, rows.remove(&place.id)?)));
    Ok(Page { rows: placed.collect(), has_next: page.has_next })
}

const fn direction(sort: SendErrorSort) -> Direction {
    if sort.is_ascending() { Direction::Rising } else { Direction::Falling }
}

/// How many rows a search has; stops one above [`COUNT_MAX`].
pub(crate) async fn count(
    scope: &Scope,
    db: &impl ConnectionTrait,
    search: &SendErrorSearch,
) -> Result<Total, DbErr> {
    let codes = scope.narrow(&search.ip_codes, Action::View);
    let queries = codes.iter().map(|ip_code| matching(search, ip_code)).collect();
    keyset::count_together(db, queries, Column::Id, COUNT_MAX + 1).await.map(Total::of)
}

/// How many rows of an IP code wait for somebody, at most [`COUNT_MAX`].
pub(crate) async fn count_unprocessed(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
) -> Result<u64, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(0);
    }
    let waiting = Entity::find()
        .filter(Column::IpCode.eq(ip_code.as_str()))
        .filter(Column::Status.eq(SendErrorStatus::Unprocessed.code()));
    keyset::count_together(db, vec![waiting], Column::Id, COUNT_MAX).await
}

/// The rows of an IP code that a search finds. Of all that it asks for, the planner sees what should lead to the rows:
/// the first keyword of those that few rows share, or else state and time. Without statistics, or with those of another
/// merchant, it would take any index that fits: a common sendid before a rare telephone number.
pub(super) fn matching(search: &SendErrorSearch, ip_code: &IpCode) -> Select<Entity> {
    let keywords = keywords(search);
    let is_led = !keywords.is_empty();
    let at = Column::OccurredAt.into_expr();
    let status = if is_led { hidden(Column::Status) } else { Column::Status.into_expr() };
    let rows = of_span_and_state(search, ip_code, at, status);
    keywords.into_iter().enumerate().fold(rows, |rows, (index, (column, keyword))| {
        rows.filter(if index == 0 { column.eq(keyword) } else { hidden(column).eq(keyword) })
    })
}

/// The same, for a walk along another index.
fn matching_along(search: &SendErrorSearch, ip_code: &IpCode) -> Select<Entity> {
    let at = Column::OccurredAt.into_expr().add(0);
    let rows = of_span_and_state(search, ip_code, at, hidden(Column::Status));
    keywords(search).into_iter().fold(rows, |rows, (column, keyword)| rows.filter(hidden(column).eq(keyword)))
}

/// A text column that the planner chooses no index by; an index that bears it is read all the same.
fn hidden(column: Column) -> Expr {
    Func::coalesce([column.into_expr(), Expr::value("")]).into()
}

fn of_span_and_state(search: &SendErrorSearch, ip_code: &IpCode, at: Expr, status: Expr) -> Select<Entity> {
    let rows = Entity::find()
        .filter(Column::IpCode.eq(ip_code.as_str()))
        .filter(at.clone().gte(search.span.from.as_micros()))
        .filter(at.lt(search.span.until.as_micros()));
    match search.condition.status() {
        Some(wanted) => rows.filter(status.eq(wanted.code())),
        None => rows,
    }
}

/// What is asked for by keyword; what the fewest rows share comes first.
fn keywords(search: &SendErrorSearch) -> Vec<(Column, &str)> {
    let keywords = &search.keywords;
    let asked = [
        (Column::OrderNo, &keywords.order_no),
        (Column::Phone, &keywords.phone),
        (Column::Email, &keywords.email),
        (Column::Sendid, &keywords.sendid),
    ];
    asked.into_iter().filter_map(|(column, keyword)| Some((column, keyword.as_deref()?))).collect()
}
