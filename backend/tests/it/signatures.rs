//! Signatures of requests by the Standard Webhooks specification: what a merchant's program verifies with the public
//! library (docs/REQUIREMENTS.md, A.12).

use http::HeaderMap;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use todoke::{
    app::admin::{self, EndpointChange, EndpointMethod},
    demo::RecordedRequest,
};

use crate::harness::{OWN, SampleAnswer, TestApp, TestAppBuilder, TestClock};

const ROTATE: &str = "mutation($h:Int!){rotateSigningSecret(input:{ipCode:\"2012000123\",overlapHours:$h}){
    secret userErrors{field code} ipCode{signingSecrets{id createdAt retiresAt}}}}";

/// A server at the machine's own time, because the library compares with it.
async fn start() -> TestApp {
    TestAppBuilder::default().clock(TestClock::at_present()).start().await
}

async fn rotate(app: &TestApp, manager: &str, overlap_hours: i32) -> Value {
    app.data(Some(manager), ROTATE, json!({"h": overlap_hours})).await["rotateSigningSecret"].clone()
}

fn headers(request: &RecordedRequest) -> HeaderMap {
    let pairs = request.headers.iter();
    pairs.map(|(name, value)| (name.parse().unwrap(), value.parse::<http::HeaderValue>().unwrap())).collect()
}

/// Whether the public library takes this payload under this secret.
fn verifies(secret: &str, payload: &str, request: &RecordedRequest) -> bool {
    Webhook::new(secret).unwrap().verify(payload.as_bytes(), &headers(request)).is_ok()
}

/// Goal: a receiver can verify with the old and the new secret while they are exchanged, for GET and POST. Method: the
/// public library on the bytes that came over the wire; a wrong secret and a changed payload fail.
#[tokio::test(flavor = "multi_thread")]
async fn requests_verify_with_both_secrets_while_they_are_exchanged() {
    let app = start().await;
    let manager = app.sign_in("manager").await;
    let first = rotate(&app, &manager, 0).await["secret"].as_str().unwrap().to_owned();
    let answer = rotate(&app, &manager, 24).await;
    let second = answer["secret"].as_str().unwrap().to_owned();
    let told = answer["ipCode"]["signingSecrets"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{answer}");
    assert!(told[0]["retiresAt"].is_null() && told[1]["retiresAt"].is_string(), "{answer}");
    let wrong = rotate_other(&app).await;
    for (count, method) in [(1, EndpointMethod::Get), (2, EndpointMethod::Post)] {
        admin::set_endpoint(
            &app.desk,
            OWN[0],
            EndpointChange { method: Some(method), ..EndpointChange::default() },
        )
        .await
        .unwrap();
        app.clock.advance_ms(2_001);
        let entry = app.hand_in(&format!("S-{count}")).await;
        app.merchant.wait_for_requests(count).await;
        let request = app.merchant.requests().pop().unwrap();
        assert_eq!(request.header("webhook-id"), entry["delivery_id"].as_str());
        assert_eq!(request.header("webhook-id"), request.header("todoke-delivery-id"));
        let payload = if method == EndpointMethod::Get { &request.query } else { &request.body };
        for secret in [&first, &second] {
            assert!(verifies(secret, payload, &request), "{request:?}");
            // By the letter of the specification the payload of a GET is its empty body.
            assert_eq!(verifies(secret, "", &request), method == EndpointMethod::Get);
            assert!(!verifies(secret, &format!("{payload}&x=1"), &request));
        }
        assert!(!verifies(&wrong, payload, &request));
    }
}

/// A secret of another merchant's IP code.
async fn rotate_other(app: &TestApp) -> String {
    admin::rotate_secret(&app.desk, crate::harness::OTHER, 0).await.unwrap()
}

/// Goal: the old secret ends when it was said to end, and secrets are kept sealed. Method: the clock goes past the
/// overlap; the table is read.
#[tokio::test(flavor = "multi_thread")]
async fn the_older_secret_retires_and_none_is_stored_in_the_clear() {
    let app = TestApp::start().await;
    let first = admin::rotate_secret(&app.desk, OWN[0], 0).await.unwrap();
    let second = admin::rotate_secret(&app.desk, OWN[0], 1).await.unwrap();
    let signatures = async |order_no: &str, count: usize| {
        app.clock.advance_ms(2_001);
        app.hand_in(order_no).await;
        app.merchant.wait_for_requests(count).await;
        app.merchant.requests().pop().unwrap().header("webhook-signature").unwrap().split(' ').count()
    };
    assert_eq!(signatures("S-1", 1).await, 4);
    app.clock.advance_ms(3_600_000);
    assert_eq!(signatures("S-2", 2).await, 2);
    let stored = app.texts("SELECT sealed FROM signing_secrets").await;
    assert!(stored.iter().all(|sealed| sealed.starts_with("v1:")), "{stored:?}");
    let bare = |secret: &str| secret.trim_start_matches("whsec_").to_owned();
    let told = app.texts("SELECT COALESCE(after, '') || COALESCE(before, '') FROM audit_events").await;
    for secret in [bare(&first), bare(&second)] {
        assert!(!stored.concat().contains(&secret) && !told.concat().contains(&secret));
    }
}

/// Goal: resends and edited resends are signed like first attempts. Method: an edited resend of a failed row.
#[tokio::test(flavor = "multi_thread")]
async fn an_edited_resend_is_signed_over_what_is_sent() {
    let app = start().await;
    let secret = admin::rotate_secret(&app.desk, OWN[0], 0).await.unwrap();
    app.clock.advance_ms(2_001);
    let row = app.hand_in_failing("S-1", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let manager = app.sign_in("manager").await;
    let resend =
        "mutation($e:ID!,$p:[ParameterInput!]!){resendSendError(input:{id:$e,parameters:$p,reason:\"r\",
        confirmMaybeReceived:true,idempotencyKey:\"k\"}){sendError{status} userErrors{field code}}}";
    let parameters = json!([{"name": "clientip", "value": OWN[0]}, {"name": "order_no", "value": "S-1"},
        {"name": "item", "value": "秋の福袋"}]);
    let data = app.data(Some(&manager), resend, json!({"e": row["id"], "p": parameters})).await;
    assert_eq!(data["resendSendError"]["sendError"]["status"], "PROCESSED", "{data}");
    let requests = app.merchant.requests();
    let (first, edited) = (&requests[0], &requests[1]);
    assert_eq!(edited.header("todoke-edited"), Some("true"));
    assert_eq!(edited.header("webhook-id"), first.header("webhook-id"));
    for request in [first, edited] {
        assert!(verifies(&secret, &request.query, request), "{request:?}");
    }
}

/// Goal: an overlap has its limits, on both ways. Method: one hour too many, and one below zero.
#[tokio::test(flavor = "multi_thread")]
async fn an_overlap_is_at_most_a_week() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    for hours in [-1, 169] {
        let answer = rotate(&app, &manager, hours).await;
        assert_eq!(answer["userErrors"][0], json!({"field": ["overlapHours"], "code": "OUT_OF_RANGE"}));
        assert!(answer["secret"].is_null());
    }
    assert!(rotate(&app, &manager, 168).await["secret"].as_str().unwrap().starts_with("whsec_"));
    assert!(admin::rotate_secret(&app.desk, OWN[0], 169).await.is_err());
}
