//! The load generator behind `cargo xtask bench`: starts the real server as a process of its own, measures from
//! outside, and prints one table row a figure. Everything stays on loopback.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to report")]
#![expect(clippy::print_stdout, reason = "the table is its result")]

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Connections of the ingest run.
const CONNECTIONS: u64 = 16;
/// How long the ingest run lasts.
const RUN: Duration = Duration::from_secs(10);
/// The IP code that results are handed in for.
const IP_CODE: &str = "2012000123";

fn main() {
    // `cargo test --all-targets` starts benches too; there is nothing to measure then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    println!("| figure | value |\n|---|---|");
    for delivers in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(folder.path(), delivers).await;
        let rest_kib = server.resident_kib();
        let ingest = ingest(&server).await;
        let what =
            if delivers { "with deliveries to a local endpoint" } else { "without a worker beside it" };
        println!("| resident memory at rest, {what} | {:.1} MB |", f64::from(rest_kib) / 1024.0);
        println!(
            "| durable results/s, {CONNECTIONS} connections, one result a request, {what} | {:.0} |",
            ingest.per_second
        );
        println!("| answer p50 / p99, {what} | {:.1} / {:.1} ms |", ingest.p50_ms, ingest.p99_ms);
        println!("| resident memory after, {what} | {:.1} MB |", f64::from(server.resident_kib()) / 1024.0);
    }
}

/// A server as a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
    token: String,
}

impl Server {
    async fn start(folder: &Path, delivers: bool) -> Self {
        let endpoint = todoke::demo::SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = free_address();
        let binary = std::env::var("TODOKE_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_todoke").to_owned());
        let command = || {
            let mut command = Command::new(&binary);
            command
                .env("TODOKE_DATA_DIR", folder)
                .env("TODOKE_LISTEN", address.to_string())
                .env("TODOKE_LOG", "warn")
                .env("TODOKE_ALLOW_PRIVATE_ENDPOINTS", "127.0.0.0/8");
            if let Ok(url) = std::env::var("TODOKE_BENCH_DATABASE_URL") {
                command.env("TODOKE_DATABASE_URL", url);
            }
            command
        };
        let admin = |arguments: &[&str]| {
            let output = command().arg("admin").args(arguments).stderr(Stdio::inherit()).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        admin(&["create-merchant", "bench"]);
        admin(&["create-ip-code", IP_CODE, "--merchant", "bench"]);
        admin(&["set-endpoint", IP_CODE, "--url", &endpoint.url()]);
        let token = admin(&["create-token", "bench", "--ip-code", IP_CODE, "--right", "ingest"]);
        let role = if delivers { "all" } else { "web" };
        let child = command().args(["serve", "--role", role]).spawn().unwrap();
        let server = Self { child, address, token };
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        server
    }

    /// Resident memory, from the kernel.
    fn resident_kib(&self) -> u32 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Ingest {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

async fn ingest(server: &Server) -> Ingest {
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let runs =
        (0..CONNECTIONS).map(|_| tokio::spawn(hand_in(server.address, server.token.clone(), next.clone())));
    let mut times = Vec::new();
    for run in futures_util::future::join_all(runs).await {
        times.extend(run.unwrap());
    }
    let seconds = started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at =
        |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
    let count = u32::try_from(times.len()).unwrap();
    Ingest { per_second: f64::from(count) / seconds, p50_ms: at(50), p99_ms: at(99) }
}

async fn hand_in(address: SocketAddr, token: String, next: Arc<AtomicU64>) -> Vec<Duration> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut requests, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut times = Vec::new();
    let end = Instant::now() + RUN;
    while Instant::now() < end {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            r#"{{"ip_code":"{IP_CODE}","order_no":"2026-1122-{number:011}","carrier":"docomo","status":"03","amount":11350,"phone":"09012345678","email":"taro@example.jp","sendid":"mr192","sendpoint":"2026031700002","error_code":"","occurred_at":"2026-11-22T16:29:58+09:00","parameters":{{"item":"春の福袋"}}}}"#
        );
        let request = Request::post("/api/v1/payment-results")
            .header("host", "bench")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let began = Instant::now();
        let answer = requests.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 202);
        answer.into_body().collect().await.unwrap();
        times.push(began.elapsed());
    }
    times
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
