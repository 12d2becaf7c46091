//! Bulk restore: frozen plans, each row restored once by the rules of the single restore, and who may do it.

use serde_json::{Value, json};
use todoke::{
    app::admin,
    demo::{GatewaySays, SampleGateway},
};
use todoke_domain::access::{Role, TokenRight};

use crate::harness::{
    GRACE_MS, OWN, SampleAnswer, Socket, TestApp, TestAppBuilder, changed, checkout, notification,
};

const BATCH: &str = "id state total done failed skipped left amount counts{ipCode count amount} createdBy
    gatewayCheckConfigured acceptsUnreachableGateway startedBy startedAt finishedAt";
const ROWS: &str = "rows(first:100){totalCount nodes{orderNo amount state reason problem
    evidence{field expected actual} abnormalOrder{status} order{orderNo} finishedAt}}";

/// Rows that can be restored, `prefix-0` and so on, all of one amount.
async fn plant(app: &TestApp, prefix: &str, count: usize) {
    let numbers: Vec<String> = (0..count).map(|number| format!("{prefix}-{number}")).collect();
    let carts: Vec<Value> = numbers.iter().map(|number| checkout(number)).collect();
    app.register_checkouts(&carts).await;
    for number in &numbers {
        let changes = [("OrderID", number.as_str()), ("TranID", number), ("AccessID", number)];
        assert_eq!(app.notify(notification(&changes)).await, "0");
    }
    app.clock.advance_ms(GRACE_MS + 1);
    app.wait_for("all rows", async || {
        let query = "query($f:AbnormalOrderFilter!){abnormalOrders(filter:$f,first:1){totalCount}}";
        let filter = json!({"ipCodes": OWN, "orderNo": prefix});
        let data = app.data(Some(&app.read_token), query, json!({"f": filter})).await;
        (data["abnormalOrders"]["totalCount"] == count).then_some(())
    })
    .await;
}

async fn plan(app: &TestApp, token: &str, input: Value) -> Value {
    let query = format!(
        "mutation($i:PlanRestoreBatchInput!){{planRestoreBatch(input:$i){{
            batch{{{BATCH}}} leftOut{{reason count}} userErrors{{field code}}}}}}"
    );
    app.data(Some(token), &query, json!({"i": input})).await["planRestoreBatch"].clone()
}

fn all_of(prefix: &str) -> Value {
    json!({"filter": {"ipCodes": OWN, "orderNo": prefix}})
}

/// From here on the gateway is asked before each restore.
async fn check_with_gateway(app: &TestApp, manager: &str) {
    let set_up =
        "mutation{updateGatewaySettings(input:{ipCode:\"2012000123\",shopPass:\"pass\"}){userErrors{code}}}";
    app.data(Some(manager), set_up, json!({})).await;
}

async fn start(app: &TestApp, token: &str, id: &Value, key: &str, accepts: bool) -> Value {
    let query = "mutation($i:StartRestoreBatchInput!){startRestoreBatch(input:$i){
        batch{id state startedBy} userErrors{field code}}}";
    let input = json!({"id": id, "idempotencyKey": key, "acceptUnreachableGateway": accepts});
    app.graphql(Some(token), query, json!({"i": input})).await
}

async fn cancel(app: &TestApp, token: &str, id: &Value) -> Value {
    let query = "mutation($i:ID!){cancelRestoreBatch(input:{id:$i}){batch{state left skipped}}}";
    app.graphql(Some(token), query, json!({"i": id})).await
}

async fn batch(app: &TestApp, id: &Value) -> Value {
    let query = format!("query($i:ID!){{restoreBatch(id:$i){{{BATCH} {ROWS}}}}}");
    app.data(Some(&app.read_token), &query, json!({"i": id})).await["restoreBatch"].clone()
}

async fn wait_for_state(app: &TestApp, id: &Value, state: &str) -> Value {
    app.wait_for(state, async || {
        let found = batch(app, id).await;
        (found["state"] == state).then_some(found)
    })
    .await
}

/// The rows with their outcome: number, state, reason.
fn outcomes(batch: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = batch["rows"]["nodes"].as_array().unwrap().iter();
    let mut told: Vec<_> =
        rows.map(|row| (text(&row["orderNo"]), text(&row["state"]), text(&row["reason"]))).collect();
    told.sort();
    told
}

async fn orders(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM orders").await
}

async fn token(app: &TestApp, name: &str, right: TokenRight) -> String {
    admin::create_token(&app.desk, name, &OWN.map(str::to_owned), &[right]).await.unwrap()
}

/// Goal: the plan holds what can be restored and says what it left out; each of its rows is restored once, in the name of
/// who started it, and later rows are not in it. Method: rows of every kind; twice the same start; a row that comes after.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_restores_what_can_be_restored_and_tells_what_it_left_out() {
    let app = TestApp::start().await;
    let operator = token(&app, "operate", TokenRight::Operate).await;
    plant(&app, "A", 7).await;
    let row = async |number: &str| app.wait_for_abnormal_order(number, |_| true).await["id"].clone();
    app.restore(&operator, &row("A-0").await, "single").await;
    app.register_orders(&[changed(checkout("A-1"), json!({"accessId": "another"}))]).await;
    let void =
        [("OrderID", "A-2"), ("TranID", "A-2v"), ("AccessID", "A-2"), ("Status", "VOID"), ("JobCd", "VOID")];
    assert_eq!(app.notify(notification(&void)).await, "0");
    app.wait_for_abnormal_order("A-2", |row| row["cancelledAtGateway"] == true).await;
    let close = "mutation($i:ID!){closeAbnormalOrder(input:{id:$i,resolution:REORDERED}){abnormalOrder{id}}}";
    app.data(Some(&operator), close, json!({"i": row("A-1").await})).await;
    let planned = plan(&app, &operator, all_of("A")).await;
    let batch_of_plan = &planned["batch"];
    assert_eq!(
        (&batch_of_plan["state"], &batch_of_plan["total"]),
        (&json!("PLANNED"), &json!(4)),
        "{planned}"
    );
    assert_eq!((&batch_of_plan["left"], &batch_of_plan["amount"]), (&json!(4), &json!(4 * 11350)));
    let counts = json!([{"ipCode": OWN[0], "count": 4, "amount": 4 * 11350}]);
    assert_eq!((&batch_of_plan["counts"], &batch_of_plan["createdBy"]), (&counts, &json!("operate")));
    let left_out = json!([
        {"reason": "ALREADY_RESTORED", "count": 1}, {"reason": "CANCELLED_AT_GATEWAY", "count": 1},
        {"reason": "CLOSED", "count": 1},
    ]);
    assert_eq!(planned["leftOut"], left_out);
    assert_eq!(orders(&app).await, 2, "nothing is restored before the start");
    let id = &batch_of_plan["id"];
    let mut watcher = Socket::open(app.address, &app.read_token).await;
    let watch = "subscription($b:ID!){restoreBatchProgress(id:$b){state done left}}";
    watcher.subscribe(watch, json!({"b": id})).await;
    let heard = watcher.message().await["payload"]["data"]["restoreBatchProgress"].clone();
    assert_eq!(heard, json!({"state": "PLANNED", "done": 0, "left": 4}));
    plant(&app, "late", 1).await;
    let second = app.sign_in("second-operator").await;
    for _ in 0..2 {
        let started = start(&app, &second, id, "key", false).await;
        assert_eq!(
            started["data"]["startRestoreBatch"]["batch"]["startedBy"], "second-operator",
            "{started}"
        );
    }
    let refused = start(&app, &operator, id, "key", false).await["errors"][0]["extensions"].clone();
    assert_eq!((&refused["reason"], &refused["by"]), (&json!("BATCH_STATE"), &json!("second-operator")));
    let done = wait_for_state(&app, id, "COMPLETED").await;
    assert_eq!((&done["done"], &done["left"], &done["failed"]), (&json!(4), &json!(0), &json!(0)));
    for row in done["rows"]["nodes"].as_array().unwrap() {
        assert_eq!((&row["state"], &row["abnormalOrder"]["status"]), (&json!("DONE"), &json!("RESTORED")));
        assert_eq!((&row["order"]["orderNo"], &row["amount"]), (&row["orderNo"], &json!(11350)));
    }
    assert_eq!(orders(&app).await, 6);
    let restored = app.wait_for_abnormal_order("A-3", |_| true).await["timeline"].to_string();
    assert!(restored.contains(r#""actor":"second-operator""#), "{restored}");
    assert_eq!(app.wait_for_abnormal_order("late-0", |_| true).await["status"], "RESTORABLE");
    let mut last = heard;
    while last["state"] != "COMPLETED" {
        last = watcher.message().await["payload"]["data"]["restoreBatchProgress"].clone();
    }
}

/// Goal: what changed since the plan was frozen is left alone, and nothing stands twice. Method: two plans of the same
/// rows and a single restore, all at once; one row is closed off by its order.
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_did_meanwhile_is_left_alone() {
    let app = TestApp::start().await;
    let operator = token(&app, "operate", TokenRight::Operate).await;
    plant(&app, "B", 20).await;
    let first = plan(&app, &operator, all_of("B")).await["batch"]["id"].clone();
    let second = plan(&app, &operator, all_of("B")).await["batch"]["id"].clone();
    let other = [changed(checkout("B-0"), json!({"accessId": "another"}))];
    app.register_orders(&other).await;
    app.wait_for_abnormal_order("B-0", |row| row["status"] == "DUPLICATE").await;
    let single = app.wait_for_abnormal_order("B-7", |_| true).await["id"].clone();
    let (a, b, c) = tokio::join!(
        start(&app, &operator, &first, "first", false),
        start(&app, &operator, &second, "second", false),
        app.restore(&operator, &single, "single"),
    );
    assert!(a.get("errors").is_none() && b.get("errors").is_none(), "{a} {b} {c}");
    let first = wait_for_state(&app, &first, "COMPLETED").await;
    let second = wait_for_state(&app, &second, "COMPLETED").await;
    let count = |field: &str| first[field].as_i64().unwrap() + second[field].as_i64().unwrap();
    let by_hand = i64::from(c.get("errors").is_none());
    assert_eq!((count("done"), count("failed"), count("left")), (19 - by_hand, 0, 0), "{first} {second}");
    assert_eq!(orders(&app).await, 20);
    let told = [outcomes(&first), outcomes(&second)].concat();
    for (number, state, reason) in told {
        let expected = match (number.as_str(), state.as_str()) {
            (_, "DONE") => "",
            ("B-0", _) => "NOT_RESTORABLE",
            _ => "ALREADY_RESTORED",
        };
        assert_eq!(reason, expected, "{number} {state}");
    }
}

/// Goal: the gateway is asked for each row; what it contradicts fails with its words, and its silence is an outcome too,
/// unless it was accepted. Method: a gateway that says cancelled, then nothing, then nothing with the choice made.
#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_asked_for_each_row() {
    let gateway = SampleGateway::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let app = TestAppBuilder::default().gateway(&gateway.base_url()).start().await;
    let manager = token(&app, "manage", TokenRight::Manage).await;
    check_with_gateway(&app, &manager).await;
    plant(&app, "C", 1).await;
    let void = GatewaySays::Trade { status: "VOID".to_owned(), amount: 11_350, access_id: "C-0".to_owned() };
    for (says, accepts, state, reason, problem) in [
        (void, true, "FAILED", "GATEWAY_CHECK_BLOCKED", "CANCELLED"),
        (GatewaySays::Nobody, false, "FAILED", "GATEWAY_UNREACHABLE", "CONNECTION_FAILED"),
        (GatewaySays::Nobody, true, "DONE", "", ""),
    ] {
        gateway.say(&says);
        let planned = plan(&app, &manager, all_of("C")).await;
        assert_eq!(planned["batch"]["gatewayCheckConfigured"], true);
        let id = &planned["batch"]["id"];
        start(&app, &manager, id, &format!("{reason} {accepts}"), accepts).await;
        let done = wait_for_state(&app, id, "COMPLETED").await;
        assert_eq!(done["acceptsUnreachableGateway"], accepts);
        for row in done["rows"]["nodes"].as_array().unwrap() {
            let told = (row["state"].as_str(), row["reason"].as_str(), row["problem"].as_str());
            let text = |text: &'static str| (!text.is_empty()).then_some(text);
            assert_eq!(told, (Some(state), text(reason), text(problem)), "{row}");
            let contradicting = (&row["evidence"]["field"], &row["evidence"]["actual"]);
            if problem == "CANCELLED" {
                assert_eq!(contradicting, (&json!("Status"), &json!("VOID")));
            }
        }
    }
    assert_eq!(orders(&app).await, 1);
}

/// Goal: a cancelled batch restores nothing more; the row that is on its way gets its outcome. Method: a gateway that
/// does not answer holds the first row; cancel; then it does.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_batch_leaves_the_rest_alone() {
    let gateway = SampleGateway::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let app = TestAppBuilder::default().gateway(&gateway.base_url()).start().await;
    let manager = token(&app, "manage", TokenRight::Manage).await;
    check_with_gateway(&app, &manager).await;
    plant(&app, "D", 5).await;
    gateway.say(&GatewaySays::Silence);
    let id = plan(&app, &manager, all_of("D")).await["batch"]["id"].clone();
    start(&app, &manager, &id, "k", true).await;
    app.wait_for("the first question", async || (!gateway.questions().is_empty()).then_some(())).await;
    let told = cancel(&app, &manager, &id).await["data"]["cancelRestoreBatch"]["batch"].clone();
    assert_eq!(told, json!({"state": "CANCELLED", "left": 0, "skipped": 5}));
    gateway.say(&GatewaySays::Nobody);
    let ended = app
        .wait_for("the outcome of the first row", async || {
            let found = batch(&app, &id).await;
            (found["done"] == 1).then_some(found)
        })
        .await;
    assert_eq!((&ended["state"], &ended["skipped"]), (&json!("CANCELLED"), &json!(4)));
    let skipped = outcomes(&ended).into_iter().filter(|(_, _, reason)| reason == "BATCH_CANCELLED").count();
    assert_eq!((skipped, gateway.questions().len(), orders(&app).await), (4, 1, 1));
    let again = cancel(&app, &manager, &id).await["errors"][0]["extensions"].clone();
    assert_eq!((&again["reason"], &again["by"]), (&json!("BATCH_STATE"), &json!("manage")));
}

/// Goal: plans have their limits: an hour, a thousand rows, something to do, one way of choosing.
#[tokio::test(flavor = "multi_thread")]
async fn plans_have_limits() {
    let app = TestApp::start().await;
    let operator = token(&app, "operate", TokenRight::Operate).await;
    plant(&app, "E", 1).await;
    let id = plan(&app, &operator, all_of("E")).await["batch"]["id"].clone();
    app.clock.advance_ms(3_600_001);
    let refused = start(&app, &operator, &id, "k", false).await["errors"][0]["extensions"].clone();
    assert_eq!(refused["reason"], "PLAN_EXPIRED");
    let many = vec!["QWJub3JtYWxPcmRlcjphZjc3YjU4OC01Nzg5LTgxMDYtODUwNC01YzE3OTI1MDFmYTU"; 1_001];
    for (input, field, code) in [
        (json!({"ids": many}), "ids", "TOO_MANY"),
        (json!({"ids": []}), "ids", "NOTHING_TO_DO"),
        (all_of("nothing"), "ids", "NOTHING_TO_DO"),
        (json!({}), "ids", "REQUIRED"),
    ] {
        let told = plan(&app, &operator, input).await;
        assert_eq!(told["userErrors"], json!([{"field": [field], "code": code}]));
        assert_eq!(told["batch"], Value::Null);
    }
    assert_eq!(orders(&app).await, 0);
}

/// Goal: a plan never reaches beyond the rights of who makes it, and a right that was taken back ends within the batch.
/// Method: viewers and strangers plan and start; the starter's right is revoked while the gateway holds the first row.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_stays_within_the_rights_of_the_moment() {
    let gateway = SampleGateway::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let app = TestAppBuilder::default().gateway(&gateway.base_url()).start().await;
    let manager = token(&app, "manage", TokenRight::Manage).await;
    check_with_gateway(&app, &manager).await;
    plant(&app, "F", 3).await;
    let (operator, stranger) = (app.sign_in("operator").await, app.sign_in("stranger").await);
    let seen = plan(&app, &app.read_token, all_of("F")).await;
    assert_eq!(seen["leftOut"], json!([{"reason": "NOT_PERMITTED", "count": 3}]));
    let hidden = plan(&app, &stranger, all_of("F")).await;
    assert_eq!((&hidden["leftOut"], &hidden["batch"]), (&json!([]), &Value::Null));
    let id = plan(&app, &operator, all_of("F")).await["batch"]["id"].clone();
    for token in [&app.read_token, &stranger, &app.ingest_token] {
        for answer in [start(&app, token, &id, "k", true).await, cancel(&app, token, &id).await] {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND", "{answer}");
        }
    }
    gateway.say(&GatewaySays::Silence);
    start(&app, &operator, &id, "k", true).await;
    app.wait_for("the first question", async || (!gateway.questions().is_empty()).then_some(())).await;
    admin::grant(&app.desk, "operator", OWN[0], Role::Viewer).await.unwrap();
    gateway.say(&GatewaySays::Nobody);
    let done = wait_for_state(&app, &id, "COMPLETED").await;
    assert_eq!((&done["skipped"], &done["failed"]), (&json!(2), &json!(0)), "{done}");
    let lost = outcomes(&done).into_iter().filter(|(_, _, reason)| reason == "NOT_FOUND").count();
    assert_eq!(lost, 2);
}

/// Goal: the carts are told of every row of a batch, once each.
#[tokio::test(flavor = "multi_thread")]
async fn the_cart_hears_of_each_row() {
    let app = TestApp::start().await;
    let manager = token(&app, "manage", TokenRight::Manage).await;
    let set_up = "mutation($u:String!){
        rotateSigningSecret(input:{ipCode:\"2012000123\",purpose:ORDER_RESTORED}){secret}
        updateIpCodeSettings(input:{ipCode:\"2012000123\",restoredEndpointUrl:$u}){userErrors{code}}}";
    app.data(Some(&manager), set_up, json!({"u": app.merchant.url()})).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    plant(&app, "G", 12).await;
    let id = plan(&app, &manager, all_of("G")).await["batch"]["id"].clone();
    start(&app, &manager, &id, "k", false).await;
    app.merchant.wait_for_requests(12).await;
    wait_for_state(&app, &id, "COMPLETED").await;
    let delivered = "SELECT COUNT(*) FROM order_events WHERE state = 'DELIVERED'";
    app.wait_for("all events", async || (app.count(delivered).await == 12).then_some(())).await;
    let requests = app.merchant.requests();
    let ids: std::collections::HashSet<_> =
        requests.iter().filter_map(|request| request.header("webhook-id")).collect();
    assert_eq!((requests.len(), ids.len()), (12, 12));
}

/// Goal: two machines share the batches, one each at a time, and make each order once. Method: on PostgreSQL a second
/// server; three batches of the same rows.
#[tokio::test(flavor = "multi_thread")]
async fn two_machines_make_each_order_once() {
    let app = TestApp::start().await;
    if !app.database.is_postgres() {
        return;
    }
    let (_beside, _) = app.start_beside().await.unwrap();
    let operator = token(&app, "operate", TokenRight::Operate).await;
    plant(&app, "H", 30).await;
    let mut batches = Vec::new();
    for key in ["a", "b", "c"] {
        let id = plan(&app, &operator, all_of("H")).await["batch"]["id"].clone();
        batches.push((key, id));
    }
    for (key, id) in &batches {
        start(&app, &operator, id, key, false).await;
    }
    let mut done = 0;
    for (_, id) in &batches {
        let batch = wait_for_state(&app, id, "COMPLETED").await;
        assert_eq!(batch["failed"], 0, "{batch}");
        done += batch["done"].as_i64().unwrap();
    }
    assert_eq!((done, orders(&app).await), (30, 30));
}
