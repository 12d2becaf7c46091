//! How endpoints fare, and ending a pause by hand. The worker's half stands in `delivery/health.rs` and
//! `delivery/probes.rs`.

use todoke_domain::{
    access::Action,
    endpoint_health::{EndpointHealth, Turn},
    ids::IpCode,
};

use super::{App, Error, ip_codes};
use crate::{
    auth::scope::Scope,
    delivery::alerts,
    store::{self, attempts::AttemptCounts, audit::AuditEntry, ip_codes::IpCodeSettings},
};

/// The share of failures is told of so much time.
const SHARE_MS: i64 = 60 * 60_000;

/// And of so many attempts at most: what is counted costs no more on the busiest endpoint, and a share of ten thousand
/// is exact enough.
const SHARE_ATTEMPTS_MAX: u64 = 10_000;

/// How an endpoint fares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Health {
    /// Its streak and its pause.
    pub health: EndpointHealth,
    /// Deliveries that are kept.
    pub kept: u64,
    /// The newest attempts of the last hour.
    pub counts: AttemptCounts,
}

/// Figures of all endpoints, for who runs the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PauseFigures {
    /// Endpoints that are paused.
    pub paused: u64,
    /// Deliveries that are kept.
    pub kept: u64,
}

/// How the endpoint of an IP code fares.
pub(crate) async fn find_health(app: &App, scope: &Scope, ip_code: &IpCode) -> Result<Health, Error> {
    let reader = app.database.reader();
    let since = app.clock.now().plus_millis(-SHARE_MS);
    Ok(Health {
        health: store::endpoint_health::find(scope, reader, ip_code).await?,
        kept: store::kept_deliveries::count(scope, reader, ip_code).await?,
        counts: store::attempts::count_since(scope, reader, ip_code, since, SHARE_ATTEMPTS_MAX).await?,
    })
}

/// Ends the pause of an endpoint; where there is none, nothing changes.
///
/// # Errors
/// `NotFound` without the right.
pub(crate) async fn resume_endpoint(app: &App, scope: &Scope, code: &str) -> Result<IpCodeSettings, Error> {
    let name = "resumeEndpoint";
    let ip_code = ip_codes::permit(app, scope, name, code, Action::Settings).await?;
    let settings = ip_codes::find_ip_code(app, scope, ip_code.as_str()).await?;
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    if let Some(mut health) = store::endpoint_health::lock(scope, &tx, &ip_code).await?
        && health.resume()
    {
        store::endpoint_health::put(scope, &tx, &ip_code, &health).await?;
        alerts::tell_turn(&app.machinery, &tx, &settings, (Turn::Resumed, None), now).await?;
    }
    let entry = AuditEntry::done(name, Some(&ip_code), &ip_code);
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    app.endpoints().forget(&ip_code);
    Ok(settings)
}

/// How many endpoints are paused and how many deliveries are kept.
pub(crate) async fn count_paused(app: &App) -> Result<PauseFigures, Error> {
    let (system, reader) = (Scope::system(), app.database.reader());
    let paused = store::endpoint_health::count_paused(&system, reader).await?;
    Ok(PauseFigures { paused, kept: store::kept_deliveries::count_all(&system, reader).await? })
}

/// An endpoint whose settings were changed is probed at once, in the transaction of the change.
pub(super) async fn probe_at_once(
    scope: &Scope,
    tx: &sea_orm::DatabaseTransaction,
    (before, after): (&IpCodeSettings, &IpCodeSettings),
    now: todoke_domain::time::Timestamp,
) -> Result<(), sea_orm::DbErr> {
    if before.endpoint == after.endpoint {
        return Ok(());
    }
    if let Some(mut health) = store::endpoint_health::lock(scope, tx, &after.ip_code).await?
        && health.is_paused()
    {
        health.probe_at_once(now);
        store::endpoint_health::put(scope, tx, &after.ip_code, &health).await?;
    }
    Ok(())
}
