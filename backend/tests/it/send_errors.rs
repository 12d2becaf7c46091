//! Searching send errors: the rules, the filters, the pages, and that nobody sees another merchant's rows
//! (docs/REQUIREMENTS.md, A.6 and A.7, Access).

use serde_json::{Value, json};

use crate::harness::{OTHER, OWN, SampleAnswer, TestApp, payment_result};

const SEARCH: &str = "query($f:SendErrorFilter!,$n:Int,$a:String){sendErrors(filter:$f,first:$n,after:$a){
    totalCount totalCountIsCapped nodes{id ipCode orderNo occurredAt}
    edges{cursor node{orderNo}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}";

async fn search(app: &TestApp, filter: Value) -> Value {
    app.data(Some(&app.read_token), SEARCH, json!({"f": filter})).await["sendErrors"].clone()
}

/// The order numbers that a search finds, in alphabetical order.
async fn found(app: &TestApp, filter: Value) -> Vec<String> {
    let list = search(app, filter).await;
    let mut numbers: Vec<String> = order_numbers(&list["nodes"]);
    assert_eq!(list["totalCount"], numbers.len());
    numbers.sort();
    numbers
}

fn order_numbers(nodes: &Value) -> Vec<String> {
    nodes.as_array().unwrap().iter().map(|row| row["orderNo"].as_str().unwrap().to_owned()).collect()
}

/// The faults of a refused search: path of the field, and code.
async fn faults(app: &TestApp, variables: Value) -> Vec<(String, String)> {
    let answer = app.graphql(Some(&app.read_token), SEARCH, variables).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
    let told = error["extensions"]["fields"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    let path = |fault: &Value| {
        let parts: Vec<&str> =
            fault["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert!(!fault["message"].as_str().unwrap().is_empty());
        parts.join(".")
    };
    told.iter().map(|fault| (path(fault), fault["code"].as_str().unwrap().to_owned())).collect()
}

/// Hands in failing results and waits until all of them can be read.
async fn plant(app: &TestApp, results: &[Value]) {
    app.merchant.set_answer(SampleAnswer::Error500);
    for chunk in results.chunks(100) {
        assert_eq!(app.ingest(&app.ingest_token, &json!(chunk)).await.status(), 202);
    }
    let all = json!({"ipCodes": OWN, "period": {"preset": "TODAY"}});
    app.wait_for("all rows", async || {
        (search(app, all.clone()).await["totalCount"] == results.len()).then_some(())
    })
    .await;
}

fn of(ip_code: &str, order_no: &str) -> Value {
    let mut result = payment_result(order_no);
    result["ip_code"] = json!(ip_code);
    result
}

/// Goal: every broken rule is told beside its field. Method: one search for each rule of the reference.
#[tokio::test(flavor = "multi_thread")]
async fn every_broken_search_rule_is_told_beside_its_field() {
    let app = TestApp::start().await;
    let one = [OWN[0]];
    for (filter, field, code) in [
        (json!({"ipCodes": one}), "period", "PERIOD_OR_KEYWORD_REQUIRED"),
        (json!({"ipCodes": [], "orderNo": "1"}), "ipCodes", "IP_CODE_REQUIRED"),
        (json!({"ipCodes": ["12a"], "orderNo": "1"}), "ipCodes", "IP_CODE_INVALID"),
        (json!({"ipCodes": OWN, "period": {"yearMonth": "2026-11"}}), "orderNo", "KEYWORD_REQUIRED"),
        (json!({"ipCodes": one, "period": {"yearMonth": "2026-03"}}), "period.yearMonth", "TOO_OLD"),
        (json!({"ipCodes": one, "period": {"yearMonth": "2026-12"}}), "period.yearMonth", "IN_FUTURE"),
        (json!({"ipCodes": one, "period": {"yearMonth": "2026-13"}}), "period.yearMonth", "INVALID_DATE"),
        (
            json!({"ipCodes": one, "period": {"from": "2026-03-31", "to": "2026-11-22"}}),
            "period.from",
            "TOO_OLD",
        ),
        (
            json!({"ipCodes": one, "period": {"from": "2026-11-22", "to": "2026-11-23"}}),
            "period.to",
            "IN_FUTURE",
        ),
        (
            json!({"ipCodes": one, "period": {"from": "2026-11-22", "to": "2026-11-21"}}),
            "period.from",
            "REVERSED",
        ),
        (
            json!({"ipCodes": one, "period": {"from": "2026-11-31", "to": "2026-11-22"}}),
            "period.from",
            "INVALID_DATE",
        ),
        (json!({"ipCodes": one, "period": {"from": "2026-11-22"}}), "period.to", "DAY_MISSING"),
        (
            json!({"ipCodes": one, "period": {"preset": "TODAY", "yearMonth": "2026-11"}}),
            "period",
            "SEVERAL_PERIODS",
        ),
        (json!({"ipCodes": one, "phone": "call me"}), "phone", "PHONE_INVALID"),
        (json!({"ipCodes": one, "orderNo": "9".repeat(255)}), "orderNo", "KEYWORD_TOO_LONG"),
    ] {
        let told = faults(&app, json!({"f": filter})).await;
        assert!(told.contains(&(field.to_owned(), code.to_owned())), "{filter}: {told:?}");
    }
    let both = faults(&app, json!({"f": {"ipCodes": ["x"], "phone": "call me"}})).await;
    assert!(both.len() >= 2, "all at once: {both:?}");
    let edge = json!({"ipCodes": one, "period": {"from": "2026-04-01", "to": "2026-11-22"}});
    assert_eq!(found(&app, edge).await, Vec::<String>::new(), "the eight months themselves are allowed");
}

/// Goal: a page has 1 to 100 rows and begins where the list said. Method: values on both sides, foreign cursors.
#[tokio::test(flavor = "multi_thread")]
async fn page_sizes_and_cursors_are_checked() {
    let app = TestApp::start().await;
    let filter = json!({"ipCodes": [OWN[0]], "period": {"preset": "TODAY"}});
    for first in [0, -1, 101, i32::MAX] {
        let told = faults(&app, json!({"f": filter, "n": first})).await;
        assert_eq!(told, [("first".to_owned(), "PAGE_SIZE_INVALID".to_owned())], "{first}");
    }
    for first in [1, 100] {
        app.data(Some(&app.read_token), SEARCH, json!({"f": filter, "n": first})).await;
    }
    for cursor in ["", "x", "MTIz", "' OR 1=1 --"] {
        let told = faults(&app, json!({"f": filter, "a": cursor})).await;
        assert_eq!(told, [("after".to_owned(), "CURSOR_INVALID".to_owned())], "{cursor}");
    }
}

/// Goal: no row is shown twice and none is missing, newest first, however many IP codes are merged. Method: 250 rows
/// of two IP codes, read in pages of 40.
#[tokio::test(flavor = "multi_thread")]
async fn pages_by_cursor_show_every_row_of_two_ip_codes_once_newest_first() {
    let app = TestApp::start().await;
    let results: Vec<Value> = (0..250).map(|number| of(OWN[number % 2], &format!("G-{number:03}"))).collect();
    plant(&app, &results).await;
    let filter = json!({"ipCodes": OWN, "period": {"preset": "TODAY"}});
    let (mut rows, mut cursor, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let variables = json!({"f": filter, "n": 40, "a": cursor});
        let page = app.data(Some(&app.read_token), SEARCH, variables).await["sendErrors"].clone();
        assert_eq!((&page["totalCount"], &page["totalCountIsCapped"]), (&json!(250), &json!(false)));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], pages > 0);
        assert_eq!(
            page["edges"].as_array().unwrap().last().unwrap()["cursor"],
            page["pageInfo"]["endCursor"]
        );
        rows.extend(page["nodes"].as_array().unwrap().clone());
        pages += 1;
        cursor = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!((pages, rows.len()), (7, 250));
    let ids: std::collections::HashSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 250);
    let instant =
        |row: &Value| chrono::DateTime::parse_from_rfc3339(row["occurredAt"].as_str().unwrap()).unwrap();
    assert!(rows.windows(2).all(|pair| instant(&pair[0]) >= instant(&pair[1])), "newest first");
    assert!(rows.iter().any(|row| row["ipCode"] == OWN[0]) && rows.iter().any(|row| row["ipCode"] == OWN[1]));
}

/// Goal: a row that comes while one reads moves no other. Method: a new row between two pages.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_comes_between_two_pages_moves_no_other() {
    let app = TestApp::start().await;
    let results: Vec<Value> = (0..4).map(|number| of(OWN[0], &format!("H-{number}"))).collect();
    plant(&app, &results).await;
    let filter = json!({"ipCodes": OWN, "period": {"preset": "TODAY"}});
    let first = app.data(Some(&app.read_token), SEARCH, json!({"f": filter, "n": 2})).await;
    app.clock.advance_ms(1_000);
    app.hand_in_failing("H-new", SampleAnswer::Error500).await;
    let variables = json!({"f": filter, "n": 2, "a": first["sendErrors"]["pageInfo"]["endCursor"]});
    let second = app.data(Some(&app.read_token), SEARCH, variables).await;
    let mut seen = order_numbers(&first["sendErrors"]["nodes"]);
    seen.extend(order_numbers(&second["sendErrors"]["nodes"]));
    seen.sort();
    assert_eq!(seen, ["H-0", "H-1", "H-2", "H-3"]);
}

/// Goal: each filter finds its rows and no other, whatever form the keyword was typed in.
#[tokio::test(flavor = "multi_thread")]
async fn every_filter_finds_its_rows_however_the_keyword_is_typed() {
    let app = TestApp::start().await;
    let mut first = of(OWN[0], "F-1");
    first["phone"] = json!("090-1111-2222");
    first["email"] = json!("Hanako@Example.JP");
    first["sendid"] = json!("mr1");
    let mut second = of(OWN[1], "F-2");
    second["phone"] = json!("+81 90 3333 4444");
    second["email"] = json!("jiro@example.jp");
    second["sendid"] = json!("mr2");
    plant(&app, &[first, second]).await;
    for (keyword, order_no) in [
        (json!({"orderNo": "F-1"}), "F-1"),
        (json!({"orderNo": " F-1 "}), "F-1"),
        (json!({"orderNo": "Ｆ-１"}), "F-1"),
        (json!({"phone": "０９０－１１１１－２２２２"}), "F-1"),
        (json!({"email": "hanako@example.jp"}), "F-1"),
        (json!({"email": "HANAKO@EXAMPLE.JP"}), "F-1"),
        (json!({"phone": "09011112222"}), "F-1"),
        (json!({"phone": "090-1111-2222"}), "F-1"),
        (json!({"phone": "+81-90-1111-2222"}), "F-1"),
        (json!({"phone": "090 3333 4444"}), "F-2"),
        (json!({"sendid": "mr2"}), "F-2"),
        (json!({"sendid": "mr2", "phone": "09033334444"}), "F-2"),
    ] {
        let mut filter = json!({"ipCodes": OWN});
        filter.as_object_mut().unwrap().extend(keyword.as_object().unwrap().clone());
        assert_eq!(found(&app, filter).await, [order_no], "{keyword}");
    }
    let nothing: [String; 0] = [];
    for keyword in
        [json!({"orderNo": "F"}), json!({"orderNo": "%"}), json!({"sendid": "mr1", "phone": "09033334444"})]
    {
        let mut filter = json!({"ipCodes": OWN});
        filter.as_object_mut().unwrap().extend(keyword.as_object().unwrap().clone());
        assert_eq!(found(&app, filter).await, nothing, "{keyword}");
    }
}

/// Goal: 未処理 and 処理済 are told apart, すべて shows both. Method: one of two rows is closed.
#[tokio::test(flavor = "multi_thread")]
async fn the_condition_tells_open_rows_from_closed_ones() {
    let app = TestApp::start().await;
    plant(&app, &[of(OWN[0], "K-1"), of(OWN[0], "K-2")]).await;
    let row = app.wait_for_row("K-1", |_| true).await;
    let close =
        "mutation($i:MarkSendErrorProcessedInput!){markSendErrorProcessed(input:$i){sendError{status}}}";
    app.data(Some(&app.sign_in("operator").await), close, json!({"i": {"id": row["id"]}})).await;
    for (condition, orders) in
        [("ALL", vec!["K-1", "K-2"]), ("UNPROCESSED", vec!["K-2"]), ("PROCESSED", vec!["K-1"])]
    {
        let filter = json!({"ipCodes": OWN, "condition": condition, "period": {"preset": "TODAY"}});
        assert_eq!(found(&app, filter).await, orders, "{condition}");
    }
    let codes = app.data(Some(&app.read_token), "{ipCodes{code unprocessedSendErrors}}", json!({})).await;
    assert_eq!(codes["ipCodes"][0]["unprocessedSendErrors"], 1);
}

/// Goal: days are those of Tokyo. Method: rows on both sides of midnight there.
#[tokio::test(flavor = "multi_thread")]
async fn days_end_at_midnight_in_tokyo() {
    let app = TestApp::start().await;
    app.clock.advance_ms((8 * 3_600 + 3_599) * 1_000);
    plant(&app, &[of(OWN[0], "D-before")]).await;
    app.clock.advance_ms(1_000);
    app.hand_in_failing("D-after", SampleAnswer::Error500).await;
    for (period, order_no) in [
        (json!({"preset": "YESTERDAY"}), "D-before"),
        (json!({"preset": "TODAY"}), "D-after"),
        (json!({"from": "2026-11-22", "to": "2026-11-22"}), "D-before"),
        (json!({"from": "2026-11-23", "to": "2026-11-23"}), "D-after"),
    ] {
        assert_eq!(found(&app, json!({"ipCodes": [OWN[0]], "period": period})).await, [order_no], "{period}");
    }
}

/// Goal: the fields that the interfaces promise can be asked for a whole page without meeting the limits.
#[tokio::test(flavor = "multi_thread")]
async fn every_promised_field_can_be_asked_for_a_whole_page() {
    let app = TestApp::start().await;
    plant(&app, &[of(OWN[0], "V-1")]).await;
    let query = "query($c:[String!]!){sendErrors(filter:{ipCodes:$c,period:{preset:TODAY}},first:100){
        edges{cursor node{id}} pageInfo{hasNextPage endCursor} totalCount totalCountIsCapped
        nodes{id ipCode orderNo carrier amount phone email sendid status receipt cause occurredAt attemptCount
        parameters{name value} processedAt processedBy payment{id}
        attempts{nodes{startedAt durationMs trigger outcome httpStatus requestUrl requestBody responseBody}}}}}";
    let data = app.data(Some(&app.read_token), query, json!({"c": OWN})).await;
    let row = &data["sendErrors"]["nodes"][0];
    assert_eq!((&row["phone"], &row["email"]), (&json!("09012345678"), &json!("taro@example.jp")));
    assert_eq!(row["amount"], 11350);
    assert_eq!(row["attempts"]["nodes"][0]["trigger"], "AUTOMATIC");
}

/// Goal: what one may not see does not exist. Method: another merchant's manager, another merchant's token, and a
/// token that may only hand in look in every way there is.
#[tokio::test(flavor = "multi_thread")]
async fn another_merchants_rows_do_not_exist() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("X-1", SampleAnswer::Error500).await;
    let own = app.data(
        Some(&app.read_token),
        "query($i:ID!){sendError(id:$i){payment{id}}}",
        json!({"i": row["id"]}),
    );
    let payment = own.await["sendError"]["payment"]["id"].clone();
    let stranger = app.sign_in("stranger").await;
    for token in [&stranger, &app.other_ingest_token, &app.ingest_token] {
        let filter = json!({"ipCodes": [OWN[0], OWN[1], OTHER], "orderNo": "X-1"});
        let list = app.data(Some(token), SEARCH, json!({"f": filter})).await["sendErrors"].clone();
        assert_eq!((&list["totalCount"], &list["nodes"]), (&json!(0), &json!([])));
        for (query, id) in [
            ("query($i:ID!){sendError(id:$i){id}}", &row["id"]),
            ("query($i:ID!){node(id:$i){id}}", &row["id"]),
            ("query($i:ID!){payment(id:$i){id}}", &payment),
            ("query($i:ID!){node(id:$i){id}}", &payment),
        ] {
            assert_eq!(app.error_code(Some(token), query, json!({"i": id})).await, "NOT_FOUND", "{query}");
        }
    }
    for nonsense in
        ["", "x", "U2VuZEVycm9yOg", "U2VuZEVycm9yOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"]
    {
        for query in ["query($i:ID!){node(id:$i){id}}", "query($i:ID!){sendError(id:$i){id}}"] {
            let code = app.error_code(Some(&app.read_token), query, json!({"i": nonsense})).await;
            assert_eq!(code, "NOT_FOUND", "{nonsense}");
        }
    }
}
