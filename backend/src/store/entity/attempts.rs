//! Attempts: each request and its answer. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub delivery_id: Uuid,
    pub payment_id: Option<Uuid>,
    pub decision_id: Option<Uuid>,
    pub ip_code: String,
    pub trigger: String,
    pub started_at: i64,
    pub duration_ms: i32,
    pub outcome: String,
    pub cause: Option<String>,
    pub http_status: Option<i32>,
    pub request_method: String,
    pub request_url: String,
    pub request_body: String,
    pub response_headers: String,
    pub response_body: Vec<u8>,
    pub request_headers: Option<String>,
    pub dns_ms: Option<i32>,
    pub connect_ms: Option<i32>,
    pub tls_ms: Option<i32>,
    pub first_byte_ms: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
