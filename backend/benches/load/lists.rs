//! Abnormal orders and orders beside a million checkouts: each list's first page, and the five counts.

use serde_json::{Value, json};

use crate::{client::Client, row, scaled, seed::Seed, server::prepare, times::Times};

/// IP codes of the merchant.
const CODES: u32 = 5;
/// How often each is asked.
const ROUNDS: u32 = 200;
const ABNORMAL: &str = "query($filter: AbnormalOrderFilter!) { abnormalOrders(filter: $filter, first: 50) {
    nodes { id ipCode orderNo orderType status receivedAt orderedAt customerName memberId total shippingFee itemCount }
    pageInfo { hasNextPage endCursor } totalCount totalCountIsCapped } }";
const COUNTS: &str = "query($ipCodes: [String!]!) { abnormalOrderCounts(ipCodes: $ipCodes) {
    all restorable restored duplicate unrestorable } }";
const ORDERS: &str = "query($filter: OrderFilter!) { orders(filter: $filter, first: 50) {
    nodes { id ipCode orderNo status total customerName orderedAt confirmationMailSentAt }
    pageInfo { hasNextPage endCursor } totalCount totalCountIsCapped } }";

/// Measures the lists of part B.
pub(crate) async fn run() {
    let bench = prepare(CODES).await;
    let db = bench.database().await;
    let seed = Seed::new(&db, CODES);
    seed.checkouts(scaled(1_000_000)).await;
    seed.notifications(scaled(500_000)).await;
    seed.abnormal_orders(scaled(20_000)).await;
    seed.orders(scaled(500_000)).await;
    let server = bench.start("web").await;
    let mut client = server.sign_in().await;
    let codes = json!(bench.codes());
    for list in ["ALL", "RESTORABLE", "RESTORED", "DUPLICATE", "UNRESTORABLE"] {
        let filter = json!({ "ipCodes": codes, "list": list });
        ask(&mut client, &format!("abnormal orders, list {list}"), ABNORMAL, json!({ "filter": filter }))
            .await;
    }
    for (name, search) in [
        ("an order number's beginning", json!({ "orderNo": "202600000" })),
        ("a part of a name that nobody bears", json!({ "customer": "存在しない" })),
        ("a member", json!({ "memberId": "mr101" })),
    ] {
        let mut filter = json!({ "ipCodes": codes, "list": "ALL" });
        filter.as_object_mut().unwrap().extend(search.as_object().unwrap().clone());
        ask(&mut client, &format!("abnormal orders, {name}"), ABNORMAL, json!({ "filter": filter })).await;
    }
    ask(&mut client, "the counts of all five lists", COUNTS, json!({ "ipCodes": codes })).await;
    for (name, search) in [
        ("all", json!({})),
        ("new ones", json!({ "status": "NEW" })),
        ("restored, mail not sent", json!({ "restored": true, "confirmationMail": "NOT_SENT" })),
        ("an order number's beginning", json!({ "orderNo": "202600000" })),
    ] {
        let mut filter = json!({ "ipCodes": codes });
        filter.as_object_mut().unwrap().extend(search.as_object().unwrap().clone());
        ask(&mut client, &format!("orders, {name}"), ORDERS, json!({ "filter": filter })).await;
    }
}

async fn ask(client: &mut Client, name: &str, query: &str, variables: Value) {
    let mut times = Times::default();
    for _ in 0..ROUNDS {
        let (_, time) = client.graphql(query, variables.clone()).await;
        times.add(time);
    }
    row(&format!("{name}, first page, p50 / p99"), &times.told());
}
