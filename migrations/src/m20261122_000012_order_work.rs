//! The work on abnormal orders and orders: closings, changes of status, and the mails to buyers with their templates.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const CLOSING: [&str; 4] = ["closed_at", "closed_by", "resolution", "resolution_note"];
const OF_MAILS: [&str; 2] = ["order_id", "decided_by"];
const OF_IP_CODES: [&str; 2] = ["order_mail_subject", "order_mail_body"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column a statement.
        for column in [
            big_integer_null("closed_at"),
            text_null("closed_by"),
            text_null("resolution"),
            text_null("resolution_note"),
        ] {
            add_column(manager, "abnormal_orders", column).await?;
        }
        for column in [uuid_null("order_id"), text_null("decided_by")] {
            add_column(manager, "mails", column).await?;
        }
        create_index(manager, "mails_by_order", "mails", &["order_id", "created_at"]).await?;
        for column in [text_null("order_mail_subject"), text_null("order_mail_body")] {
            add_column(manager, "ip_codes", column).await?;
        }
        let changes = Table::create()
            .table("order_status_changes")
            .col(pk_uuid("id"))
            .col(uuid("order_id"))
            .col(big_integer("at"))
            .col(text("actor_name"))
            .col(text("status_before"))
            .col(text("status_after"))
            .col(text_null("reason"))
            .to_owned();
        manager.create_table(changes).await?;
        create_index(manager, "order_status_changes_by_order", "order_status_changes", &["order_id", "at"])
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["order_status_changes"]).await?;
        manager.drop_index(Index::drop().name("mails_by_order").table("mails").to_owned()).await?;
        for (table, columns) in
            [("ip_codes", &OF_IP_CODES[..]), ("mails", &OF_MAILS), ("abnormal_orders", &CLOSING)]
        {
            for column in columns {
                let alter = Table::alter().table(table).drop_column(*column).to_owned();
                manager.alter_table(alter).await?;
            }
        }
        Ok(())
    }
}

async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
