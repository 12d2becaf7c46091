//! Result notifications: at a steady 200 a second, and as many as the receiver takes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{client::Client, row, server::prepare, times::Times};

/// The steady rate.
const STEADY_PER_SECOND: u32 = 200;
/// Connections that share the steady rate.
const STEADY_CONNECTIONS: u32 = 8;
/// Connections at saturation.
const CONNECTIONS: u32 = 32;
/// How long each run lasts.
const RUN: Duration = Duration::from_secs(10);

/// Measures the receiver, with evaluations going on beside it.
pub(crate) async fn run() {
    let bench = prepare(1).await;
    let server = bench.start("all").await;
    let shop = format!("s{}", bench.code());
    let next = Arc::new(AtomicU64::new(0));
    let pause = Duration::from_secs(1) * STEADY_CONNECTIONS / STEADY_PER_SECOND;
    let (steady, _) = post(server.address, &shop, &next, STEADY_CONNECTIONS, Some(pause)).await;
    row(&format!("receiver at {STEADY_PER_SECOND}/s: answer p50 / p99"), &steady.told());
    let (full, seconds) = post(server.address, &shop, &next, CONNECTIONS, None).await;
    let rate = f64::from(full.count()) / seconds;
    row(
        &format!("receiver at saturation, {CONNECTIONS} connections: notifications/s"),
        &format!("{rate:.0}"),
    );
    row("receiver at saturation: answer p50 / p99", &full.told());
}

async fn post(
    address: SocketAddr,
    shop: &str,
    next: &Arc<AtomicU64>,
    connections: u32,
    pause: Option<Duration>,
) -> (Times, f64) {
    let started = Instant::now();
    let runs = (0..connections).map(|_| {
        let (shop, next) = (shop.to_owned(), next.clone());
        tokio::spawn(async move {
            let mut client = Client::connect(address, "").await;
            let mut beat = pause.map(tokio::time::interval);
            let mut times = Times::default();
            while started.elapsed() < RUN {
                if let Some(beat) = &mut beat {
                    beat.tick().await;
                }
                let body = notification(&shop, next.fetch_add(1, Ordering::Relaxed));
                let (status, answer, time) =
                    client.post("/notify/gmopg", "application/x-www-form-urlencoded", body).await;
                assert!(status == 200 && answer.as_ref() == b"0", "{status} {answer:?}");
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

fn notification(shop: &str, number: u64) -> String {
    format!(
        "ShopID={shop}&ShopPass=**********&AccessID={number:032x}&AccessPass=********************************&\
         OrderID=20261122{number:08}&Status=CAPTURE&JobCd=CAPTURE&Amount=11350&Tax=0&Currency=JPN&Forward=2a99662&\
         Method=1&PayTimes=&TranID=0903171629111111111111871056&Approve=+707831&TranDate=20261122162958&ErrCode=&\
         ErrInfo=&PayType=0"
    )
}
