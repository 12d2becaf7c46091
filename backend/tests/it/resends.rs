//! Re-sending and closing: one decision, at most one request; who comes second learns who was first; what may have
//! been received is confirmed first (docs/REQUIREMENTS.md, A.8, A.9, A.11).

use serde_json::{Value, json};

use crate::harness::{SampleAnswer, TestApp};

const RESEND: &str = "mutation($i:ResendSendErrorInput!){resendSendError(input:$i){
    sendError{id status receipt cause attemptCount processedBy processedAt resending}
    attempt{id trigger outcome cause decidedBy requestUrl} userErrors{field code message}}}";
const CLOSE: &str = "mutation($i:MarkSendErrorProcessedInput!){markSendErrorProcessed(input:$i){
    sendError{status processedBy processedAt processedReason attemptCount} userErrors{field code}}}";

/// The input of a resend that confirms.
fn input(row: &Value, key: &str) -> Value {
    json!({"id": row["id"], "idempotencyKey": key, "confirmMaybeReceived": true})
}

fn with(mut input: Value, name: &str, value: Value) -> Value {
    input[name] = value;
    input
}

async fn resend(app: &TestApp, token: &str, input: Value) -> Value {
    app.data(Some(token), RESEND, json!({"i": input})).await["resendSendError"].clone()
}

/// The extensions of the error that a decision meets.
async fn refused(app: &TestApp, token: &str, mutation: &str, input: Value) -> Value {
    let answer = app.graphql(Some(token), mutation, json!({"i": input})).await;
    let extensions = answer["errors"][0]["extensions"].clone();
    assert!(extensions.is_object(), "{answer:#}");
    extensions
}

fn assert_conflict(extensions: &Value, reason: &str, by: &str) {
    assert_eq!((&extensions["code"], &extensions["reason"]), (&json!("CONFLICT"), &json!(reason)));
    assert_eq!(extensions["by"], by, "{extensions}");
    assert!(extensions["at"].as_str().unwrap().starts_with("2026-11-22T15:"), "{extensions}");
}

/// Goal: nothing that may have been received is sent again without a person saying so.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_received_needs_the_confirmation() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-1", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let token = app.sign_in("operator").await;
    let told = resend(&app, &token, with(input(&row, "k-1"), "confirmMaybeReceived", json!(false))).await;
    assert_eq!(told["userErrors"][0]["code"], "MAYBE_RECEIVED_NOT_CONFIRMED");
    assert_eq!(told["userErrors"][0]["field"], json!(["confirmMaybeReceived"]));
    assert_eq!((&told["sendError"], &told["attempt"]), (&Value::Null, &Value::Null));
    assert_eq!(app.merchant.requests().len(), 1);
    resend(&app, &token, input(&row, "k-1")).await;
    assert_eq!(app.merchant.requests().len(), 2);
    let log = app.audit_log().await;
    assert!(log.contains(&"operator resendSendError REFUSED BAD_USER_INPUT".to_owned()), "{log:#?}");
}

/// Goal: a resend that is acknowledged closes the row in the name of who decided it.
#[tokio::test(flavor = "multi_thread")]
async fn a_resend_that_succeeds_closes_the_row() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-2", SampleAnswer::WrongBody).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let told = resend(&app, &app.sign_in("operator").await, input(&row, "k-1")).await;
    let after = &told["sendError"];
    assert_eq!((&after["status"], &after["processedBy"]), (&json!("PROCESSED"), &json!("operator")));
    assert_eq!((&after["attemptCount"], &after["resending"]), (&json!(2), &json!(false)));
    assert!(after["processedAt"].is_string());
    let attempt = &told["attempt"];
    assert_eq!((&attempt["trigger"], &attempt["outcome"]), (&json!("MANUAL"), &json!("DELIVERED")));
    assert_eq!(attempt["decidedBy"], "operator");
    let ids: Vec<_> = app
        .merchant
        .requests()
        .iter()
        .map(|request| request.header("todoke-delivery-id").map(str::to_owned))
        .collect();
    assert_eq!(ids[0], ids[1], "the delivery id stays the same");
    assert!(app.audit_log().await.contains(&"operator resendSendError DONE".to_owned()));
}

/// Goal: a resend that fails leaves the row open with the newer error.
#[tokio::test(flavor = "multi_thread")]
async fn a_resend_that_fails_leaves_the_row_open_with_the_newer_error() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-3", SampleAnswer::Error500).await;
    app.clock.advance_ms(60_000);
    app.merchant.set_answer(SampleAnswer::WrongBody);
    let token = app.sign_in("operator").await;
    let told = resend(&app, &token, input(&row, "k-1")).await;
    let after = app.wait_for_row("M-3", |row| row["attemptCount"] == 2).await;
    assert_eq!((&after["status"], &after["cause"]), (&json!("UNPROCESSED"), &json!("BODY_RULE_NOT_MET")));
    assert_eq!((&after["resending"], &after["processedBy"]), (&json!(false), &Value::Null));
    assert!(after["occurredAt"].as_str() > row["occurredAt"].as_str());
    assert_eq!(told["sendError"]["cause"], "BODY_RULE_NOT_MET");
    assert_eq!(told["attempt"]["outcome"], "MAYBE_RECEIVED");
    let stale = with(input(&row, "k-2"), "expectedAttemptCount", json!(1));
    let extensions = refused(&app, &token, RESEND, stale).await;
    assert_eq!(
        (&extensions["code"], &extensions["reason"]),
        (&json!("CONFLICT"), &json!("CHANGED_MEANWHILE"))
    );
    assert!(extensions["at"].is_string());
    assert_eq!(app.merchant.requests().len(), 2);
    app.merchant.set_answer(SampleAnswer::Ok);
    let fresh = with(input(&row, "k-3"), "expectedAttemptCount", json!(2));
    assert_eq!(resend(&app, &token, fresh).await["sendError"]["status"], "PROCESSED");
}

/// Goal: a repeat of one decision sends nothing and gets the same answer, also at the same time (a double click).
#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_again_sends_nothing_and_returns_the_same_attempt() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-4", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::WrongBody);
    let token = app.sign_in("operator").await;
    let clicks = (0..8).map(|_| resend(&app, &token, input(&row, "k-1")));
    let answers = futures_util::future::join_all(clicks).await;
    let again = resend(&app, &token, input(&row, "k-1")).await;
    assert!(again["attempt"]["id"].is_string());
    for answer in &answers {
        assert_eq!(answer["attempt"]["id"], again["attempt"]["id"], "{answer:#}");
    }
    assert_eq!(app.merchant.requests().len(), 2);
    let other = app.hand_in_failing("M-5", SampleAnswer::WrongBody).await;
    assert_conflict(&refused(&app, &token, RESEND, input(&other, "k-1")).await, "KEY_REUSED", "operator");
    let second = app.sign_in("second-operator").await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let told = resend(&app, &second, input(&other, "k-1")).await;
    assert_eq!(told["sendError"]["status"], "PROCESSED", "another person's keys are their own");
}

/// Goal: one key is one decision even where it is shown for several rows at once. Method: six rows at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_for_several_rows_at_once_decides_about_one_of_them() {
    let app = TestApp::start().await;
    let mut rows = Vec::new();
    for number in 0..6 {
        rows.push(app.hand_in_failing(&format!("U-{number}"), SampleAnswer::Error500).await);
    }
    app.merchant.set_answer(SampleAnswer::Ok);
    let token = app.sign_in("operator").await;
    let tries = rows.iter().map(|row| app.graphql(Some(&token), RESEND, json!({"i": input(row, "k-1")})));
    let answers = futures_util::future::join_all(tries).await;
    let (sent, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.get("errors").is_none());
    assert_eq!(sent.len(), 1, "{answers:#?}");
    for answer in refused {
        assert_conflict(&answer["errors"][0]["extensions"], "KEY_REUSED", "operator");
    }
    assert_eq!(app.merchant.requests().len(), 7);
}

/// Goal: however many press at once, one request goes out and everybody else learns who was first. Method: twenty
/// resends of one row by two operators with different keys.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_resends_at_once_send_one_request_and_tell_the_others_who_was_first() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-6", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let tokens = [app.sign_in("operator").await, app.sign_in("second-operator").await];
    let tries = (0..20).map(|number| {
        let variables = json!({"i": input(&row, &format!("k-{number}"))});
        app.graphql(Some(&tokens[number % 2]), RESEND, variables)
    });
    let answers = futures_util::future::join_all(tries).await;
    let (sent, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.get("errors").is_none());
    assert_eq!((sent.len(), refused.len()), (1, 19), "{answers:#?}");
    let winner = sent[0]["data"]["resendSendError"]["sendError"]["processedBy"].as_str().unwrap();
    for answer in refused {
        let extensions = &answer["errors"][0]["extensions"];
        let reason = extensions["reason"].as_str().unwrap();
        assert!(["ALREADY_RESENDING", "ALREADY_PROCESSED"].contains(&reason), "{extensions}");
        assert_conflict(extensions, reason, winner);
    }
    assert_eq!(app.merchant.requests().len(), 2, "the first attempt and one resend");
}

/// Goal: while a resend is on its way nobody else acts on the row. Method: the endpoint does not answer meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_on_its_way_takes_no_second_decision() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-7", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Slow);
    let (first, second) = (app.sign_in("operator").await, app.sign_in("second-operator").await);
    let running = resend(&app, &first, input(&row, "k-1"));
    let meanwhile = async {
        app.merchant.wait_for_requests(2).await;
        let resent = refused(&app, &second, RESEND, input(&row, "k-2")).await;
        assert_conflict(&resent, "ALREADY_RESENDING", "operator");
        let closed = refused(&app, &second, CLOSE, json!({"id": row["id"]})).await;
        assert_conflict(&closed, "ALREADY_RESENDING", "operator");
    };
    let (told, ()) = tokio::join!(running, meanwhile);
    assert_eq!(told["attempt"]["cause"], "TIMED_OUT");
    assert_eq!(app.merchant.requests().len(), 2);
}

/// Goal: 処理済 sends nothing, and whoever comes second learns who closed it and when.
#[tokio::test(flavor = "multi_thread")]
async fn closing_sends_nothing_and_happens_once() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-8", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let (first, second) = (app.sign_in("operator").await, app.sign_in("second-operator").await);
    let close = json!({"i": {"id": row["id"], "reason": "電話で確認済み"}});
    let told = app.data(Some(&first), CLOSE, close).await["markSendErrorProcessed"].clone();
    let after = &told["sendError"];
    assert_eq!((&after["status"], &after["processedBy"]), (&json!("PROCESSED"), &json!("operator")));
    assert_eq!((&after["processedReason"], &after["attemptCount"]), (&json!("電話で確認済み"), &json!(1)));
    for mutation in [CLOSE, RESEND] {
        let again = if mutation == CLOSE { json!({"id": row["id"]}) } else { input(&row, "k-1") };
        assert_conflict(&refused(&app, &second, mutation, again).await, "ALREADY_PROCESSED", "operator");
    }
    assert_eq!(app.merchant.requests().len(), 1);
    let log = app.audit_log().await;
    for entry in [
        "operator markSendErrorProcessed DONE",
        "second-operator markSendErrorProcessed REFUSED CONFLICT",
        "second-operator resendSendError REFUSED CONFLICT",
    ] {
        assert!(log.contains(&entry.to_owned()), "{entry}: {log:#?}");
    }
}

/// Goal: only who may edit edits, and the request shows it. Method: operator, then manager, and the bytes sent.
#[tokio::test(flavor = "multi_thread")]
async fn edited_parameters_need_the_manager_and_are_sent_with_a_mark() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-9", SampleAnswer::Error500).await;
    let manager = app.sign_in("manager").await;
    let query = "query($i:ID!){sendError(id:$i){parameters{name value}}}";
    let stored =
        app.data(Some(&manager), query, json!({"i": row["id"]})).await["sendError"]["parameters"].clone();
    let changed = |name: &str, value: &str| -> Value {
        let parameters = stored.as_array().unwrap().iter().map(|parameter| {
            let is_meant = parameter["name"] == name;
            if is_meant { json!({"name": name, "value": value}) } else { parameter.clone() }
        });
        parameters.collect()
    };
    let edited = |parameters: Value, key: &str| with(input(&row, key), "parameters", parameters);
    let operator = app.sign_in("operator").await;
    let by_operator = refused(&app, &operator, RESEND, edited(changed("item", "秋の福袋"), "k-0")).await;
    assert_eq!(by_operator["code"], "NOT_FOUND");
    let without_order_no: Value = stored
        .as_array()
        .unwrap()
        .iter()
        .filter(|parameter| parameter["name"] != "order_no")
        .cloned()
        .collect();
    for (parameters, name, code) in [
        (changed("order_no", "M-10"), "order_no", "RESERVED_NAME"),
        (changed("clientip", "2012000124"), "clientip", "RESERVED_NAME"),
        (without_order_no, "order_no", "RESERVED_NAME"),
        (changed("item", "寿司🍣"), "item", "NOT_IN_CHARSET"),
    ] {
        let told = resend(&app, &manager, edited(parameters, "k-1")).await;
        let fault = &told["userErrors"][0];
        assert_eq!((&fault["field"], &fault["code"]), (&json!(["parameters", name]), &json!(code)));
    }
    assert_eq!(app.merchant.requests().len(), 1);
    resend(&app, &manager, edited(changed("item", "秋の福袋"), "k-2")).await;
    let request = app.merchant.requests().pop().unwrap();
    assert_eq!(request.header("todoke-edited"), Some("true"));
    assert!(request.query.contains("item=%8FH%82%CC%95%9F%91%DC"), "{}", request.query);
    app.merchant.set_answer(SampleAnswer::Ok);
    resend(&app, &manager, input(&row, "k-3")).await;
    let request = app.merchant.requests().pop().unwrap();
    assert_eq!(request.header("todoke-edited"), None, "the stored result itself was never changed");
    assert!(request.query.contains("item=%8Ft%82%CC%95%9F%91%DC"), "{}", request.query);
    let kept =
        "SELECT parameters_before || parameters_after FROM decisions WHERE parameters_after IS NOT NULL";
    let kept = app.texts(kept).await;
    assert!(kept.len() == 1 && kept[0].contains("春の福袋") && kept[0].contains("秋の福袋"), "{kept:?}");
}

/// Goal: who lacks the right learns nothing, sends nothing, and leaves a trace. Method: everybody who may not.
#[tokio::test(flavor = "multi_thread")]
async fn who_lacks_the_right_is_told_not_found_and_leaves_a_trace() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-11", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let (viewer, stranger) = (app.sign_in("viewer").await, app.sign_in("stranger").await);
    let actors = [
        ("viewer", &viewer),
        ("stranger", &stranger),
        ("read", &app.read_token),
        ("ingest", &app.ingest_token),
        ("other-ingest", &app.other_ingest_token),
    ];
    for (name, token) in actors {
        let resent = refused(&app, token, RESEND, input(&row, "k-1")).await;
        let closed = refused(&app, token, CLOSE, json!({"id": row["id"]})).await;
        assert_eq!((&resent["code"], &closed["code"]), (&json!("NOT_FOUND"), &json!("NOT_FOUND")), "{name}");
        for extensions in [resent, closed] {
            assert!(extensions.get("by").is_none() && extensions.get("fields").is_none(), "{extensions}");
        }
    }
    assert_eq!(app.merchant.requests().len(), 1);
    let log = app.audit_log().await;
    for (name, _) in actors {
        for mutation in ["resendSendError", "markSendErrorProcessed"] {
            let entry = format!("{name} {mutation} REFUSED NOT_FOUND");
            assert!(log.contains(&entry), "{entry}: {log:#?}");
        }
    }
}

/// Goal: what cannot be used is told beside its field. Method: keys and reasons over their limits.
#[tokio::test(flavor = "multi_thread")]
async fn keys_and_reasons_have_limits() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("M-12", SampleAnswer::Error500).await;
    let token = app.sign_in("operator").await;
    for (input, field, code) in [
        (input(&row, ""), "idempotencyKey", "IDEMPOTENCY_KEY_INVALID"),
        (input(&row, &"k".repeat(101)), "idempotencyKey", "IDEMPOTENCY_KEY_INVALID"),
        (with(input(&row, "k-1"), "reason", json!("あ".repeat(501))), "reason", "TOO_LONG"),
    ] {
        let told = resend(&app, &token, input).await;
        let fault = &told["userErrors"][0];
        assert_eq!((&fault["field"], &fault["code"]), (&json!([field]), &json!(code)));
    }
    assert_eq!(app.merchant.requests().len(), 1);
}
