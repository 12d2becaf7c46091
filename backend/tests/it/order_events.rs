//! `order.restored`: the cart is told of a restored order, once and surely (docs/REQUIREMENTS.md, B.5).

use http::HeaderMap;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use todoke::{app::admin, demo::RecordedRequest};
use todoke_domain::{access::TokenRight, time::Timestamp};

use crate::harness::{
    GRACE_MS, OWN, SampleAnswer, SampleEndpoint, TestApp, TestAppBuilder, TestClock, changed, checkout,
};

const EVENT: &str = "restoredEvent{eventId state sending attemptCount nextAttemptAt finishedAt
    attempts{startedAt trigger outcome cause httpStatus requestUrl requestBody responseBody decidedBy}}";
const UPDATE: &str = "mutation($i:UpdateIpCodeSettingsInput!){updateIpCodeSettings(input:$i){
    ipCode{restoredEndpoint{url signingSecrets{id} retryDelaysS timeoutMs}} userErrors{field code}}}";
const ROTATE: &str = "mutation($i:RotateSigningSecretInput!){rotateSigningSecret(input:$i){
    secret userErrors{code} ipCode{signingSecrets{id} restoredEndpoint{signingSecrets{id}}}}}";

/// A cart's endpoint, the secret it knows, and the server that tells it.
struct Scene {
    app: TestApp,
    cart: SampleEndpoint,
    secret: String,
    operate: String,
}

async fn rotate(app: &TestApp, token: &str, purpose: &str, overlap_hours: i32) -> Value {
    let input = json!({"ipCode": OWN[0], "purpose": purpose, "overlapHours": overlap_hours});
    app.data(Some(token), ROTATE, json!({"i": input})).await["rotateSigningSecret"].clone()
}

async fn point_to(app: &TestApp, token: &str, url: &str) -> Value {
    let input = json!({"ipCode": OWN[0], "restoredEndpointUrl": url});
    let told = app.data(Some(token), UPDATE, json!({"i": input})).await["updateIpCodeSettings"].clone();
    // A running server believes settings for two seconds.
    app.clock.advance_ms(2_001);
    told
}

/// A server that comes to the machine's own time once a grace period is over, because the library that verifies compares
/// with it.
async fn start() -> Scene {
    let clock = TestClock::at_present();
    clock.advance_ms(-GRACE_MS);
    let app = TestAppBuilder::default().clock(clock).start().await;
    let cart = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let codes = OWN.map(str::to_owned);
    let manage = admin::create_token(&app.desk, "manage", &codes, &[TokenRight::Manage]).await.unwrap();
    let operate = admin::create_token(&app.desk, "operate", &codes, &[TokenRight::Operate]).await.unwrap();
    let secret = rotate(&app, &manage, "ORDER_RESTORED", 0).await["secret"].as_str().unwrap().to_owned();
    let told = point_to(&app, &manage, &cart.url()).await;
    assert_eq!(told["userErrors"], json!([]), "{told}");
    Scene { app, cart, secret, operate }
}

impl Scene {
    /// A row that can be restored.
    async fn restorable(&self, order_no: &str) -> Value {
        let today = changed(checkout(order_no), json!({"orderedAt": "2026-11-22T10:00:00+09:00"}));
        self.app.register_checkouts(&[today]).await;
        let changes = [("OrderID", order_no), ("TranID", order_no), ("AccessID", order_no)];
        self.app.notify_and_wait_out(&changes).await;
        let row = self.app.wait_for_abnormal_order(order_no, |row| row["status"] == "RESTORABLE").await;
        row["id"].clone()
    }

    /// Restores a row and returns the order's id.
    async fn restore(&self, order_no: &str) -> Value {
        let row = self.restorable(order_no).await;
        let answer = self.app.restore(&self.operate, &row, order_no).await;
        let id = answer["data"]["restoreAbnormalOrder"]["order"]["id"].clone();
        assert!(id.is_string(), "{answer}");
        id
    }

    async fn event(&self, order: &Value) -> Value {
        let query = format!("query($o:ID!){{order(id:$o){{{EVENT}}}}}");
        let token = self.app.read_token.as_str();
        self.app.data(Some(token), &query, json!({"o": order})).await["order"]["restoredEvent"].clone()
    }

    async fn wait_for_event(&self, order: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
        self.app
            .wait_for("the event", async || {
                let event = self.event(order).await;
                wanted(&event).then_some(event)
            })
            .await
    }

    async fn resend(&self, order: &Value, key: &str) -> Value {
        let query = "mutation($i:ResendOrderRestoredInput!){resendOrderRestored(input:$i){
            order{id} userErrors{field code}}}";
        let input = json!({"orderId": order, "idempotencyKey": key});
        self.app.graphql(Some(&self.operate), query, json!({"i": input})).await
    }
}

fn verifies(secret: &str, request: &RecordedRequest) -> bool {
    let pairs = request.headers.iter();
    let headers: HeaderMap =
        pairs.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    Webhook::new(secret).unwrap().verify(request.body.as_bytes(), &headers).is_ok()
}

fn answering(status: &str, more: &str) -> SampleAnswer {
    let answer = format!("HTTP/1.1 {status}\r\n{more}content-length: 0\r\nconnection: close\r\n\r\n");
    SampleAnswer::Raw(answer.into_bytes())
}

/// Goal: the cart gets all that it needs to save the order, signed with the event's own secret. Method: the public
/// library on the bytes that came over the wire; then the timelines.
#[tokio::test(flavor = "multi_thread")]
async fn the_cart_is_told_of_a_restored_order_with_all_it_needs() {
    let scene = start().await;
    let results = admin::rotate_secret(&scene.app.desk, OWN[0], 0).await.unwrap();
    let order = scene.restore("20261122-7").await;
    scene.cart.wait_for_requests(1).await;
    let request = scene.cart.requests().pop().unwrap();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/cgi"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert!(verifies(&scene.secret, &request), "{request:?}");
    assert!(!verifies(&results, &request), "the secret of results signs no event");
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let delivered = scene.wait_for_event(&order, |event| event["state"] == "DELIVERED").await;
    assert_eq!(request.header("webhook-id"), delivered["eventId"].as_str());
    assert_eq!((&body["id"], &body["type"]), (&delivered["eventId"], &json!("order.restored")));
    let restored_at = &body["data"]["order"]["restoredAt"];
    assert_eq!(&body["timestamp"], restored_at);
    let expected = json!({
        "ipCode": OWN[0],
        "order": {
            "id": order, "orderNo": "20261122-7", "orderType": "一般注文",
            "orderedAt": "2026-11-22T10:00:00+09:00", "restoredAt": restored_at, "customerName": "山田 太郎",
            "email": "Taro@example.jp", "memberId": "mr192", "total": 11350, "shippingFee": 350, "lines": [
                {"name": "春の福袋", "unitPrice": 5000, "quantity": 2},
                {"name": "静岡煎茶", "unitPrice": 1000, "quantity": 1},
            ],
        },
        "payment": {
            "accessId": "20261122-7", "method": "クレジットカード", "shopId": "tshop00012345",
            "gatewayOrderId": "20261122-7",
        },
    });
    assert_eq!(body["data"], expected);
    assert_eq!((&delivered["attemptCount"], &delivered["nextAttemptAt"]), (&json!(1), &Value::Null));
    let attempt = &delivered["attempts"][0];
    assert_eq!((&attempt["outcome"], &attempt["trigger"]), (&json!("DELIVERED"), &json!("AUTOMATIC")));
    assert_eq!((&attempt["requestBody"], &attempt["responseBody"]), (&json!(request.body), &json!("OK\n")));
    let query =
        "query($o:ID!){order(id:$o){timeline{kind detail attempt{httpStatus}} restoredFrom{timeline{kind}}}}";
    let shown =
        scene.app.data(Some(&scene.app.read_token), query, json!({"o": order})).await["order"].clone();
    let newest: Vec<_> = shown["timeline"].as_array().unwrap().iter().take(2).collect();
    assert_eq!(
        newest[0],
        &json!({"kind": "EVENT_ATTEMPTED", "detail": "DELIVERED 200", "attempt": {"httpStatus": 200}})
    );
    assert_eq!(
        (&newest[1]["kind"], &newest[1]["detail"]),
        (&json!("EVENT_QUEUED"), &json!("order.restored"))
    );
    let of_row = shown["restoredFrom"]["timeline"].to_string();
    assert!(of_row.contains("EVENT_QUEUED") && of_row.contains("EVENT_ATTEMPTED"), "{of_row}");
}

/// Goal: one order, one event. Method: eight at once with keys of their own and the same ones, and afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn however_often_it_is_restored_there_is_one_event() {
    let scene = start().await;
    let row = scene.restorable("1").await;
    let keys = ["a", "a", "b", "c", "a", "d", "e", "b"];
    let answers =
        futures_util::future::join_all(keys.map(|key| scene.app.restore(&scene.operate, &row, key))).await;
    let order = answers.iter().find_map(|answer| {
        answer["data"]["restoreAbnormalOrder"]["order"]["id"].as_str().map(|id| json!(id))
    });
    scene.wait_for_event(&order.unwrap(), |event| event["state"] == "DELIVERED").await;
    scene.app.restore(&scene.operate, &row, "f").await;
    // Another order after it: were there a second event, it would have come first.
    let second = scene.restore("2").await;
    scene.wait_for_event(&second, |event| event["state"] == "DELIVERED").await;
    assert_eq!(scene.app.count("SELECT COUNT(*) FROM order_events").await, 2);
    assert_eq!(scene.cart.requests().len(), 2);
}

/// Goal: two machines tell the cart once. Method: on PostgreSQL a second server; each restores twenty rows, both the same,
/// and both look at the same outbox.
#[tokio::test(flavor = "multi_thread")]
async fn two_machines_tell_the_cart_once() {
    let scene = start().await;
    if !scene.app.database.is_postgres() {
        return;
    }
    let (_beside, address) = scene.app.start_beside().await.unwrap();
    let mut rows = Vec::new();
    for number in 0..20 {
        rows.push(scene.restorable(&number.to_string()).await);
    }
    let query = "mutation($i:RestoreAbnormalOrderInput!){restoreAbnormalOrder(input:$i){order{id}}}";
    let tries = rows.iter().flat_map(|row| [("here", row), ("there", row)]).map(async |(place, row)| {
        let variables = json!({"i": {"id": row, "idempotencyKey": format!("{place} {row}")}});
        if place == "here" {
            return scene.app.graphql(Some(&scene.operate), query, variables).await;
        }
        let request = scene.app.client().post(format!("http://{address}/graphql"));
        let body = json!({"query": query, "variables": variables});
        let answer = request.bearer_auth(&scene.operate).json(&body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    });
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.get("errors").is_none()).count(), 20);
    let delivered = "SELECT COUNT(*) FROM order_events WHERE state = 'DELIVERED'";
    scene.app.wait_for("all events", async || (scene.app.count(delivered).await == 20).then_some(())).await;
    let requests = scene.cart.requests();
    let ids: std::collections::HashSet<_> =
        requests.iter().filter_map(|request| request.header("webhook-id")).collect();
    assert_eq!((requests.len(), ids.len()), (20, 20));
}

/// Goal: an event is retried on the schedule, with the same id and the same body, until the cart takes it;
/// `Retry-After` lengthens a wait; a redirect is a failure and not followed. Method: the clock goes on from failure to
/// failure.
#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_retried_on_the_schedule_with_the_same_id() {
    let scene = start().await;
    scene.cart.set_answer(SampleAnswer::Error500);
    let order = scene.restore("1").await;
    let failed = scene.wait_for_event(&order, |event| event["attemptCount"] == 1).await;
    assert_eq!((&failed["state"], &failed["sending"]), (&json!("WAITING"), &json!(false)));
    assert_eq!(failed["attempts"][0]["cause"], "SERVER_ERROR");
    assert!(failed["nextAttemptAt"].is_string());
    let health = "query{ipCode(code:\"2012000123\"){health{attempts}}}";
    let health = scene.app.data(Some(&scene.app.read_token), health, json!({})).await;
    assert_eq!(health["ipCode"]["health"]["attempts"], 0, "an event says nothing of the endpoint of results");
    let elsewhere = format!("location: {}\r\n", scene.app.merchant.url());
    for (answer, cause, wait_ms) in [
        (answering("302 Found", &elsewhere), "REDIRECT", 6_000),
        (answering("503 Service Unavailable", "retry-after: 7200\r\n"), "SERVER_ERROR", 360_000),
        (SampleAnswer::Reset, "CONNECTION_RESET", 8_640_000),
    ] {
        scene.cart.set_answer(answer);
        scene.app.clock.advance_ms(wait_ms);
        let before = scene.cart.requests().len();
        let event = scene
            .wait_for_event(&order, |event| {
                event["sending"] == false && event["attemptCount"] == json!(before + 1)
            })
            .await;
        assert_eq!((&event["state"], &event["attempts"][0]["cause"]), (&json!("WAITING"), &json!(cause)));
        let at = |value: &Value| Timestamp::parse_rfc3339(value.as_str().unwrap()).unwrap();
        let wait_ms = at(&event["nextAttemptAt"]).millis_since(at(&event["attempts"][0]["startedAt"]));
        let asked_ms = [300_000, 7_200_000, 7_200_000][before - 1];
        assert!(wait_ms >= asked_ms, "{wait_ms} after {cause}");
    }
    assert_eq!(scene.app.merchant.requests().len(), 0, "a redirect is not followed");
    scene.cart.set_answer(SampleAnswer::Ok);
    scene.app.clock.advance_ms(8_640_000);
    let done = scene.wait_for_event(&order, |event| event["state"] == "DELIVERED").await;
    assert_eq!(done["attemptCount"], 5);
    let requests = scene.cart.requests();
    for request in &requests {
        assert_eq!(request.body, requests[0].body);
        assert_eq!(request.header("webhook-id"), requests[0].header("webhook-id"));
    }
}

/// Goal: when the schedule is spent the event is given up and shown so; a person sends it again by hand, once for each
/// decision, and nobody beside. Method: ten failures; then a slow cart and two operators; then one that takes it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_sent_again_by_hand() {
    let scene = start().await;
    scene.cart.set_answer(SampleAnswer::Error500);
    let order = scene.restore("1").await;
    for attempts in 1..=10 {
        scene.wait_for_event(&order, |event| event["attemptCount"] == attempts).await;
        scene.app.clock.advance_ms(2 * 86_400_000);
    }
    let failed = scene.event(&order).await;
    assert_eq!((&failed["state"], &failed["nextAttemptAt"]), (&json!("FAILED"), &Value::Null));
    assert!(failed["finishedAt"].is_string());
    scene.cart.set_answer(SampleAnswer::Slow);
    assert_eq!(scene.resend(&order, "k1").await["data"]["resendOrderRestored"]["userErrors"], json!([]));
    scene.cart.wait_for_requests(11).await;
    assert_eq!(scene.resend(&order, "k1").await["errors"], Value::Null, "the same decision");
    let refused = scene.resend(&order, "k2").await["errors"][0]["extensions"].clone();
    assert_eq!((&refused["reason"], &refused["by"]), (&json!("ALREADY_SENDING"), &json!("operate")));
    assert!(refused["at"].is_string());
    let sending = scene.event(&order).await;
    assert_eq!((&sending["state"], &sending["sending"]), (&json!("WAITING"), &json!(true)));
    assert_eq!(scene.cart.requests().len(), 11);
}

/// Goal: also what was delivered, and what was off, can be sent by hand; other orders not. Method: an order restored
/// with the endpoint off; then on; then again; then an order of the cart's own.
#[tokio::test(flavor = "multi_thread")]
async fn by_hand_the_event_is_made_where_the_endpoint_was_off() {
    let scene = start().await;
    let codes = [OWN[0].to_owned()];
    let manager = admin::create_token(&scene.app.desk, "m", &codes, &[TokenRight::Manage]).await.unwrap();
    assert_eq!(point_to(&scene.app, &manager, "").await["ipCode"]["restoredEndpoint"]["url"], Value::Null);
    let order = scene.restore("1").await;
    assert_eq!(scene.event(&order).await, Value::Null);
    let refused = scene.resend(&order, "k1").await["data"]["resendOrderRestored"]["userErrors"].clone();
    assert_eq!(refused, json!([{"field": ["orderId"], "code": "RESTORED_ENDPOINT_NOT_SET"}]));
    point_to(&scene.app, &manager, &scene.cart.url()).await;
    for (key, count) in [("k1", 1), ("k2", 2)] {
        assert_eq!(scene.resend(&order, key).await["errors"], Value::Null);
        let counted = |event: &Value| event["state"] == "DELIVERED" && event["attemptCount"] == count;
        let event = scene.wait_for_event(&order, counted).await;
        let attempt = &event["attempts"][0];
        assert_eq!((&attempt["trigger"], &attempt["decidedBy"]), (&json!("MANUAL"), &json!("operate")));
    }
    let requests = scene.cart.requests();
    assert_eq!(requests[0].header("webhook-id"), requests[1].header("webhook-id"));
    let own = scene.app.register_orders(&[checkout("9")]).await["results"][0]["order"]["id"].clone();
    let refused = scene.resend(&own, "k3").await["data"]["resendOrderRestored"]["userErrors"].clone();
    assert_eq!(refused, json!([{"field": ["orderId"], "code": "ORDER_NOT_RESTORED"}]));
    let audited = "SELECT outcome FROM audit_events WHERE action = 'resendOrderRestored'";
    assert_eq!(scene.app.texts(audited).await, ["DONE", "DONE"]);
}

/// Goal: the endpoint is held against the same filter as any other, and its secret comes first and is its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_endpoint_is_checked_and_has_a_secret_of_its_own() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let refused = point_to(&app, &manager, "https://cart.example.com/restored").await;
    let told = json!([{"field": ["restoredEndpointUrl"], "code": "SIGNING_SECRET_REQUIRED"}]);
    assert_eq!(refused["userErrors"], told);
    let before = rotate(&app, &manager, "RESULTS", 24).await;
    let made = rotate(&app, &manager, "ORDER_RESTORED", 24).await;
    let of =
        |answer: &Value, pointer: &str| answer["ipCode"].pointer(pointer).unwrap().as_array().unwrap().len();
    assert_eq!(of(&made, "/restoredEndpoint/signingSecrets"), 1);
    assert_eq!(before["ipCode"]["signingSecrets"], made["ipCode"]["signingSecrets"], "the others stay");
    for (url, code) in [
        ("ftp://cart.example.com/", "URL_NOT_WEB"),
        ("http://user:pass@cart.example.com/", "URL_HAS_CREDENTIALS"),
        ("http://10.0.0.1/restored", "ADDRESS_NOT_ALLOWED"),
        ("http://[::ffff:10.0.0.1]/", "ADDRESS_NOT_ALLOWED"),
    ] {
        let told = point_to(&app, &manager, url).await["userErrors"].clone();
        assert_eq!(told, json!([{"field": ["restoredEndpointUrl"], "code": code}]), "{url}");
    }
    let set =
        point_to(&app, &manager, "http://127.0.0.1:9/restored").await["ipCode"]["restoredEndpoint"].clone();
    assert_eq!((&set["url"], &set["timeoutMs"]), (&json!("http://127.0.0.1:9/restored"), &json!(15_000)));
    assert_eq!(set["retryDelaysS"].as_array().unwrap().len(), 9);
    assert_eq!(
        of(&rotate(&app, &manager, "ORDER_RESTORED", 24).await, "/restoredEndpoint/signingSecrets"),
        2
    );
    let log = app.texts("SELECT COALESCE(after, '') FROM audit_events").await.concat();
    assert!(log.contains("http://127.0.0.1:9/restored") && log.contains("ORDER_RESTORED"), "{log}");
    assert!(!log.contains("whsec_"), "{log}");
}

/// Goal: what carts were told is not kept longer than checkouts are; how it went is. Method: the days go by.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_forgotten_when_its_days_are_over() {
    let scene = start().await;
    let order = scene.restore("1").await;
    scene.wait_for_event(&order, |event| event["state"] == "DELIVERED").await;
    scene.app.clock.advance_ms(61 * 86_400_000);
    let cleared = scene.wait_for_event(&order, |event| event["attempts"][0]["requestBody"] == "").await;
    let attempt = &cleared["attempts"][0];
    assert_eq!((&attempt["responseBody"], &attempt["outcome"]), (&json!(""), &json!("DELIVERED")));
    assert_eq!(scene.app.count("SELECT COUNT(*) FROM orders").await, 1);
}
