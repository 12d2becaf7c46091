//! `POST /api/v1/payment-results`: what is taken in, what is refused, and that refused means nothing stored.

use serde_json::{Value, json};
use todoke_domain::text::Charset;

use crate::harness::{SampleAnswer, TestApp, decoded_form, payment_result};

async fn problem(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(kind, "application/problem+json");
    assert!(answer.headers().contains_key("x-request-id"));
    (status, answer.json().await.unwrap())
}

/// Goal: what reaches the merchant are the CP932 bytes. Method: the scripted endpoint's raw record.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_reaches_the_merchant_as_cp932_bytes() {
    let app = TestApp::start().await;
    let told = app.hand_in("A-1").await;
    app.merchant.wait_for_requests(1).await;
    let request = &app.merchant.requests()[0];
    assert_eq!(request.method, "GET");
    assert!(
        request.query.contains("item=%8Ft%82%CC%95%9F%91%DC&shop=%87%8A%FB%FC%93%87"),
        "{}",
        request.query
    );
    let form = decoded_form(request, Charset::Cp932);
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "clientip",
        "money",
        "telno",
        "email",
        "sendid",
        "sendpoint",
        "order_no",
        "status",
        "error_code",
        "item",
        "shop",
    ];
    assert_eq!(names, expected);
    assert_eq!(request.header("todoke-delivery-id"), told["delivery_id"].as_str());
}

/// Goal: the same result told twice is sent once. Method: repeats in one request, in a second one, and at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_same_ids_and_sends_nothing() {
    let app = TestApp::start().await;
    let both = json!([payment_result("A-1"), payment_result("A-1")]);
    let first: Value = app.ingest(&app.ingest_token, &both).await.json().await.unwrap();
    assert_eq!(first["results"][0]["duplicate"], false);
    assert_eq!(first["results"][1]["duplicate"], true);
    assert_eq!(first["results"][0]["delivery_id"], first["results"][1]["delivery_id"]);
    let repeats: Vec<_> = (0..20).map(|_| app.hand_in("A-1")).collect();
    for repeat in futures_util::future::join_all(repeats).await {
        assert_eq!(repeat["duplicate"], true);
        assert_eq!(repeat["payment_id"], first["results"][0]["payment_id"]);
    }
    app.hand_in("A-2").await;
    app.merchant.wait_for_requests(2).await;
    let of_first =
        app.merchant.requests().iter().filter(|request| request.query.contains("order_no=A-1&")).count();
    assert_eq!(of_first, 1);
}

/// Goal: another status of the same payment is another result with its own delivery.
#[tokio::test(flavor = "multi_thread")]
async fn another_status_is_another_delivery_of_the_same_payment() {
    let app = TestApp::start().await;
    let first = app.hand_in("A-1").await;
    let mut later = payment_result("A-1");
    later["status"] = json!("07");
    let answer: Value = app.ingest(&app.ingest_token, &later).await.json().await.unwrap();
    assert_eq!(answer["results"][0]["payment_id"], first["payment_id"]);
    assert_ne!(answer["results"][0]["delivery_id"], first["delivery_id"]);
    app.merchant.wait_for_requests(2).await;
}

/// Goal: one bad element refuses the whole request, with every fault by index and field, and stores nothing.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_element_refuses_all_and_names_every_fault() {
    let app = TestApp::start().await;
    let (mut wrong_types, mut lacking) = (payment_result("A-2"), payment_result("A-3"));
    wrong_types["amount"] = json!("11350");
    wrong_types["order_no"] = json!(5);
    wrong_types["colour"] = json!("red");
    wrong_types["occurred_at"] = json!("yesterday");
    lacking["parameters"]["item"] = json!("寿司🍣");
    let mut unknown = payment_result("A-4");
    unknown["ip_code"] = json!("99999");
    let body = json!([payment_result("A-1"), wrong_types, lacking, unknown, 7]);
    let (status, document) = problem(app.ingest(&app.ingest_token, &body).await).await;
    assert_eq!(status, 422);
    let mut told: Vec<(u64, &str, &str)> = document["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            let text = |name: &str| fault[name].as_str().unwrap();
            (fault["index"].as_u64().unwrap(), text("field"), text("code"))
        })
        .collect();
    told.sort_unstable();
    let expected = [
        (1, "amount", "WRONG_TYPE"),
        (1, "colour", "UNKNOWN_FIELD"),
        (1, "occurred_at", "INVALID_FORMAT"),
        (1, "order_no", "WRONG_TYPE"),
        (2, "parameters.item", "NOT_IN_CHARSET"),
        (3, "ip_code", "UNKNOWN_IP_CODE"),
        (4, "", "WRONG_TYPE"),
    ];
    assert_eq!(told, expected);
    let stored = app.hand_in("A-1").await;
    assert_eq!(stored["duplicate"], false, "nothing of the refused request was stored");
}

/// Goal: bodies that are no request are told apart by status, and store nothing.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_request_are_refused() {
    let app = TestApp::start().await;
    let send = |body: Vec<u8>| {
        let url = app.url("/api/v1/payment-results");
        app.client().post(url).bearer_auth(&app.ingest_token).body(body).send()
    };
    let too_many = serde_json::to_vec(&vec![payment_result("A-1"); 1_001]).unwrap();
    let most = serde_json::to_vec(&vec![payment_result("A-1"); 1_000]).unwrap();
    for (body, status, code) in [
        (b"{".to_vec(), 400, "MALFORMED_JSON"),
        (b"".to_vec(), 400, "MALFORMED_JSON"),
        (b"\"text\"".to_vec(), 422, "WRONG_TYPE"),
        (b"{}".to_vec(), 422, "INVALID_RESULTS"),
        (too_many, 422, "TOO_MANY_RESULTS"),
        (vec![b' '; 8 * 1024 * 1024 + 1], 413, "BODY_TOO_LARGE"),
    ] {
        let (told, document) = problem(send(body).await.unwrap()).await;
        assert_eq!((told, document["code"].as_str()), (status, Some(code)));
    }
    assert_eq!(send(most).await.unwrap().status(), 202);
}

/// Goal: who has no right to ingest stores nothing, and does not learn which IP codes exist.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_with_the_right_hands_in() {
    let app = TestApp::start().await;
    let url = app.url("/api/v1/payment-results");
    for bearer in [None, Some("tdk_wrong"), Some("nonsense")] {
        let mut request = app.client().post(&url).json(&payment_result("A-1"));
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        assert_eq!(problem(request.send().await.unwrap()).await.0, 401);
    }
    let operator = app.sign_in("operator").await;
    for token in [&app.read_token, &app.other_ingest_token, &operator] {
        let (status, document) = problem(app.ingest(token, &payment_result("A-1")).await).await;
        assert_eq!(status, 422);
        assert_eq!(document["errors"][0]["code"], "UNKNOWN_IP_CODE");
    }
    assert_eq!(app.hand_in("A-1").await["duplicate"], false);
}

/// Goal: a slow merchant delays no other. Method: one endpoint's slots are all taken, another's results still go.
#[tokio::test(flavor = "multi_thread")]
async fn many_results_of_a_failing_endpoint_all_become_visible() {
    let app = TestApp::start().await;
    app.merchant.set_answer(SampleAnswer::Error500);
    let results: Vec<Value> = (0..300).map(|number| payment_result(&format!("B-{number}"))).collect();
    assert_eq!(app.ingest(&app.ingest_token, &json!(results)).await.status(), 202);
    app.merchant.wait_for_requests(300).await;
    let query = "query($c:[String!]!){sendErrors(filter:{ipCodes:$c,period:{preset:TODAY}}){totalCount}}";
    app.wait_for("300 rows", async || {
        let data = app.data(Some(&app.read_token), query, json!({"c": ["2012000123"]})).await;
        (data["sendErrors"]["totalCount"] == 300).then_some(())
    })
    .await;
    assert_eq!(app.merchant.requests().len(), 300, "each was sent once");
}
