//! A database of one's own for every test, on the engine of this run.

use sea_orm::{ConnectionTrait, Database};
use uuid::Uuid;

/// An empty database; gone with the test.
pub(crate) struct TestDatabase {
    /// Its address.
    pub(crate) url: String,
    folder: tempfile::TempDir,
}

impl TestDatabase {
    /// Makes one.
    pub(crate) async fn create() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("TODOKE_TEST_DATABASE").as_deref() {
            Ok("postgres") => create_postgres().await,
            Ok("sqlite") | Err(_) => {
                format!("sqlite://{}?mode=rwc", folder.path().join("todoke.db").display())
            }
            Ok(other) => panic!("TODOKE_TEST_DATABASE is sqlite or postgres, not {other}"),
        };
        Self { url, folder }
    }

    /// A folder that lives as long as the database.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Whether this run is on PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

/// The throw-away cluster's databases go with the cluster.
async fn create_postgres() -> String {
    let cluster = std::env::var("TODOKE_TEST_POSTGRES_URL")
        .expect("TODOKE_TEST_POSTGRES_URL names the cluster; `cargo xtask test` makes one");
    let name = format!("todoke_{}", Uuid::new_v4().simple());
    let admin = Database::connect(&cluster).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    let (server, _) = cluster.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
