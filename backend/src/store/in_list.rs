//! Lists of ids in conditions. Each length would be a statement of its own, which every connection would have the
//! database parse and would keep; so the lengths are powers of two, filled up with an id that stands there already.

use uuid::Uuid;

/// The ids for an `IN (…)`, each once, filled up to a power of two. Empty where there are none.
pub(super) fn padded(ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
    let mut list: Vec<Uuid> = ids.into_iter().collect();
    list.sort_unstable();
    list.dedup();
    if let Some(&last) = list.last() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_each_id_and_nothing_else() {
        let ids: Vec<Uuid> = (0..5).map(Uuid::from_u128).collect();
        let list = padded(ids.iter().rev().chain(&ids).copied());
        assert_eq!(list.len(), 8);
        assert!(ids.iter().all(|id| list.contains(id)) && list.iter().all(|id| ids.contains(id)));
        assert!(padded([]).is_empty());
    }
}
