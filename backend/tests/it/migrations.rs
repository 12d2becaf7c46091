//! Every step up, down and up again, on both engines.

use todoke::store::Database;

use crate::harness::TestDatabase;

/// Goal: a step that cannot be taken back is noticed. Method: up, down, up.
#[tokio::test(flavor = "multi_thread")]
async fn up_down_up() {
    let test_database = TestDatabase::create().await;
    let database = Database::connect(&test_database.url).await.unwrap();
    database.migrate().await.unwrap();
    database.migrate_down().await.unwrap();
    database.migrate().await.unwrap();
    database.ping().await.unwrap();
    database.close().await.unwrap();
}
