//! The gateways of IP codes. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gateway_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ip_code: String,
    pub shop_id_when_off: Option<String>,
    pub shop_pass: Option<String>,
    pub allowed_sources: String,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
