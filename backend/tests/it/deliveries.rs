//! From a stored result to the merchant's endpoint: how each failure is classed, what goes over the wire, what is
//! tried again, and that nobody waits for somebody else's slow machine (docs/REQUIREMENTS.md, A.1 to A.5).

use serde_json::{Value, json};
use todoke::app::admin::{self, EndpointChange, EndpointMethod};
use todoke_domain::{access::TokenRight, acknowledgement::BodyRule, retry::RetryPolicy, text::Charset};

use crate::harness::{OWN, SampleAnswer, SampleEndpoint, TestApp, payment_result};

/// What the body of an answer keeps at most.
const KEPT_BYTES: usize = 64 * 1024;

fn raw(text: impl Into<Vec<u8>>) -> SampleAnswer {
    SampleAnswer::Raw(text.into())
}

fn url(url: &str) -> EndpointChange {
    EndpointChange { url: Some(url.to_owned()), ..EndpointChange::default() }
}

fn retries(delays_s: &[u32], is_idempotent: bool) -> EndpointChange {
    EndpointChange {
        retry_policy: Some(RetryPolicy::Delays { delays_s: delays_s.to_vec() }),
        is_idempotent: Some(is_idempotent),
        ..EndpointChange::default()
    }
}

async fn second_endpoint() -> SampleEndpoint {
    SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

/// Waits until the one delivery has failed so often without being given up.
async fn wait_until_put_off(app: &TestApp, failures: u32) {
    let sql = "SELECT state || ' ' || CAST(failures AS TEXT) FROM deliveries";
    let wanted = vec![format!("PENDING {failures}")];
    app.wait_for(&wanted[0], async || (app.texts(sql).await == wanted).then_some(())).await;
}

/// Goal: every way in which an endpoint can fail is told apart, and classed by what it may have received. Method:
/// the scripted endpoint answers each in turn.
#[tokio::test(flavor = "multi_thread")]
async fn every_failure_after_the_request_was_written_may_have_been_received() {
    let app = TestApp::start().await;
    app.set_endpoint(OWN[0], EndpointChange { timeout_ms: Some(700), ..EndpointChange::default() }).await;
    let long_head = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\nOK", "x".repeat(200 * 1024));
    let many_headers = format!("HTTP/1.1 200 OK\r\n{}\r\nOK", "x: y\r\n".repeat(200));
    for (order_no, answer, cause, http_status) in [
        ("C-500", SampleAnswer::Error500, "SERVER_ERROR", json!(500)),
        ("C-slow", SampleAnswer::Slow, "TIMED_OUT", Value::Null),
        ("C-reset", SampleAnswer::Reset, "CONNECTION_RESET", Value::Null),
        ("C-body", SampleAnswer::WrongBody, "BODY_RULE_NOT_MET", json!(200)),
        ("C-empty", raw("HTTP/1.1 204 No Content\r\n\r\n"), "BODY_RULE_NOT_MET", json!(204)),
        ("C-404", raw("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nOK"), "CLIENT_ERROR", json!(404)),
        ("C-ssh", raw("SSH-2.0-OpenSSH_9.9\r\n"), "INVALID_ANSWER", Value::Null),
        ("C-head", raw(long_head), "INVALID_ANSWER", Value::Null),
        ("C-headers", raw(many_headers), "INVALID_ANSWER", Value::Null),
        ("C-short", raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nOK"), "CONNECTION_RESET", Value::Null),
        (
            "C-chunk",
            raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nOK"),
            "CONNECTION_RESET",
            Value::Null,
        ),
        ("C-nothing", raw(""), "CONNECTION_RESET", Value::Null),
    ] {
        let row = app.hand_in_failing(order_no, answer).await;
        let told = (row["cause"].as_str().unwrap(), row["receipt"].as_str().unwrap(), &row["httpStatus"]);
        assert_eq!(told, (cause, "MAYBE_RECEIVED", &http_status), "{order_no}");
        assert_eq!(row["attempts"]["nodes"][0]["outcome"], "MAYBE_RECEIVED", "{order_no}");
        assert_eq!(row["attemptCount"], 1);
    }
    assert_eq!(app.merchant.requests().len(), 12, "each was sent once");
}

/// Goal: where no byte of the request can have been read, that is what is told. Method: addresses that lead nowhere,
/// to nobody, to a port without TLS, and where deliveries may not go.
#[tokio::test(flavor = "multi_thread")]
async fn what_never_left_was_not_received() {
    let app = TestApp::start().await;
    let plain = app.merchant.url();
    let refusing = second_endpoint().await.url();
    for (order_no, address, cause) in [
        ("N-name", "http://nowhere.invalid/cgi".to_owned(), "NAME_NOT_RESOLVED"),
        ("N-tls", plain.replace("http:", "https:"), "TLS_FAILED"),
        ("N-private", "http://10.0.0.1/".to_owned(), "BLOCKED_TARGET"),
        ("N-loopback", "http://[::1]:9/".to_owned(), "BLOCKED_TARGET"),
        ("N-mapped", "http://[::ffff:127.0.0.1]:9/".to_owned(), "BLOCKED_TARGET"),
        ("N-metadata", "http://169.254.169.254/latest/".to_owned(), "BLOCKED_TARGET"),
        ("N-decimal", "http://2886729729/".to_owned(), "BLOCKED_TARGET"),
    ] {
        app.set_endpoint(OWN[0], url(&address)).await;
        let row = app.hand_in_failing(order_no, SampleAnswer::Ok).await;
        let told = (row["cause"].as_str().unwrap(), row["receipt"].as_str().unwrap());
        assert_eq!(told, (cause, "NOT_RECEIVED"), "{address}");
    }
    assert_ne!(refusing, plain);
    app.set_endpoint(OWN[0], url(&plain)).await;
    app.refuse_connections().await;
    app.hand_in("N-refused").await;
    let row = app.wait_for_row("N-refused", |_| true).await;
    assert_eq!((&row["cause"], &row["receipt"]), (&json!("CONNECTION_REFUSED"), &json!("NOT_RECEIVED")));
    assert!(app.merchant.requests().is_empty());
}

/// Goal: an IP code that has no endpoint yet loses no result. Method: a fresh one.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_without_an_endpoint_becomes_visible() {
    let app = TestApp::start().await;
    admin::create_ip_code(&app.desk, "2012000999", "さくら書房", None).await.unwrap();
    let codes = ["2012000999".to_owned()];
    let rights = [TokenRight::Ingest, TokenRight::Read];
    let token = admin::create_token(&app.desk, "fresh", &codes, &rights).await.unwrap();
    let mut result = payment_result("E-1");
    result["ip_code"] = json!(codes[0]);
    assert_eq!(app.ingest(&token, &result).await.status(), 202);
    let query = "{sendErrors(filter:{ipCodes:[\"2012000999\"],orderNo:\"E-1\"}){nodes{cause receipt}}}";
    let row = app.wait_for("the row", async || {
        let row = app.data(Some(&token), query, json!({})).await["sendErrors"]["nodes"][0].clone();
        row.is_object().then_some(row)
    });
    assert_eq!(row.await, json!({"cause": "NO_ENDPOINT", "receipt": "NOT_RECEIVED"}));
}

/// Goal: a redirect leads nowhere. Method: its target is an endpoint that would record the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_a_failure_and_never_followed() {
    let app = TestApp::start().await;
    let target = second_endpoint().await;
    for (order_no, status) in [("R-302", "302 Found"), ("R-307", "307 Temporary Redirect")] {
        let head = format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", target.url());
        let row = app.hand_in_failing(order_no, raw(head)).await;
        assert_eq!((&row["cause"], &row["receipt"]), (&json!("REDIRECT"), &json!("MAYBE_RECEIVED")));
    }
    assert_eq!((app.merchant.requests().len(), target.requests().len()), (2, 0));
}

/// Goal: a body without end harms nobody. Method: it is cut at 64 KiB, and the next result is delivered.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_cut_and_the_worker_goes_on() {
    let app = TestApp::start().await;
    let mut lengthy = b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n".to_vec();
    lengthy.extend(std::iter::repeat_n(b'z', 400 * 1024));
    let mut chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..400 {
        chunked.extend_from_slice(b"400\r\n");
        chunked.extend(std::iter::repeat_n(b'z', 1024));
        chunked.extend_from_slice(b"\r\n");
    }
    for (order_no, answer) in [("L-1", lengthy), ("L-2", chunked)] {
        let row = app.hand_in_failing(order_no, SampleAnswer::Raw(answer)).await;
        assert_eq!(row["cause"], "BODY_RULE_NOT_MET");
        let kept = row["attempts"]["nodes"][0]["responseBody"].as_str().unwrap().len();
        assert_eq!(kept, KEPT_BYTES, "{order_no}");
    }
    app.merchant.set_answer(SampleAnswer::Ok);
    app.hand_in("L-3").await;
    app.merchant.wait_for_requests(3).await;
}

/// Goal: the bytes on the wire are those of the endpoint's method and charset. Method: all six pairs, raw.
#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_are_those_of_the_endpoints_method_and_charset() {
    let app = TestApp::start().await;
    let mut sent = 0;
    for (charset, item) in [
        (Charset::Cp932, "item=%8Ft%82%CC%95%9F%91%DC"),
        (Charset::EucJp, "item=%BD%D5%A4%CE%CA%A1%C2%DE"),
        (Charset::Utf8, "item=%E6%98%A5%E3%81%AE%E7%A6%8F%E8%A2%8B"),
    ] {
        for method in [EndpointMethod::Get, EndpointMethod::Post] {
            let (charset, method) = (Some(charset), Some(method));
            app.set_endpoint(OWN[0], EndpointChange { charset, method, ..EndpointChange::default() }).await;
            app.hand_in(&format!("W-{sent}")).await;
            sent += 1;
            app.merchant.wait_for_requests(sent).await;
            let request = app.merchant.requests().pop().unwrap();
            let (form, other) = match request.method.as_str() {
                "GET" => (&request.query, &request.body),
                _ => (&request.body, &request.query),
            };
            assert!(form.split('&').any(|pair| pair == item), "{form}");
            assert!(form.starts_with("clientip=2012000123&money=11350&telno=090-1234-5678&"), "{form}");
            assert_eq!(other, "");
            let kind = (request.method == "POST").then_some("application/x-www-form-urlencoded");
            assert_eq!(request.header("content-type"), kind);
            assert_eq!(request.header("todoke-edited"), None);
        }
    }
}

/// Goal: what was not received is tried again by the policy, under the same delivery id. Method: the port is closed,
/// then opened before the clock reaches the second retry.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_received_is_retried_by_the_policy() {
    let app = TestApp::start().await;
    app.set_endpoint(OWN[0], retries(&[10, 60], false)).await;
    app.refuse_connections().await;
    let told = app.hand_in("T-1").await;
    wait_until_put_off(&app, 1).await;
    app.clock.advance_ms(12_001);
    wait_until_put_off(&app, 2).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    app.clock.advance_ms(72_001);
    app.merchant.wait_for_requests(1).await;
    assert_eq!(app.merchant.requests()[0].header("todoke-delivery-id"), told["delivery_id"].as_str());
    let query = "query($c:[String!]!){sendErrors(filter:{ipCodes:$c,orderNo:\"T-1\"}){totalCount}}";
    assert_eq!(
        app.data(Some(&app.read_token), query, json!({"c": OWN})).await["sendErrors"]["totalCount"],
        0
    );
}

/// Goal: the send error is raised when the retries are spent, not before. Method: one retry, both refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_spent_policy_raises_the_send_error() {
    let app = TestApp::start().await;
    app.set_endpoint(OWN[0], retries(&[10], false)).await;
    app.refuse_connections().await;
    app.hand_in("T-2").await;
    wait_until_put_off(&app, 1).await;
    app.clock.advance_ms(12_001);
    let row = app.wait_for_row("T-2", |_| true).await;
    assert_eq!((&row["attemptCount"], &row["cause"]), (&json!(2), &json!("CONNECTION_REFUSED")));
    assert_eq!(row["attempts"]["nodes"].as_array().unwrap().len(), 2);
}

/// Goal: nothing is sent twice by itself to an endpoint that would act twice. Method: an error after which the
/// request may have been read, with a retry policy; the delivery waits for a person.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_received_is_not_retried() {
    let app = TestApp::start().await;
    app.set_endpoint(OWN[0], retries(&[10, 60], false)).await;
    let row = app.hand_in_failing("T-3", SampleAnswer::Error500).await;
    assert_eq!(row["attemptCount"], 1);
    assert_eq!(app.texts("SELECT state FROM deliveries").await, ["FAILED"]);
    app.clock.advance_ms(24 * 3_600_000);
    app.hand_in("T-4").await;
    app.wait_for_row("T-4", |_| true).await;
    assert_eq!(app.merchant.requests().len(), 2, "one for each result");
}

/// Goal: an endpoint that drops second copies by itself is tried again, always with the same delivery id, and its
/// `Retry-After` is honoured.
#[tokio::test(flavor = "multi_thread")]
async fn an_idempotent_endpoint_is_retried_under_the_same_delivery_id() {
    let app = TestApp::start().await;
    app.set_endpoint(OWN[0], retries(&[10, 10], true)).await;
    let busy = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n";
    app.merchant.set_answer(raw(busy));
    let told = app.hand_in("T-5").await;
    wait_until_put_off(&app, 1).await;
    let wait = "SELECT CAST((due_at - leased_at) / 1000000 AS TEXT) FROM deliveries";
    let wait_s: u64 = app.texts(wait).await[0].parse().unwrap();
    assert!((600..=720).contains(&wait_s), "{wait_s}");
    app.merchant.set_answer(SampleAnswer::Error500);
    app.clock.advance_ms(720_001);
    wait_until_put_off(&app, 2).await;
    app.clock.advance_ms(12_001);
    let row = app.wait_for_row("T-5", |_| true).await;
    assert_eq!((&row["attemptCount"], &row["cause"]), (&json!(3), &json!("SERVER_ERROR")));
    let requests = app.merchant.requests();
    let ids: Vec<_> = requests.iter().map(|request| request.header("todoke-delivery-id")).collect();
    assert_eq!(ids, [told["delivery_id"].as_str(); 3]);
}

/// Goal: a slow merchant delays no other. Method: all slots of one endpoint are taken and more results wait, and
/// another IP code's result still arrives at its own endpoint.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_delays_nobody_else() {
    let app = TestApp::start().await;
    let quick = second_endpoint().await;
    app.set_endpoint(OWN[0], EndpointChange { timeout_ms: Some(60_000), ..EndpointChange::default() }).await;
    app.set_endpoint(OWN[1], url(&quick.url())).await;
    app.merchant.set_answer(SampleAnswer::Slow);
    let slow: Vec<Value> = (0..100).map(|number| payment_result(&format!("S-{number}"))).collect();
    assert_eq!(app.ingest(&app.ingest_token, &json!(slow)).await.status(), 202);
    app.merchant.wait_for_requests(32).await;
    let others: Vec<Value> = (0..40)
        .map(|number| {
            let mut result = payment_result(&format!("Q-{number}"));
            result["ip_code"] = json!(OWN[1]);
            result
        })
        .collect();
    assert_eq!(app.ingest(&app.ingest_token, &json!(others)).await.status(), 202);
    quick.wait_for_requests(40).await;
    assert_eq!(app.merchant.requests().len(), 32, "no more than its slots");
}

/// Goal: several errors of one payment are one row, the newest. Method: two results fail in different ways.
#[tokio::test(flavor = "multi_thread")]
async fn several_errors_of_one_payment_stay_one_row_with_the_newest() {
    let app = TestApp::start().await;
    let first = app.hand_in_failing("P-1", SampleAnswer::Error500).await;
    app.clock.advance_ms(60_000);
    app.merchant.set_answer(SampleAnswer::WrongBody);
    let mut later = payment_result("P-1");
    later["status"] = json!("07");
    assert_eq!(app.ingest(&app.ingest_token, &later).await.status(), 202);
    let row = app.wait_for_row("P-1", |row| row["cause"] == "BODY_RULE_NOT_MET").await;
    assert_eq!(row["id"], first["id"]);
    assert!(row["occurredAt"].as_str() > first["occurredAt"].as_str());
    assert_eq!(row["attempts"]["nodes"].as_array().unwrap().len(), 2, "the history has both");
    let query = "query($c:[String!]!,$id:ID!){sendErrors(filter:{ipCodes:$c,orderNo:\"P-1\"}){totalCount}
        sendError(id:$id){parameters{name value} payment{results{status delivered}}}}";
    let data = app.data(Some(&app.read_token), query, json!({"c": OWN, "id": row["id"]})).await;
    assert_eq!(data["sendErrors"]["totalCount"], 1);
    assert!(
        data["sendError"]["parameters"]
            .as_array()
            .unwrap()
            .contains(&json!({"name": "status", "value": "07"}))
    );
    let results = json!([{"status": "03", "delivered": false}, {"status": "07", "delivered": false}]);
    assert_eq!(data["sendError"]["payment"]["results"], results);
}

/// Goal: what an endpoint answers is compared in its own charset. Method: the rule 受領 with CP932 and UTF-8 bytes.
#[tokio::test(flavor = "multi_thread")]
async fn the_body_rule_is_compared_in_the_endpoints_charset() {
    let app = TestApp::start().await;
    let body_rule = Some(BodyRule::StartsWith("受領".to_owned()));
    app.set_endpoint(OWN[0], EndpointChange { body_rule, ..EndpointChange::default() }).await;
    let answer = |body: &[u8]| SampleAnswer::Raw([b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), body].concat());
    let row = app.hand_in_failing("B-1", answer("受領しました".as_bytes())).await;
    assert_eq!(row["cause"], "BODY_RULE_NOT_MET");
    app.merchant.set_answer(answer(b"\x8e\xf3\x97\xcc\x82\xb5\x82\xdc\x82\xb5\x82\xbd"));
    app.hand_in("B-2").await;
    let delivered = "SELECT state FROM deliveries ORDER BY state";
    app.wait_for("the delivery", async || {
        (app.texts(delivered).await == ["DELIVERED", "FAILED"]).then_some(())
    })
    .await;
}

/// Goal: two servers never send one result twice, nor does either keep one for itself. Method: on PostgreSQL both
/// take the same results in at once and both workers claim; the embedded database refuses a second server.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_send_each_result_exactly_once() {
    let app = TestApp::start().await;
    let beside = app.start_beside().await;
    if !app.database.is_postgres() {
        let refusal = beside.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refusal.contains("another server uses this data directory"), "{refusal}");
        return;
    }
    let (second, address) = beside.unwrap();
    let results: Vec<Value> = (0..300).map(|number| payment_result(&format!("D-{number}"))).collect();
    let elsewhere = app
        .client()
        .post(format!("http://{address}/api/v1/payment-results"))
        .bearer_auth(&app.ingest_token)
        .json(&results);
    let here = json!(results);
    let (here, elsewhere) = tokio::join!(app.ingest(&app.ingest_token, &here), elsewhere.send());
    assert_eq!((here.status().as_u16(), elsewhere.unwrap().status().as_u16()), (202, 202));
    let left = "SELECT CAST(count(*) AS TEXT) FROM deliveries WHERE state <> 'DELIVERED'";
    app.wait_for("all deliveries", async || (app.texts(left).await == ["0"]).then_some(())).await;
    let requests = app.merchant.requests();
    let ids: std::collections::HashSet<_> =
        requests.iter().filter_map(|request| request.header("todoke-delivery-id")).collect();
    assert_eq!((requests.len(), ids.len()), (300, 300));
    second.stop().await;
}
