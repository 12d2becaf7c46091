//! IP codes with the settings of their endpoints. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ip_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub merchant_id: Uuid,
    pub name: String,
    pub shop_id: Option<String>,
    pub last_notification_at: Option<i64>,
    pub endpoint_url: Option<String>,
    pub endpoint_method: String,
    pub endpoint_charset: String,
    pub endpoint_timeout_ms: i32,
    pub endpoint_body_rule: String,
    pub endpoint_is_idempotent: bool,
    pub retry_policy: String,
    pub alert_addresses: String,
    pub editable_parameters: Option<String>,
    pub pause_after_failures: i32,
    pub settings_version: i32,
    pub restored_url: Option<String>,
    pub order_mail_subject: Option<String>,
    pub order_mail_body: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
