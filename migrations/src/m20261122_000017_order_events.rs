//! The events that tell carts of restored orders: where they go, what signs them, and the outbox they wait in. Their
//! attempts stand beside those of payment results, without a payment.
//!
//! An outbox of their own, although `deliveries` has room for an order: the version before would read such a row as a
//! result's, and stop at it. New columns have defaults, or may be absent.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "ip_codes", text_null("restored_url")).await?;
        add_column(manager, "signing_secrets", text("purpose").default("RESULTS").take()).await?;
        // The id is derived from the order's: an order has one event, however often it is told to make one.
        let events = Table::create()
            .table("order_events")
            .col(pk_uuid("id"))
            .col(uuid("order_id"))
            .col(text("ip_code"))
            .col(text_null("shop_id"))
            .col(text_null("gateway_order_id"))
            .col(text("state"))
            .col(big_integer("due_at"))
            .col(text("next_trigger"))
            .col(uuid_null("decision_id"))
            .col(uuid_null("lease_owner"))
            .col(big_integer_null("lease_until"))
            .col(big_integer_null("leased_at"))
            .col(integer("attempt_count"))
            .col(integer("failures"))
            .col(big_integer("created_at"))
            .col(big_integer_null("finished_at"))
            .col(big_integer_null("cleared_at"))
            .foreign_key(ForeignKey::create().from("order_events", "order_id").to("orders", "id"))
            .to_owned();
        manager.create_table(events).await?;
        create_index(manager, "order_events_by_order", "order_events", &["order_id"]).await?;
        create_index(manager, "order_events_by_due", "order_events", &["state", "due_at"]).await?;
        create_index(manager, "order_events_by_lease", "order_events", &["state", "lease_until"]).await?;
        create_index(manager, "order_events_by_end", "order_events", &["cleared_at", "finished_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["order_events"]).await?;
        for (table, column) in [("signing_secrets", "purpose"), ("ip_codes", "restored_url")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
