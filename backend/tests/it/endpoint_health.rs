//! Endpoints that fail persistently: paused with a mail, probed, resumed by themselves or by hand; what comes meanwhile
//! is kept and delivered after, once (docs/REQUIREMENTS.md, A.4).

use std::collections::HashSet;

use serde_json::{Value, json};
use todoke::app::admin::{self, EndpointChange};
use todoke_domain::retry::RetryPolicy;

use crate::harness::{OWN, SampleAnswer, SampleEndpoint, TestApp, payment_result};

const HEALTH: &str = "query{ipCode(code:\"2012000123\"){health{state since pausedAt nextProbeAt keptDeliveries attempts failures}}}";
const RESUME: &str = "mutation{resumeEndpoint(input:{ipCode:\"2012000123\"}){ipCode{code} userErrors{code}}}";
const MINUTE_MS: i64 = 60_000;

/// State and number of attempts of what is kept, in its turn.
const KEPT: &str = "SELECT state || ' ' || CAST(attempt_count AS TEXT) FROM deliveries
    WHERE kept_at IS NOT NULL ORDER BY kept_at, id";
const MAILS: &str =
    "SELECT kind || ' ' || recipient FROM mails WHERE kind LIKE 'ENDPOINT_%' ORDER BY created_at";

async fn health(app: &TestApp) -> Value {
    app.data(Some(&app.read_token), HEALTH, json!({})).await["ipCode"]["health"].clone()
}

async fn wait_for_state(app: &TestApp, state: &str) -> Value {
    app.wait_for(state, async || Some(health(app).await).filter(|health| health["state"] == state)).await
}

async fn wait_for_texts(app: &TestApp, sql: &str, wanted: &[&str]) {
    app.wait_for(&format!("{wanted:?}"), async || (app.texts(sql).await == wanted).then_some(())).await;
}

async fn hand_in_refused(app: &TestApp, order_no: &str) {
    app.hand_in(order_no).await;
    app.wait_for_row(order_no, |_| true).await;
}

/// A server whose endpoint refuses, after failures over ten minutes: paused, with a mail.
async fn start_paused() -> TestApp {
    let app = TestApp::start().await;
    admin::set_alerts(&app.desk, OWN[0], &["shop@example.com".to_owned()]).await.unwrap();
    let change = EndpointChange { pause_after_failures: Some(3), ..EndpointChange::default() };
    app.set_endpoint(OWN[0], change).await;
    app.refuse_connections().await;
    hand_in_refused(&app, "F-1").await;
    hand_in_refused(&app, "F-2").await;
    app.clock.advance_ms(10 * MINUTE_MS);
    hand_in_refused(&app, "F-3").await;
    assert_eq!(health(&app).await["state"], "PAUSED");
    // The row tells before the process that wrote it has forgotten what it believed.
    app.clock.advance_ms(2_001);
    app
}

async fn hand_in_many(app: &TestApp, prefix: &str, count: usize) {
    let results: Vec<Value> =
        (0..count).map(|number| payment_result(&format!("{prefix}-{number}"))).collect();
    assert_eq!(app.ingest(&app.ingest_token, &json!(results)).await.status(), 202);
}

/// Every request that was acknowledged belongs to another delivery.
fn assert_each_once(requests: &[crate::harness::RecordedRequest]) {
    let ids: HashSet<_> = requests.iter().map(|request| request.header("todoke-delivery-id")).collect();
    assert_eq!(ids.len(), requests.len(), "none was sent twice");
}

/// Goal: only persistent failure pauses. Method: more failures than the limit at once; then one after ten minutes; and
/// an endpoint that is never paused.
#[tokio::test(flavor = "multi_thread")]
async fn only_failures_over_ten_minutes_pause() {
    let app = TestApp::start().await;
    assert_eq!(
        health(&app).await,
        json!({"state": "HEALTHY", "since": null, "pausedAt": null,
        "nextProbeAt": null, "keptDeliveries": 0, "attempts": 0, "failures": 0})
    );
    let change = |limit| EndpointChange { pause_after_failures: Some(limit), ..EndpointChange::default() };
    app.set_endpoint(OWN[0], change(3)).await;
    app.refuse_connections().await;
    for number in 0..5 {
        hand_in_refused(&app, &format!("A-{number}")).await;
    }
    let failing = health(&app).await;
    assert_eq!((&failing["state"], &failing["pausedAt"]), (&json!("FAILING"), &Value::Null));
    assert!(failing["since"].is_string(), "{failing}");
    app.set_endpoint(OWN[0], change(0)).await;
    app.clock.advance_ms(10 * MINUTE_MS);
    hand_in_refused(&app, "A-never").await;
    assert_eq!(health(&app).await["state"], "FAILING");
    app.set_endpoint(OWN[0], change(50)).await;
    hand_in_refused(&app, "A-few").await;
    assert_eq!(health(&app).await["state"], "FAILING", "seven are not fifty");
    app.merchant.set_answer(SampleAnswer::Ok);
    app.hand_in("A-ok").await;
    app.merchant.wait_for_requests(1).await;
    wait_for_state(&app, "HEALTHY").await;
    app.set_endpoint(OWN[0], change(3)).await;
    app.refuse_connections().await;
    hand_in_refused(&app, "A-again").await;
    assert_eq!(health(&app).await["state"], "FAILING", "the success ended the streak");
    assert!(app.texts(MAILS).await.is_empty());
}

/// Goal: the share of failures is that of the last hour and of this IP code alone. Method: failures and successes, an hour
/// passing between, and one of another IP code.
#[tokio::test(flavor = "multi_thread")]
async fn the_share_of_failures_is_of_the_last_hour() {
    let app = TestApp::start().await;
    let share = async || {
        let health = health(&app).await;
        (health["attempts"].as_u64().unwrap(), health["failures"].as_u64().unwrap())
    };
    app.hand_in_failing("S-1", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    app.hand_in("S-ok").await;
    app.wait_for("two attempts", async || (share().await == (2, 1)).then_some(())).await;
    app.clock.advance_ms(30 * MINUTE_MS);
    app.hand_in_failing("S-2", SampleAnswer::Error500).await;
    let mut result = payment_result("S-other");
    result["ip_code"] = json!(OWN[1]);
    assert_eq!(app.ingest(&app.ingest_token, &result).await.status(), 202);
    app.wait_for_row("S-other", |_| true).await;
    assert_eq!(share().await, (3, 2));
    app.clock.advance_ms(30 * MINUTE_MS + 1);
    assert_eq!(share().await, (1, 1), "an hour later the first two are not told any more");
}

/// Goal: what comes during a pause is neither tried nor raised, but for one probe at a time; a probe that never arrived
/// is kept again, one that may have arrived is raised, one that is acknowledged ends the pause; then all is delivered
/// once. Method: all three in turn, with more results than one release takes.
#[tokio::test(flavor = "multi_thread")]
async fn kept_results_are_probed_one_by_one_and_delivered_once_after() {
    let app = start_paused().await;
    app.hand_in("K-1").await;
    app.clock.advance_ms(1);
    app.hand_in("K-2").await;
    assert_eq!(app.texts(KEPT).await, ["PENDING 0", "PENDING 0"]);
    let before = health(&app).await;
    assert_eq!(before["keptDeliveries"], 2);
    let metrics = app.client().get(app.url("/metrics")).send().await.unwrap().text().await.unwrap();
    for figure in ["todoke_paused_endpoints", "todoke_kept_deliveries"] {
        assert!(metrics.lines().any(|line| line.starts_with(figure)), "{figure}");
    }
    app.clock.advance_ms(MINUTE_MS);
    wait_for_texts(&app, KEPT, &["PENDING 1", "PENDING 0"]).await;
    let after = health(&app).await;
    assert_eq!((&after["state"], &after["pausedAt"]), (&json!("PAUSED"), &before["pausedAt"]));
    assert!(after["nextProbeAt"].as_str() > before["nextProbeAt"].as_str());
    assert!(app.texts("SELECT order_no FROM send_errors WHERE order_no LIKE 'K-%'").await.is_empty());
    app.merchant.set_answer(SampleAnswer::Error500);
    app.clock.advance_ms(2 * MINUTE_MS);
    let row = app.wait_for_row("K-1", |_| true).await;
    assert_eq!((&row["receipt"], &row["attemptCount"]), (&json!("MAYBE_RECEIVED"), &json!(2)));
    assert_eq!(app.texts(KEPT).await, ["PENDING 0"]);
    assert_eq!(health(&app).await["state"], "PAUSED");
    hand_in_many(&app, "K-many", 520).await;
    assert_eq!(health(&app).await["keptDeliveries"], 521);
    assert_eq!(app.merchant.requests().len(), 1);
    app.merchant.set_answer(SampleAnswer::Ok);
    app.clock.advance_ms(4 * MINUTE_MS);
    app.merchant.wait_for_requests(522).await;
    let end = wait_for_state(&app, "HEALTHY").await;
    assert_eq!((&end["keptDeliveries"], &end["pausedAt"]), (&json!(0), &Value::Null));
    assert!(app.merchant.requests()[1].query.contains("order_no=K-2"), "the longest kept is the probe");
    wait_for_texts(
        &app,
        "SELECT state || ' ' || CAST(count(*) AS TEXT) FROM deliveries GROUP BY state ORDER BY state",
        &["DELIVERED 521", "FAILED 4"],
    )
    .await;
    assert_each_once(&app.merchant.requests());
    let mails = ["ENDPOINT_PAUSED shop@example.com", "ENDPOINT_RESUMED shop@example.com"];
    assert_eq!(app.texts(MAILS).await, mails);
}

/// Goal: managers end a pause, and nobody else; nothing stays kept, also of what comes at the same moment. Method: the
/// stranger and the operator first; then the manager, while results come in.
#[tokio::test(flavor = "multi_thread")]
async fn a_manager_resumes_by_hand_and_nothing_stays_kept() {
    let app = start_paused().await;
    hand_in_many(&app, "K", 20).await;
    for login in ["stranger", "operator"] {
        let token = app.sign_in(login).await;
        assert_eq!(app.error_code(Some(&token), RESUME, json!({})).await, "NOT_FOUND", "{login}");
    }
    let stranger = app.sign_in("stranger").await;
    assert_eq!(app.error_code(Some(&stranger), HEALTH, json!({})).await, "NOT_FOUND");
    assert_eq!(health(&app).await["keptDeliveries"], 20);
    app.merchant.set_answer(SampleAnswer::Ok);
    let manager = app.sign_in("manager").await;
    let coming = (0..8).map(|number| {
        let app = &app;
        async move { hand_in_many(app, &format!("M{number}"), 10).await }
    });
    let (told, _) =
        tokio::join!(app.data(Some(&manager), RESUME, json!({})), futures_util::future::join_all(coming));
    assert_eq!(told["resumeEndpoint"], json!({"ipCode": {"code": OWN[0]}, "userErrors": []}));
    app.merchant.wait_for_requests(100).await;
    assert_eq!(wait_for_state(&app, "HEALTHY").await["keptDeliveries"], 0);
    assert_each_once(&app.merchant.requests());
    let phase = "SELECT phase FROM endpoint_health";
    wait_for_texts(&app, phase, &["HEALTHY"]).await;
    let again = app.data(Some(&manager), RESUME, json!({})).await;
    assert_eq!(again["resumeEndpoint"]["userErrors"], json!([]), "nothing to do is no fault");
    assert_eq!(app.texts(phase).await, ["HEALTHY"]);
    assert_eq!(app.texts(MAILS).await.len(), 2);
    let log = app.audit_log().await;
    for entry in ["stranger", "operator"].map(|who| format!("{who} resumeEndpoint REFUSED NOT_FOUND")) {
        assert!(log.contains(&entry), "{entry}: {log:?}");
    }
    assert!(log.contains(&"manager resumeEndpoint DONE".to_owned()), "{log:?}");
}

/// Goal: people may send during a pause, and their success ends it. Method: a resend that is refused, one that is not.
#[tokio::test(flavor = "multi_thread")]
async fn resends_of_people_pass_and_a_success_resumes() {
    let app = start_paused().await;
    app.hand_in("K-1").await;
    let operator = app.sign_in("operator").await;
    let resend = "mutation($i:ResendSendErrorInput!){resendSendError(input:$i){attempt{trigger outcome}}}";
    let first = app.wait_for_row("F-1", |_| true).await;
    let input =
        |key: &str| json!({"i": {"id": first["id"], "idempotencyKey": key, "confirmMaybeReceived": true}});
    let refused = app.data(Some(&operator), resend, input("k-1")).await;
    assert_eq!(
        refused["resendSendError"]["attempt"],
        json!({"trigger": "MANUAL", "outcome": "NOT_RECEIVED"})
    );
    assert_eq!(wait_for_state(&app, "PAUSED").await["keptDeliveries"], 1);
    app.merchant.set_answer(SampleAnswer::Ok);
    let delivered = app.data(Some(&operator), resend, input("k-2")).await;
    assert_eq!(delivered["resendSendError"]["attempt"]["outcome"], "DELIVERED");
    app.merchant.wait_for_requests(2).await;
    assert_eq!(wait_for_state(&app, "HEALTHY").await["keptDeliveries"], 0);
    assert_each_once(&app.merchant.requests());
    assert_eq!(app.texts(MAILS).await.len(), 2);
}

/// Goal: retries wait for the end of a pause too, and a mended address is tried at once. Method: put-off deliveries
/// become due during the pause; then another address.
#[tokio::test(flavor = "multi_thread")]
async fn due_retries_are_kept_and_a_changed_address_is_probed_at_once() {
    let app = TestApp::start().await;
    let change = EndpointChange {
        pause_after_failures: Some(2),
        retry_policy: Some(RetryPolicy::Delays { delays_s: vec![900] }),
        ..EndpointChange::default()
    };
    app.set_endpoint(OWN[0], change).await;
    app.refuse_connections().await;
    let states = "SELECT state || ' ' || CAST(failures AS TEXT) FROM deliveries ORDER BY due_at";
    app.hand_in("R-1").await;
    wait_for_texts(&app, states, &["PENDING 1"]).await;
    app.clock.advance_ms(10 * MINUTE_MS);
    app.hand_in("R-2").await;
    wait_for_texts(&app, states, &["PENDING 1", "PENDING 1"]).await;
    assert_eq!(health(&app).await["state"], "PAUSED");
    app.clock.advance_ms(18 * MINUTE_MS + 1);
    // The first of them is the probe that was due long ago.
    app.wait_for("both kept, one probed", async || {
        let mut kept = app.texts(KEPT).await;
        kept.sort();
        (kept == ["PENDING 1", "PENDING 2"]).then_some(())
    })
    .await;
    assert_eq!(app.texts(states).await, ["PENDING 1", "PENDING 1"], "a probe costs no retry");
    let mended = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    app.set_endpoint(OWN[0], EndpointChange { url: Some(mended.url()), ..EndpointChange::default() }).await;
    mended.wait_for_requests(2).await;
    assert_eq!(wait_for_state(&app, "HEALTHY").await["keptDeliveries"], 0);
    assert_each_once(&mended.requests());
}

/// Goal: a process that dies during a probe neither loses nor doubles it. Method: the endpoint has the request and does
/// not answer; the clock goes beyond the lease.
#[tokio::test(flavor = "multi_thread")]
async fn an_orphaned_probe_is_raised_and_not_sent_again() {
    let app = start_paused().await;
    app.set_endpoint(OWN[0], EndpointChange { timeout_ms: Some(60_000), ..EndpointChange::default() }).await;
    app.merchant.set_answer(SampleAnswer::Slow);
    app.hand_in("K-1").await;
    app.clock.advance_ms(MINUTE_MS);
    app.merchant.wait_for_requests(1).await;
    app.clock.advance_ms(76_000);
    let row = app.wait_for_row("K-1", |_| true).await;
    assert_eq!((&row["cause"], &row["receipt"]), (&json!("PROCESS_DIED"), &json!("MAYBE_RECEIVED")));
    let after = health(&app).await;
    assert_eq!((&after["state"], &after["keptDeliveries"]), (&json!("PAUSED"), &json!(0)));
    assert_eq!(app.merchant.requests().len(), 1);
}

/// Goal: two servers agree, and what one believes for a moment keeps nothing for ever. Method: the pause made by one is
/// obeyed by the other; then the resume, with the clock standing still, so that the other still believes the pause.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_agrees() {
    let app = start_paused().await;
    if !app.database.is_postgres() {
        assert!(app.start_beside().await.is_err(), "an embedded database has one server");
        return;
    }
    let (second, address) = app.start_beside().await.unwrap();
    let hand_in = async |order_no: &str| {
        let url = format!("http://{address}/api/v1/payment-results");
        let request = app.client().post(url).bearer_auth(&app.ingest_token).json(&payment_result(order_no));
        assert_eq!(request.send().await.unwrap().status(), 202);
    };
    hand_in("S-1").await;
    assert_eq!(app.texts(KEPT).await, ["PENDING 0"]);
    app.merchant.set_answer(SampleAnswer::Ok);
    let manager = app.sign_in("manager").await;
    app.data(Some(&manager), RESUME, json!({})).await;
    hand_in("S-2").await;
    app.merchant.wait_for_requests(2).await;
    assert_eq!(wait_for_state(&app, "HEALTHY").await["keptDeliveries"], 0);
    assert_each_once(&app.merchant.requests());
    second.stop().await;
}
