//! Abnormal orders: evaluation, the five lists, and 復旧 exactly once (docs/REQUIREMENTS.md, B.3 to B.5).

use serde_json::{Value, json};
use todoke::app::admin;
use todoke_domain::access::TokenRight;

use crate::harness::{GRACE_MS, OTHER, OWN, TestApp, changed, checkout, notification};

async fn operate_token(app: &TestApp, name: &str) -> String {
    admin::create_token(&app.desk, name, &OWN.map(str::to_owned), &[TokenRight::Operate]).await.unwrap()
}

/// An order as the cart registers it, through the example's payment unless told otherwise.
fn order(order_no: &str, access_id: Option<&str>) -> Value {
    changed(checkout(order_no), json!({"accessId": access_id}))
}

const ACCESS_ID: &str = "75340a34dde2a2f3d77c70a48cd815e3";

/// Goal: a saved order of the same payment is nothing abnormal. Method: a second payment without an order shows that
/// the evaluation took place.
#[tokio::test(flavor = "multi_thread")]
async fn a_saved_order_is_nothing_abnormal() {
    let app = TestApp::start().await;
    app.register_orders(&[order("1", Some(ACCESS_ID))]).await;
    assert_eq!(app.notify(notification(&[("OrderID", "1")])).await, "0");
    app.notify_and_wait_out(&[("OrderID", "2")]).await;
    app.wait_for_abnormal_order("2", |_| true).await;
    assert_eq!(app.abnormal_orders(json!({})).await.len(), 1);
}

/// Goal: an order with this number through another payment is a duplicate that names it and cannot be restored.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_through_another_payment_is_a_duplicate() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.register_orders(&[order("1", None)]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    assert_eq!((&row["status"], &row["reason"]), (&json!("DUPLICATE"), &json!("ORDER_EXISTS")));
    assert_eq!(row["collidingOrder"]["orderNo"], "1");
    assert_eq!(row["order"], json!(null));
    let token = operate_token(&app, "operate").await;
    let answer = app.restore(&token, &row["id"], "key").await;
    assert_eq!(answer["errors"][0]["extensions"]["reason"], "NOT_RESTORABLE");
}

/// Goal: what contradicts the checkout is never restorable, and both values are told.
#[tokio::test(flavor = "multi_thread")]
async fn contradictions_tell_both_values() {
    let app = TestApp::start().await;
    let cases = [
        ("A", json!({"total": 11349}), "AMOUNT_MISMATCH", "11349", "11350"),
        ("B", json!({"payType": "3"}), "PAYMENT_METHOD_MISMATCH", "3", "0"),
        ("C", json!({"accessId": "other"}), "ACCESS_ID_MISMATCH", "other", ACCESS_ID),
    ];
    let checkouts: Vec<Value> =
        cases.iter().map(|(order_no, changes, ..)| changed(checkout(order_no), changes.clone())).collect();
    app.register_checkouts(&checkouts).await;
    for (order_no, ..) in &cases {
        app.notify(notification(&[("OrderID", order_no)])).await;
    }
    app.clock.advance_ms(GRACE_MS);
    for (order_no, _, reason, expected, actual) in cases {
        let row = app.wait_for_abnormal_order(order_no, |_| true).await;
        assert_eq!(row["reason"], reason);
        assert_eq!(
            (&row["evidence"]["expected"], &row["evidence"]["actual"]),
            (&json!(expected), &json!(actual))
        );
    }
}

/// Goal: a cancellation counts by the gateway's clock, not by arrival. Method: VOID comes first.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_comes_before_its_payment_still_counts() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    let void = [("OrderID", "1"), ("Status", "VOID"), ("JobCd", "VOID"), ("TranDate", "20090317180000")];
    assert_eq!(app.notify(notification(&void)).await, "0");
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    assert_eq!(row["cancelledAtGateway"], true);
    assert_eq!((&row["status"], &row["reason"]), (&json!("UNRESTORABLE"), &json!("CANCELLED_AT_GATEWAY")));
}

/// Goal: a checkout and an order that come late change the row at once. Method: the clock stands still meanwhile, so
/// the next read must show it.
#[tokio::test(flavor = "multi_thread")]
async fn late_checkouts_and_orders_count_at_once() {
    let app = TestApp::start().await;
    app.notify(notification(&[("OrderID", "1")])).await;
    app.notify_and_wait_out(&[("OrderID", "2-1711111111")]).await;
    app.wait_for_abnormal_order("1", |_| true).await;
    app.wait_for_abnormal_order("2-1711111111", |row| row["reason"] == "NO_CHECKOUT").await;
    app.register_checkouts(&[checkout("1"), checkout("2")]).await;
    let rows = app.abnormal_orders(json!({"list": "RESTORABLE"})).await;
    let mut numbers: Vec<_> = rows.iter().map(|row| row["orderNo"].as_str().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["1", "2"], "a retry's suffix is taken off");
    app.register_orders(&[order("1", Some(ACCESS_ID)), order("2", None)]).await;
    let rows = app.abnormal_orders(json!({})).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0]["orderNo"], &rows[0]["status"]), (&json!("2"), &json!("DUPLICATE")));
}

/// Goal: a registration does not cut short the grace of a notification that still has it. Method: the clock stands
/// still after a checkout came; an evaluated row shows that the registration's own evaluation took place.
#[tokio::test(flavor = "multi_thread")]
async fn a_registration_leaves_the_grace_of_others_alone() {
    let app = TestApp::start().await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    app.wait_for_abnormal_order("1", |_| true).await;
    app.notify(notification(&[("OrderID", "1-2"), ("AccessID", "second")])).await;
    app.register_checkouts(&[checkout("1")]).await;
    let rows = app.abnormal_orders(json!({})).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["status"], "RESTORABLE");
}

/// Goal: exactly one order, however often and from wherever it is pressed. Method: twenty at once, with twenty keys.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_restores_at_once_make_one_order() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    let token = operate_token(&app, "operate").await;
    let keys: Vec<String> = (0..20).map(|number| format!("key-{number}")).collect();
    let restores = keys.iter().map(|key| app.restore(&token, &row["id"], key));
    let answers = futures_util::future::join_all(restores).await;
    let done = answers.iter().filter(|answer| answer.get("errors").is_none()).count();
    assert_eq!(done, 1, "{answers:#?}");
    for answer in answers.iter().filter(|answer| answer.get("errors").is_some()) {
        let told = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&told["reason"], &told["by"]),
            (&json!("ALREADY_RESTORED"), &json!("operate")),
            "{answer}"
        );
        assert!(told["at"].is_string());
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM orders").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM decisions WHERE kind = 'RESTORE'").await, 1);
}

/// Goal: a repeated request is the same decision; the key of another one is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_means_one_restore() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1"), checkout("2")]).await;
    app.notify(notification(&[("OrderID", "1")])).await;
    app.notify_and_wait_out(&[("OrderID", "2")]).await;
    let first = app.wait_for_abnormal_order("1", |_| true).await;
    let second = app.wait_for_abnormal_order("2", |_| true).await;
    let token = operate_token(&app, "operate").await;
    let answer = app.restore(&token, &first["id"], "key").await;
    assert_eq!(answer["data"]["restoreAbnormalOrder"]["abnormalOrder"]["status"], "RESTORED");
    let repeats = (0..10).map(|_| app.restore(&token, &first["id"], "key"));
    for repeat in futures_util::future::join_all(repeats).await {
        assert_eq!(repeat, answer);
    }
    let reused = app.restore(&token, &second["id"], "key").await;
    assert_eq!(reused["errors"][0]["extensions"]["reason"], "KEY_REUSED");
    for key in ["", &"k".repeat(101)] {
        let refused = app.restore(&token, &second["id"], key).await;
        let told = &refused["data"]["restoreAbnormalOrder"]["userErrors"][0];
        assert_eq!(told["code"], "IDEMPOTENCY_KEY_INVALID");
    }
}

/// Goal: the order is the checkout's, with its date; the row never steps back, but learns of a cancellation; another
/// payment of the same number is a duplicate from then on.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_row_stays_restored() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.notify(notification(&[("OrderID", "1")])).await;
    app.notify_and_wait_out(&[("OrderID", "1-2"), ("AccessID", "second")]).await;
    let is_first = |row: &Value| {
        row["notification"].as_array().unwrap().contains(&json!({"field": "AccessID", "value": ACCESS_ID}))
    };
    let row = app.wait_for_abnormal_order("1", is_first).await;
    app.wait_for_abnormal_order("1", |row| !is_first(row) && row["status"] == "RESTORABLE").await;
    let token = operate_token(&app, "operate").await;
    app.restore(&token, &row["id"], "key").await;
    let query = "query($f:OrderFilter!){orders(filter:$f){totalCount nodes{orderNo orderedAt total status
        customerName email memberId itemCount paymentMethod confirmationMailSentAt restoredFrom{id} lines{name}}}}";
    let filter = json!({"f": {"ipCodes": OWN, "restored": true, "confirmationMail": "NOT_SENT"}});
    let orders = app.data(Some(&app.read_token), query, filter).await["orders"].clone();
    assert_eq!(orders["totalCount"], 1);
    for (field, value) in [
        ("orderedAt", json!("2009-03-17T16:29:56+09:00")),
        ("total", json!(11350)),
        ("status", json!("NEW")),
        ("itemCount", json!(3)),
        ("paymentMethod", json!("クレジットカード")),
        ("restoredFrom", json!({"id": row["id"]})),
    ] {
        assert_eq!(orders["nodes"][0][field], value, "{field}");
    }
    let rows = app.abnormal_orders(json!({"list": "DUPLICATE"})).await;
    assert_eq!(rows.len(), 1, "the second payment collides at once");
    let void = [("OrderID", "1"), ("Status", "VOID"), ("JobCd", "VOID"), ("TranDate", "20090317180000")];
    app.notify_and_wait_out(&void).await;
    let row = app.wait_for_abnormal_order("1", |row| row["cancelledAtGateway"] == true).await;
    assert_eq!((&row["status"], &row["order"]["orderNo"]), (&json!("RESTORED"), &json!("1")));
    app.register_checkouts(&[changed(checkout("1"), json!({"total": 5}))]).await;
    let row = app.wait_for_abnormal_order("1", is_first).await;
    assert_eq!((&row["status"], &row["total"]), (&json!("RESTORED"), &json!(11350)));
}

/// Goal: what one may not see does not exist, and what one may only see cannot be restored; the attempt is recorded.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_find_nothing_and_viewers_restore_nothing() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    let theirs = [OTHER.to_owned()];
    let stranger = admin::create_token(&app.desk, "stranger", &theirs, &[TokenRight::Manage]).await.unwrap();
    let list = "query($c:[String!]!){abnormalOrders(filter:{ipCodes:$c}){totalCount nodes{id}}
        abnormalOrderCounts(ipCodes:$c){all}}";
    for token in [&stranger, &app.ingest_token] {
        let variables = json!({"c": OWN});
        let data = app.data(Some(token), list, variables).await;
        assert_eq!(data["abnormalOrders"], json!({"totalCount": 0, "nodes": []}));
        assert_eq!(data["abnormalOrderCounts"]["all"], 0);
        for query in ["query($i:ID!){abnormalOrder(id:$i){id}}", "query($i:ID!){node(id:$i){id}}"] {
            assert_eq!(app.error_code(Some(token), query, json!({"i": row["id"]})).await, "NOT_FOUND");
        }
    }
    for token in [&stranger, &app.ingest_token, &app.read_token] {
        let answer = app.restore(token, &row["id"], "key").await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    }
    let refused =
        "SELECT COUNT(*) FROM audit_events WHERE action = 'restoreAbnormalOrder' AND outcome LIKE 'REFUSED%'";
    assert_eq!(app.count(refused).await, 3, "every refused attempt is recorded");
    assert_eq!(app.count("SELECT COUNT(*) FROM orders").await, 0);
}

/// Goal: the five lists with their counts, and the search. Method: one row of each kind, found by each filter.
#[tokio::test(flavor = "multi_thread")]
async fn lists_counts_and_searches_agree() {
    let app = TestApp::start().await;
    let hanako = json!({"customerName": "Ｈanako 鈴木", "email": "h_%@example.jp", "memberId": "m2"});
    app.register_checkouts(&[checkout("A1"), changed(checkout("A2"), hanako), checkout("B1")]).await;
    app.register_orders(&[order("B1", None)]).await;
    for order_no in ["A1", "A2", "B1", "C1"] {
        app.notify(notification(&[("OrderID", order_no)])).await;
    }
    app.clock.advance_ms(GRACE_MS);
    let row = app.wait_for_abnormal_order("A1", |_| true).await;
    app.wait_for_abnormal_order("C1", |_| true).await;
    let token = operate_token(&app, "operate").await;
    app.restore(&token, &row["id"], "key").await;
    let counts = "query($c:[String!]!){abnormalOrderCounts(ipCodes:$c){
        all restorable restored duplicate unrestorable}}";
    let counted = app.data(Some(&app.read_token), counts, json!({"c": OWN})).await;
    let expected = json!({"all": 4, "restorable": 1, "restored": 1, "duplicate": 1, "unrestorable": 1});
    assert_eq!(counted["abnormalOrderCounts"], expected);
    for (filter, expected) in [
        (json!({}), vec!["C1", "B1", "A2", "A1"]),
        (json!({"list": "RESTORABLE"}), vec!["A2"]),
        (json!({"list": "RESTORED"}), vec!["A1"]),
        (json!({"list": "DUPLICATE"}), vec!["B1"]),
        (json!({"list": "UNRESTORABLE"}), vec!["C1"]),
        (json!({"orderNo": "A"}), vec!["A2", "A1"]),
        (json!({"orderNo": "a"}), vec![]),
        (json!({"orderNo": "%"}), vec![]),
        (json!({"customer": "hanako"}), vec!["A2"]),
        (json!({"customer": "H_%@"}), vec!["A2"]),
        (json!({"customer": "%"}), vec!["A2"]),
        (json!({"memberId": "mr192"}), vec!["B1", "A1"]),
        (json!({"memberId": "mr19"}), vec![]),
        (json!({"period": {"preset": "TODAY"}}), vec!["C1", "B1", "A2", "A1"]),
        (json!({"period": {"yearMonth": "2009-03"}}), vec![]),
    ] {
        let rows = app.abnormal_orders(filter.clone()).await;
        let numbers: Vec<_> = rows.iter().map(|row| row["orderNo"].as_str().unwrap()).collect();
        assert_eq!(numbers, expected, "{filter}");
    }
}

/// Goal: pages neither skip nor repeat a row. Method: one row a page, while the cursor goes through all.
#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other() {
    let app = TestApp::start().await;
    for order_no in ["1", "2", "3"] {
        app.notify(notification(&[("OrderID", order_no)])).await;
    }
    app.clock.advance_ms(GRACE_MS);
    app.wait_for_abnormal_order("3", |_| true).await;
    let query = "query($c:[String!]!,$a:String){abnormalOrders(filter:{ipCodes:$c},first:1,after:$a){
        nodes{orderNo} pageInfo{hasNextPage endCursor} totalCount totalCountIsCapped}}";
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = app.data(Some(&app.read_token), query, json!({"c": OWN, "a": after})).await;
        let page = &data["abnormalOrders"];
        assert_eq!((&page["totalCount"], &page["totalCountIsCapped"]), (&json!(3), &json!(false)));
        seen.push(page["nodes"][0]["orderNo"].clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["3", "2", "1"]);
}
