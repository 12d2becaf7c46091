//! Bulk: frozen plans, each row sent at most once, pause, resume, cancel, and who may do it.

use serde_json::{Value, json};
use todoke::app::admin;
use todoke_domain::access::TokenRight;

use crate::harness::{SampleAnswer, TestApp, payment_result};

const CODES: [&str; 2] = ["2012000123", "2012000124"];

const BATCH: &str =
    "id action state pauseReason total done failed skipped createdBy counts{ipCode receipt count}";

/// Hands in results that fail, and waits until all their rows can be read.
async fn fail(app: &TestApp, prefix: &str, count: usize, answer: SampleAnswer) {
    app.merchant.set_answer(answer);
    let before = total(app).await;
    let results: Vec<Value> =
        (0..count).map(|number| payment_result(&format!("{prefix}-{number}"))).collect();
    for chunk in results.chunks(1_000) {
        assert_eq!(app.ingest(&app.ingest_token, &json!(chunk)).await.status(), 202);
    }
    app.wait_for("the rows", async || (total(app).await == before + count).then_some(())).await;
}

async fn total(app: &TestApp) -> usize {
    let query =
        "query($c:[String!]!){sendErrors(filter:{ipCodes:$c,period:{preset:TODAY}},first:1){totalCount}}";
    let data = app.data(Some(&app.read_token), query, json!({"c": CODES})).await;
    usize::try_from(data["sendErrors"]["totalCount"].as_u64().unwrap()).unwrap()
}

async fn plan(app: &TestApp, token: &str, input: Value) -> Value {
    let query = format!(
        "mutation($i:PlanResendBatchInput!){{planResendBatch(input:$i){{batch{{{BATCH}}} leftOut userErrors{{field code}}}}}}"
    );
    app.data(Some(token), &query, json!({"i": input})).await["planResendBatch"].clone()
}

async fn start(app: &TestApp, token: &str, id: &Value, confirm: bool, key: &str) -> Value {
    let query = format!(
        "mutation($i:StartResendBatchInput!){{startResendBatch(input:$i){{batch{{{BATCH}}} userErrors{{field code}}}}}}"
    );
    let input = json!({"id": id, "confirmMaybeReceived": confirm, "idempotencyKey": key});
    app.data(Some(token), &query, json!({"i": input})).await["startResendBatch"].clone()
}

async fn batch(app: &TestApp, token: &str, id: &Value) -> Value {
    let query = format!(
        "query($i:ID!){{resendBatch(id:$i){{{BATCH} rows(first:100){{nodes{{orderNo state reason}}}}}}}}"
    );
    app.data(Some(token), &query, json!({"i": id})).await["resendBatch"].clone()
}

async fn wait_for_state(app: &TestApp, token: &str, id: &Value, state: &str) -> Value {
    app.wait_for(state, async || {
        let found = batch(app, token, id).await;
        (found["state"] == state).then_some(found)
    })
    .await
}

fn all_of_today() -> Value {
    json!({"ipCodes": CODES, "condition": "UNPROCESSED", "period": {"preset": "TODAY"}})
}

/// Goal: everything that matches is sent once, counted by the merchant. Method: 300 rows, then the endpoint's record.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_match_are_sent_exactly_once() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "B", 300, SampleAnswer::Refuse).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let planned = plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    assert_eq!(planned["batch"]["total"], 300);
    assert_eq!(planned["batch"]["state"], "PLANNED");
    let expected = json!([{"ipCode": "2012000123", "receipt": "NOT_RECEIVED", "count": 300}]);
    assert_eq!(planned["batch"]["counts"], expected);
    let id = &planned["batch"]["id"];
    let started = start(&app, &operator, id, false, "k1").await;
    assert_eq!(started["userErrors"], json!([]));
    assert_eq!(
        start(&app, &operator, id, false, "k1").await["batch"]["id"],
        *id,
        "a repeat starts nothing more"
    );
    let done = wait_for_state(&app, &operator, id, "COMPLETED").await;
    assert_eq!((&done["done"], &done["failed"], &done["skipped"]), (&json!(300), &json!(0), &json!(0)));
    let requests = app.merchant.requests();
    let orders: std::collections::HashSet<&str> =
        requests.iter().map(|request| request.query.as_str()).collect();
    assert_eq!((requests.len(), orders.len()), (300, 300));
    let row = app.wait_for_row("B-7", |row| row["status"] == "PROCESSED").await;
    assert_eq!(row["processedBy"], "operator");
    assert_eq!(row["attempts"]["nodes"][0]["trigger"], "BATCH");
    assert_eq!(row["attempts"]["nodes"][0]["decidedBy"], "operator");
}

/// Goal: rows that may have been received are left out unless chosen on purpose, and then need the confirmation.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_received_is_left_out_unless_chosen_and_confirmed() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "N", 3, SampleAnswer::Refuse).await;
    fail(&app, "M", 2, SampleAnswer::Error500).await;
    let before = app.merchant.requests().len();
    let careful = plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    assert_eq!((&careful["batch"]["total"], &careful["leftOut"]), (&json!(3), &json!(2)));
    let input = json!({"action": "RESEND", "filter": all_of_today(), "includeMaybeReceived": true});
    let all = plan(&app, &operator, input).await;
    assert_eq!((&all["batch"]["total"], &all["leftOut"]), (&json!(5), &json!(0)));
    let row = app.wait_for_row("M-0", |_| true).await;
    let only = plan(&app, &operator, json!({"action": "RESEND", "ids": [row["id"]]})).await;
    assert_eq!(
        (&only["batch"], &only["userErrors"][0]["code"]),
        (&json!(null), &json!("ONLY_MAYBE_RECEIVED"))
    );
    let refused = start(&app, &operator, &all["batch"]["id"], false, "k1").await;
    assert_eq!(refused["userErrors"][0]["code"], "MAYBE_RECEIVED_NOT_CONFIRMED");
    assert_eq!(app.merchant.requests().len(), before);
    app.merchant.set_answer(SampleAnswer::Ok);
    start(&app, &operator, &all["batch"]["id"], true, "k2").await;
    wait_for_state(&app, &operator, &all["batch"]["id"], "COMPLETED").await;
    assert_eq!(app.merchant.requests().len(), before + 5);
    start(&app, &operator, &careful["batch"]["id"], false, "k3").await;
    let late = wait_for_state(&app, &operator, &careful["batch"]["id"], "COMPLETED").await;
    assert_eq!(late["skipped"], 3, "what the other batch sent is left alone");
    assert_eq!(app.merchant.requests().len(), before + 5);
}

/// Goal: the plan is frozen, and what somebody else acted on meanwhile is left alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_plan_takes_no_later_row_and_touches_none_that_changed() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "B", 3, SampleAnswer::Refuse).await;
    let planned = plan(&app, &operator, json!({"action": "MARK_PROCESSED", "filter": all_of_today()})).await;
    let row = app.wait_for_row("B-1", |_| true).await;
    let close = "mutation($i:ID!){markSendErrorProcessed(input:{id:$i}){sendError{status}}}";
    app.data(Some(&operator), close, json!({"i": row["id"]})).await;
    fail(&app, "late", 1, SampleAnswer::Refuse).await;
    start(&app, &operator, &planned["batch"]["id"], false, "k1").await;
    let done = wait_for_state(&app, &operator, &planned["batch"]["id"], "COMPLETED").await;
    assert_eq!((&done["done"], &done["skipped"]), (&json!(2), &json!(1)));
    let rows = done["rows"]["nodes"].as_array().unwrap();
    let skipped = rows.iter().find(|row| row["state"] == "SKIPPED").unwrap();
    assert_eq!((&skipped["orderNo"], &skipped["reason"]), (&json!("B-1"), &json!("ALREADY_PROCESSED")));
    assert_eq!(app.wait_for_row("late-0", |_| true).await["status"], "UNPROCESSED");
    assert_eq!(app.merchant.requests().len(), 0, "closing sends nothing");
}

/// Goal: an endpoint that is down is not hammered: after twenty failures in a row the batch pauses, and goes on or
/// ends when somebody says so.
#[tokio::test(flavor = "multi_thread")]
async fn failures_in_a_row_pause_the_batch_until_somebody_decides() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "B", 200, SampleAnswer::Refuse).await;
    let planned = plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    let id = &planned["batch"]["id"];
    start(&app, &operator, id, false, "k1").await;
    let paused = wait_for_state(&app, &operator, id, "PAUSED").await;
    assert_eq!(paused["pauseReason"], "FAILURES_IN_A_ROW");
    // What was on its way fails too; it must not pause the batch a second time below.
    let failed = app
        .wait_for("what was on its way", async || {
            let query = "query($i:ID!){resendBatch(id:$i){failed rows(state:SENDING,first:1){totalCount}}}";
            let now = app.data(Some(&operator), query, json!({"i": id})).await["resendBatch"].clone();
            (now["rows"]["totalCount"] == 0).then(|| now["failed"].as_u64().unwrap())
        })
        .await;
    assert!((20..200).contains(&failed), "{failed} failed");
    app.merchant.set_answer(SampleAnswer::Ok);
    let resume = "mutation($i:ID!){resumeResendBatch(input:{id:$i}){batch{state}}}";
    app.data(Some(&operator), resume, json!({"i": id})).await;
    let done = wait_for_state(&app, &operator, id, "COMPLETED").await;
    assert_eq!(done["done"].as_u64().unwrap() + done["failed"].as_u64().unwrap(), 200);
    assert_eq!(u64::try_from(app.merchant.requests().len()).unwrap(), done["done"].as_u64().unwrap());
    let again = app.error_code(Some(&operator), resume, json!({"i": id})).await;
    assert_eq!(again, "CONFLICT");
}

/// Goal: a cancelled plan sends nothing, and a plan of yesterday cannot be started.
#[tokio::test(flavor = "multi_thread")]
async fn cancelled_and_expired_plans_send_nothing() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "B", 5, SampleAnswer::Refuse).await;
    let cancelled = plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    let cancel = "mutation($i:ID!){cancelResendBatch(input:{id:$i}){batch{state skipped}}}";
    let told = app.data(Some(&operator), cancel, json!({"i": cancelled["batch"]["id"]})).await;
    assert_eq!(told["cancelResendBatch"]["batch"], json!({"state": "CANCELLED", "skipped": 5}));
    let expired = plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    app.clock.advance_ms(3_600_001);
    let operator = app.sign_in("operator").await;
    let query = "mutation($i:ID!){startResendBatch(input:{id:$i,idempotencyKey:\"k\"}){batch{state}}}";
    for batch in [cancelled, expired] {
        let answer = app.graphql(Some(&operator), query, json!({"i": batch["batch"]["id"]})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CONFLICT", "{answer}");
    }
    assert_eq!(app.merchant.requests().len(), 0);
}

/// Goal: a plan never reaches beyond the rights of who makes it. Method: viewers, strangers, and ids of others.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_stays_within_the_rights_of_who_makes_it() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "B", 2, SampleAnswer::Refuse).await;
    let row = app.wait_for_row("B-0", |_| true).await;
    let (viewer, stranger) = (app.sign_in("viewer").await, app.sign_in("stranger").await);
    for token in [&viewer, &stranger, &app.read_token] {
        for input in [
            json!({"action": "RESEND", "filter": all_of_today()}),
            json!({"action": "MARK_PROCESSED", "ids": [row["id"]]}),
        ] {
            assert_eq!(plan(&app, token, input).await["userErrors"][0]["code"], "NOTHING_TO_DO");
        }
    }
    let mixed = json!({"action": "RESEND", "ids": [row["id"], "bm9uc2Vuc2U"]});
    let planned = plan(&app, &operator, mixed).await;
    assert_eq!(planned["batch"]["total"], 1, "what is not found does not harm the rest");
    let id = &planned["batch"]["id"];
    let query = "mutation($i:ID!){startResendBatch(input:{id:$i,idempotencyKey:\"k\"}){batch{state}}}";
    for token in [&viewer, &stranger] {
        assert_eq!(app.error_code(Some(token), query, json!({"i": id})).await, "NOT_FOUND");
    }
    let read = "query($i:ID!){resendBatch(id:$i){state}}";
    assert_eq!(app.error_code(Some(&stranger), read, json!({"i": id})).await, "NOT_FOUND");
    let list = app.data(Some(&stranger), "{resendBatches{totalCount nodes{id}}}", json!({})).await;
    assert_eq!(list["resendBatches"], json!({"totalCount": 0, "nodes": []}));
    let list = app.data(Some(&viewer), "{resendBatches{nodes{createdBy}}}", json!({})).await;
    assert_eq!(list["resendBatches"]["nodes"][0]["createdBy"], "operator");
}

/// Goal: every batch is reached, page by page, and so is every row of one; who may not see one of a batch's IP codes
/// does not know of it. Method: plans over one IP code and over two, read in pages of two.
#[tokio::test(flavor = "multi_thread")]
async fn batches_and_their_rows_are_read_page_by_page() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    fail(&app, "L", 3, SampleAnswer::Refuse).await;
    for _ in 0..2 {
        plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    }
    let mut other = payment_result("L-other");
    other["ip_code"] = json!(CODES[1]);
    assert_eq!(app.ingest(&app.ingest_token, &other).await.status(), 202);
    app.wait_for("the row of the other IP code", async || (total(&app).await == 4).then_some(())).await;
    let both = plan(&app, &operator, json!({"action": "RESEND", "filter": all_of_today()})).await;
    assert_eq!(both["batch"]["total"], 4);

    let query =
        "query($a:String){resendBatches(first:2,after:$a){totalCount totalCountIsCapped nodes{id total}
        edges{cursor node{id}} pageInfo{hasNextPage hasPreviousPage endCursor}}}";
    let first = app.data(Some(&operator), query, json!({})).await["resendBatches"].clone();
    assert_eq!((&first["totalCount"], &first["nodes"][0]["id"]), (&json!(3), &both["batch"]["id"]));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next = app.data(Some(&operator), query, json!({"a": first["pageInfo"]["endCursor"]})).await;
    let next = &next["resendBatches"];
    assert_eq!((next["nodes"].as_array().unwrap().len(), &next["nodes"][0]["total"]), (1, &json!(3)));
    assert_eq!(next["pageInfo"]["hasNextPage"], false);
    let code = [CODES[0].to_owned()];
    let of_one_code = admin::create_token(&app.desk, "one code", &code, &[TokenRight::Read]).await.unwrap();
    let seen = app.data(Some(&of_one_code), query, json!({})).await["resendBatches"].clone();
    assert_eq!(seen["totalCount"], 2, "a batch with rows of another IP code is not seen");

    let rows = "query($i:ID!,$a:String){resendBatch(id:$i){rows(first:3,after:$a){totalCount nodes{orderNo}
        pageInfo{hasNextPage endCursor}}}}";
    let id = &both["batch"]["id"];
    let first = app.data(Some(&operator), rows, json!({"i": id})).await["resendBatch"]["rows"].clone();
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(4), &json!(true)));
    let after = json!({"i": id, "a": first["pageInfo"]["endCursor"]});
    let last = app.data(Some(&operator), rows, after).await["resendBatch"]["rows"].clone();
    let orders = |page: &Value| -> Vec<Value> {
        page["nodes"].as_array().unwrap().iter().map(|node| node["orderNo"].clone()).collect()
    };
    let mut all = [orders(&first), orders(&last)].concat();
    all.sort_by_key(Value::to_string);
    assert_eq!(json!(all), json!(["L-0", "L-1", "L-2", "L-other"]));
}
