//! What merchants set themselves: editable parameters, when an endpoint is paused, a version against lost changes; and
//! the secrets with which requests are signed.
//!
//! The version before goes on writing the same rows: new columns have defaults, or may be absent.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            text_null("editable_parameters"),
            integer("pause_after_failures").default(50).take(),
            integer("settings_version").default(1).take(),
        ] {
            let added = Table::alter().table("ip_codes").add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        // The secrets are sealed: this table alone tells none.
        let secrets = Table::create()
            .table("signing_secrets")
            .col(pk_uuid("id"))
            .col(text("ip_code"))
            .col(text("sealed"))
            .col(big_integer("created_at"))
            .col(big_integer_null("retires_at"))
            .foreign_key(ForeignKey::create().from("signing_secrets", "ip_code").to("ip_codes", "code"))
            .to_owned();
        manager.create_table(secrets).await?;
        create_index(manager, "signing_secrets_by_ip_code", "signing_secrets", &["ip_code", "created_at"])
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["signing_secrets"]).await?;
        for column in ["editable_parameters", "pause_after_failures", "settings_version"] {
            let dropped = Table::alter().table("ip_codes").drop_column(column).to_owned();
            manager.alter_table(dropped).await?;
        }
        Ok(())
    }
}
