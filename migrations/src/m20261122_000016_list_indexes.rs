//! Indexes for what the lists of part B are asked most: orders in a status, orders that wait for their confirmation
//! mail (a badge of the menu counts them), abnormal orders of a member.

use sea_orm_migration::prelude::*;

use crate::create_index;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, "orders_by_status", "orders", &["ip_code", "status", "ordered_at", "id"])
            .await?;
        let by_member = ["ip_code", "member_id", "received_at", "id"];
        create_index(manager, "abnormal_orders_by_member", "abnormal_orders", &by_member).await?;
        // Few orders were restored, and fewer wait: the index holds those alone, on both engines.
        let waiting = "CREATE INDEX orders_waiting_for_mail ON orders (ip_code, ordered_at, id) \
                       WHERE restored_from IS NOT NULL AND confirmation_mail_sent_at IS NULL";
        manager.get_connection().execute_unprepared(waiting).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [
            ("orders_waiting_for_mail", "orders"),
            ("abnormal_orders_by_member", "abnormal_orders"),
            ("orders_by_status", "orders"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
