//! Few statements for lists of any length. Each length would be a statement of its own, which every connection would
//! have the database parse and would keep; so the lengths are powers of two.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait};
use uuid::Uuid;

/// Rows of one insert.
const RUN_MAX: usize = 64;

/// The ids for an `IN (…)`, each once, filled up to a power of two with one that stands there already. Empty where there
/// are none.
pub(super) fn padded(ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
    let mut list: Vec<Uuid> = ids.into_iter().collect();
    list.sort_unstable();
    list.dedup();
    if let Some(&last) = list.last() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

/// Inserts rows, in runs whose lengths are powers of two.
pub(super) async fn insert_in_runs<M>(db: &impl ConnectionTrait, mut rows: Vec<M>) -> Result<(), DbErr>
where
    M: ActiveModelTrait + Send,
{
    while !rows.is_empty() {
        let later = rows.split_off(run_of(rows.len()));
        M::Entity::insert_many(rows).exec_without_returning(db).await?;
        rows = later;
    }
    Ok(())
}

/// The greatest power of two that is not more than what is left, nor than a run may hold.
fn run_of(left: usize) -> usize {
    RUN_MAX.min(1 << left.ilog2())
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

    #[test]
    fn runs_are_powers_of_two() {
        for (left, run) in [(1, 1), (2, 2), (3, 2), (63, 32), (64, 64), (65, 64), (500, 64)] {
            assert_eq!(run_of(left), run);
        }
    }
}
