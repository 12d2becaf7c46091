//! Send errors: the newest failed delivery of a payment. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "send_errors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub delivery_id: Uuid,
    pub ip_code: String,
    pub order_no: String,
    pub carrier: String,
    pub amount: i32,
    pub phone: String,
    pub email: String,
    pub sendid: String,
    pub status: String,
    pub receipt: String,
    pub cause: String,
    pub http_status: Option<i32>,
    pub occurred_at: i64,
    pub attempt_count: i32,
    pub resend_decision_id: Option<Uuid>,
    pub processed_at: Option<i64>,
    pub processed_by: Option<String>,
    pub processed_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
