//! Payments, their results (immutable), the deliveries (the queue; small rows) and the attempts.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_results(manager).await?;
        create_deliveries(manager).await?;
        create_attempts(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["attempts", "deliveries", "payment_results", "payments"]).await
    }
}

async fn create_results(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let payments = Table::create()
        .table("payments")
        .col(pk_uuid("id"))
        .col(text("ip_code"))
        .col(text("order_no"))
        .col(text("carrier"))
        .col(big_integer("received_at"))
        .to_owned();
    manager.create_table(payments).await?;
    // The id of a result is the id of its delivery: one duty for each result.
    let results = Table::create()
        .table("payment_results")
        .col(pk_uuid("id"))
        .col(uuid("payment_id"))
        .col(text("status"))
        .col(text("error_code"))
        .col(integer("amount"))
        .col(text("phone"))
        .col(text("email"))
        .col(text("sendid"))
        .col(text("parameters"))
        .col(big_integer("occurred_at"))
        .col(big_integer("received_at"))
        .to_owned();
    manager.create_table(results).await?;
    create_index(manager, "payment_results_by_payment", "payment_results", &["payment_id"]).await
}

async fn create_deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let deliveries = Table::create()
        .table("deliveries")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(text("ip_code"))
        .col(uuid_null("payment_id"))
        .col(uuid_null("order_id"))
        .col(text("state"))
        .col(big_integer("due_at"))
        .col(text("next_trigger"))
        .col(uuid_null("decision_id"))
        .col(uuid_null("lease_owner"))
        .col(big_integer_null("lease_until"))
        .col(big_integer_null("leased_at"))
        .col(integer("attempt_count"))
        .col(integer("failures"))
        .to_owned();
    manager.create_table(deliveries).await?;
    // The claim reads the due ones and the orphaned ones; everything that is finished is outside both.
    create_index(manager, "deliveries_by_due", "deliveries", &["state", "due_at"]).await?;
    create_index(manager, "deliveries_by_lease", "deliveries", &["state", "lease_until"]).await
}

async fn create_attempts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let attempts = Table::create()
        .table("attempts")
        .col(pk_uuid("id"))
        .col(uuid("delivery_id"))
        .col(uuid_null("payment_id"))
        .col(uuid_null("decision_id"))
        .col(text("ip_code"))
        .col(text("trigger"))
        .col(big_integer("started_at"))
        .col(integer("duration_ms"))
        .col(text("outcome"))
        .col(text_null("cause"))
        .col(integer_null("http_status"))
        .col(text("request_method"))
        .col(text("request_url"))
        .col(text("request_body"))
        .col(text("response_headers"))
        .col(binary("response_body"))
        .to_owned();
    manager.create_table(attempts).await?;
    create_index(manager, "attempts_by_payment", "attempts", &["payment_id", "started_at"]).await?;
    create_index(manager, "attempts_by_delivery", "attempts", &["delivery_id", "started_at"]).await
}
