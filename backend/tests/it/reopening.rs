//! Opening a closed row again: with a reason, by who may close, and never as if an acknowledged result had not arrived
//! (docs/REQUIREMENTS.md, A.8, A.11).

use serde_json::{Value, json};
use todoke::app::admin::EndpointChange;
use todoke_domain::retry::RetryPolicy;

use crate::harness::{OWN, SampleAnswer, Socket, TestApp, payment_result};

const REOPEN: &str = "mutation($i:ReopenSendErrorInput!){reopenSendError(input:$i){
    sendError{status receipt cause attemptCount processedBy processedAt processedReason resending} userErrors{field code}}}";
const CLOSE: &str =
    "mutation($i:MarkSendErrorProcessedInput!){markSendErrorProcessed(input:$i){sendError{status}}}";
const RESEND: &str = "mutation($i:ResendSendErrorInput!){resendSendError(input:$i){
    sendError{status receipt} attempt{outcome} userErrors{code}}}";
const PLAN: &str =
    "mutation($i:PlanResendBatchInput!){planResendBatch(input:$i){batch{total} userErrors{code}}}";

async fn close(app: &TestApp, token: &str, row: &Value) {
    let data = app.data(Some(token), CLOSE, json!({"i": {"id": row["id"]}})).await;
    assert_eq!(data["markSendErrorProcessed"]["sendError"]["status"], "PROCESSED");
}

async fn reopen(app: &TestApp, token: &str, row: &Value) -> Value {
    let input = json!({"id": row["id"], "reason": "誤って処理済にしたため"});
    app.data(Some(token), REOPEN, json!({"i": input})).await["reopenSendError"]["sendError"].clone()
}

/// The extensions of the error that opening again meets.
async fn refused(app: &TestApp, token: &str, row: &Value) -> Value {
    let input = json!({"id": row["id"], "reason": "二度目"});
    let answer = app.graphql(Some(token), REOPEN, json!({"i": input})).await;
    let extensions = answer["errors"][0]["extensions"].clone();
    assert!(extensions.is_object(), "{answer:#}");
    extensions
}

async fn resend(app: &TestApp, token: &str, row: &Value, key: &str, confirms: bool) -> Value {
    let input = json!({"id": row["id"], "idempotencyKey": key, "confirmMaybeReceived": confirms});
    app.data(Some(token), RESEND, json!({"i": input})).await["resendSendError"].clone()
}

/// How many rows a plan of everything open takes.
async fn planned(app: &TestApp, token: &str, includes_maybe_received: bool) -> u64 {
    let filter = json!({"ipCodes": OWN, "condition": "UNPROCESSED", "period": {"preset": "TODAY"}});
    let input =
        json!({"action": "RESEND", "filter": filter, "includeMaybeReceived": includes_maybe_received});
    let data = app.data(Some(token), PLAN, json!({"i": input})).await;
    data["planResendBatch"]["batch"]["total"].as_u64().unwrap_or(0)
}

/// Goal: a row that was closed by mistake comes back as it was. Method: one that cannot have been received; afterwards
/// it is sent without the confirmation, and once.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_closed_by_hand_comes_back_as_it_was() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let row = app.hand_in_failing("O-1", SampleAnswer::Refuse).await;
    close(&app, &operator, &row).await;
    let mut socket = Socket::open(app.address, &operator).await;
    let watch = "subscription($c:[String!]!){sendErrorChanged(ipCodes:$c){orderNo status}}";
    socket.subscribe(watch, json!({"c": OWN})).await;
    let back = reopen(&app, &operator, &row).await;
    assert_eq!((&back["status"], &back["receipt"]), (&json!("UNPROCESSED"), &json!("NOT_RECEIVED")));
    assert_eq!((&back["cause"], &back["attemptCount"]), (&row["cause"], &json!(1)));
    for gone in ["processedAt", "processedBy", "processedReason"] {
        assert_eq!(back[gone], Value::Null, "{gone}");
    }
    let heard = socket.event().await["sendErrorChanged"].clone();
    assert_eq!(heard, json!({"orderNo": "O-1", "status": "UNPROCESSED"}));
    assert_eq!(planned(&app, &operator, false).await, 1);
    app.merchant.set_answer(SampleAnswer::Ok);
    let sent = resend(&app, &operator, &row, "k-1", false).await;
    assert_eq!((&sent["sendError"]["status"], &sent["userErrors"]), (&json!("PROCESSED"), &json!([])));
    assert_eq!(app.merchant.requests().len(), 1);
    assert!(app.audit_log().await.contains(&"operator reopenSendError DONE".to_owned()));
}

/// Goal: what the endpoint acknowledged is not sent again as if it had never arrived. Method: a row whose last failure
/// was a refused connection is re-sent with success and opened again; a resend then needs the confirmation, a plan
/// leaves the row out, and a later failure that never left does not change that.
#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_row_comes_back_as_maybe_received_and_stays_so() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let row = app.hand_in_failing("O-2", SampleAnswer::Refuse).await;
    assert_eq!(row["receipt"], "NOT_RECEIVED");
    app.merchant.set_answer(SampleAnswer::Ok);
    assert_eq!(resend(&app, &operator, &row, "k-1", false).await["sendError"]["status"], "PROCESSED");
    let back = reopen(&app, &operator, &row).await;
    assert_eq!((&back["status"], &back["receipt"]), (&json!("UNPROCESSED"), &json!("MAYBE_RECEIVED")));
    assert_eq!((&back["cause"], &back["attemptCount"]), (&json!("CONNECTION_REFUSED"), &json!(2)));
    let told = resend(&app, &operator, &row, "k-2", false).await;
    assert_eq!(told["userErrors"][0]["code"], "MAYBE_RECEIVED_NOT_CONFIRMED");
    assert_eq!((planned(&app, &operator, false).await, planned(&app, &operator, true).await), (0, 1));
    assert_eq!(app.merchant.requests().len(), 1);
    app.refuse_connections().await;
    let failed = resend(&app, &operator, &row, "k-3", true).await;
    assert_eq!(failed["attempt"]["outcome"], "NOT_RECEIVED");
    assert_eq!(failed["sendError"], json!({"status": "UNPROCESSED", "receipt": "MAYBE_RECEIVED"}));
    assert_eq!(planned(&app, &operator, false).await, 0);
    let query = "query($id:ID!){sendError(id:$id){payment{results{delivered}}}}";
    let data = app.data(Some(&app.read_token), query, json!({"id": row["id"]})).await;
    assert_eq!(data["sendError"]["payment"]["results"], json!([{"delivered": true}]));
    app.merchant.set_answer(SampleAnswer::Ok);
    assert_eq!(resend(&app, &operator, &row, "k-4", true).await["sendError"]["status"], "PROCESSED");
    assert_eq!(app.merchant.requests().len(), 2);
}

/// Goal: an earlier attempt that may have arrived is not forgotten over a later one that never left.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_attempt_that_never_left_takes_nothing_back() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let row = app.hand_in_failing("O-3", SampleAnswer::Error500).await;
    app.refuse_connections().await;
    let failed = resend(&app, &operator, &row, "k-1", true).await;
    assert_eq!(failed["attempt"]["outcome"], "NOT_RECEIVED");
    let after = app.wait_for_row("O-3", |row| row["attemptCount"] == 2).await;
    assert_eq!(
        (&after["cause"], &after["receipt"]),
        (&json!("CONNECTION_REFUSED"), &json!("MAYBE_RECEIVED"))
    );
}

/// Goal: no row is opened without a reason, and none that is not closed; who comes second learns who was first.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_closed_row_is_opened_and_only_with_a_reason() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let row = app.hand_in_failing("O-4", SampleAnswer::Error500).await;
    for (reason, code) in [("", "REQUIRED"), ("  ", "REQUIRED"), ("長".repeat(501).as_str(), "TOO_LONG")] {
        let input = json!({"id": row["id"], "reason": reason});
        let told = app.data(Some(&operator), REOPEN, json!({"i": input})).await["reopenSendError"].clone();
        assert_eq!(told["userErrors"], json!([{"field": ["reason"], "code": code}]));
    }
    let never = refused(&app, &operator, &row).await;
    assert_eq!((&never["reason"], &never["by"]), (&json!("NOT_PROCESSED"), &Value::Null));
    close(&app, &operator, &row).await;
    reopen(&app, &operator, &row).await;
    let second = refused(&app, &app.sign_in("second-operator").await, &row).await;
    assert_eq!((&second["reason"], &second["by"]), (&json!("NOT_PROCESSED"), &json!("operator")));
    assert!(second["at"].is_string());
    let requests = app.merchant.requests().len();
    app.merchant.set_answer(SampleAnswer::Slow);
    let (_, running) = tokio::join!(resend(&app, &operator, &row, "k-1", true), async {
        app.merchant.wait_for_requests(requests + 1).await;
        refused(&app, &operator, &row).await
    });
    assert_eq!((&running["reason"], &running["by"]), (&json!("ALREADY_RESENDING"), &json!("operator")));
    let log = app.audit_log().await;
    assert!(log.contains(&"second-operator reopenSendError REFUSED CONFLICT".to_owned()), "{log:#?}");
}

/// Goal: of two operators at once one decides. Method: both open the row again many times at once, then both open,
/// close and re-send at once; the endpoint counts.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_decides() {
    let app = TestApp::start().await;
    let tokens = [app.sign_in("operator").await, app.sign_in("second-operator").await];
    let row = app.hand_in_failing("O-5", SampleAnswer::Refuse).await;
    close(&app, &tokens[0], &row).await;
    let input = json!({"i": {"id": row["id"], "reason": "同時"}});
    let tries = (0..10).map(|turn| app.graphql(Some(&tokens[turn % 2]), REOPEN, input.clone()));
    let answers = futures_util::future::join_all(tries).await;
    let (opened, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.get("errors").is_none());
    assert_eq!(opened.len(), 1, "{answers:#?}");
    assert!(refused.iter().all(|answer| answer["errors"][0]["extensions"]["reason"] == "NOT_PROCESSED"));
    let reopened = "SELECT CAST(count(*) AS TEXT) FROM decisions WHERE kind = 'REOPEN'";
    assert_eq!(app.texts(reopened).await, ["1"]);
    app.merchant.set_answer(SampleAnswer::Ok);
    close(&app, &tokens[0], &row).await;
    let resends = (0..6).map(|turn| {
        let input = json!({"id": row["id"], "idempotencyKey": format!("k-{turn}"), "confirmMaybeReceived": true, "expectedAttemptCount": 1});
        app.graphql(Some(&tokens[turn % 2]), RESEND, json!({"i": input}))
    });
    let reopenings = (0..6).map(|turn| app.graphql(Some(&tokens[turn % 2]), REOPEN, input.clone()));
    let both = futures_util::future::join(
        futures_util::future::join_all(resends),
        futures_util::future::join_all(reopenings),
    );
    let (resends, _) = both.await;
    let sent = resends.iter().filter(|answer| answer.get("errors").is_none()).count();
    assert!(sent <= 1, "{resends:#?}");
    assert_eq!(app.merchant.requests().len(), sent);
}

/// Goal: opening an older error again does not disturb a newer result of the payment. Method: the newer one waits for
/// its retry while the row of the older one is closed and opened again; then it arrives, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_result_goes_its_way() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let row = app.hand_in_failing("O-6", SampleAnswer::Refuse).await;
    let retry_policy = Some(RetryPolicy::Delays { delays_s: vec![60] });
    app.set_endpoint(OWN[0], EndpointChange { retry_policy, ..EndpointChange::default() }).await;
    let mut newer = payment_result("O-6");
    newer["status"] = json!("07");
    assert_eq!(app.ingest(&app.ingest_token, &newer).await.status(), 202);
    let pending = "SELECT state FROM deliveries WHERE state = 'PENDING' AND failures = 1";
    app.wait_for("the retry", async || (app.texts(pending).await == ["PENDING"]).then_some(())).await;
    close(&app, &operator, &row).await;
    let back = reopen(&app, &operator, &row).await;
    assert_eq!((&back["status"], &back["receipt"]), (&json!("UNPROCESSED"), &json!("NOT_RECEIVED")));
    assert_eq!(app.texts(pending).await, ["PENDING"]);
    app.merchant.set_answer(SampleAnswer::Ok);
    app.clock.advance_ms(72_001);
    let states = "SELECT state FROM deliveries ORDER BY state";
    app.wait_for("the newer result", async || {
        (app.texts(states).await == ["DELIVERED", "FAILED"]).then_some(())
    })
    .await;
    let still = app.wait_for_row("O-6", |_| true).await;
    assert_eq!((&still["status"], &still["attemptCount"]), (&json!("UNPROCESSED"), &json!(1)));
    assert_eq!(app.merchant.requests().len(), 1);
}
