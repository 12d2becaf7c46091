//! Live changes over `graphql-transport-ws`: who hears them, who does not, and when a connection ends.

use serde_json::json;
use todoke::app::admin;

use crate::harness::{Heard, OTHER, OWN, SampleAnswer, Socket, TestApp, payment_result};

const WATCH: &str =
    "subscription($c:[String!]!){sendErrorChanged(ipCodes:$c){orderNo status cause resending}}";

async fn watch(app: &TestApp, token: &str, ip_codes: &[&str]) -> Socket {
    let mut socket = Socket::open(app.address, token).await;
    socket.subscribe(WATCH, json!({"c": ip_codes})).await;
    socket
}

async fn hear_order(socket: &mut Socket) -> String {
    socket.event().await["sendErrorChanged"]["orderNo"].as_str().unwrap().to_owned()
}

/// Lets a result of this IP code fail, and waits until its row is stored.
async fn fail(app: &TestApp, ip_code: &str, order_no: &str) {
    app.merchant.set_answer(SampleAnswer::Error500);
    let token = if ip_code == OTHER { &app.other_ingest_token } else { &app.ingest_token };
    let mut result = payment_result(order_no);
    result["ip_code"] = json!(ip_code);
    assert_eq!(app.ingest(token, &result).await.status(), 202);
    let sql = format!("SELECT order_no FROM send_errors WHERE order_no = '{order_no}'");
    app.wait_for(order_no, async || (!app.texts(&sql).await.is_empty()).then_some(())).await;
}

/// Goal: nobody watches without a credential. Method: none, a wrong one, and none of the handshake at all.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_the_connection_is_closed_as_unauthorized() {
    let app = TestApp::start().await;
    for payload in [json!({}), json!({"authorization": "Bearer tdk_wrong"}), json!({"authorization": 7})] {
        let mut socket = Socket::connect(app.address).await;
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.closed().await, 4401, "{payload}");
    }
    let mut hasty = Socket::connect(app.address).await;
    hasty
        .say(json!({"id": "1", "type": "subscribe", "payload": {"query": WATCH, "variables": {"c": OWN}}}))
        .await;
    assert!(matches!(hasty.hear().await, Heard::Closed(_)));
}

/// Goal: a row is seen as it arises and as it is closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_result_arrives_and_so_does_its_closing() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let mut socket = watch(&app, &operator, &[OWN[0]]).await;
    let row = app.hand_in_failing("L-1", SampleAnswer::WrongBody).await;
    let event = socket.event().await["sendErrorChanged"].clone();
    assert_eq!((&event["orderNo"], &event["status"]), (&json!("L-1"), &json!("UNPROCESSED")));
    assert_eq!(event["cause"], "BODY_RULE_NOT_MET");
    let close =
        "mutation($i:MarkSendErrorProcessedInput!){markSendErrorProcessed(input:$i){sendError{status}}}";
    app.data(Some(&operator), close, json!({"i": {"id": row["id"]}})).await;
    assert_eq!(socket.event().await["sendErrorChanged"]["status"], "PROCESSED");
}

/// Goal: another merchant's changes never arrive. Method: the own change that follows is the first one heard.
#[tokio::test(flavor = "multi_thread")]
async fn another_merchants_changes_never_arrive() {
    let app = TestApp::start().await;
    let mut own = watch(&app, &app.read_token, &[OTHER, OWN[0], "99999", "nonsense"]).await;
    let mut ingest_only = watch(&app, &app.ingest_token, &[OTHER, OWN[0]]).await;
    let mut stranger = watch(&app, &app.sign_in("stranger").await, &[OTHER, OWN[0]]).await;
    fail(&app, OTHER, "L-theirs").await;
    fail(&app, OWN[0], "L-own").await;
    assert_eq!(hear_order(&mut own).await, "L-own");
    assert_eq!(hear_order(&mut stranger).await, "L-theirs");
    ingest_only.say(json!({"type": "ping"})).await;
    assert_eq!(ingest_only.message().await["type"], "pong");
}

/// Goal: a revoked right ends within five seconds on open connections too. Method: the change of an IP code that may
/// still be seen is the first one heard.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_grant_is_revoked_its_changes_arrive_no_more() {
    let app = TestApp::start().await;
    let mut socket = watch(&app, &app.sign_in("operator").await, &OWN).await;
    fail(&app, OWN[0], "L-before").await;
    assert_eq!(hear_order(&mut socket).await, "L-before");
    admin::revoke_grant(&app.desk, "operator", OWN[0]).await.unwrap();
    app.clock.advance_ms(2_100);
    fail(&app, OWN[0], "L-hidden").await;
    fail(&app, OWN[1], "L-seen").await;
    assert_eq!(hear_order(&mut socket).await, "L-seen");
}

/// Goal: a revoked API token hears nothing more. Method: the next change ends the subscription instead.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_token_is_revoked_the_subscription_ends() {
    let app = TestApp::start().await;
    let mut socket = watch(&app, &app.read_token, &OWN).await;
    admin::revoke_token(&app.desk, "read").await.unwrap();
    app.clock.advance_ms(4_100);
    fail(&app, OWN[0], "L-hidden").await;
    match socket.hear().await {
        Heard::Closed(code) => assert_eq!(code, 4401),
        Heard::Message(message) => {
            assert!(!message.to_string().contains("L-hidden"), "{message:#}");
            assert_eq!(
                message["payload"]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
                "{message:#}"
            );
        }
    }
}

/// Goal: a connection ends with the access token behind it.
#[tokio::test(flavor = "multi_thread")]
async fn the_connection_is_closed_when_the_access_token_ends() {
    let app = TestApp::start().await;
    let mut socket = watch(&app, &app.sign_in("operator").await, &OWN).await;
    app.clock.advance_ms(10 * 60_000);
    assert_eq!(socket.closed().await, 4401);
}

/// Goal: who signs out watches no more.
#[tokio::test(flavor = "multi_thread")]
async fn after_signing_out_the_subscription_ends() {
    let app = TestApp::start().await;
    let query = json!({"query": "mutation{signIn(input:{login:\"operator\",password:\"correct horse battery\"}){accessToken}}"});
    let answer = app.client().post(app.url("/graphql")).json(&query).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session: serde_json::Value = answer.json().await.unwrap();
    let token = session["data"]["signIn"]["accessToken"].as_str().unwrap();
    let mut socket = watch(&app, token, &OWN).await;
    let sign_out = json!({"query": "mutation{signOut{userErrors{code}}}"});
    app.client().post(app.url("/graphql")).header("cookie", cookie).json(&sign_out).send().await.unwrap();
    app.clock.advance_ms(2_100);
    fail(&app, OWN[0], "L-hidden").await;
    match socket.hear().await {
        Heard::Closed(code) => assert_eq!(code, 4401),
        Heard::Message(message) => assert!(!message.to_string().contains("L-hidden"), "{message:#}"),
    }
}

/// Goal: a client can tell a dead connection from a quiet one.
#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_before_and_during_a_subscription() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(app.address, &app.read_token).await;
    socket.say(json!({"type": "ping", "payload": {"n": 1}})).await;
    assert_eq!(socket.message().await["type"], "pong");
    socket.subscribe(WATCH, json!({"c": OWN})).await;
    socket.say(json!({"id": "2", "type": "subscribe", "payload": {"query": "subscription{nonsense}"}})).await;
    let refusal = socket.message().await;
    assert!(refusal.to_string().contains("nonsense"), "{refusal:#}");
}

/// Goal: with several machines it does not matter which one is watched. Method: on PostgreSQL the change is made at
/// one server and heard at the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_at_one_server_arrives_at_the_other() {
    let app = TestApp::start().await;
    if !app.database.is_postgres() {
        return;
    }
    let (second, address) = app.start_beside().await.unwrap();
    let listeners = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity
        WHERE datname = current_database() AND query ILIKE 'LISTEN%'";
    app.wait_for("both listeners", async || (app.texts(listeners).await == ["2"]).then_some(())).await;
    let mut sockets = Vec::new();
    for address in [app.address, address] {
        let mut socket = Socket::open(address, &app.read_token).await;
        socket.subscribe(WATCH, json!({"c": OWN})).await;
        sockets.push(socket);
    }
    app.hand_in_failing("L-2", SampleAnswer::Error500).await;
    for socket in &mut sockets {
        assert_eq!(hear_order(socket).await, "L-2");
    }
    second.stop().await;
}
