//! Closing and deleting abnormal orders (docs/REQUIREMENTS.md, B.6; reference B, 「重複注文一覧」 and 「ボタン説明」).

use serde_json::{Value, json};

use crate::harness::{GRACE_MS, OWN, Socket, TestApp, changed, checkout, notification};

const CLOSE: &str = "mutation($i:CloseAbnormalOrderInput!){closeAbnormalOrder(input:$i){
    abnormalOrder{status closedAt closedBy resolution resolutionNote allowedActions timeline{kind actor detail}}
    userErrors{field code}}}";
const DELETE: &str =
    "mutation($i:DeleteAbnormalOrderInput!){deleteAbnormalOrder(input:$i){deletedId userErrors{field code}}}";

async fn close(app: &TestApp, token: &str, input: Value) -> Value {
    app.graphql(Some(token), CLOSE, json!({"i": input})).await
}

async fn delete(app: &TestApp, token: &str, id: &Value, reason: &str) -> Value {
    app.graphql(Some(token), DELETE, json!({"i": {"id": id, "reason": reason}})).await
}

async fn counts(app: &TestApp) -> Value {
    let query = "query($c:[String!]!){abnormalOrderCounts(ipCodes:$c){
        all restorable restored duplicate unrestorable}}";
    app.data(Some(&app.read_token), query, json!({"c": OWN})).await["abnormalOrderCounts"].clone()
}

/// Goal: a row that was dealt with elsewhere is marked, once, and nothing that comes later makes an order of it.
/// Method: closed by one operator; a second one, a checkout and a restore come after.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_row_stays_in_its_list_marked() {
    let app = TestApp::start().await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |row| row["status"] == "UNRESTORABLE").await;
    let operator = app.sign_in("operator").await;
    let input = json!({"id": row["id"], "resolution": "REORDERED", "note": " 電話で確認済み "});
    let closed = close(&app, &operator, input.clone()).await["data"]["closeAbnormalOrder"].clone();
    let shown = &closed["abnormalOrder"];
    assert_eq!(
        (&shown["closedBy"], &shown["resolution"], &shown["resolutionNote"]),
        (&json!("operator"), &json!("REORDERED"), &json!("電話で確認済み"))
    );
    let event = json!({"kind": "CLOSED", "actor": "operator", "detail": "REORDERED 電話で確認済み"});
    assert!(shown["timeline"].as_array().unwrap().contains(&event), "{shown}");
    let second = close(&app, &app.sign_in("second-operator").await, input).await;
    let told = &second["errors"][0]["extensions"];
    assert_eq!((&told["reason"], &told["by"]), (&json!("ALREADY_CLOSED"), &json!("operator")), "{second}");
    app.register_checkouts(&[checkout("1")]).await;
    assert_eq!(counts(&app).await["unrestorable"], 1, "a late checkout does not open it again");
    let restored = app.restore(&operator, &row["id"], "key").await;
    assert_eq!(restored["errors"][0]["extensions"]["reason"], "NOT_RESTORABLE");
    let void = [("OrderID", "1"), ("Status", "VOID"), ("JobCd", "VOID"), ("TranDate", "20090317180000")];
    app.notify_and_wait_out(&void).await;
    app.wait_for_abnormal_order("1", |row| row["cancelledAtGateway"] == true).await;
    let order = changed(checkout("1"), json!({"accessId": "75340a34dde2a2f3d77c70a48cd815e3"}));
    app.register_orders(&[order]).await;
    assert_eq!(counts(&app).await["all"], 0, "its own order came after all");
}

/// Goal: what is not for closing is not closed, and what may be done is told to who may do it.
#[tokio::test(flavor = "multi_thread")]
async fn each_row_tells_what_may_be_done_with_it() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1"), checkout("2")]).await;
    app.register_orders(&[checkout("2")]).await;
    app.notify(notification(&[("OrderID", "1")])).await;
    app.notify_and_wait_out(&[("OrderID", "2")]).await;
    let restorable = app.wait_for_abnormal_order("1", |_| true).await;
    let duplicate = app.wait_for_abnormal_order("2", |_| true).await;
    let query = "query($i:ID!){abnormalOrder(id:$i){allowedActions}}";
    for (login, of_restorable, of_duplicate) in [
        ("viewer", json!([]), json!([])),
        ("operator", json!(["RESTORE"]), json!(["CLOSE"])),
        ("manager", json!(["RESTORE", "DELETE"]), json!(["CLOSE", "DELETE"])),
    ] {
        let token = app.sign_in(login).await;
        for (row, expected) in [(&restorable, of_restorable), (&duplicate, of_duplicate)] {
            let data = app.data(Some(&token), query, json!({"i": row["id"]})).await;
            assert_eq!(data["abnormalOrder"]["allowedActions"], expected, "{login}");
        }
    }
    let operator = app.sign_in("operator").await;
    let input = json!({"id": restorable["id"], "resolution": "NOT_NEEDED"});
    let refused = close(&app, &operator, input).await;
    assert_eq!(refused["errors"][0]["extensions"]["reason"], "NOT_CLOSABLE");
    let long = json!({"id": duplicate["id"], "resolution": "NOT_NEEDED", "note": "あ".repeat(501)});
    let refused = close(&app, &operator, long).await;
    let told = json!([{"field": ["note"], "code": "TOO_LONG"}]);
    assert_eq!(refused["data"]["closeAbnormalOrder"]["userErrors"], told);
}

/// Goal: a deleted row is in no list and no count, who watches hears that it left, nothing brings it back, and the
/// audit log keeps it whole. Method: deleted, then repeated, cancelled, registered; another payment of the number.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_row_leaves_for_good() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    let manager = app.sign_in("manager").await;
    for (reason, code) in [(" ", "REQUIRED"), (&"あ".repeat(501)[..], "TOO_LONG")] {
        let refused = delete(&app, &manager, &row["id"], reason).await;
        let told = json!([{"field": ["reason"], "code": code}]);
        assert_eq!(refused["data"]["deleteAbnormalOrder"]["userErrors"], told);
    }
    let mut watcher = Socket::open(app.address, &app.read_token).await;
    let watch = "subscription($c:[String!]!){abnormalOrderChanged(ipCodes:$c){orderNo}}";
    watcher.subscribe(watch, json!({"c": OWN})).await;
    let deleted = delete(&app, &manager, &row["id"], "代引で注文済みのため").await;
    assert_eq!(deleted["data"]["deleteAbnormalOrder"]["deletedId"], row["id"]);
    assert_eq!(watcher.message().await["payload"]["data"]["abnormalOrderChanged"], json!(null));
    let again = delete(&app, &manager, &row["id"], "もう一度").await;
    assert_eq!(again["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let restored = app.restore(&manager, &row["id"], "key").await;
    assert_eq!(restored["errors"][0]["extensions"]["code"], "NOT_FOUND");
    app.notify(notification(&[("OrderID", "1"), ("Status", "SALES"), ("TranDate", "20090318090000")])).await;
    app.register_checkouts(&[changed(checkout("1"), json!({"total": 12000}))]).await;
    app.notify_and_wait_out(&[("OrderID", "1"), ("AccessID", "second")]).await;
    app.wait_for("the last evaluation", async || {
        let waiting = app.count("SELECT COUNT(*) FROM notifications WHERE evaluate_at IS NOT NULL").await;
        (waiting == 0).then_some(())
    })
    .await;
    let rows = app.abnormal_orders(json!({})).await;
    assert_eq!(rows.len(), 1, "only the new payment: {rows:?}");
    assert_eq!(rows[0]["reason"], "AMOUNT_MISMATCH");
    let record = app
        .texts("SELECT before || after FROM audit_events WHERE action = 'deleteAbnormalOrder' AND outcome = 'DONE'")
        .await;
    for part in ["RESTORABLE", "山田 太郎", "2009031", "75340a34", "11350", "代引で注文済みのため"]
    {
        assert!(record[0].contains(part), "{part}: {record:?}");
    }
    assert!(!record[0].contains("**"));
}

/// Goal: deleting a restored row takes the row, never the order.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_a_deleted_row_stays() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    let manager = app.sign_in("manager").await;
    app.restore(&manager, &row["id"], "key").await;
    delete(&app, &manager, &row["id"], "対応済み").await;
    assert_eq!(counts(&app).await["all"], 0);
    app.clock.advance_ms(GRACE_MS);
    let query =
        "query($c:[String!]!){orders(filter:{ipCodes:$c,restored:true}){nodes{orderNo restoredFrom{id}}}}";
    let orders = app.data(Some(&app.read_token), query, json!({"c": OWN})).await;
    assert_eq!(orders["orders"]["nodes"], json!([{"orderNo": "1", "restoredFrom": null}]));
}
