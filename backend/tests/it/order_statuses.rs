//! 注文処理状況: orders go on, step back with a reason, and remember it (docs/REQUIREMENTS.md, B.8).

use serde_json::{Value, json};

use crate::harness::{OWN, Socket, TestApp, checkout};

const UPDATE: &str = "mutation($i:UpdateOrderStatusInput!){updateOrderStatus(input:$i){
    order{status nextStatuses reasonRequiredFor statusHistory{at by from to reason}} userErrors{field code}}}";

async fn update(app: &TestApp, token: &str, input: Value) -> Value {
    app.graphql(Some(token), UPDATE, json!({"i": input})).await
}

async fn register(app: &TestApp) -> Value {
    app.register_orders(&[checkout("1")]).await["results"][0]["order"]["id"].clone()
}

/// Goal: every change is kept with who, when and why, and who watches hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_on_and_remembers_it() {
    let app = TestApp::start().await;
    let id = register(&app).await;
    let mut watcher = Socket::open(app.address, &app.read_token).await;
    let watch = "subscription($c:[String!]!){orderChanged(ipCodes:$c){orderNo status}}";
    watcher.subscribe(watch, json!({"c": OWN})).await;
    let operator = app.sign_in("operator").await;
    update(&app, &operator, json!({"id": id, "status": "IN_PROGRESS", "expectedStatus": "NEW"})).await;
    let heard = watcher.message().await["payload"]["data"]["orderChanged"].clone();
    assert_eq!(heard, json!({"orderNo": "1", "status": "IN_PROGRESS"}));
    app.clock.advance_ms(1_000);
    let second = app.sign_in("second-operator").await;
    let input = json!({"id": id, "status": "CANCELLED", "reason": " お客様都合 "});
    let order = update(&app, &second, input).await["data"]["updateOrderStatus"]["order"].clone();
    let steps: Vec<Value> = order["statusHistory"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| json!([change["by"], change["from"], change["to"], change["reason"]]))
        .collect();
    let expected = json!([
        ["second-operator", "IN_PROGRESS", "CANCELLED", "お客様都合"],
        ["operator", "NEW", "IN_PROGRESS", null],
    ]);
    assert_eq!(json!(steps), expected);
    assert_eq!((&order["nextStatuses"], &order["reasonRequiredFor"]), (&json!(["NEW"]), &json!(["NEW"])));
    let audited = "SELECT outcome FROM audit_events WHERE action = 'updateOrderStatus'";
    assert_eq!(app.texts(audited).await, ["DONE", "DONE"]);
}

/// Goal: two operators do not undo each other unseen, and no step is taken that there is not.
#[tokio::test(flavor = "multi_thread")]
async fn changes_that_do_not_fit_are_refused() {
    let app = TestApp::start().await;
    let id = register(&app).await;
    let operator = app.sign_in("operator").await;
    for (input, field, code) in [
        (json!({"status": "NEW"}), "status", "STATUS_NOT_ALLOWED"),
        (json!({"status": "SHIPPED", "reason": "あ".repeat(501)}), "reason", "TOO_LONG"),
    ] {
        let refused = update(&app, &operator, crate::harness::changed(json!({"id": id}), input)).await;
        let told = json!([{"field": [field], "code": code}]);
        assert_eq!(refused["data"]["updateOrderStatus"]["userErrors"], told, "{refused}");
    }
    let ship = json!({"id": id, "status": "SHIPPED", "expectedStatus": "NEW"});
    let tries = (0..8).map(|_| update(&app, &operator, ship.clone()));
    let answers = futures_util::future::join_all(tries).await;
    let done = answers.iter().filter(|answer| answer.get("errors").is_none()).count();
    assert_eq!(done, 1, "{answers:#?}");
    for refused in answers.iter().filter(|answer| answer.get("errors").is_some()) {
        let told = &refused["errors"][0]["extensions"];
        assert_eq!((&told["reason"], &told["by"]), (&json!("STATUS_CHANGED"), &json!("operator")));
        assert!(told["at"].is_string());
    }
    let back = update(&app, &operator, json!({"id": id, "status": "IN_PROGRESS", "reason": "  "})).await;
    let told = json!([{"field": ["reason"], "code": "REQUIRED"}]);
    assert_eq!(back["data"]["updateOrderStatus"]["userErrors"], told);
    assert_eq!(app.count("SELECT COUNT(*) FROM order_status_changes").await, 1);
}
