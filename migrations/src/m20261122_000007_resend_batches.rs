//! Resend batches: frozen plans of resends or closings, and their rows.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_batches(manager).await?;
        create_rows(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["resend_batch_rows", "resend_batches"]).await
    }
}

async fn create_batches(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The id of a batch is the id of the decision behind each of its resends.
    let batches = Table::create()
        .table("resend_batches")
        .col(pk_uuid("id"))
        .col(text("action"))
        .col(text("state"))
        .col(text_null("pause_reason"))
        .col(uuid_null("actor_id"))
        .col(text("actor_name"))
        .col(text("ip_codes"))
        .col(text_null("reason"))
        .col(boolean("confirms_maybe_received"))
        .col(integer("total"))
        .col(integer("done"))
        .col(integer("failed"))
        .col(integer("skipped"))
        .col(integer("failures_in_a_row"))
        .col(integer("failures_in_a_row_max"))
        .col(big_integer("planned_at"))
        .col(big_integer_null("started_at"))
        .col(big_integer_null("finished_at"))
        .to_owned();
    manager.create_table(batches).await?;
    create_index(manager, "resend_batches_by_state", "resend_batches", &["state", "planned_at"]).await
}

async fn create_rows(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // What was on the page when the plan was frozen: a row that was tried again since is not touched.
    let rows = Table::create()
        .table("resend_batch_rows")
        .col(uuid("batch_id"))
        .col(uuid("send_error_id"))
        .col(uuid("delivery_id"))
        .col(text("ip_code"))
        .col(text("order_no"))
        .col(text("receipt"))
        .col(big_integer("occurred_at"))
        .col(integer("attempt_count"))
        .col(text("state"))
        .col(text_null("cause"))
        .col(big_integer_null("finished_at"))
        .primary_key(Index::create().col("batch_id").col("send_error_id"))
        .foreign_key(ForeignKey::create().from("resend_batch_rows", "batch_id").to("resend_batches", "id"))
        .to_owned();
    manager.create_table(rows).await?;
    create_index(
        manager,
        "resend_batch_rows_by_state",
        "resend_batch_rows",
        &["batch_id", "state", "send_error_id"],
    )
    .await
}
