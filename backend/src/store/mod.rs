//! The database: connections, transactions, and one file of queries a noun.
//!
//! Every function of the nouns takes a `&Scope` first and sees only what the scope reaches. A query holds no
//! decision; entities never leave this room. Writes begin IMMEDIATE on SQLite, where there is one writer and
//! several readers: a read transaction that turned into a write would fail at once.

use std::{os::unix::fs::DirBuilderExt, path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;

mod abnormal_order_rows;
pub(crate) mod abnormal_orders;
pub(crate) mod accounts;
pub(crate) mod attempts;
pub(crate) mod audit;
pub(crate) mod checkouts;
pub(crate) mod decisions;
pub(crate) mod deliveries;
pub(crate) mod endpoint_health;
mod entity;
mod few_statements;
pub(crate) mod gateway_checks;
pub(crate) mod gateway_settings;
pub(crate) mod ip_codes;
pub(crate) mod kept_deliveries;
mod keyset;
pub(crate) mod locks;
pub(crate) mod mails;
pub(crate) mod merchants;
pub(crate) mod notifications;
pub(crate) mod order_event_attempts;
pub(crate) mod order_events;
pub(crate) mod order_mail_templates;
pub(crate) mod order_mails;
pub(crate) mod order_status_changes;
pub(crate) mod orders;
pub(crate) mod page;
pub(crate) mod payments;
pub(crate) mod refused_notifications;
pub(crate) mod resend_batch_rows;
pub(crate) mod resend_batches;
pub(crate) mod restore_batch_rows;
pub(crate) mod restore_batches;
pub(crate) mod rows;
pub(crate) mod saved_searches;
pub(crate) mod send_error_lists;
pub(crate) mod send_errors;
pub(crate) mod signing_secrets;
pub(crate) mod timelines;
pub(crate) mod tokens;

/// Reading connections on SQLite. WAL lets them read beside the one writer.
const SQLITE_READERS_MAX: u32 = 4;
/// Connections to PostgreSQL of one process.
const POSTGRES_CONNECTIONS_MAX: u32 = 20;
/// Acknowledged is durable, whatever the server's default is. And no query asks for helping processes: each takes
/// milliseconds, of which starting helpers would be the slowest part.
const POSTGRES_SETTINGS: [(&str, &str); 2] =
    [("synchronous_commit", "on"), ("max_parallel_workers_per_gather", "0")];
/// How long a request waits for a free connection before it is told that the database is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process (`todoke admin`) to finish its write.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// All tables, not only those that this connection has asked; of each index at most so many entries are read, so that
/// writers wait for milliseconds (SQLite, PRAGMA optimize).
const SQLITE_OPTIMIZE: &str = "PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002";
/// A connection plans with the figures that it found when it was opened.
const SQLITE_CONNECTION_LIFE: Duration = Duration::from_secs(300);

/// Which engine stands behind the one code path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// For several machines.
    Postgres,
}

/// The connections of one process.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    engine: Engine,
}

impl Database {
    /// Opens the database. On SQLite the file and its folder are made when they are missing.
    ///
    /// # Errors
    /// The database cannot be reached or opened.
    pub async fn connect(url: &str) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            make_folder_of(url)?;
            let writer = sea_orm::Database::connect(sqlite_options(url, 1)).await?;
            let reader = sea_orm::Database::connect(sqlite_options(url, SQLITE_READERS_MAX)).await?;
            Ok(Self { writer, reader, engine: Engine::Sqlite })
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(POSTGRES_CONNECTIONS_MAX)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_timeout(ACQUIRE_TIMEOUT)
                .sqlx_logging(false)
                .map_sqlx_postgres_opts(|postgres| postgres.options(POSTGRES_SETTINGS));
            let connection =
                sea_orm::Database::connect(options).await.map_err(|error| unreachable(url, &error))?;
            Ok(Self { writer: connection.clone(), reader: connection, engine: Engine::Postgres })
        }
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A connection for reading.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that writes. No request and no mail may be sent while it is open.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }

    /// Brings the database up to date.
    ///
    /// # Errors
    /// A step failed; it is rolled back.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        todoke_migrations::Migrator::up(&self.writer, None).await
    }

    /// Takes every step back, for tests of the steps.
    ///
    /// # Errors
    /// A step failed.
    pub async fn migrate_down(&self) -> Result<(), DbErr> {
        todoke_migrations::Migrator::down(&self.writer, None).await
    }

    /// Lets the embedded database look at its tables where they have grown: without figures its planner takes an index
    /// by time where one by keyword finds a row at once. PostgreSQL does so by itself.
    ///
    /// # Errors
    /// The figures could not be written.
    pub(crate) async fn refresh_statistics(&self) -> Result<(), DbErr> {
        match self.engine {
            Engine::Sqlite => self.writer.execute_unprepared(SQLITE_OPTIMIZE).await.map(|_| ()),
            Engine::Postgres => Ok(()),
        }
    }

    /// Lets PostgreSQL look at the rows of resend batches after many of them came at once: until its own turn comes, a
    /// minute later, it would read a whole batch to find some rows of it.
    ///
    /// # Errors
    /// The figures could not be written.
    pub(crate) async fn look_at_batch_rows(&self) -> Result<(), DbErr> {
        match self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self.writer.execute_unprepared("ANALYZE resend_batch_rows").await.map(|_| ()),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    /// Tells the other machines through PostgreSQL.
    pub(crate) async fn notify(&self, channel: &str, payload: &str) -> Result<(), DbErr> {
        let values = [channel.into(), payload.into()];
        let statement =
            Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
        self.writer.execute_raw(statement).await.map(|_| ())
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// A connection did not close cleanly.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// A pool only says that it waited in vain; people want to know for whom. The password stays out of it.
fn unreachable(url: &str, error: &DbErr) -> DbErr {
    let place = url::Url::parse(url).map_or_else(
        |_| "the address given".to_owned(),
        |url| {
            format!("{}:{}{}", url.host_str().unwrap_or("localhost"), url.port().unwrap_or(5432), url.path())
        },
    );
    DbErr::Custom(format!("PostgreSQL at {place} does not answer or refuses ({error})"))
}

fn sqlite_options(url: &str, connections_max: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections_max)
        .min_connections(1)
        .max_lifetime(SQLITE_CONNECTION_LIFE)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(SQLITE_BUSY_TIMEOUT)
                .foreign_keys(true)
        });
    options
}

fn make_folder_of(url: &str) -> Result<(), DbErr> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let file = path.split('?').next().unwrap_or_default();
    if file.is_empty() || file.starts_with(':') {
        return Ok(());
    }
    match Path::new(file).parent() {
        Some(folder) => std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| DbErr::Custom(format!("{} cannot be made: {error}", folder.display()))),
        None => Ok(()),
    }
}
