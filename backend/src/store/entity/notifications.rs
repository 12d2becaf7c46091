//! Result notifications as they came, secrets left out. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub abnormal_order_id: Uuid,
    pub ip_code: String,
    pub shop_id: String,
    pub order_id: String,
    pub access_id: String,
    pub status: String,
    pub raw: Vec<u8>,
    pub received_at: i64,
    pub evaluate_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
