//! What the list of send errors and its timelines need: the order by amount, the mails and batches of a row, the list
//! of batches, and the searches that people keep.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, create_unique_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Period and state stand behind the order, so that a walk along it reads no row that it does not show.
        let by_amount = ["ip_code", "amount", "id", "occurred_at", "status"];
        create_index(manager, "send_errors_by_amount", "send_errors", &by_amount).await?;
        create_index(manager, "resend_batch_rows_by_send_error", "resend_batch_rows", &["send_error_id"])
            .await?;
        create_index(manager, "resend_batches_by_time", "resend_batches", &["planned_at", "id"]).await?;
        create_mail_subjects(manager).await?;
        create_saved_searches(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["saved_searches", "mail_subjects"]).await?;
        let dropped = Table::alter().table("mails").drop_column("failed_at").to_owned();
        manager.alter_table(dropped).await?;
        for (name, table) in [
            ("resend_batches_by_time", "resend_batches"),
            ("resend_batch_rows_by_send_error", "resend_batch_rows"),
            ("send_errors_by_amount", "send_errors"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_mail_subjects(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // When the newest try to hand a mail over failed.
    let failed_at = Table::alter().table("mails").add_column(big_integer_null("failed_at")).to_owned();
    manager.alter_table(failed_at).await?;
    // Of what a mail tells, by the row's id: a digest tells of many rows.
    let subjects = Table::create()
        .table("mail_subjects")
        .col(uuid("subject_id"))
        .col(uuid("mail_id"))
        .primary_key(Index::create().col("subject_id").col("mail_id"))
        .to_owned();
    manager.create_table(subjects).await
}

async fn create_saved_searches(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let searches = Table::create()
        .table("saved_searches")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(text("name"))
        .col(text("query"))
        .col(big_integer("saved_at"))
        .to_owned();
    manager.create_table(searches).await?;
    create_unique_index(manager, "saved_searches_by_name", "saved_searches", &["user_id", "name"]).await
}
