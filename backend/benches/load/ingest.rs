//! Durable results a second, one result a request, without and with deliveries beside it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use todoke::demo::SampleEndpoint;

use crate::{client::Client, row, server::prepare, times::Times};

/// Connections of the run.
const CONNECTIONS: u64 = 16;
/// How long it lasts.
const RUN: Duration = Duration::from_secs(10);

/// Measures ingest.
pub(crate) async fn run() {
    for role in ["web", "all"] {
        let bench = prepare(1).await;
        let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        bench.admin(&["set-endpoint", bench.code(), "--url", &endpoint.url()], "");
        let token = bench.ingest_token();
        let server = bench.start(role).await;
        let what = if role == "all" { "with deliveries to a local endpoint" } else { "without a worker" };
        row(&format!("resident memory at rest, {what}"), &format!("{:.1} MB", server.resident_mb()));
        let (times, seconds) = hand_in_for(RUN, server.address, &token, bench.code()).await;
        let rate = f64::from(times.count()) / seconds;
        row(&format!("ingest: durable results/s, {CONNECTIONS} connections, {what}"), &format!("{rate:.0}"));
        row(&format!("ingest: answer p50 / p99, {what}"), &times.told());
        row(&format!("resident memory after it, {what}"), &format!("{:.1} MB", server.resident_mb()));
    }
}

async fn hand_in_for(run: Duration, address: SocketAddr, token: &str, code: &str) -> (Times, f64) {
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let runs = (0..CONNECTIONS).map(|_| {
        let (next, token, code) = (next.clone(), token.to_owned(), code.to_owned());
        tokio::spawn(async move {
            let mut client = Client::connect(address, &token).await;
            let mut times = Times::default();
            while started.elapsed() < run {
                let body = result(&code, &format!("{:011}", next.fetch_add(1, Ordering::Relaxed)));
                let (status, _, time) =
                    client.post("/api/v1/payment-results", "application/json", body).await;
                assert_eq!(status, 202);
                times.add(time);
            }
            times
        })
    });
    let mut times = Times::default();
    for run in futures_util::future::join_all(runs).await {
        times.extend(run.unwrap());
    }
    (times, started.elapsed().as_secs_f64())
}

/// A result as the provider hands it in.
pub(crate) fn result(code: &str, number: &str) -> String {
    format!(
        r#"{{"ip_code":"{code}","order_no":"2026-1122-{number}","carrier":"docomo","status":"03","amount":11350,"phone":"09012345678","email":"taro@example.jp","sendid":"mr192","sendpoint":"2026031700002","error_code":"","occurred_at":"2026-11-22T16:29:58+09:00","parameters":{{"item":"春の福袋"}}}}"#
    )
}
