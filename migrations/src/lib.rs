//! The database's shape, one step each. Steps never import entities: they say what was true on their day.
//!
//! Instants are `BIGINT` microseconds since 1970 in UTC and ids are UUIDs on both engines, so that one code path
//! reads them and an index orders them alike.

use sea_orm_migration::prelude::*;

mod m20261121_000001_accounts;
mod m20261121_000002_payments;
mod m20261121_000003_send_errors;
mod m20261121_000004_orders;
mod m20261121_000005_mails;
mod m20261121_000006_audit_events;
mod m20261122_000007_resend_batches;
mod m20261122_000008_endpoint_settings;
mod m20261122_000009_endpoint_health;
mod m20261122_000010_attempt_details;
mod m20261122_000011_send_error_lists;
mod m20261122_000012_order_work;
mod m20261122_000013_gateway_settings;
mod m20261122_000014_checkout_retention;
mod m20261122_000015_resend_batch_lists;
mod m20261122_000016_list_indexes;
mod m20261122_000017_order_events;
mod m20261122_000018_restore_batches;
mod m20261122_000020_keyword_indexes;
mod m20261122_000021_attempt_figures;
mod m20261122_000022_batch_queue;

/// All steps in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_accounts::Migration),
            Box::new(m20261121_000002_payments::Migration),
            Box::new(m20261121_000003_send_errors::Migration),
            Box::new(m20261121_000004_orders::Migration),
            Box::new(m20261121_000005_mails::Migration),
            Box::new(m20261121_000006_audit_events::Migration),
            Box::new(m20261122_000007_resend_batches::Migration),
            Box::new(m20261122_000008_endpoint_settings::Migration),
            Box::new(m20261122_000009_endpoint_health::Migration),
            Box::new(m20261122_000010_attempt_details::Migration),
            Box::new(m20261122_000011_send_error_lists::Migration),
            Box::new(m20261122_000012_order_work::Migration),
            Box::new(m20261122_000013_gateway_settings::Migration),
            Box::new(m20261122_000014_checkout_retention::Migration),
            Box::new(m20261122_000015_resend_batch_lists::Migration),
            Box::new(m20261122_000016_list_indexes::Migration),
            Box::new(m20261122_000017_order_events::Migration),
            Box::new(m20261122_000018_restore_batches::Migration),
            Box::new(m20261122_000020_keyword_indexes::Migration),
            Box::new(m20261122_000021_attempt_figures::Migration),
            Box::new(m20261122_000022_batch_queue::Migration),
        ]
    }
}

/// Drops tables in the order given.
async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// Creates an index named after its table and purpose.
async fn create_index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}

/// The same, and no two rows may agree in these columns.
async fn create_unique_index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}
