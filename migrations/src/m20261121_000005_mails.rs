//! The mail outbox, and the windows within which alerts to one address are gathered.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mails = Table::create()
            .table("mails")
            .col(pk_uuid("id"))
            .col(text("kind"))
            .col(text_null("ip_code"))
            .col(text("recipient"))
            .col(text("subject"))
            .col(text("body"))
            .col(text("state"))
            .col(big_integer("due_at"))
            .col(big_integer_null("lease_until"))
            .col(integer("attempt_count"))
            .col(text_null("last_error"))
            .col(big_integer("created_at"))
            .col(big_integer_null("sent_at"))
            .to_owned();
        manager.create_table(mails).await?;
        create_index(manager, "mails_by_due", "mails", &["state", "due_at"]).await?;
        let windows = Table::create()
            .table("alert_windows")
            .col(text("recipient").primary_key())
            .col(big_integer("closes_at"))
            .to_owned();
        manager.create_table(windows).await?;
        let alerts = Table::create()
            .table("waiting_alerts")
            .col(pk_uuid("id"))
            .col(text("recipient"))
            .col(text("ip_code"))
            .col(uuid("send_error_id"))
            .col(big_integer("raised_at"))
            .to_owned();
        manager.create_table(alerts).await?;
        create_index(manager, "waiting_alerts_by_recipient", "waiting_alerts", &["recipient", "raised_at"])
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["waiting_alerts", "alert_windows", "mails"]).await
    }
}
