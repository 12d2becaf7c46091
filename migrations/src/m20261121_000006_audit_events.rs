//! The audit log: every change and every refused attempt.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let audit_events = Table::create()
            .table("audit_events")
            .col(pk_uuid("id"))
            .col(big_integer("at"))
            .col(text("actor_kind"))
            .col(uuid_null("actor_id"))
            .col(text("actor_name"))
            .col(text_null("ip_code"))
            .col(text("action"))
            .col(text_null("subject"))
            .col(text("outcome"))
            .col(text_null("address"))
            .col(text_null("request_id"))
            .col(text_null("before"))
            .col(text_null("after"))
            .to_owned();
        manager.create_table(audit_events).await?;
        create_index(manager, "audit_events_by_ip_code", "audit_events", &["ip_code", "at"]).await?;
        create_index(manager, "audit_events_by_time", "audit_events", &["at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_events"]).await
    }
}
