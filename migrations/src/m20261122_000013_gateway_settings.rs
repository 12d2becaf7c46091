//! The gateway of an IP code: its ShopPass (sealed), where notifications may come from, which were refused; and what the
//! gateway last said of an abnormal order's payment.

use sea_orm_migration::{prelude::*, schema::*};

use crate::drop_tables;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The ShopID of a gateway that is on stands in `ip_codes`; here it is kept while the gateway is off.
        let settings = Table::create()
            .table("gateway_settings")
            .col(text("ip_code").primary_key())
            .col(text_null("shop_id_when_off"))
            .col(text_null("shop_pass"))
            .col(text("allowed_sources"))
            .col(big_integer("updated_at"))
            .to_owned();
        manager.create_table(settings).await?;
        let refused = Table::create()
            .table("refused_notifications")
            .col(text("ip_code"))
            .col(text("day"))
            .col(text("reason"))
            .col(integer("count"))
            .col(big_integer("last_at"))
            .primary_key(Index::create().col("ip_code").col("day").col("reason"))
            .to_owned();
        manager.create_table(refused).await?;
        let alter = Table::alter().table("abnormal_orders").add_column(text_null("gateway_check")).to_owned();
        manager.alter_table(alter).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter().table("abnormal_orders").drop_column("gateway_check").to_owned();
        manager.alter_table(alter).await?;
        drop_tables(manager, &["refused_notifications", "gateway_settings"]).await
    }
}
