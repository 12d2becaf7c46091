//! A million send errors: the first page of each kind of search, a page far down, twenty IP codes at once.

use serde_json::{Value, json};

use crate::{
    client::Client,
    row, scaled,
    seed::Seed,
    server::{Bench, prepare},
    times::Times,
};

/// All the rows.
const ROWS: u32 = 1_000_000;
/// IP codes of the merchant.
const CODES: u32 = 20;
/// How often each search is asked.
const ROUNDS: u32 = 200;
/// What the list of the app asks for.
const QUERY: &str = "query($filter: SendErrorFilter!, $after: String) {
    sendErrors(filter: $filter, first: 50, after: $after) {
        nodes { id ipCode orderNo carrier amount status receipt cause httpStatus occurredAt attemptCount resending
            processedAt processedBy }
        pageInfo { hasNextPage endCursor } totalCount totalCountIsCapped } }";

/// Measures searches.
pub(crate) async fn run() {
    let bench = prepare(CODES).await;
    let db = bench.database().await;
    Seed::new(&db, CODES).send_errors(scaled(ROWS)).await;
    let server = bench.start("web").await;
    let mut client = server.sign_in().await;
    for (name, filter) in searches(&bench) {
        let times = ask(&mut client, &filter, None).await;
        row(&format!("search, {} rows: {name}, p50 / p99", scaled(ROWS)), &times.told());
    }
    far_pages(&mut client, &bench).await;
    row("resident memory after the searches", &format!("{:.1} MB", server.resident_mb()));
}

fn searches(bench: &Bench) -> Vec<(&'static str, Value)> {
    let one = json!([bench.code()]);
    let all = json!(bench.codes());
    let today = json!({ "preset": "TODAY" });
    let month = json!({ "yearMonth": month() });
    vec![
        ("today, one IP code", json!({ "ipCodes": one, "period": today })),
        ("today, 20 IP codes", json!({ "ipCodes": all, "period": today })),
        ("this month, one IP code", json!({ "ipCodes": one, "period": month })),
        ("this month, unprocessed", json!({ "ipCodes": one, "period": month, "condition": "UNPROCESSED" })),
        ("a sendid that every tenth bears, one IP code", json!({ "ipCodes": one, "sendid": "common" })),
        ("the same, 20 IP codes", json!({ "ipCodes": all, "sendid": "common" })),
        (
            "the same, unprocessed, 20 IP codes",
            json!({ "ipCodes": all, "sendid": "common", "condition": "UNPROCESSED" }),
        ),
        (
            "the same, unprocessed, this month, 20 IP codes",
            json!({ "ipCodes": all, "sendid": "common", "condition": "UNPROCESSED", "period": month }),
        ),
        (
            "the same sendid and a rare phone number",
            json!({ "ipCodes": all, "sendid": "common", "phone": "09000000020" }),
        ),
        ("an order number, 20 IP codes", json!({ "ipCodes": all, "orderNo": "2026-00000100" })),
        ("an e-mail address, 20 IP codes", json!({ "ipCodes": all, "email": "user100@example.jp" })),
        ("a phone number, one IP code", json!({ "ipCodes": one, "phone": "09000000020" })),
    ]
}

async fn ask(client: &mut Client, filter: &Value, after: Option<&str>) -> Times {
    let mut times = Times::default();
    for _ in 0..ROUNDS {
        let (_, time) = client.graphql(QUERY, json!({ "filter": filter, "after": after })).await;
        times.add(time);
    }
    times
}

async fn far_pages(client: &mut Client, bench: &Bench) {
    let filter = json!({ "ipCodes": [bench.code()], "period": { "yearMonth": month() } });
    let mut after: Option<String> = None;
    for page in 1..=100 {
        let (data, _) = client.graphql(QUERY, json!({ "filter": filter, "after": after })).await;
        if page == 2 || page == 100 {
            let times = ask(client, &filter, after.as_deref()).await;
            row(&format!("search: page {page} of this month, p50 / p99"), &times.told());
        }
        let page_info = &data["sendErrors"]["pageInfo"];
        if page_info["hasNextPage"] != true {
            return row(&format!("search: there is no page after {page}"), "-");
        }
        after = page_info["endCursor"].as_str().map(str::to_owned);
    }
}

/// The present month in Tokyo.
pub(crate) fn month() -> String {
    let tokyo = chrono::Utc::now() + chrono::Duration::hours(9);
    tokyo.format("%Y-%m").to_string()
}
