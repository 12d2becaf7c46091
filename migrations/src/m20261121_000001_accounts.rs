//! Merchants, IP codes with their endpoints, users, rights, sessions, API tokens, sign-in throttling.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{create_index, create_unique_index, drop_tables};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_contracts(manager).await?;
        create_people(manager).await?;
        create_tokens(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "sign_in_throttles",
            "api_token_ip_codes",
            "api_tokens",
            "sessions",
            "grants",
            "users",
            "ip_codes",
            "merchants",
        ];
        drop_tables(manager, &tables).await
    }
}

async fn create_contracts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let merchants = Table::create()
        .table("merchants")
        .col(pk_uuid("id"))
        .col(text("name"))
        .col(big_integer("created_at"))
        .to_owned();
    manager.create_table(merchants).await?;
    let ip_codes = Table::create()
        .table("ip_codes")
        .col(text("code").primary_key())
        .col(uuid("merchant_id"))
        .col(text("name"))
        .col(text_null("shop_id"))
        .col(big_integer_null("last_notification_at"))
        .col(text_null("endpoint_url"))
        .col(text("endpoint_method"))
        .col(text("endpoint_charset"))
        .col(integer("endpoint_timeout_ms"))
        .col(text("endpoint_body_rule"))
        .col(boolean("endpoint_is_idempotent"))
        .col(text("retry_policy"))
        .col(text("alert_addresses"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(ForeignKey::create().from("ip_codes", "merchant_id").to("merchants", "id"))
        .to_owned();
    manager.create_table(ip_codes).await?;
    create_index(manager, "ip_codes_by_merchant", "ip_codes", &["merchant_id"]).await?;
    create_unique_index(manager, "ip_codes_by_shop", "ip_codes", &["shop_id"]).await
}

async fn create_people(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let users = Table::create()
        .table("users")
        .col(pk_uuid("id"))
        .col(uuid_null("merchant_id"))
        .col(text("login"))
        .col(text("name"))
        .col(text("password_hash"))
        .col(boolean("is_platform"))
        .col(big_integer("created_at"))
        .col(big_integer_null("disabled_at"))
        .foreign_key(ForeignKey::create().from("users", "merchant_id").to("merchants", "id"))
        .to_owned();
    manager.create_table(users).await?;
    create_unique_index(manager, "users_by_login", "users", &["login"]).await?;
    let grants = Table::create()
        .table("grants")
        .col(uuid("user_id"))
        .col(text("ip_code"))
        .col(text("role"))
        .col(big_integer("granted_at"))
        .primary_key(Index::create().col("user_id").col("ip_code"))
        .foreign_key(ForeignKey::create().from("grants", "user_id").to("users", "id"))
        .foreign_key(ForeignKey::create().from("grants", "ip_code").to("ip_codes", "code"))
        .to_owned();
    manager.create_table(grants).await?;
    let sessions = Table::create()
        .table("sessions")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(text("refresh_hash"))
        .col(big_integer("created_at"))
        .col(big_integer("refreshed_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("ended_at"))
        .col(text_null("ended_because"))
        .foreign_key(ForeignKey::create().from("sessions", "user_id").to("users", "id"))
        .to_owned();
    manager.create_table(sessions).await?;
    create_index(manager, "sessions_by_user", "sessions", &["user_id"]).await?;
    let throttles = Table::create()
        .table("sign_in_throttles")
        .col(text("subject").primary_key())
        .col(integer("failures"))
        .col(big_integer("last_failure_at"))
        .col(big_integer("locked_until"))
        .to_owned();
    manager.create_table(throttles).await
}

async fn create_tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tokens = Table::create()
        .table("api_tokens")
        .col(pk_uuid("id"))
        .col(uuid("merchant_id"))
        .col(text("name"))
        .col(text("prefix"))
        .col(text("token_hash"))
        .col(text("rights"))
        .col(text("origins"))
        .col(big_integer("created_at"))
        .col(big_integer_null("expires_at"))
        .col(big_integer_null("last_used_at"))
        .col(big_integer_null("revoked_at"))
        .foreign_key(ForeignKey::create().from("api_tokens", "merchant_id").to("merchants", "id"))
        .to_owned();
    manager.create_table(tokens).await?;
    create_unique_index(manager, "api_tokens_by_hash", "api_tokens", &["token_hash"]).await?;
    let reach = Table::create()
        .table("api_token_ip_codes")
        .col(uuid("api_token_id"))
        .col(text("ip_code"))
        .primary_key(Index::create().col("api_token_id").col("ip_code"))
        .foreign_key(ForeignKey::create().from("api_token_ip_codes", "api_token_id").to("api_tokens", "id"))
        .foreign_key(ForeignKey::create().from("api_token_ip_codes", "ip_code").to("ip_codes", "code"))
        .to_owned();
    manager.create_table(reach).await
}
