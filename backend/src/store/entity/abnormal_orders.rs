//! Abnormal orders: one row for each gateway payment. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "abnormal_orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ip_code: String,
    pub shop_id: String,
    pub order_no: String,
    pub gateway_order_id: String,
    pub access_id: String,
    pub status: String,
    pub reason: Option<String>,
    pub evidence: Option<String>,
    pub cancelled_at_gateway: bool,
    pub received_at: i64,
    pub evaluated_at: i64,
    pub checkout_id: Option<Uuid>,
    pub colliding_order_id: Option<Uuid>,
    pub restored_order_id: Option<Uuid>,
    pub restored_at: Option<i64>,
    pub restored_by: Option<String>,
    pub closed_at: Option<i64>,
    pub closed_by: Option<String>,
    pub resolution: Option<String>,
    pub resolution_note: Option<String>,
    pub gateway_check: Option<String>,
    pub deleted_at: Option<i64>,
    pub order_type: Option<String>,
    pub ordered_at: Option<i64>,
    pub customer_name: Option<String>,
    pub customer_search: Option<String>,
    pub member_id: Option<String>,
    pub total: Option<i32>,
    pub shipping_fee: Option<i32>,
    pub item_count: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
