//! One timeline a payment across both halves: results, attempts, decisions, edits, mails, and what the gateway and the
//! cart told of the same number (docs/REQUIREMENTS.md, A.13).

use serde_json::{Value, json};
use todoke::app::admin;

use crate::harness::{GRACE_MS, OWN, SampleAnswer, SmtpSink, TestApp, TestAppBuilder, notification};

const TIMELINE: &str = "query($id:ID!){sendError(id:$id){timeline{
    at kind actor detail mail{subject} attempt{outcome requestHeaders{name}} changes{name before after}}
    payment{timeline{kind}}}}";

/// The timeline of a row, oldest first.
async fn timeline(app: &TestApp, row: &Value) -> Vec<Value> {
    let data = app.data(Some(&app.read_token), TIMELINE, json!({"id": row["id"]})).await;
    let mut events = data["sendError"]["timeline"].as_array().unwrap().clone();
    assert_eq!(data["sendError"]["payment"]["timeline"].as_array().unwrap().len(), events.len());
    assert!(events.windows(2).all(|pair| pair[0]["at"].as_str() >= pair[1]["at"].as_str()), "{events:#?}");
    events.reverse();
    events
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

async fn decide(app: &TestApp, token: &str, mutation: &str, input: Value) -> Value {
    app.clock.advance_ms(1_000);
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($i:{kind}!){{{mutation}(input:$i){{userErrors{{code}}}}}}");
    app.data(Some(token), &query, json!({"i": input})).await
}

/// Goal: whoever looks at the row sees what happened to it, who decided it and what was edited. Method: an edited
/// resend that fails, 処理済, opening again, a resend that succeeds.
#[tokio::test(flavor = "multi_thread")]
async fn every_decision_stands_with_who_and_why() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let row = app.hand_in_failing("T-1", SampleAnswer::Error500).await;
    let query = "query($id:ID!){sendError(id:$id){parameters{name value}}}";
    let stored = app.data(Some(&app.read_token), query, json!({"id": row["id"]})).await;
    let mut edited = stored["sendError"]["parameters"].clone();
    for parameter in edited.as_array_mut().unwrap() {
        if parameter["name"] == "item" {
            parameter["value"] = json!("夏の福袋");
        }
    }
    let id = &row["id"];
    let resend = |key: &str| json!({"id": id, "idempotencyKey": key, "confirmMaybeReceived": true});
    let mut with_edit = resend("k-1");
    with_edit["parameters"] = edited;
    with_edit["reason"] = json!("商品名の誤り");
    decide(&app, &manager, "resendSendError", with_edit).await;
    app.wait_for_row("T-1", |row| row["attemptCount"] == 2).await;
    decide(&app, &manager, "markSendErrorProcessed", json!({"id": id, "reason": "手動で提供"})).await;
    decide(&app, &manager, "reopenSendError", json!({"id": id, "reason": "提供されていなかった"})).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    decide(&app, &manager, "resendSendError", resend("k-2")).await;
    let events = timeline(&app, &row).await;
    let expected = [
        "RESULT_RECEIVED",
        "ATTEMPTED",
        "RESEND_DECIDED",
        "ATTEMPTED",
        "CLOSED",
        "REOPENED",
        "RESEND_DECIDED",
        "ATTEMPTED",
    ];
    assert_eq!(kinds(&events), expected, "{events:#?}");
    assert_eq!(events[0]["detail"], "03");
    assert_eq!(
        (&events[1]["actor"], &events[1]["detail"]),
        (&Value::Null, &json!("MAYBE_RECEIVED SERVER_ERROR 500"))
    );
    assert_eq!((&events[2]["actor"], &events[2]["detail"]), (&json!("manager"), &json!("商品名の誤り")));
    let change = json!([{"name": "item", "before": "春の福袋", "after": "夏の福袋"}]);
    assert_eq!((&events[2]["changes"], &events[6]["changes"]), (&change, &json!([])));
    let names: Vec<&Value> = events[3]["attempt"]["requestHeaders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| &header["name"])
        .collect();
    assert!(names.contains(&&json!("todoke-edited")), "{names:?}");
    assert_eq!((&events[4]["actor"], &events[4]["detail"]), (&json!("manager"), &json!("手動で提供")));
    assert_eq!(events[5]["detail"], "提供されていなかった");
    assert_eq!(
        (&events[7]["detail"], &events[7]["attempt"]["outcome"]),
        (&json!("DELIVERED 200"), &json!("DELIVERED"))
    );
}

/// Goal: what a batch did to a row is told on the row. Method: a batch that sends one row, and one that closes another.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_stands_on_each_of_its_rows() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let sent = app.hand_in_failing("T-2", SampleAnswer::Refuse).await;
    let closed = app.hand_in_failing("T-3", SampleAnswer::Refuse).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    for (action, row) in [("RESEND", &sent), ("MARK_PROCESSED", &closed)] {
        app.clock.advance_ms(1_000);
        let plan = "mutation($i:PlanResendBatchInput!){planResendBatch(input:$i){batch{id}}}";
        let data =
            app.data(Some(&operator), plan, json!({"i": {"action": action, "ids": [row["id"]]}})).await;
        let batch = &data["planResendBatch"]["batch"]["id"];
        decide(&app, &operator, "startResendBatch", json!({"id": batch, "idempotencyKey": action})).await;
    }
    for order_no in ["T-2", "T-3"] {
        app.wait_for_row(order_no, |row| row["status"] == "PROCESSED").await;
    }
    let events = timeline(&app, &sent).await;
    assert_eq!(
        kinds(&events),
        ["RESULT_RECEIVED", "ATTEMPTED", "RESEND_DECIDED", "ATTEMPTED"],
        "{events:#?}"
    );
    assert_eq!((&events[2]["actor"], &events[3]["actor"]), (&json!("operator"), &json!("operator")));
    let events = timeline(&app, &closed).await;
    assert_eq!(kinds(&events), ["RESULT_RECEIVED", "ATTEMPTED", "CLOSED"], "{events:#?}");
    assert_eq!(events[2]["actor"], "operator");
}

/// Goal: a mail that does not arrive is seen where it matters, without showing the whole address. Method: a mail server
/// that refuses until the mail is given up; then another row whose mail waits for the digest and is sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_fails_is_shown_with_its_reason() {
    let sink = SmtpSink::start().await;
    let app = TestAppBuilder::default().smtp(sink.url()).start().await;
    admin::set_alerts(&app.desk, OWN[0], &["shop@example.com".to_owned()]).await.unwrap();
    sink.refuse(true);
    let row = app.hand_in_failing("T-4", SampleAnswer::Error500).await;
    let state = "SELECT state || ' ' || CAST(attempt_count AS TEXT) FROM mails ORDER BY created_at";
    for tries in 1..=12 {
        let wanted = if tries < 12 { format!("WAITING {tries}") } else { "FAILED 12".to_owned() };
        app.wait_for(&wanted, async || (app.texts(state).await.first() == Some(&wanted)).then_some(())).await;
        app.clock.advance_ms(3_600_001);
    }
    let events = timeline(&app, &row).await;
    let mails: Vec<&Value> =
        events.iter().filter(|event| event["kind"].as_str().unwrap().starts_with("MAIL")).collect();
    assert_eq!((&mails[0]["kind"], &mails[0]["detail"]), (&json!("MAIL_QUEUED"), &json!("s***@example.com")));
    assert_eq!((mails.len(), &mails[1]["kind"]), (2, &json!("MAIL_FAILED")));
    let why = mails[1]["detail"].as_str().unwrap();
    assert!(why.starts_with("s***@example.com: ") && why.ends_with(" (12/12)") && why.len() > 30, "{why}");
    assert!(!why.contains("shop@"), "{why}");
    sink.refuse(false);
    app.wait_for("the closed window", async || {
        app.texts("SELECT recipient FROM alert_windows").await.is_empty().then_some(())
    })
    .await;
    app.hand_in_failing("T-5", SampleAnswer::Error500).await;
    let gathered = app.hand_in_failing("T-6", SampleAnswer::Error500).await;
    app.clock.advance_ms(600_001);
    sink.wait_for(2).await;
    app.wait_for("the digest on the row", async || {
        let events = timeline(&app, &gathered).await;
        (kinds(&events) == ["RESULT_RECEIVED", "ATTEMPTED", "MAIL_QUEUED", "MAIL_SENT"]).then_some(())
    })
    .await;
}

/// From each of the three to the payment and back, and for strangers from nowhere; the order's id.
async fn led_around(app: &TestApp, row: &Value, abnormal: &Value) -> Value {
    let from_row = "query($id:ID!){sendError(id:$id){payment{id}}}";
    let data = app.data(Some(&app.read_token), from_row, json!({"id": row["id"]})).await;
    let payment = data["sendError"]["payment"]["id"].clone();
    let around = "query($id:ID!){payment(id:$id){sendError{id}
        abnormalOrders{id payment{id}} order{id orderNo payment{id}}}}";
    let variables = json!({"id": payment});
    let found = app.data(Some(&app.read_token), around, variables.clone()).await["payment"].clone();
    assert_eq!(found["sendError"]["id"], row["id"]);
    assert_eq!(found["abnormalOrders"], json!([{"id": abnormal, "payment": {"id": payment}}]));
    assert_eq!((&found["order"]["orderNo"], &found["order"]["payment"]["id"]), (&json!("T-7"), &payment));
    let stranger = app.sign_in("stranger").await;
    assert_eq!(app.error_code(Some(&stranger), around, variables).await, "NOT_FOUND");
    found["order"]["id"].clone()
}

/// Goal: a row of the gateway's half without a payment result says so. Method: a notification alone.
#[tokio::test(flavor = "multi_thread")]
async fn an_abnormal_order_without_a_payment_leads_to_none() {
    let app = TestApp::start().await;
    let changes = [("ShopID", "tshop00012345"), ("OrderID", "T-8"), ("AccessID", "a-8"), ("TranID", "t-8")];
    assert_eq!(app.notify(notification(&changes)).await, "0");
    app.clock.advance_ms(GRACE_MS + 1);
    let list =
        "query($c:[String!]!){abnormalOrders(filter:{ipCodes:$c,orderNo:\"T-8\"}){nodes{payment{id}}}}";
    let nodes = app
        .wait_for("the abnormal order", async || {
            let data = app.data(Some(&app.read_token), list, json!({"c": OWN})).await;
            let nodes = data["abnormalOrders"]["nodes"].clone();
            nodes[0].is_object().then_some(nodes)
        })
        .await;
    assert_eq!(nodes, json!([{"payment": null}]));
}

/// Goal: what the gateway and the cart told of the same number stands in the same timeline, and nothing of another
/// number. Method: a checkout, a notification and its restoring beside a send error; a second number beside it.
#[tokio::test(flavor = "multi_thread")]
async fn both_halves_stand_in_one_timeline() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let row = app.hand_in_failing("T-7", SampleAnswer::Error500).await;
    let other = app.hand_in_failing("T-70", SampleAnswer::Error500).await;
    app.clock.advance_ms(1_000);
    let cart = json!({
        "ipCode": OWN[0], "orderNo": "T-7", "orderedAt": "2026-11-22T14:50:00+09:00", "customerName": "山田 花子",
        "email": "hanako@example.jp", "total": 11350, "lines": [{"name": "春の福袋", "unitPrice": 11350, "quantity": 1}],
    });
    let register =
        "mutation($c:[CheckoutInput!]!){registerCheckouts(input:{checkouts:$c}){results{userErrors{code}}}}";
    app.data(Some(&app.ingest_token), register, json!({"c": [cart]})).await;
    app.clock.advance_ms(1_000);
    let changes = [("ShopID", "tshop00012345"), ("OrderID", "T-7"), ("AccessID", "a-7"), ("TranID", "t-7")];
    assert_eq!(app.notify(notification(&changes)).await, "0");
    app.clock.advance_ms(GRACE_MS + 1);
    let list = "query($c:[String!]!){abnormalOrders(filter:{ipCodes:$c,orderNo:\"T-7\"}){nodes{id}}}";
    let abnormal = app
        .wait_for("the abnormal order", async || {
            let data = app.data(Some(&app.read_token), list, json!({"c": OWN})).await;
            let id = data["abnormalOrders"]["nodes"][0]["id"].clone();
            id.is_string().then_some(id)
        })
        .await;
    decide(&app, &operator, "restoreAbnormalOrder", json!({"id": abnormal, "idempotencyKey": "k-1"})).await;
    let order = led_around(&app, &row, &abnormal).await;
    let shipped = json!({"id": order, "status": "SHIPPED", "reason": "宅配便"});
    decide(&app, &operator, "updateOrderStatus", shipped).await;
    let mail = json!({"id": order, "to": "hanako@example.jp", "subject": "ご注文", "body": "本文", "idempotencyKey": "k-2"});
    decide(&app, &operator, "sendOrderMail", mail).await;
    let events = timeline(&app, &row).await;
    let told = kinds(&events);
    assert_eq!(
        told[..4],
        ["RESULT_RECEIVED", "ATTEMPTED", "CHECKOUT_REGISTERED", "NOTIFICATION_RECEIVED"],
        "{events:#?}"
    );
    let restored = events.iter().find(|event| event["kind"] == "RESTORED").unwrap();
    assert_eq!((&restored["actor"], &restored["detail"]), (&json!("operator"), &json!("T-7")));
    assert_eq!(told.iter().filter(|kind| **kind == "EVALUATED").count(), 1);
    let find = |kind: &str| events.iter().find(|event| event["kind"] == kind).unwrap();
    assert_eq!(find("STATUS_CHANGED")["detail"], "NEW SHIPPED 宅配便");
    assert_eq!(find("MAIL_QUEUED")["mail"], json!({"subject": "ご注文"}));
    assert!(!told.contains(&"MAIL_SENT"), "where a mail to the buyer stands is told by its copy");
    assert!(!told.contains(&"ORDER_REGISTERED"), "a restored order is told by its restoring: {told:?}");
    assert_eq!(kinds(&timeline(&app, &other).await), ["RESULT_RECEIVED", "ATTEMPTED"]);
}
