//! What the lists of resend batches and of their rows need to be read page by page: which IP codes a batch has rows of,
//! one row each, and the rows of a batch by time, all or those in one state.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ip_codes = Table::create()
            .table("resend_batch_ip_codes")
            .col(uuid("batch_id"))
            .col(text("ip_code"))
            .primary_key(Index::create().col("batch_id").col("ip_code"))
            .foreign_key(
                ForeignKey::create().from("resend_batch_ip_codes", "batch_id").to("resend_batches", "id"),
            )
            .to_owned();
        manager.create_table(ip_codes).await?;
        let of_old_ones = "INSERT INTO resend_batch_ip_codes (batch_id, ip_code) \
                           SELECT DISTINCT batch_id, ip_code FROM resend_batch_rows";
        manager.get_connection().execute_unprepared(of_old_ones).await?;
        let rows = "resend_batch_rows";
        // The first of its successors serves all that the index by state alone did.
        manager
            .drop_index(
                Index::drop().name("resend_batch_rows_by_state").table("resend_batch_rows").to_owned(),
            )
            .await?;
        let by_state = ["batch_id", "state", "occurred_at", "send_error_id"];
        create_index(manager, "resend_batch_rows_by_state_and_time", rows, &by_state).await?;
        let by_time = ["batch_id", "occurred_at", "send_error_id"];
        create_index(manager, "resend_batch_rows_by_time", rows, &by_time).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["resend_batch_rows_by_time", "resend_batch_rows_by_state_and_time"] {
            manager.drop_index(Index::drop().name(name).table("resend_batch_rows").to_owned()).await?;
        }
        let by_state = ["batch_id", "state", "send_error_id"];
        create_index(manager, "resend_batch_rows_by_state", "resend_batch_rows", &by_state).await?;
        drop_tables(manager, &["resend_batch_ip_codes"]).await
    }
}
