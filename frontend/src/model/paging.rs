//! The pages of a list: how many rows one has, and the pages turned so far in the address.

/// Rows of one page of every list, where the reader does not choose.
pub(crate) const PAGE_ROWS: usize = 50;

/// What the reader chooses from. The server gives no more than the last.
pub(crate) const PAGE_SIZES: [usize; 3] = [20, PAGE_ROWS, 100];

/// The cursors of the pages turned so far, where the address says nothing else.
pub(crate) fn cursors_of(query: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    pairs.filter(|(name, _)| name == "after").map(|(_, cursor)| cursor.into_owned()).collect()
}

/// The address of a page of such a list.
pub(crate) fn href_after(path: &str, after: &[String]) -> String {
    if after.is_empty() {
        return path.to_owned();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(after.iter().map(|cursor| ("after", cursor)));
    [path, "?", &query.finish()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turned_pages_come_back_from_the_address() {
        let after = vec!["MTIz=".to_owned(), "a b".to_owned()];
        let href = href_after("/batches", &after);
        assert_eq!(href, "/batches?after=MTIz%3D&after=a+b");
        assert_eq!(cursors_of(href.trim_start_matches("/batches")), after);
        assert_eq!((href_after("/batches", &[]).as_str(), cursors_of("")), ("/batches", Vec::new()));
    }
}
