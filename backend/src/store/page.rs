//! Keyset pages: a page starts after a row's place, so page 100 costs what page 2 costs and no row is shown twice
//! when new ones arrive.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Rows of a page when none is asked for.
pub(crate) const PAGE_ROWS_DEFAULT: u64 = 50;
/// Most rows of a page (docs/API.md, GraphQL).
pub(crate) const PAGE_ROWS_MAX: u64 = 100;
/// Counting stops one above this (docs/API.md, GraphQL, `totalCount`).
pub(crate) const COUNT_MAX: u64 = 10_000;

/// The place of a row in a list ordered by (instant, id), newest first; or by another number and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Microseconds, or the other number.
    pub at: i64,
    /// The row's id.
    pub id: Uuid,
}

impl Place {
    /// The opaque cursor.
    pub(crate) fn to_cursor(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{}:{}", self.at, self.id))
    }

    /// The cursor of a list in another order: it bears the order's name, so that it is no cursor of any other.
    pub(crate) fn to_cursor_in(self, order: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{order}:{}:{}", self.at, self.id))
    }

    /// Reads a cursor of a list in this order.
    pub(crate) fn from_cursor_in(cursor: &str, order: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (at, id) = text.strip_prefix(order)?.strip_prefix(':')?.split_once(':')?;
        Some(Self { at: at.parse().ok()?, id: id.parse().ok()? })
    }

    /// Reads a cursor.
    pub(crate) fn from_cursor(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (at, id) = text.split_once(':')?;
        Some(Self { at: at.parse().ok()?, id: id.parse().ok()? })
    }
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Smallest or oldest first.
    Rising,
    /// Greatest or newest first.
    Falling,
}

/// Which page is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest {
    /// How many rows, 1 to [`PAGE_ROWS_MAX`].
    pub rows: u64,
    /// The row after which the page begins.
    pub after: Option<Place>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    /// The rows with their places.
    pub rows: Vec<(Place, T)>,
    /// Whether more follow.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Cuts what was read (one row more than wanted) to a page.
    pub(crate) fn cut(mut rows: Vec<(Place, T)>, wanted: u64) -> Self {
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let has_next = rows.len() > wanted;
        rows.truncate(wanted);
        Self { rows, has_next }
    }
}

/// How many rows a list has, exact up to [`COUNT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Total {
    /// The count, at most [`COUNT_MAX`].
    pub count: u64,
    /// Whether there are more.
    pub is_capped: bool,
}

impl Total {
    /// From a count that stopped at one above the limit.
    pub(crate) fn of(counted: u64) -> Self {
        Self { count: counted.min(COUNT_MAX), is_capped: counted > COUNT_MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_and_nonsense_is_none() {
        let place = Place { at: -5, id: Uuid::from_u128(7) };
        assert_eq!(Place::from_cursor(&place.to_cursor()), Some(place));
        for cursor in ["", "x", "!!!", "MTIz"] {
            assert_eq!(Place::from_cursor(cursor), None);
        }
        let other = place.to_cursor_in("AMOUNT");
        assert_eq!(Place::from_cursor_in(&other, "AMOUNT"), Some(place));
        assert_eq!((Place::from_cursor_in(&other, "TIME"), Place::from_cursor(&other)), (None, None));
        assert_eq!(Place::from_cursor_in(&place.to_cursor(), "AMOUNT"), None);
    }

    #[test]
    fn counts_stop_at_ten_thousand() {
        assert_eq!(Total::of(10_000), Total { count: 10_000, is_capped: false });
        assert_eq!(Total::of(10_001), Total { count: 10_000, is_capped: true });
    }
}
