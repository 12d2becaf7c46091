//! Alive, ready, and figures for Prometheus.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use super::problem::problem;
use crate::app::{App, endpoint_health};

/// How long figures of the database are waited for; without it the last ones stand.
const FIGURES_TIME: std::time::Duration = std::time::Duration::from_secs(2);

/// The routes.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(figures));
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

async fn readyz(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let database = tokio::time::timeout(std::time::Duration::from_secs(3), app.database.ping()).await;
    let worker = app.worker_is_fit();
    match (matches!(database, Ok(Ok(()))), worker) {
        (true, true) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        (database, worker) => {
            let extra = serde_json::json!({"database": database, "worker": worker});
            problem(&request, StatusCode::SERVICE_UNAVAILABLE, "NOT_READY", "Not ready.", extra)
        }
    }
}

async fn figures(app: web::Data<App>) -> HttpResponse {
    let on_their_way = u32::try_from(app.machinery.slots.taken()).unwrap_or(u32::MAX);
    metrics::gauge!("todoke_requests_on_their_way").set(f64::from(on_their_way));
    let counted = tokio::time::timeout(FIGURES_TIME, endpoint_health::count_paused(&app)).await;
    if let Ok(Ok(counted)) = counted {
        let figure = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        metrics::gauge!("todoke_paused_endpoints").set(figure(counted.paused));
        metrics::gauge!("todoke_kept_deliveries").set(figure(counted.kept));
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
