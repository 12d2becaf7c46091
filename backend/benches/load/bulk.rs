//! A resend batch of ten thousand rows to a local endpoint that answers at once, with ingest going on.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use todoke::demo::SampleEndpoint;

use crate::{
    client::Client,
    ingest::result,
    row, scaled,
    searches::month,
    seed::Seed,
    server::{Bench, Server, prepare},
};

/// Rows of the batch; a search counts no further.
const ROWS: u32 = 10_000;
/// Results handed in a second meanwhile.
const INGEST_PER_SECOND: u32 = 50;
/// Looks at the batch.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Whoever obeys settings does so within five seconds.
const SETTINGS_TAKE: Duration = Duration::from_secs(6);

/// Measures a batch.
pub(crate) async fn run() {
    let bench = prepare(2).await;
    let ingest_code = bench.codes().get(1).unwrap().clone();
    let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let other = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    bench.admin(&["set-endpoint", bench.code(), "--url", "http://127.0.0.1:9/cgi"], "");
    bench.admin(&["set-endpoint", &ingest_code, "--url", &other.url()], "");
    let codes = ["--ip-code", bench.code(), "--ip-code", &ingest_code];
    let token = bench.admin(&[&["create-token", "bench"][..], &codes, &["--right", "ingest"]].concat(), "");
    let server = bench.start("all").await;
    let mut client = server.sign_in().await;

    let rows = scaled(ROWS).min(ROWS);
    let small = batch(&bench, &server, &mut client, &token, &endpoint, ("small", rows.div_ceil(10))).await;
    let large = batch(&bench, &server, &mut client, &token, &endpoint, ("large", rows)).await;
    let again = batch(&bench, &server, &mut client, &token, &endpoint, ("again", rows)).await;
    let what = format!("batch of {} rows, {INGEST_PER_SECOND} results/s handed in beside it", large.rows);
    row(&format!("{what}: rows/s"), &format!("{:.0}", large.per_second));
    row(
        &format!("{what}: requests, orders at the endpoint"),
        &format!("{}, {}", large.requests, large.orders),
    );
    row(
        &format!("resident memory after batches of {}, {} and {} rows", small.rows, large.rows, again.rows),
        &format!("{:.1}, {:.1}, {:.1} MB", small.memory_mb, large.memory_mb, again.memory_mb),
    );
}

struct Measured {
    rows: u32,
    per_second: f64,
    requests: usize,
    orders: usize,
    memory_mb: f64,
}

async fn batch(
    bench: &Bench,
    server: &Server,
    client: &mut Client,
    token: &str,
    endpoint: &SampleEndpoint,
    (name, rows): (&str, u32),
) -> Measured {
    bench.admin(&["set-endpoint", bench.code(), "--url", "http://127.0.0.1:9/cgi"], "");
    tokio::time::sleep(SETTINGS_TAKE).await;
    raise_errors(server.address, token, bench.code(), name, rows).await;
    wait_for_errors(client, bench.code(), rows).await;
    Seed::new(&bench.database().await, 2).let_the_database_look().await;
    bench.admin(&["set-endpoint", bench.code(), "--url", &endpoint.url()], "");
    tokio::time::sleep(SETTINGS_TAKE).await;

    let before = endpoint.requests().len();
    let stop = Arc::new(AtomicBool::new(false));
    let code = bench.codes().get(1).unwrap().clone();
    let ingest =
        tokio::spawn(keep_handing_in(server.address, token.to_owned(), code, name.to_owned(), stop.clone()));
    let filter =
        json!({ "ipCodes": [bench.code()], "condition": "UNPROCESSED", "period": { "yearMonth": month() } });
    let plan = "mutation($input: PlanResendBatchInput!) { planResendBatch(input: $input) { batch { id total } userErrors { code } } }";
    let (data, _) = client.graphql(plan, json!({ "input": { "action": "RESEND", "filter": filter } })).await;
    let batch = data["planResendBatch"]["batch"].clone();
    assert_eq!(batch["total"], rows, "{data}");
    let start = "mutation($input: StartResendBatchInput!) { startResendBatch(input: $input) { batch { state } userErrors { code } } }";
    let began = Instant::now();
    client.graphql(start, json!({ "input": { "id": batch["id"], "idempotencyKey": name } })).await;
    wait_for_batch(client, &batch["id"]).await;
    let seconds = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    ingest.await.unwrap();
    let mut by_order: HashMap<String, u32> = HashMap::new();
    let requests = endpoint.requests();
    let new = requests.get(before..).unwrap();
    for request in new {
        let order = request.query.split('&').find(|pair| pair.starts_with("order_no=")).unwrap_or_default();
        *by_order.entry(order.to_owned()).or_default() += 1;
    }
    Measured {
        rows,
        per_second: f64::from(rows) / seconds,
        requests: new.len(),
        orders: by_order.len(),
        memory_mb: server.resident_mb(),
    }
}

async fn raise_errors(address: SocketAddr, token: &str, code: &str, name: &str, rows: u32) {
    let mut client = Client::connect(address, token).await;
    let numbers: Vec<u32> = (0..rows).collect();
    for chunk in numbers.chunks(500) {
        let results: Vec<_> =
            chunk.iter().map(|number| result(code, &format!("{name}{number:08}"))).collect();
        let body = format!("[{}]", results.join(","));
        let (status, body, _) = client.post("/api/v1/payment-results", "application/json", body).await;
        assert_eq!(status, 202, "{body:?}");
    }
}

async fn wait_for_errors(client: &mut Client, code: &str, rows: u32) {
    let query = "query($filter: SendErrorFilter!) { sendErrors(filter: $filter, first: 1) { totalCount } }";
    let filter = json!({ "ipCodes": [code], "condition": "UNPROCESSED", "period": { "yearMonth": month() } });
    loop {
        let (data, _) = client.graphql(query, json!({ "filter": filter })).await;
        if data["sendErrors"]["totalCount"].as_u64().unwrap() >= u64::from(rows) {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn wait_for_batch(client: &mut Client, id: &Value) {
    let query = "query($id: ID!) { resendBatch(id: $id) { state done failed skipped } }";
    loop {
        let (data, _) = client.graphql(query, json!({ "id": id })).await;
        let state = data["resendBatch"]["state"].as_str().unwrap();
        if state == "COMPLETED" {
            return;
        }
        assert_eq!(state, "RUNNING", "{data}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn keep_handing_in(
    address: SocketAddr,
    token: String,
    code: String,
    name: String,
    stop: Arc<AtomicBool>,
) {
    let mut client = Client::connect(address, &token).await;
    let mut beat = tokio::time::interval(Duration::from_secs(1) / INGEST_PER_SECOND);
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        beat.tick().await;
        number += 1;
        let body = result(&code, &format!("{name}-beside{number:08}"));
        let (status, _, _) = client.post("/api/v1/payment-results", "application/json", body).await;
        assert_eq!(status, 202);
    }
}
