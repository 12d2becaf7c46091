//! Attempts tell the headers of their request and how long each step took.
//!
//! All columns may be absent: earlier attempts did not know them, and the version before still writes without them.

use sea_orm_migration::{prelude::*, schema::*};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column at a time: SQLite adds no more with one statement.
        for column in [
            text_null("request_headers"),
            integer_null("dns_ms"),
            integer_null("connect_ms"),
            integer_null("tls_ms"),
            integer_null("first_byte_ms"),
        ] {
            let added = Table::alter().table("attempts").add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["request_headers", "dns_ms", "connect_ms", "tls_ms", "first_byte_ms"] {
            let dropped = Table::alter().table("attempts").drop_column(column).to_owned();
            manager.alter_table(dropped).await?;
        }
        Ok(())
    }
}
