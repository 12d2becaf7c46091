//! Relay pages: what is asked for, and what it costs.

use crate::{
    app::Error,
    messages::Message,
    store::page::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, PageRequest, Place},
};

/// Reads `first` and `after`.
pub(crate) fn parse_page(first: Option<i32>, after: Option<&str>) -> Result<PageRequest, Error> {
    parse_page_in(first, after, Place::from_cursor)
}

/// The same for a list whose cursors are read in another way.
pub(crate) fn parse_page_in(
    first: Option<i32>,
    after: Option<&str>,
    read_cursor: impl FnOnce(&str) -> Option<Place>,
) -> Result<PageRequest, Error> {
    let rows = match first {
        None => PAGE_ROWS_DEFAULT,
        Some(first) => u64::try_from(first)
            .ok()
            .filter(|rows| (1..=PAGE_ROWS_MAX).contains(rows))
            .ok_or_else(|| Error::field(&["first"], Message::PageSizeInvalid))?,
    };
    let after = match after {
        None => None,
        Some(cursor) => {
            let place = read_cursor(cursor);
            Some(place.ok_or_else(|| Error::field(&["after"], Message::CursorInvalid))?)
        }
    };
    Ok(PageRequest { rows, after })
}

/// What a page of rows costs, for the limit on complexity.
pub(crate) fn page_cost(first: Option<i32>, row_cost: usize) -> usize {
    let rows = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(50);
    rows.clamp(1, 100).saturating_mul(row_cost)
}
