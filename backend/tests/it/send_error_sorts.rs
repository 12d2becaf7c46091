//! The list of send errors in every order: page by page it is the whole list, once, whatever way the database takes
//! (docs/REQUIREMENTS.md, A.7).

use serde_json::{Value, json};

use crate::harness::{OWN, SampleAnswer, TestApp, payment_result};

const SORTS: [&str; 4] = ["NEWEST_FIRST", "OLDEST_FIRST", "AMOUNT_DESCENDING", "AMOUNT_ASCENDING"];
const PAGE: &str = "query($f:SendErrorFilter!,$s:SendErrorSort!,$n:Int,$a:String){sendErrors(filter:$f,sort:$s,first:$n,after:$a){
    nodes{id amount occurredAt} edges{cursor} pageInfo{hasNextPage endCursor}}}";

async fn page(app: &TestApp, filter: &Value, sort: &str, first: u32, after: &Value) -> Value {
    let variables = json!({"f": filter, "s": sort, "n": first, "a": after});
    app.data(Some(&app.read_token), PAGE, variables).await["sendErrors"].clone()
}

/// Every row of a list, page by page.
async fn walk(app: &TestApp, filter: &Value, sort: &str, first: u32) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let found = page(app, filter, sort, first, &after).await;
        rows.extend(found["nodes"].as_array().unwrap().clone());
        after = found["pageInfo"]["endCursor"].clone();
        assert_eq!(after, found["edges"].as_array().unwrap().last().unwrap()["cursor"]);
        if found["pageInfo"]["hasNextPage"] == false {
            return rows;
        }
    }
}

fn assert_sorted(rows: &[Value], sort: &str) {
    let number = |row: &Value| row["amount"].as_i64().unwrap();
    let moment = |row: &Value| row["occurredAt"].as_str().unwrap().to_owned();
    let in_order = rows.windows(2).all(|pair| match sort {
        "NEWEST_FIRST" => moment(&pair[0]) >= moment(&pair[1]),
        "OLDEST_FIRST" => moment(&pair[0]) <= moment(&pair[1]),
        "AMOUNT_DESCENDING" => number(&pair[0]) >= number(&pair[1]),
        _ => number(&pair[0]) <= number(&pair[1]),
    });
    assert!(in_order, "{sort}: {rows:#?}");
}

fn ids(rows: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Goal: each order shows every row once, ties included, also across IP codes. Method: 40 rows of two IP codes with
/// five amounts, in pages of seven; the same with a state and with a keyword.
#[tokio::test(flavor = "multi_thread")]
async fn every_order_shows_every_row_once() {
    let app = TestApp::start().await;
    app.merchant.set_answer(SampleAnswer::Error500);
    for number in 0..40 {
        let mut result = payment_result(&format!("S-{number}"));
        result["ip_code"] = json!(OWN[number % 2]);
        result["amount"] = json!(1_000 + number % 5);
        assert_eq!(app.ingest(&app.ingest_token, &result).await.status(), 202);
        app.clock.advance_ms(7);
    }
    let all = json!({"ipCodes": OWN, "period": {"preset": "TODAY"}});
    app.wait_for("the rows", async || {
        let found = page(&app, &all, "NEWEST_FIRST", 100, &Value::Null).await;
        (found["nodes"].as_array().unwrap().len() == 40).then_some(())
    })
    .await;
    let open = json!({"ipCodes": OWN, "condition": "UNPROCESSED", "period": {"preset": "TODAY"}});
    let keyword = json!({"ipCodes": OWN, "email": "taro@example.jp"});
    for filter in [&all, &open, &keyword] {
        for sort in SORTS {
            let rows = walk(&app, filter, sort, 7).await;
            assert_sorted(&rows, sort);
            assert_eq!((rows.len(), ids(&rows).len()), (40, 40), "{sort}");
        }
    }
}

/// Goal: a cursor of one order does not lead astray in another. Method: each order's cursor in each.
#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_order() {
    let app = TestApp::start().await;
    app.hand_in_failing("S-1", SampleAnswer::Error500).await;
    let filter = json!({"ipCodes": OWN, "period": {"preset": "TODAY"}});
    for given in SORTS {
        let cursor = page(&app, &filter, given, 1, &Value::Null).await["pageInfo"]["endCursor"].clone();
        for used in SORTS {
            let variables = json!({"f": filter, "s": used, "a": cursor});
            let answer = app.graphql(Some(&app.read_token), PAGE, variables).await;
            let fault = &answer["errors"][0]["extensions"]["fields"][0];
            let expected = if given == used { Value::Null } else { json!("CURSOR_INVALID") };
            assert_eq!(fault["code"], expected, "{given} in {used}: {answer}");
        }
    }
}

/// Goal: a list that is too long to be sorted is walked along its index, and shows the same. Method: more matches than
/// are sorted, the first pages of both directions against the database's own order.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_walked_in_the_order_of_amounts() {
    let app = TestApp::start().await;
    app.hand_in_failing("S-1", SampleAnswer::Error500).await;
    let id = if app.database.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
    let many = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000)
        INSERT INTO send_errors (id, delivery_id, ip_code, order_no, carrier, amount, phone, email, sendid, status,
            receipt, cause, http_status, occurred_at, attempt_count)
        SELECT {id}, delivery_id, ip_code, order_no || n, carrier, 100 + (n * 7919) % 1499, phone, email, sendid,
            status, receipt, cause, http_status, occurred_at - n, attempt_count FROM send_errors, numbers"
    );
    app.texts(&many).await;
    let filter = json!({"ipCodes": [OWN[0]], "condition": "UNPROCESSED", "period": {"preset": "TODAY"}});
    for (sort, direction) in [("AMOUNT_DESCENDING", "DESC"), ("AMOUNT_ASCENDING", "ASC")] {
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        for _ in 0..3 {
            let found = page(&app, &filter, sort, 100, &after).await;
            rows.extend(found["nodes"].as_array().unwrap().clone());
            after = found["pageInfo"]["endCursor"].clone();
        }
        assert_sorted(&rows, sort);
        assert_eq!(ids(&rows).len(), 300);
        let sql = format!(
            "SELECT CAST(amount AS TEXT) FROM send_errors ORDER BY send_errors.amount {direction} LIMIT 300"
        );
        let amounts: Vec<String> = rows.iter().map(|row| row["amount"].to_string()).collect();
        assert_eq!(amounts, app.texts(&sql).await);
    }
}
