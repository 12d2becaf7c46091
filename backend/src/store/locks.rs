//! Taking turns over an order number, so that a notification, a registration and a restore that meet at one number
//! each see what the other did. Nothing is ever waited for outside the database here.
//!
//! SQLite has one writer and needs no lock. On PostgreSQL two transactions would not see each other's new rows and
//! could both decide on the old state: an order saved and, at the same instant, an abnormal order about it.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use todoke_domain::ids::{IpCode, OrderId};

use crate::auth::scope::Scope;

/// Waits for its turn with these numbers, until the transaction ends. Call it before anything is read.
pub(crate) async fn lock_order_numbers<'a>(
    _scope: &Scope,
    tx: &impl ConnectionTrait,
    numbers: impl Iterator<Item = (&'a IpCode, &'a str)>,
) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // In one order for everybody, or two transactions could wait for each other.
    let keys: BTreeSet<i64> = numbers.map(|(ip_code, number)| key_of(ip_code, number)).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let values: Vec<String> = keys.iter().map(|key| format!("({key})")).collect();
    let sql = format!("SELECT pg_advisory_xact_lock(k) FROM (VALUES {}) AS numbers(k)", values.join(", "));
    tx.execute_unprepared(&sql).await.map(|_| ())
}

/// Numbers that may mean one order share a key: carts append suffixes after a hyphen, so what stands before the
/// first one decides. Two orders that share it by chance only wait for each other.
fn key_of(ip_code: &IpCode, number: &str) -> i64 {
    let root = number.split('-').next().unwrap_or_default();
    let (_, low) = OrderId::of(ip_code, root).value().as_u64_pair();
    i64::from_ne_bytes(low.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use todoke_domain::order::candidate_order_numbers;

    use super::*;

    #[test]
    fn every_number_under_which_a_cart_may_know_an_order_shares_its_key() {
        let ip_code = IpCode::parse("20120").unwrap();
        for gateway_order_id in ["2009031700002-1", "A-12-1711111111", "-1", "-1-2"] {
            for candidate in candidate_order_numbers(gateway_order_id) {
                assert_eq!(key_of(&ip_code, &candidate), key_of(&ip_code, gateway_order_id));
            }
        }
        assert_ne!(key_of(&ip_code, "1"), key_of(&ip_code, "2"));
    }
}
