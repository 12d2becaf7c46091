//! The rows of a batch that wait, in the order in which they are sent: however many have their outcome already, the
//! next ones are found at once.

use sea_orm_migration::prelude::*;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = "CREATE INDEX resend_batch_rows_waiting \
                       ON resend_batch_rows (batch_id, ip_code, occurred_at, send_error_id) WHERE state = 'WAITING'";
        manager.get_connection().execute_unprepared(waiting).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = Index::drop().name("resend_batch_rows_waiting").table("resend_batch_rows").to_owned();
        manager.drop_index(waiting).await
    }
}
