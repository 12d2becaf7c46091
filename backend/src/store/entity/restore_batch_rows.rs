//! Rows of restore batches. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "restore_batch_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub abnormal_order_id: Uuid,
    pub ip_code: String,
    pub order_no: String,
    pub amount: i32,
    pub received_at: i64,
    pub state: String,
    pub reason: Option<String>,
    pub problem: Option<String>,
    pub evidence: Option<String>,
    pub order_id: Option<Uuid>,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
