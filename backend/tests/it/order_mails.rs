//! The confirmation mail: pre-filled, edited, sent once, its copy kept (docs/REQUIREMENTS.md, B.8).

use serde_json::{Value, json};

use crate::harness::{OTHER, OWN, SmtpSink, TestApp, TestAppBuilder, changed, checkout, notification};

const SEND: &str = "mutation($i:SendOrderMailInput!){sendOrderMail(input:$i){
    order{confirmationMailSentAt} mail{id to state} userErrors{field code}}}";
const ORDER: &str = "query($i:ID!){order(id:$i){confirmationMailSentAt mailDraft{to subject body}
    mails{to subject body by state error attemptCount} timeline{kind actor detail mail{subject body}}}}";
const TEMPLATE: &str = "mutation($i:UpdateOrderMailTemplateInput!){updateOrderMailTemplate(input:$i){
    ipCode{orderMailTemplate{subject isDefault placeholders defaults{language}}} userErrors{field code}}}";

fn mail(id: &Value, key: &str) -> Value {
    json!({"id": id, "to": "taro@example.jp", "subject": "ご注文の確認", "body": "山田 太郎 様\nありがとうございます。",
        "idempotencyKey": key})
}

async fn send(app: &TestApp, token: &str, input: &Value) -> Value {
    app.graphql(Some(token), SEND, json!({"i": input})).await
}

async fn order(app: &TestApp, id: &Value) -> Value {
    app.data(Some(&app.read_token), ORDER, json!({"i": id})).await["order"].clone()
}

/// A restored order.
async fn restored(app: &TestApp, operator: &str) -> Value {
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    app.restore(operator, &row["id"], "restore").await["data"]["restoreAbnormalOrder"]["order"]["id"].clone()
}

/// Goal: the mail that the operator edited goes to the buyer once, and everything of it stands in the timeline.
/// Method: twenty presses with twenty keys, one repeat, one more on purpose.
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_mail_is_sent_once_and_its_copy_kept() {
    let sink = SmtpSink::start().await;
    let app = TestAppBuilder::default().smtp(sink.url()).start().await;
    let operator = app.sign_in("operator").await;
    let id = restored(&app, &operator).await;
    let draft = order(&app, &id).await["mailDraft"].clone();
    assert_eq!(draft["to"], "Taro@example.jp");
    assert_eq!(draft["subject"], "【さくら書房】ご注文ありがとうございます(注文番号 1)");
    for part in ["山田 太郎 様", "・春の福袋 ¥5,000 × 2", "¥11,350", "¥350", "クレジットカード", "さくら書房"]
    {
        assert!(draft["body"].as_str().unwrap().contains(part), "{part}: {draft}");
    }
    let inputs: Vec<Value> = (0..20).map(|number| mail(&id, &format!("key-{number}"))).collect();
    let answers =
        futures_util::future::join_all(inputs.iter().map(|input| send(&app, &operator, input))).await;
    let done: Vec<usize> = (0..20).filter(|number| answers[*number].get("errors").is_none()).collect();
    assert_eq!(done.len(), 1, "{answers:#?}");
    let first = &answers[done[0]]["data"]["sendOrderMail"];
    assert!(first["order"]["confirmationMailSentAt"].is_string(), "{first}");
    for refused in answers.iter().filter(|answer| answer.get("errors").is_some()) {
        let told = &refused["errors"][0]["extensions"];
        assert_eq!((&told["reason"], &told["by"]), (&json!("MAIL_ALREADY_SENT"), &json!("operator")));
        assert!(told["at"].is_string());
    }
    let repeat = send(&app, &operator, &inputs[done[0]]).await;
    assert_eq!(repeat["data"]["sendOrderMail"]["mail"]["id"], first["mail"]["id"], "the same decision");
    let arrived = sink.wait_for(1).await.remove(0);
    assert!(arrived.contains("To: taro@example.jp") && arrived.contains("山田 太郎 様"), "{arrived}");
    let again = changed(mail(&id, "again"), json!({"again": true, "subject": "再送です"}));
    send(&app, &app.sign_in("second-operator").await, &again).await;
    sink.wait_for(2).await;
    let seen = app
        .wait_for("both sent", async || {
            let order = order(&app, &id).await;
            let is_sent = |mail: &Value| mail["state"] == "SENT";
            order["mails"].as_array().unwrap().iter().all(is_sent).then_some(order)
        })
        .await;
    let kinds: Vec<&str> =
        seen["timeline"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    for kind in ["RESTORED", "NOTIFICATION_RECEIVED", "MAIL_QUEUED", "MAIL_SENT"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let copies: Vec<&Value> =
        seen["timeline"].as_array().unwrap().iter().filter(|event| event["mail"].is_object()).collect();
    assert_eq!(copies.len(), 2);
    assert_eq!(copies[0]["actor"], "second-operator");
    assert_eq!(copies[1]["mail"]["body"], "山田 太郎 様\nありがとうございます。");
    assert_eq!(sink.count(), 2);
}

/// Goal: a mail that never arrives is shown, and the order waits for its mail again. Method: a server that refuses.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_given_up_leaves_the_order_waiting() {
    let sink = SmtpSink::start().await;
    sink.refuse(true);
    let app = TestAppBuilder::default().smtp(sink.url()).start().await;
    let operator = app.sign_in("operator").await;
    let id = restored(&app, &operator).await;
    send(&app, &operator, &mail(&id, "key")).await;
    for tries in 1..=12 {
        let tried = format!("try {tries}");
        app.wait_for(&tried, async || {
            (order(&app, &id).await["mails"][0]["attemptCount"] == tries).then_some(())
        })
        .await;
        app.clock.advance_ms(3_600_001);
    }
    let seen = order(&app, &id).await;
    assert_eq!(seen["mails"][0]["state"], "FAILED");
    assert!(seen["mails"][0]["error"].as_str().unwrap().contains("not now"), "{seen}");
    assert_eq!(seen["confirmationMailSentAt"], json!(null));
    assert!(seen["timeline"].to_string().contains("MAIL_FAILED"));
    sink.refuse(false);
    // Half a day went by: the operator signs in again.
    let operator = app.sign_in("operator").await;
    let sent = send(&app, &operator, &mail(&id, "second key")).await;
    assert!(sent.get("errors").is_none(), "it may be sent anew: {sent}");
    sink.wait_for(1).await;
}

/// Goal: no header can be slipped in, nothing is over its limit. Method: bad fields; nothing of them is stored.
#[tokio::test(flavor = "multi_thread")]
async fn mails_that_cannot_be_sent_are_told_beside_their_fields() {
    let app = TestApp::start().await;
    let answer = app.register_orders(&[checkout("1")]).await;
    let id = &answer["results"][0]["order"]["id"];
    let operator = app.sign_in("operator").await;
    for (changes, field, code) in [
        (json!({"subject": "s\r\nBcc: x@example.com"}), "subject", "INVALID_FORMAT"),
        (json!({"to": "taro@example.jp\r\nBcc: x@example.com"}), "to", "INVALID_FORMAT"),
        (json!({"to": "a@example.jp,b@example.jp"}), "to", "INVALID_FORMAT"),
        (json!({"to": "山田 <a@example.jp>"}), "to", "INVALID_FORMAT"),
        (json!({"to": ""}), "to", "REQUIRED"),
        (json!({"subject": "あ".repeat(201)}), "subject", "TOO_LONG"),
        (json!({"body": "あ".repeat(50_001)}), "body", "TOO_LONG"),
        (json!({"body": " \n"}), "body", "REQUIRED"),
        (json!({"idempotencyKey": ""}), "idempotencyKey", "IDEMPOTENCY_KEY_INVALID"),
    ] {
        let refused = send(&app, &operator, &changed(mail(id, "key"), changes)).await;
        let told = json!([{"field": [field], "code": code}]);
        assert_eq!(refused["data"]["sendOrderMail"]["userErrors"], told, "{refused}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM mails").await, 0);
}

/// Goal: an IP code has its own template, checked when it is stored, with a way back. Method: changed by a manager,
/// seen in the next draft; another merchant's is out of reach.
#[tokio::test(flavor = "multi_thread")]
async fn a_template_belongs_to_its_ip_code() {
    let app = TestApp::start().await;
    let answer = app.register_orders(&[checkout("1")]).await;
    let id = &answer["results"][0]["order"]["id"];
    let manager = app.sign_in("manager").await;
    let own =
        json!({"ipCode": OWN[0], "subject": "{{shop_name}}: {{order_no}}", "body": "{{lines}}\r\n{{total}}"});
    let update = async |input: Value| app.graphql(Some(&manager), TEMPLATE, json!({"i": input})).await;
    let updated = update(own.clone()).await["data"]["updateOrderMailTemplate"]["ipCode"].clone();
    let template = &updated["orderMailTemplate"];
    assert_eq!(template["isDefault"], false);
    assert_eq!(template["defaults"], json!([{"language": "JA"}, {"language": "EN"}]));
    let draft = order(&app, id).await["mailDraft"].clone();
    assert_eq!(draft["subject"], "さくら書房: 1");
    assert_eq!(draft["body"], "・春の福袋 ¥5,000 × 2\n・静岡煎茶 ¥1,000 × 1\n¥11,350");
    for (changes, field, code) in [
        (json!({"body": "{{oops}}"}), "body", "UNKNOWN_PLACEHOLDER"),
        (json!({"subject": "a\nb"}), "subject", "INVALID_FORMAT"),
        (json!({"subject": ""}), "subject", "REQUIRED"),
    ] {
        let refused = update(changed(own.clone(), changes)).await;
        let told = json!([{"field": [field], "code": code}]);
        assert_eq!(refused["data"]["updateOrderMailTemplate"]["userErrors"], told);
    }
    let foreign = update(changed(own.clone(), json!({"ipCode": OTHER}))).await;
    assert_eq!(foreign["errors"][0]["extensions"]["code"], "NOT_FOUND");
    update(changed(own, json!({"subject": "", "body": ""}))).await;
    assert!(order(&app, id).await["mailDraft"]["body"].as_str().unwrap().contains("お支払方法"));
}

/// Goal: a notification of an order that is saved is nothing abnormal, and stands in the order's timeline.
#[tokio::test(flavor = "multi_thread")]
async fn a_saved_orders_notification_stands_in_its_timeline() {
    let app = TestApp::start().await;
    let saved = changed(checkout("1"), json!({"accessId": "a1"}));
    let answer = app.register_orders(&[saved]).await;
    app.notify(notification(&[("OrderID", "1"), ("AccessID", "a1")])).await;
    app.notify_and_wait_out(&[("OrderID", "1"), ("AccessID", "other")]).await;
    app.wait_for_abnormal_order("1", |row| row["status"] == "DUPLICATE").await;
    let id = &answer["results"][0]["order"]["id"];
    let seen = app
        .wait_for("the notification", async || {
            let events = order(&app, id).await["timeline"].as_array().unwrap().clone();
            (events.len() > 1).then_some(events)
        })
        .await;
    let told: Vec<_> = seen.iter().map(|event| (&event["kind"], &event["detail"])).collect();
    let expected =
        [(&json!("NOTIFICATION_RECEIVED"), &json!("CAPTURE")), (&json!("ORDER_REGISTERED"), &json!("1"))];
    assert_eq!(told, expected);
}
