//! Orders that the carts have. A row as the database has it; leaves `store` only as a type of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ip_code: String,
    pub order_no: String,
    pub order_type: Option<String>,
    pub status: String,
    pub ordered_at: i64,
    pub registered_at: i64,
    pub customer_name: String,
    pub email: String,
    pub member_id: Option<String>,
    pub total: i32,
    pub shipping_fee: i32,
    pub item_count: i32,
    pub lines: String,
    pub payment_method: Option<String>,
    pub access_id: Option<String>,
    pub restored_from: Option<Uuid>,
    pub confirmation_mail_sent_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
