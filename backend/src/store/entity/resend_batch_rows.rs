//! Rows of resend batches. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resend_batch_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub send_error_id: Uuid,
    pub delivery_id: Uuid,
    pub ip_code: String,
    pub order_no: String,
    pub receipt: String,
    pub occurred_at: i64,
    pub attempt_count: i32,
    pub state: String,
    pub cause: Option<String>,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
