//! Relay pages: what is asked for, and what stands around the rows.

use async_graphql::SimpleObject;
use tokio::sync::OnceCell;

use crate::{
    app::Error,
    messages::Message,
    store::page::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, PageRequest, Place, Total},
};

/// Where a page stands in its list.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether the page was asked for with `after`.
    pub has_previous_page: bool,
    /// Whether rows follow.
    pub has_next_page: bool,
    /// The cursor of the first row.
    pub start_cursor: Option<String>,
    /// The cursor of the last row; the next page is `after` it.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a page with these places.
    pub(crate) fn of(
        places: impl Iterator<Item = Place> + Clone,
        has_next: bool,
        after: Option<Place>,
    ) -> Self {
        Self {
            has_previous_page: after.is_some(),
            has_next_page: has_next,
            start_cursor: places.clone().next().map(Place::to_cursor),
            end_cursor: places.last().map(Place::to_cursor),
        }
    }
}

/// The total of a connection: counted when it is asked for, and once, although two fields tell of it.
#[derive(Debug, Default)]
pub(crate) struct LazyTotal(OnceCell<Total>);

impl LazyTotal {
    /// The total, counted by `count` if it is not known yet.
    pub(crate) async fn get(
        &self,
        count: impl Future<Output = Result<Total, Error>>,
    ) -> Result<Total, Error> {
        self.0.get_or_try_init(|| count).await.copied()
    }
}

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
