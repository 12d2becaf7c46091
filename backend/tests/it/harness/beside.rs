//! What stands beside the one server: a second one on the same database, changed endpoints, and looks into the
//! tables for what no boundary tells.

use std::{net::SocketAddr, sync::Arc};

use sea_orm::{ConnectionTrait, Database, Statement};
use todoke::{
    app::admin::{self, EndpointChange},
    config::Role,
    runtime::{self, Running, StartError},
};

use super::TestApp;

impl TestApp {
    /// Starts a second server on the same database, with the same clock and the same keys.
    pub(crate) async fn start_beside(&self) -> Result<(Running, SocketAddr), StartError> {
        let running = runtime::start(self.config.clone(), Arc::new(self.clock.clone()), Role::All).await?;
        let (server, address) = running.serve("127.0.0.1:0".parse().unwrap())?;
        tokio::spawn(server);
        Ok((running, address))
    }

    /// Changes an endpoint; the running server believes the old settings for two seconds of the clock.
    pub(crate) async fn set_endpoint(&self, ip_code: &str, change: EndpointChange) {
        admin::set_endpoint(&self.desk, ip_code, change).await.unwrap();
        self.clock.advance_ms(2_001);
    }

    /// The one text column of a query.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let database = Database::connect(&self.database.url).await.unwrap();
        let statement = Statement::from_string(database.get_database_backend(), sql);
        let rows = database.query_all_raw(statement).await.unwrap();
        database.close().await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The audit log, oldest first: `actor action outcome`.
    pub(crate) async fn audit_log(&self) -> Vec<String> {
        self.texts("SELECT actor_name || ' ' || action || ' ' || outcome FROM audit_events ORDER BY at, id")
            .await
    }
}
