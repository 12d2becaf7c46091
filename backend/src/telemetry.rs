//! Logs to standard error, figures for `/metrics`. Ids in fields; never secrets, tokens, bodies, addresses or phones.

use std::{io::IsTerminal, sync::OnceLock};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// What is logged when `TODOKE_LOG` is not set.
const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn";

/// Starts logging. `TODOKE_LOG_FORMAT=json` is for machines, `TODOKE_LOG` filters.
pub fn start_logging() {
    let filter = EnvFilter::try_from_env("TODOKE_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let logs = logs.with_ansi(std::io::stderr().is_terminal());
    let is_json = std::env::var("TODOKE_LOG_FORMAT").is_ok_and(|format| format == "json");
    // A second start (in tests) changes nothing.
    let _ = if is_json { logs.json().try_init() } else { logs.try_init() };
}

/// The process's figures.
pub(crate) fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let _ = metrics::set_global_recorder(recorder);
        handle
    };
    HANDLE.get_or_init(install).clone()
}

/// Counts things of one kind.
pub(crate) fn count(name: &'static str, label: &'static str, kind: &'static str, things: usize) {
    metrics::counter!(name, label => kind).increment(u64::try_from(things).unwrap_or(u64::MAX));
}

/// Notes how long something took.
pub(crate) fn observe_ms(name: &'static str, millis: u32) {
    metrics::histogram!(name).record(f64::from(millis) / 1_000.0);
}
