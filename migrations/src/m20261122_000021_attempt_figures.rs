//! An index for the share of failures of an endpoint: the newest attempts of an IP code, counted from the index alone.
//! Attempts without a payment went to a cart, not to that endpoint.

use sea_orm_migration::prelude::*;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = "CREATE INDEX attempts_by_ip_code ON attempts (ip_code, started_at, cause) \
                     WHERE payment_id IS NOT NULL";
        manager.get_connection().execute_unprepared(index).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("attempts_by_ip_code").table("attempts").to_owned()).await
    }
}
