//! The state stands behind the order in the indexes by keyword: what is counted of a keyword and a state is counted in
//! the index alone.

use sea_orm_migration::prelude::*;

use crate::create_index;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Indexes by the keywords that many rows may share, and their columns.
const INDEXES: [(&str, &str); 3] = [
    ("send_errors_by_sendid", "sendid"),
    ("send_errors_by_email", "email"),
    ("send_errors_by_phone", "phone"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, keyword) in INDEXES {
            manager.drop_index(Index::drop().name(name).table("send_errors").to_owned()).await?;
            let columns = ["ip_code", keyword, "occurred_at", "id", "status"];
            create_index(manager, name, "send_errors", &columns).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, keyword) in INDEXES {
            manager.drop_index(Index::drop().name(name).table("send_errors").to_owned()).await?;
            let columns = ["ip_code", keyword, "occurred_at", "id"];
            create_index(manager, name, "send_errors", &columns).await?;
        }
        Ok(())
    }
}
