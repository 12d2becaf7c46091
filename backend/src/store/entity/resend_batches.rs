//! Resend batches. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resend_batches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub action: String,
    pub state: String,
    pub pause_reason: Option<String>,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub ip_codes: String,
    pub reason: Option<String>,
    pub confirms_maybe_received: bool,
    pub total: i32,
    pub done: i32,
    pub failed: i32,
    pub skipped: i32,
    pub failures_in_a_row: i32,
    pub failures_in_a_row_max: i32,
    pub planned_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
