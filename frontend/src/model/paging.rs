//! How many rows a page of a list has.

/// Rows of one page of every list, where the reader does not choose.
pub(crate) const PAGE_ROWS: usize = 50;

/// What the reader chooses from. The server gives no more than the last.
pub(crate) const PAGE_SIZES: [usize; 3] = [20, PAGE_ROWS, 100];
