//! Events that tell carts of restored orders: the outbox. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub order_id: Uuid,
    pub ip_code: String,
    pub shop_id: Option<String>,
    pub gateway_order_id: Option<String>,
    pub state: String,
    pub due_at: i64,
    pub next_trigger: String,
    pub decision_id: Option<Uuid>,
    pub lease_owner: Option<Uuid>,
    pub lease_until: Option<i64>,
    pub leased_at: Option<i64>,
    pub attempt_count: i32,
    pub failures: i32,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub cleared_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
