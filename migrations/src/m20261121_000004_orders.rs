//! Checkouts, orders, result notifications and abnormal orders.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::{create_index, create_unique_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_carts(manager).await?;
        create_notifications(manager).await?;
        create_abnormal_orders(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["abnormal_orders", "notifications", "orders", "checkouts"]).await
    }
}

/// A text that compares byte by byte on both engines, so that "begins with" is a range that its index serves. On
/// PostgreSQL the database's own collation would sort by language instead.
fn binary_text(manager: &SchemaManager<'_>, name: &'static str) -> ColumnDef {
    let mut column = text(name);
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

async fn create_carts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let checkouts = Table::create()
        .table("checkouts")
        .col(pk_uuid("id"))
        .col(text("ip_code"))
        .col(text("order_no"))
        .col(text("order_type"))
        .col(big_integer("ordered_at"))
        .col(text("customer_name"))
        .col(text("email"))
        .col(text_null("member_id"))
        .col(integer("total"))
        .col(integer("shipping_fee"))
        .col(text("lines"))
        .col(text_null("pay_type"))
        .col(text_null("access_id"))
        .col(big_integer("registered_at"))
        .to_owned();
    manager.create_table(checkouts).await?;
    create_unique_index(manager, "checkouts_by_order_no", "checkouts", &["ip_code", "order_no"]).await?;
    let orders = Table::create()
        .table("orders")
        .col(pk_uuid("id"))
        .col(text("ip_code"))
        .col(binary_text(manager, "order_no"))
        .col(text_null("order_type"))
        .col(text("status"))
        .col(big_integer("ordered_at"))
        .col(big_integer("registered_at"))
        .col(text("customer_name"))
        .col(text("email"))
        .col(text_null("member_id"))
        .col(integer("total"))
        .col(integer("shipping_fee"))
        .col(integer("item_count"))
        .col(text("lines"))
        .col(text_null("payment_method"))
        .col(text_null("access_id"))
        .col(uuid_null("restored_from"))
        .col(big_integer_null("confirmation_mail_sent_at"))
        .to_owned();
    manager.create_table(orders).await?;
    create_unique_index(manager, "orders_by_order_no", "orders", &["ip_code", "order_no"]).await?;
    create_unique_index(manager, "orders_by_restored_from", "orders", &["restored_from"]).await?;
    create_index(manager, "orders_by_time", "orders", &["ip_code", "ordered_at", "id"]).await
}

async fn create_notifications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // `abnormal_order_id` is derived from shop, order number and access id: the notifications of one payment.
    let notifications = Table::create()
        .table("notifications")
        .col(pk_uuid("id"))
        .col(uuid("abnormal_order_id"))
        .col(text("ip_code"))
        .col(text("shop_id"))
        .col(binary_text(manager, "order_id"))
        .col(text("access_id"))
        .col(text("status"))
        .col(binary("raw"))
        .col(big_integer("received_at"))
        .col(big_integer_null("evaluate_at"))
        .to_owned();
    manager.create_table(notifications).await?;
    create_index(manager, "notifications_by_payment", "notifications", &["abnormal_order_id"]).await?;
    create_index(manager, "notifications_by_order_id", "notifications", &["ip_code", "order_id"]).await?;
    create_index(manager, "notifications_by_evaluation", "notifications", &["evaluate_at"]).await
}

async fn create_abnormal_orders(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let abnormal_orders = Table::create()
        .table("abnormal_orders")
        .col(pk_uuid("id"))
        .col(text("ip_code"))
        .col(text("shop_id"))
        .col(binary_text(manager, "order_no"))
        .col(text("gateway_order_id"))
        .col(text("access_id"))
        .col(text("status"))
        .col(text_null("reason"))
        .col(text_null("evidence"))
        .col(boolean("cancelled_at_gateway"))
        .col(big_integer("received_at"))
        .col(big_integer("evaluated_at"))
        .col(uuid_null("checkout_id"))
        .col(uuid_null("colliding_order_id"))
        .col(uuid_null("restored_order_id"))
        .col(big_integer_null("restored_at"))
        .col(text_null("restored_by"))
        .col(big_integer_null("deleted_at"))
        .col(text_null("order_type"))
        .col(big_integer_null("ordered_at"))
        .col(text_null("customer_name"))
        .col(text_null("customer_search"))
        .col(text_null("member_id"))
        .col(integer_null("total"))
        .col(integer_null("shipping_fee"))
        .col(integer_null("item_count"))
        .to_owned();
    manager.create_table(abnormal_orders).await?;
    create_index(manager, "abnormal_orders_by_time", "abnormal_orders", &["ip_code", "received_at", "id"])
        .await?;
    let by_status = ["ip_code", "status", "received_at", "id"];
    create_index(manager, "abnormal_orders_by_status", "abnormal_orders", &by_status).await?;
    create_index(manager, "abnormal_orders_by_order_no", "abnormal_orders", &["ip_code", "order_no"]).await
}
