//! What an attempt tells afterwards: its request's headers as they were sent, how long each step took, whether the
//! parameters were edited (docs/REQUIREMENTS.md, A.13).

use serde_json::{Value, json};
use todoke::app::admin::{EndpointChange, EndpointMethod};

use crate::harness::{OWN, SampleAnswer, TestApp};

const ATTEMPTS: &str =
    "query($c:[String!]!,$o:String!){sendErrors(filter:{ipCodes:$c,orderNo:$o}){nodes{attempts{nodes{
    editedParameters durationMs requestHeaders{name value}
    timings{dnsMs connectMs tlsMs firstByteMs totalMs}}}}}}";

/// The attempts of the row of an order number, newest first.
async fn attempts(app: &TestApp, order_no: &str) -> Vec<Value> {
    let data = app.data(Some(&app.read_token), ATTEMPTS, json!({"c": OWN, "o": order_no})).await;
    let rows = data["sendErrors"]["nodes"][0]["attempts"]["nodes"].as_array();
    rows.unwrap_or_else(|| panic!("{data:#}")).clone()
}

/// The attempt of a result that fails at this address.
async fn attempt_at(app: &TestApp, order_no: &str, url: &str, answer: SampleAnswer) -> Value {
    let change = EndpointChange { url: Some(url.to_owned()), ..EndpointChange::default() };
    app.set_endpoint(OWN[0], change).await;
    app.hand_in_failing(order_no, answer).await;
    attempts(app, order_no).await.remove(0)
}

/// Goal: what is shown as sent is what was sent. Method: each header that is told, against the endpoint's own record,
/// for both methods; and no header more came over the wire.
#[tokio::test(flavor = "multi_thread")]
async fn the_headers_that_are_told_are_those_of_the_wire() {
    let app = TestApp::start().await;
    for (order_no, method) in [("H-1", EndpointMethod::Get), ("H-2", EndpointMethod::Post)] {
        let change = EndpointChange { method: Some(method), ..EndpointChange::default() };
        app.set_endpoint(OWN[0], change).await;
        app.hand_in_failing(order_no, SampleAnswer::Error500).await;
        let told = attempts(&app, order_no).await.remove(0)["requestHeaders"].clone();
        let told: Vec<(&str, &str)> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|header| (header["name"].as_str().unwrap(), header["value"].as_str().unwrap()))
            .collect();
        let request = app.merchant.requests().pop().unwrap();
        let came: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(told, came);
        assert!(told.iter().any(|(name, _)| *name == "todoke-delivery-id"), "{told:?}");
    }
}

/// Goal: an edited request is told apart afterwards. Method: a resend as stored, then an edited one.
#[tokio::test(flavor = "multi_thread")]
async fn an_edited_attempt_says_so() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("D-1", SampleAnswer::Error500).await;
    let query = "query($id:ID!){sendError(id:$id){parameters{name value}}}";
    let stored = app.data(Some(&app.read_token), query, json!({"id": row["id"]})).await;
    let mut edited = stored["sendError"]["parameters"].clone();
    for parameter in edited.as_array_mut().unwrap() {
        if parameter["name"] == "item" {
            parameter["value"] = json!("夏の福袋");
        }
    }
    let manager = app.sign_in("manager").await;
    let resend = "mutation($i:ResendSendErrorInput!){resendSendError(input:$i){userErrors{code}}}";
    for (key, parameters) in [("k-1", Value::Null), ("k-2", edited)] {
        let input = json!({
            "id": row["id"], "idempotencyKey": key, "confirmMaybeReceived": true, "reason": "商品名の誤り", "parameters": parameters,
        });
        app.data(Some(&manager), resend, json!({"i": input})).await;
    }
    app.wait_for_row("D-1", |row| row["attemptCount"] == 3).await;
    let told: Vec<Value> =
        attempts(&app, "D-1").await.iter().map(|attempt| attempt["editedParameters"].clone()).collect();
    assert_eq!(told, [json!(true), json!(false), json!(false)]);
}

/// Goal: the figures tell how far the attempt came, and no step that did not happen has one. Method: attempts that end
/// at each step in turn.
#[tokio::test(flavor = "multi_thread")]
async fn every_step_that_was_reached_has_its_time() {
    let app = TestApp::start().await;
    let literal = app.merchant.url();
    let named = literal.replace("127.0.0.1", "localhost");
    let secured = literal.replace("http:", "https:");
    for (order_no, url, answer, reached) in [
        ("T-name", "http://nowhere.invalid/cgi", SampleAnswer::Ok, [true, false, false, false]),
        ("T-blocked", "http://10.0.0.1/", SampleAnswer::Ok, [false, false, false, false]),
        ("T-tls", secured.as_str(), SampleAnswer::Ok, [false, true, true, false]),
        ("T-answer", literal.as_str(), SampleAnswer::Error500, [false, true, false, true]),
        ("T-named", named.as_str(), SampleAnswer::Error500, [true, true, false, true]),
        ("T-reset", literal.as_str(), SampleAnswer::Reset, [false, true, false, false]),
        ("T-slow", literal.as_str(), SampleAnswer::Slow, [false, true, false, false]),
    ] {
        let attempt = attempt_at(&app, order_no, url, answer).await;
        let timings = &attempt["timings"];
        let steps = ["dnsMs", "connectMs", "tlsMs", "firstByteMs"];
        assert_eq!(steps.map(|step| timings[step].is_u64()), reached, "{order_no}: {timings}");
        assert_eq!(timings["totalMs"], attempt["durationMs"], "{order_no}");
        let sum: u64 = steps.iter().filter_map(|step| timings[*step].as_u64()).sum();
        assert!(sum <= timings["totalMs"].as_u64().unwrap(), "{order_no}: {timings}");
    }
    let slow = attempts(&app, "T-slow").await.remove(0);
    assert!(slow["timings"]["totalMs"].as_u64().unwrap() >= 2_000, "{slow}");
}
