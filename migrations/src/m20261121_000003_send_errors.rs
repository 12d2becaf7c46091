//! Send errors: one row per payment with its own search columns, and the decisions about them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, create_unique_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_send_errors(manager).await?;
        create_decisions(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["decisions", "send_errors"]).await
    }
}

async fn create_send_errors(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The id is the payment's id: at most one row per payment.
    let send_errors = Table::create()
        .table("send_errors")
        .col(pk_uuid("id"))
        .col(uuid("delivery_id"))
        .col(text("ip_code"))
        .col(text("order_no"))
        .col(text("carrier"))
        .col(integer("amount"))
        .col(text("phone"))
        .col(text("email"))
        .col(text("sendid"))
        .col(text("status"))
        .col(text("receipt"))
        .col(text("cause"))
        .col(integer_null("http_status"))
        .col(big_integer("occurred_at"))
        .col(integer("attempt_count"))
        .col(uuid_null("resend_decision_id"))
        .col(big_integer_null("processed_at"))
        .col(text_null("processed_by"))
        .col(text_null("processed_reason"))
        .to_owned();
    manager.create_table(send_errors).await?;
    // Every search leads with the IP code and pages by (occurred_at, id).
    for (name, columns) in [
        ("send_errors_by_time", &["ip_code", "occurred_at", "id"][..]),
        ("send_errors_by_status", &["ip_code", "status", "occurred_at", "id"]),
        ("send_errors_by_order_no", &["ip_code", "order_no", "occurred_at", "id"]),
        ("send_errors_by_email", &["ip_code", "email", "occurred_at", "id"]),
        ("send_errors_by_phone", &["ip_code", "phone", "occurred_at", "id"]),
        ("send_errors_by_sendid", &["ip_code", "sendid", "occurred_at", "id"]),
    ] {
        create_index(manager, name, "send_errors", columns).await?;
    }
    Ok(())
}

async fn create_decisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let decisions = Table::create()
        .table("decisions")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(text("ip_code"))
        .col(uuid("subject_id"))
        .col(uuid_null("delivery_id"))
        .col(uuid_null("actor_id"))
        .col(text("actor_name"))
        .col(text_null("reason"))
        .col(text_null("idempotency_key"))
        .col(text_null("parameters_before"))
        .col(text_null("parameters_after"))
        .col(big_integer("decided_at"))
        .to_owned();
    manager.create_table(decisions).await?;
    create_index(manager, "decisions_by_subject", "decisions", &["subject_id", "decided_at"]).await?;
    // One key of one actor is one decision; decisions without a key do not collide (NULLs are distinct).
    create_unique_index(manager, "decisions_by_key", "decisions", &["actor_id", "idempotency_key"]).await
}
