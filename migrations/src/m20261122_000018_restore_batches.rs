//! Restore batches: frozen plans of restores, and their rows. Counts are those of the rows, so nothing here can disagree
//! with them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Who started it acts: what identifies the person or the token is kept, and the rights are read anew.
        let batches = Table::create()
            .table("restore_batches")
            .col(pk_uuid("id"))
            .col(text("state"))
            .col(text("ip_codes"))
            .col(text("planned_by"))
            .col(big_integer("planned_at"))
            .col(text_null("starter"))
            .col(text_null("started_by"))
            .col(boolean("accepts_unreachable"))
            .col(big_integer_null("started_at"))
            .col(big_integer_null("finished_at"))
            .col(uuid_null("lease_owner"))
            .col(big_integer_null("lease_until"))
            .to_owned();
        manager.create_table(batches).await?;
        create_index(manager, "restore_batches_by_state", "restore_batches", &["state", "lease_until"])
            .await?;
        let rows = Table::create()
            .table("restore_batch_rows")
            .col(uuid("batch_id"))
            .col(uuid("abnormal_order_id"))
            .col(text("ip_code"))
            .col(text("order_no"))
            .col(integer("amount"))
            .col(big_integer("received_at"))
            .col(text("state"))
            .col(text_null("reason"))
            .col(text_null("problem"))
            .col(text_null("evidence"))
            .col(uuid_null("order_id"))
            .col(big_integer_null("finished_at"))
            .primary_key(Index::create().col("batch_id").col("abnormal_order_id"))
            .foreign_key(
                ForeignKey::create().from("restore_batch_rows", "batch_id").to("restore_batches", "id"),
            )
            .to_owned();
        manager.create_table(rows).await?;
        create_index(
            manager,
            "restore_batch_rows_by_state",
            "restore_batch_rows",
            &["batch_id", "state", "received_at", "abnormal_order_id"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["restore_batch_rows", "restore_batches"]).await
    }
}
