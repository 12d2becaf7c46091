//! Indexes for removing checkouts whose days are over: the oldest first, and whether an abnormal order shows one.

use sea_orm_migration::prelude::*;

use crate::create_index;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, "checkouts_by_registration", "checkouts", &["registered_at"]).await?;
        create_index(manager, "abnormal_orders_by_checkout", "abnormal_orders", &["checkout_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in
            [("abnormal_orders_by_checkout", "abnormal_orders"), ("checkouts_by_registration", "checkouts")]
        {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
