//! How endpoints fare. A row as the database has it; leaves `store` only as a type of the domain.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "endpoint_health")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ip_code: String,
    pub streak: i32,
    pub streak_since: Option<i64>,
    pub phase: String,
    pub paused_at: Option<i64>,
    pub next_probe_at: Option<i64>,
    pub probe_wait_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
