//! Starting and stopping: opens the database, builds the application, sets the workers going, serves HTTP.

use std::{fs::File, net::SocketAddr, os::unix::fs::DirBuilderExt, path::Path, sync::Arc, time::Duration};

use actix_web::{HttpServer, dev::Server};
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, admin::Desk, evaluations, restore_runs, retention, tokens},
    auth::{scope::Scope, sealed::Sealer, secrets::Secrets, signing},
    clock::SharedClock,
    config::{Config, Role},
    delivery::{
        batches, claim,
        endpoints::Endpoints,
        gateway::Gateway,
        inbox::Inbox,
        machinery::Machinery,
        order_events, probes,
        recorder::{self, Recorder},
        sender::Sender,
        slots::Slots,
    },
    http,
    live::Live,
    mail::{
        outbox::{self, Outbox},
        transport::Transport,
    },
    store::{self, Database, Engine},
    telemetry,
};

/// How long running attempts are waited for at the end; what still runs then is recorded as orphaned later.
const DRAIN_TIME: Duration = Duration::from_secs(20);
/// How often the last uses of tokens are written down.
const TOKEN_USES_EVERY: Duration = Duration::from_secs(5);
/// How often the embedded database looks at tables that have grown.
const STATISTICS_EVERY: Duration = Duration::from_secs(300);
/// HTTP worker threads of one process.
const HTTP_WORKERS: usize = 2;
/// Most connections of one HTTP worker.
const CONNECTIONS_MAX: usize = 4_000;
/// Seconds that open requests get to finish when the process stops.
const SHUTDOWN_S: u64 = 5;

/// Why the start failed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database is away or refuses.
    #[error("the database cannot be used: {0}")]
    Database(#[from] DbErr),
    /// A file or a socket.
    #[error("{0}")]
    Io(String),
    /// A setting that only shows itself now.
    #[error("{0}")]
    Setting(String),
}

/// A running application.
pub struct Running {
    /// The application.
    pub app: Arc<App>,
    stop: CancellationToken,
    _lock: Option<File>,
}

/// Opens the database, brings it up to date, and sets the workers of this role going.
///
/// # Errors
/// What cannot be opened, in words.
pub async fn start(config: Config, clock: SharedClock, role: Role) -> Result<Running, StartError> {
    let database = Database::connect(&config.database_url).await?;
    let lock = lock_data_dir(&config.data_dir, database.engine())?;
    database.migrate().await?;
    let unreadable = |error| StartError::Io(format!("the secrets in {}: {error}", config.data_dir.display()));
    let secrets = Secrets::load_or_make(&config.data_dir).map_err(unreadable)?;
    let sealer = Sealer::load_or_make(&config.data_dir, config.secret_key.as_ref()).map_err(unreadable)?;
    check_secret_key(&database, &sealer).await?;
    let stop = CancellationToken::new();
    let live = Live::start(&database, &config.database_url, &stop);
    let (recorder, outcomes) = Recorder::new();
    let sender = Sender::new(&config.allow_private_endpoints)
        .map_err(|error| StartError::Setting(format!("TLS cannot be set up: {error}")))?;
    let gateway = Gateway::new(config.gateway_url.clone(), sender.clone());
    let machinery = Arc::new(Machinery {
        database: database.clone(),
        clock: clock.clone(),
        live: live.clone(),
        endpoints: Endpoints::new(database.clone(), clock.clone(), sealer.clone()),
        slots: Slots::of_results(),
        event_slots: Slots::of_events(),
        sender,
        recorder,
        alert_window_ms: config.alert_window_ms,
        pause_span_ms: config.pause_span_ms,
        public_url: config.public_url.clone(),
        pulse: crate::delivery::machinery::Pulse::default(),
    });
    let works_here = role != Role::Web;
    tokio::spawn(recorder::run(machinery.clone(), outcomes));
    let inbox = Inbox::open(machinery.clone(), works_here, stop.clone());
    let metrics = telemetry::metrics();
    let token_uses = tokens::TokenUses::default();
    let app = Arc::new(App {
        config,
        database,
        clock,
        live,
        secrets,
        sealer,
        gateway,
        inbox,
        token_uses,
        machinery,
        metrics,
        role,
    });
    if works_here {
        start_workers(&app, &stop).await?;
    }
    tokio::spawn(keep_token_uses(app.clone(), stop.clone()));
    tokio::spawn(keep_statistics(app.clone(), stop.clone()));
    Ok(Running { app, stop, _lock: lock })
}

/// A machine with another key could neither sign nor read what the others sealed: better no start than that.
async fn check_secret_key(database: &Database, sealer: &Sealer) -> Result<(), StartError> {
    let newest = store::signing_secrets::find_newest(&Scope::system(), database.reader()).await?;
    match newest.map(|(ip_code, secret)| signing::open(sealer, &ip_code, &secret)) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(error)) => Err(StartError::Setting(format!(
            "the secrets in the database do not open: {error}. Give the key they were sealed with, in TODOKE_SECRET_KEY or as secret.key in the data directory"
        ))),
    }
}

async fn start_workers(app: &Arc<App>, stop: &CancellationToken) -> Result<(), StartError> {
    if app.database.engine() == Engine::Sqlite {
        let tx = app.database.begin_write().await?;
        let orphans = store::deliveries::orphan_all(&Scope::system(), &tx).await?
            + store::order_events::orphan_all(&Scope::system(), &tx).await?;
        store::restore_batches::release_all(&Scope::system(), &tx).await?;
        tx.commit().await?;
        if orphans > 0 {
            tracing::warn!(
                orphans,
                "the last process died during these attempts; each may have been received"
            );
        }
    }
    let transport = Transport::open(app.config.smtp_url.as_deref(), &app.config.data_dir)
        .map_err(|error| StartError::Setting(format!("mail cannot be set up: {error}")))?;
    let from = app.config.mail_from.parse().map_err(|error| {
        StartError::Setting(format!("TODOKE_MAIL_FROM: {:?} is not allowed: {error}", app.config.mail_from))
    })?;
    tokio::spawn(claim::run(app.machinery.clone(), stop.clone()));
    tokio::spawn(probes::run(app.machinery.clone(), stop.clone()));
    tokio::spawn(order_events::run(app.machinery.clone(), stop.clone()));
    tokio::spawn(evaluations::keep_evaluating(app.clone(), stop.clone()));
    tokio::spawn(restore_runs::keep_running(app.clone(), stop.clone()));
    tokio::spawn(retention::keep_removing(app.clone(), stop.clone()));
    tokio::spawn(batches::run(app.machinery.clone(), stop.clone()));
    let outbox = Outbox {
        database: app.database.clone(),
        clock: app.clock.clone(),
        live: app.live.clone(),
        transport,
        from,
        public_url: app.config.public_url.clone(),
        alert_window_ms: app.config.alert_window_ms,
    };
    tokio::spawn(outbox::run(outbox, stop.clone()));
    Ok(())
}

impl Running {
    /// The desk at which commands work, on this application's database.
    pub fn desk(&self) -> Desk {
        let app = &self.app;
        Desk { database: app.database.clone(), clock: app.clock.clone(), sealer: app.sealer.clone() }
    }

    /// Serves HTTP at this address.
    ///
    /// # Errors
    /// The address cannot be listened at.
    pub fn serve(&self, listen: SocketAddr) -> Result<(Server, SocketAddr), StartError> {
        let app = self.app.clone();
        let bound = HttpServer::new(move || http::build_app(app.clone()))
            .workers(HTTP_WORKERS)
            .max_connections(CONNECTIONS_MAX)
            .shutdown_timeout(SHUTDOWN_S)
            .bind(listen)
            .map_err(|error| StartError::Io(format!("{listen} cannot be listened at: {error}")))?;
        let address = bound.addrs().first().copied().unwrap_or(listen);
        Ok((bound.run(), address))
    }

    /// Stops claiming, waits for attempts on their way, and closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        let machinery = &self.app.machinery;
        let drained = async { tokio::join!(machinery.slots.drain(), machinery.event_slots.drain()) };
        if tokio::time::timeout(DRAIN_TIME, drained).await.is_err() {
            tracing::warn!("attempts were still on their way at the end; their leases will tell");
        }
        if let Err(error) = self.app.database.clone().close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

/// One server for one embedded database: two would take each other's attempts for orphaned ones.
fn lock_data_dir(data_dir: &Path, engine: Engine) -> Result<Option<File>, StartError> {
    let told = |error: &dyn std::fmt::Display| StartError::Io(format!("{}: {error}", data_dir.display()));
    // Results hold what belongs to buyers: nobody else on the machine reads them.
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true).mode(0o700).create(data_dir).map_err(|error| told(&error))?;
    if engine == Engine::Postgres {
        return Ok(None);
    }
    let file = File::create(data_dir.join("server.lock")).map_err(|error| told(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(told(&"another server uses this data directory")),
    }
}

/// A start looks at the tables too: after one with much to do the planner knows what it did.
async fn keep_statistics(app: Arc<App>, stop: CancellationToken) {
    loop {
        if let Err(error) = app.database.refresh_statistics().await {
            tracing::warn!(?error, "the database's statistics could not be refreshed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(STATISTICS_EVERY) => {}
        }
    }
}

async fn keep_token_uses(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TOKEN_USES_EVERY) => {}
        }
        if let Err(error) = tokens::store_uses(&app).await {
            tracing::warn!(?error, "the last uses of tokens could not be written down");
        }
    }
}
