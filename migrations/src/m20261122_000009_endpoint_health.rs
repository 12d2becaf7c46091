//! How endpoints fare, and since when a delivery is kept because its endpoint is paused.
//!
//! The version before sends to a paused endpoint all the same; what is kept it leaves alone, because it is due never.

use sea_orm_migration::{prelude::*, schema::*};

use crate::drop_tables;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kept_at = Table::alter().table("deliveries").add_column(big_integer_null("kept_at")).to_owned();
        manager.alter_table(kept_at).await?;
        // Few are kept at any time: the index holds those alone, on both engines.
        let kept =
            "CREATE INDEX deliveries_kept ON deliveries (ip_code, kept_at, id) WHERE kept_at IS NOT NULL";
        manager.get_connection().execute_unprepared(kept).await?;
        let health = Table::create()
            .table("endpoint_health")
            .col(text("ip_code").primary_key())
            .col(integer("streak"))
            .col(big_integer_null("streak_since"))
            .col(text("phase"))
            .col(big_integer_null("paused_at"))
            .col(big_integer_null("next_probe_at"))
            .col(big_integer_null("probe_wait_ms"))
            .foreign_key(ForeignKey::create().from("endpoint_health", "ip_code").to("ip_codes", "code"))
            .to_owned();
        manager.create_table(health).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["endpoint_health"]).await?;
        manager.drop_index(Index::drop().name("deliveries_kept").table("deliveries").to_owned()).await?;
        let kept_at = Table::alter().table("deliveries").drop_column("kept_at").to_owned();
        manager.alter_table(kept_at).await
    }
}
