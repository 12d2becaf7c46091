//! The gateway is asked before a restore, and what it says stands beside the row (docs/REQUIREMENTS.md, B.5).

use serde_json::{Value, json};
use todoke::demo::{GatewaySays, SampleGateway};

use crate::harness::{OWN, TestApp, TestAppBuilder, changed, checkout};

const ACCESS_ID: &str = "75340a34dde2a2f3d77c70a48cd815e3";
const PASS: &str = "shoppass99";
const UPDATE: &str = "mutation($i:UpdateGatewaySettingsInput!){updateGatewaySettings(input:$i){
    ipCode{gatewayNotifications gateway{enabled shopId hasShopPass checkConfigured allowedSources
        refusedNotifications{day reason count}}} userErrors{field code}}}";
const CHECK: &str =
    "mutation($i:CheckGatewayInput!){checkGateway(input:$i){abnormalOrder{gatewayCheckConfigured
    gatewayCheck{outcome problem status amount errorCode errorInfo checkedAt checkedBy
        evidence{field expected actual}}} userErrors{field code}}}";

fn trade(status: &str, amount: i32) -> GatewaySays {
    GatewaySays::Trade { status: status.to_owned(), amount, access_id: ACCESS_ID.to_owned() }
}

async fn update(app: &TestApp, token: &str, changes: Value) -> Value {
    let input = changed(json!({"ipCode": OWN[0]}), changes);
    app.graphql(Some(token), UPDATE, json!({"i": input})).await
}

async fn check(app: &TestApp, token: &str, id: &Value) -> Value {
    let data = app.data(Some(token), CHECK, json!({"i": {"id": id}})).await;
    data["checkGateway"].clone()
}

async fn restore(app: &TestApp, token: &str, id: &Value, key: &str, proceeds: bool) -> Value {
    let query = "mutation($i:RestoreAbnormalOrderInput!){restoreAbnormalOrder(input:$i){
        abnormalOrder{status gatewayCheck{outcome problem}} order{orderNo} userErrors{field code}}}";
    let input = json!({"id": id, "idempotencyKey": key, "proceedWithoutGatewayCheck": proceeds});
    app.graphql(Some(token), query, json!({"i": input})).await
}

/// A server that asks this gateway, with the ShopPass set, and a restorable row.
async fn start() -> (TestApp, SampleGateway, Value) {
    let gateway = SampleGateway::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let app = TestAppBuilder::default().gateway(&gateway.base_url()).start().await;
    let manager = app.sign_in("manager").await;
    let updated = update(&app, &manager, json!({"shopPass": PASS})).await;
    let settings = &updated["data"]["updateGatewaySettings"]["ipCode"]["gateway"];
    assert_eq!(
        (&settings["hasShopPass"], &settings["checkConfigured"]),
        (&json!(true), &json!(true)),
        "{updated}"
    );
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    (app, gateway, row["id"].clone())
}

/// Goal: the question is GMO-PG's, and its answer is kept as evidence; what contradicts blocks the restore. Method:
/// a cancelled transaction, another amount, then the paid one.
#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_the_notification_blocks_a_restore() {
    let (app, gateway, id) = start().await;
    let operator = app.sign_in("operator").await;
    for (says, problem, field, actual) in [
        (trade("VOID", 11_350), "CANCELLED", "Status", "VOID"),
        (trade("CAPTURE", 11_349), "AMOUNT_MISMATCH", "Amount", "11349"),
        (trade("UNPROCESSED", 11_350), "NOT_PAID", "Status", "UNPROCESSED"),
    ] {
        gateway.say(&says);
        for proceeds in [false, true] {
            let refused = restore(&app, &operator, &id, "key", proceeds).await;
            assert_eq!(refused["errors"][0]["extensions"]["reason"], "GATEWAY_CHECK_BLOCKED", "{refused}");
        }
        let kept = check(&app, &operator, &id).await["abnormalOrder"]["gatewayCheck"].clone();
        assert_eq!((&kept["outcome"], &kept["problem"]), (&json!("BLOCKED"), &json!(problem)), "{kept}");
        assert_eq!(
            (&kept["evidence"]["field"], &kept["evidence"]["actual"]),
            (&json!(field), &json!(actual))
        );
        assert_eq!(kept["checkedBy"], "operator");
    }
    gateway.say(&trade("SALES", 11_350));
    let done = restore(&app, &operator, &id, "key", false).await;
    let told = &done["data"]["restoreAbnormalOrder"];
    assert_eq!(
        told["abnormalOrder"],
        json!({"status": "RESTORED", "gatewayCheck": {"outcome": "PASSED", "problem": null}})
    );
    let asked = gateway.questions().len();
    assert_eq!(restore(&app, &operator, &id, "key", false).await, done, "a repeat is the same decision");
    assert_eq!(gateway.questions().len(), asked, "and asks nobody");
    let question = gateway.questions().pop().unwrap();
    assert_eq!((question.method.as_str(), question.path.as_str()), ("POST", "/payment/SearchTrade.idPass"));
    assert_eq!(question.body, format!("ShopID=tshop00012345&ShopPass={PASS}&OrderID=1"));
    assert_eq!(question.header("content-type"), Some("application/x-www-form-urlencoded"));
}

/// Goal: a gateway that does not tell is a warning, and only an explicit choice goes on. Method: nobody listens, an
/// error, rubbish.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_does_not_tell_needs_an_explicit_choice() {
    let (app, gateway, id) = start().await;
    let operator = app.sign_in("operator").await;
    for (says, problem) in [
        (GatewaySays::Nobody, "CONNECTION_FAILED"),
        (GatewaySays::Error("E01".to_owned(), "E01110002".to_owned()), "REFUSED"),
        (GatewaySays::Body(b"<html>".to_vec()), "INVALID_ANSWER"),
    ] {
        gateway.say(&says);
        let asked = restore(&app, &operator, &id, "key", false).await;
        let told = &asked["data"]["restoreAbnormalOrder"];
        let fault = json!([{"field": ["proceedWithoutGatewayCheck"], "code": "GATEWAY_UNREACHABLE"}]);
        assert_eq!(told["userErrors"], fault, "{asked}");
        let kept = check(&app, &operator, &id).await["abnormalOrder"]["gatewayCheck"].clone();
        assert_eq!((&kept["outcome"], &kept["problem"]), (&json!("UNREACHABLE"), &json!(problem)));
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM orders").await, 0);
    let done = restore(&app, &operator, &id, "key", true).await;
    assert_eq!(done["data"]["restoreAbnormalOrder"]["order"]["orderNo"], "1", "{done}");
}

/// Goal: no secret of the gateway is anywhere in the clear. Method: every text of the tables that hold what was said.
#[tokio::test(flavor = "multi_thread")]
async fn shop_pass_and_access_pass_are_nowhere_in_the_clear() {
    let (app, gateway, id) = start().await;
    gateway.say(&trade("CAPTURE", 11_350));
    check(&app, &app.sign_in("operator").await, &id).await;
    let stored = app
        .texts(
            "SELECT COALESCE(before, '') || COALESCE(after, '') FROM audit_events
             UNION ALL SELECT COALESCE(gateway_check, '') FROM abnormal_orders
             UNION ALL SELECT COALESCE(shop_pass, '') FROM gateway_settings",
        )
        .await
        .join("\n");
    assert!(stored.contains("v1:") && stored.contains("PASSED"));
    for secret in [PASS, "c0ffee"] {
        assert!(!stored.contains(secret), "{secret}: {stored}");
    }
}

/// Goal: without the setup nobody is asked, and that is told. Method: no ShopPass; then one, on a server that knows no
/// gateway.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_setup_nobody_is_asked() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1")]).await;
    app.notify_and_wait_out(&[("OrderID", "1")]).await;
    let row = app.wait_for_abnormal_order("1", |_| true).await;
    update(&app, &app.sign_in("manager").await, json!({"shopPass": PASS})).await;
    let operator = app.sign_in("operator").await;
    let told = check(&app, &operator, &row["id"]).await;
    assert_eq!(told["userErrors"], json!([{"field": ["id"], "code": "GATEWAY_NOT_CONFIGURED"}]));
    let done = restore(&app, &operator, &row["id"], "key", false).await;
    assert_eq!(
        done["data"]["restoreAbnormalOrder"]["abnormalOrder"],
        json!({"status": "RESTORED", "gatewayCheck": null})
    );
}

/// Goal: managers set the gateway up, and what is refused because of it is counted. Method: off, on, another source.
#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_set_up_by_managers() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    for (changes, field, code) in [
        (json!({"shopId": "12345678901234"}), "shopId", "INVALID_FORMAT"),
        (json!({"shopId": "tshop00067890"}), "shopId", "SHOP_ID_TAKEN"),
        (json!({"shopPass": "12345678901"}), "shopPass", "INVALID_FORMAT"),
        (json!({"allowedSources": ["10.0.0.0/8", "somewhere"]}), "allowedSources", "INVALID_FORMAT"),
        (json!({"shopId": "", "enabled": true}), "shopId", "REQUIRED"),
    ] {
        let refused = update(&app, &manager, changes.clone()).await;
        let told = json!([{"field": [field], "code": code}]);
        assert_eq!(refused["data"]["updateGatewaySettings"]["userErrors"], told, "{changes}: {refused}");
    }
    let gateway_of = |answer: Value| answer["data"]["updateGatewaySettings"]["ipCode"]["gateway"].clone();
    let off = gateway_of(update(&app, &manager, json!({"enabled": false})).await);
    assert_eq!((&off["enabled"], &off["shopId"]), (&json!(false), &json!("tshop00012345")));
    assert_eq!(app.notify(crate::harness::notification(&[])).await, "1");
    let elsewhere = json!({"enabled": true, "allowedSources": ["203.0.113.0/24", "192.0.2.1"]});
    let on = gateway_of(update(&app, &manager, elsewhere).await);
    assert_eq!(on["allowedSources"], json!(["203.0.113.0/24", "192.0.2.1/32"]));
    for _ in 0..2 {
        assert_eq!(app.notify(crate::harness::notification(&[])).await, "1");
    }
    assert_eq!(app.notify("ShopID=tshop00012345&OrderID=1&x=%4").await, "1");
    let here = gateway_of(update(&app, &manager, json!({"allowedSources": ["127.0.0.0/8"]})).await);
    let counted = json!([
        {"day": "2026-11-22", "reason": "DISABLED", "count": 1},
        {"day": "2026-11-22", "reason": "SOURCE_REFUSED", "count": 2},
        {"day": "2026-11-22", "reason": "UNREADABLE", "count": 1},
    ]);
    assert_eq!(here["refusedNotifications"], counted);
    assert_eq!(app.notify(crate::harness::notification(&[])).await, "0");
}
