//! Who may ask what: every field of the contract's roots stands in one table with an answer for every kind of actor.
//! A field without a line fails the test, so that nothing is added without deciding who may reach it.

use std::collections::BTreeSet;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};

use crate::harness::{GRACE_MS, OTHER, OWN, SampleAnswer, Socket, TestApp, notification, payment_result};

/// Everybody there is, in the order of the table's columns. The first has no token; the stranger is another
/// merchant's manager.
const ACTORS: [&str; 7] =
    ["nobody", "viewer", "operator", "manager", "stranger", "read token", "ingest token"];

/// What an actor gets: `ok`, `-` (nothing that is there), or the code of an error.
type Expected = [&'static str; 7];

const NONE: &str = "UNAUTHENTICATED";
const LOST: &str = "NOT_FOUND";
/// A list that only members and readers see.
const LISTED: Expected = [NONE, "ok", "ok", "ok", "-", "ok", "-"];
/// One thing that only members and readers see.
const SEEN: Expected = [NONE, "ok", "ok", "ok", LOST, "ok", LOST];
/// A decision of operators and managers.
const DECIDED: Expected = [NONE, LOST, "ok", "ok", LOST, LOST, LOST];
/// A decision of managers.
const MANAGED: Expected = [NONE, LOST, LOST, "ok", LOST, LOST, LOST];
/// A command that the batch's state does not allow: who may give it learns that, the others nothing.
const OUT_OF_TURN: Expected = [NONE, LOST, "CONFLICT", "CONFLICT", LOST, LOST, LOST];
/// A plan of rows; rows that one may not act on are not in it, and a plan of nothing is none.
const PLANNED: Expected = [NONE, "-", "ok", "ok", "-", "-", "-"];
/// What carts register; an element of an IP code that one may not reach has no such IP code.
const REGISTERED: Expected = [NONE, "-", "ok", "ok", "-", "-", "ok"];
/// A subscription: without a token there is no connection.
const WATCHED: Expected = ["4401", "ok", "ok", "ok", "-", "ok", "-"];

/// One thing that is watched.
const FOLLOWED: Expected = ["4401", "ok", "ok", "ok", LOST, "ok", LOST];

/// One line: the field, how it is asked (`$…` are the scene's values), where in the data to look, what one gets.
type Line = (&'static str, &'static str, &'static str, Expected);

const QUERIES: &[Line] = &[
    ("viewer", "query{viewer{id}}", "/viewer", [NONE, "ok", "ok", "ok", "ok", "ok", "ok"]),
    ("ipCodes", "query{ipCodes{code}}", "/ipCodes", LISTED),
    (
        "ipCode",
        "query{ipCode(code:\"2012000123\"){endpoint{url} retryPolicy{kind} editableParameters alertAddresses
            signingSecrets{id} settingsVersion health{state keptDeliveries attempts failures}}}",
        "/ipCode/endpoint",
        SEEN,
    ),
    (
        "sendErrors",
        "query($c:[String!]!){sendErrors(filter:{ipCodes:$c,period:{preset:TODAY}}){nodes{ipCode}}}",
        "/sendErrors/nodes",
        LISTED,
    ),
    ("sendError", "query($e:ID!){sendError(id:$e){ipCode}}", "/sendError", SEEN),
    ("savedSearches", "query{savedSearches{id}}", "/savedSearches", [NONE, "-", "-", "ok", "-", "-", "-"]),
    ("payment", "query($p:ID!){payment(id:$p){ipCode}}", "/payment", SEEN),
    ("resendBatch", "query($b:ID!){resendBatch(id:$b){total}}", "/resendBatch", SEEN),
    ("restoreBatch", "query($t:ID!){restoreBatch(id:$t){total}}", "/restoreBatch", SEEN),
    ("resendBatches", "query{resendBatches{nodes{id}}}", "/resendBatches/nodes", LISTED),
    (
        "abnormalOrders",
        "query($c:[String!]!){abnormalOrders(filter:{ipCodes:$c,period:{preset:TODAY}}){nodes{ipCode}}}",
        "/abnormalOrders/nodes",
        LISTED,
    ),
    ("abnormalOrder", "query($a:ID!){abnormalOrder(id:$a){ipCode}}", "/abnormalOrder", SEEN),
    (
        "abnormalOrderCounts",
        "query($c:[String!]!){abnormalOrderCounts(ipCodes:$c){all}}",
        "/abnormalOrderCounts/all",
        LISTED,
    ),
    (
        "orders",
        "query($c:[String!]!){orders(filter:{ipCodes:$c,period:{preset:TODAY}}){nodes{ipCode}}}",
        "/orders/nodes",
        LISTED,
    ),
    ("order", "query($o:ID!){order(id:$o){ipCode}}", "/order", SEEN),
    ("node", "query($e:ID!){node(id:$e){id}}", "/node", SEEN),
];

const MUTATIONS: &[Line] = &[
    (
        "signIn",
        "mutation{signIn(input:{login:\"viewer\",password:\"correct horse battery\"}){accessToken}}",
        "/signIn/accessToken",
        ["ok"; 7],
    ),
    ("refreshSession", "mutation{refreshSession{accessToken}}", "/refreshSession", [NONE; 7]),
    ("signOut", "mutation{signOut{userErrors{code}}}", "/signOut", ["ok"; 7]),
    (
        "resendSendError",
        "mutation($e:ID!){resendSendError(input:{id:$e,confirmMaybeReceived:true,idempotencyKey:\"k-1\"}){sendError{status}}}",
        "/resendSendError/sendError",
        DECIDED,
    ),
    (
        "markSendErrorProcessed",
        "mutation($f:ID!){markSendErrorProcessed(input:{id:$f}){sendError{status}}}",
        "/markSendErrorProcessed/sendError",
        DECIDED,
    ),
    (
        "reopenSendError",
        "mutation($f:ID!){reopenSendError(input:{id:$f,reason:\"誤って処理済にした\"}){sendError{status}}}",
        "/reopenSendError/sendError",
        DECIDED,
    ),
    (
        "createDownloadLink",
        "mutation($b:ID!){createDownloadLink(input:{resendBatch:{id:$b}}){url}}",
        "/createDownloadLink/url",
        [NONE, "ok", "ok", "ok", LOST, "ok", LOST],
    ),
    (
        "saveSearch",
        "mutation{saveSearch(input:{name:\"今月\",query:\"period=today\"}){savedSearch{id}}}",
        "/saveSearch/savedSearch",
        [NONE, "ok", "ok", "ok", "ok", LOST, LOST],
    ),
    (
        "deleteSavedSearch",
        "mutation($s:ID!){deleteSavedSearch(input:{id:$s}){deletedId}}",
        "/deleteSavedSearch/deletedId",
        [NONE, LOST, LOST, "ok", LOST, LOST, LOST],
    ),
    (
        "updateIpCodeSettings",
        "mutation{updateIpCodeSettings(input:{ipCode:\"2012000123\",alertAddresses:[]}){ipCode{code}}}",
        "/updateIpCodeSettings/ipCode",
        MANAGED,
    ),
    (
        "testEndpoint",
        "mutation{testEndpoint(input:{ipCode:\"2012000123\",dryRun:true}){request{url}}}",
        "/testEndpoint/request",
        MANAGED,
    ),
    (
        "resumeEndpoint",
        "mutation{resumeEndpoint(input:{ipCode:\"2012000123\"}){ipCode{code}}}",
        "/resumeEndpoint/ipCode",
        MANAGED,
    ),
    (
        "rotateSigningSecret",
        "mutation{rotateSigningSecret(input:{ipCode:\"2012000123\"}){secret}}",
        "/rotateSigningSecret/secret",
        MANAGED,
    ),
    (
        "planResendBatch",
        "mutation($g:ID!){planResendBatch(input:{action:MARK_PROCESSED,ids:[$g]}){batch{id}}}",
        "/planResendBatch/batch",
        PLANNED,
    ),
    (
        "pauseResendBatch",
        "mutation($b:ID!){pauseResendBatch(input:{id:$b}){batch{id}}}",
        "/pauseResendBatch/batch",
        OUT_OF_TURN,
    ),
    (
        "resumeResendBatch",
        "mutation($b:ID!){resumeResendBatch(input:{id:$b}){batch{id}}}",
        "/resumeResendBatch/batch",
        OUT_OF_TURN,
    ),
    (
        "startResendBatch",
        "mutation($b:ID!){startResendBatch(input:{id:$b,confirmMaybeReceived:true,idempotencyKey:\"k-3\"}){batch{id}}}",
        "/startResendBatch/batch",
        DECIDED,
    ),
    (
        "cancelResendBatch",
        "mutation($d:ID!){cancelResendBatch(input:{id:$d}){batch{id}}}",
        "/cancelResendBatch/batch",
        DECIDED,
    ),
    (
        "restoreAbnormalOrder",
        "mutation($a:ID!){restoreAbnormalOrder(input:{id:$a,idempotencyKey:\"k-2\"}){order{id}}}",
        "/restoreAbnormalOrder/order",
        DECIDED,
    ),
    (
        "resendOrderRestored",
        "mutation($r:ID!){resendOrderRestored(input:{orderId:$r,idempotencyKey:\"k-5\"}){order{id}}}",
        "/resendOrderRestored/order",
        DECIDED,
    ),
    (
        "planRestoreBatch",
        "mutation($q:ID!){planRestoreBatch(input:{ids:[$q]}){batch{id}}}",
        "/planRestoreBatch/batch",
        PLANNED,
    ),
    (
        "cancelRestoreBatch",
        "mutation($u:ID!){cancelRestoreBatch(input:{id:$u}){batch{id}}}",
        "/cancelRestoreBatch/batch",
        DECIDED,
    ),
    (
        "startRestoreBatch",
        "mutation($t:ID!){startRestoreBatch(input:{id:$t,idempotencyKey:\"k-6\"}){batch{id}}}",
        "/startRestoreBatch/batch",
        DECIDED,
    ),
    (
        "closeAbnormalOrder",
        "mutation($x:ID!){closeAbnormalOrder(input:{id:$x,resolution:REORDERED}){abnormalOrder{id}}}",
        "/closeAbnormalOrder/abnormalOrder",
        DECIDED,
    ),
    (
        "deleteAbnormalOrder",
        "mutation($x:ID!){deleteAbnormalOrder(input:{id:$x,reason:\"done\"}){deletedId}}",
        "/deleteAbnormalOrder/deletedId",
        MANAGED,
    ),
    (
        "checkGateway",
        "mutation($a:ID!){checkGateway(input:{id:$a}){userErrors{code}}}",
        "/checkGateway/userErrors",
        DECIDED,
    ),
    (
        "updateGatewaySettings",
        "mutation{updateGatewaySettings(input:{ipCode:\"2012000123\",allowedSources:[]}){ipCode{code}}}",
        "/updateGatewaySettings/ipCode",
        MANAGED,
    ),
    (
        "sendOrderMail",
        "mutation($o:ID!){sendOrderMail(input:{id:$o,to:\"taro@example.jp\",subject:\"s\",body:\"b\",idempotencyKey:\"k-4\"}){mail{id}}}",
        "/sendOrderMail/mail",
        DECIDED,
    ),
    (
        "updateOrderMailTemplate",
        "mutation{updateOrderMailTemplate(input:{ipCode:\"2012000123\",subject:\"s\",body:\"b\"}){ipCode{code}}}",
        "/updateOrderMailTemplate/ipCode",
        MANAGED,
    ),
    (
        "updateOrderStatus",
        "mutation($o:ID!){updateOrderStatus(input:{id:$o,status:SHIPPED}){order{status}}}",
        "/updateOrderStatus/order",
        DECIDED,
    ),
    (
        "registerCheckouts",
        "mutation($n:[CheckoutInput!]!){registerCheckouts(input:{checkouts:$n}){results{checkout{orderNo}}}}",
        "/registerCheckouts/results/0/checkout",
        REGISTERED,
    ),
    (
        "registerOrders",
        "mutation($m:[OrderInput!]!){registerOrders(input:{orders:$m}){results{order{id}}}}",
        "/registerOrders/results/0/order",
        REGISTERED,
    ),
];

const SUBSCRIPTIONS: &[Line] = &[
    (
        "sendErrorChanged",
        "subscription($c:[String!]!){sendErrorChanged(ipCodes:$c){ipCode}}",
        "/sendErrorChanged/ipCode",
        WATCHED,
    ),
    (
        "resendBatchProgress",
        "subscription($b:ID!){resendBatchProgress(id:$b){total}}",
        "/resendBatchProgress/total",
        FOLLOWED,
    ),
    (
        "restoreBatchProgress",
        "subscription($t:ID!){restoreBatchProgress(id:$t){total}}",
        "/restoreBatchProgress/total",
        FOLLOWED,
    ),
    (
        "orderChanged",
        "subscription($c:[String!]!){orderChanged(ipCodes:$c){ipCode}}",
        "/orderChanged/ipCode",
        WATCHED,
    ),
    (
        "abnormalOrderChanged",
        "subscription($c:[String!]!){abnormalOrderChanged(ipCodes:$c){ipCode}}",
        "/abnormalOrderChanged/ipCode",
        WATCHED,
    ),
];

/// Things of the first merchant for one actor to act on, so that no actor finds another's decision.
fn order_no(kind: &str, actor: usize) -> String {
    format!("{kind}-{actor}")
}

/// What a cart tells of an order.
fn cart(order_no: &str) -> Value {
    json!({
        "ipCode": OWN[0], "orderNo": order_no, "orderedAt": "2026-11-22T14:50:00+09:00", "customerName": "山田 花子",
        "email": "hanako@example.jp", "total": 11350, "lines": [{"name": "春の福袋", "unitPrice": 11350, "quantity": 1}],
    })
}

/// The gateway tells that this order was paid.
async fn notify(app: &TestApp, shop_id: &str, order_no: &str) {
    let changes = [("ShopID", shop_id), ("OrderID", order_no), ("AccessID", order_no), ("TranID", order_no)];
    assert_eq!(app.notify(notification(&changes)).await, "0");
}

/// A frozen plan of one row.
async fn plan(app: &TestApp, token: &str, row: &Value) -> Value {
    let query = "mutation($i:PlanResendBatchInput!){planResendBatch(input:$i){batch{id}}}";
    let input = json!({"action": "RESEND", "ids": [row], "includeMaybeReceived": true});
    app.data(Some(token), query, json!({"i": input})).await["planResendBatch"]["batch"]["id"].clone()
}

/// Three send errors, two abnormal orders that can be restored, one that was and one that cannot, and an order for every
/// actor.
async fn plant(app: &TestApp) {
    app.merchant.set_answer(SampleAnswer::Error500);
    let results: Vec<Value> = (0..ACTORS.len())
        .flat_map(|actor| ["E", "F", "G"].map(|kind| payment_result(&order_no(kind, actor))))
        .collect();
    assert_eq!(app.ingest(&app.ingest_token, &json!(results)).await.status(), 202);
    let register = "mutation($c:[CheckoutInput!]!,$o:[OrderInput!]!){
        registerCheckouts(input:{checkouts:$c}){results{userErrors{field code}}}
        registerOrders(input:{orders:$o}){results{userErrors{field code}}}}";
    let carts =
        |kind: &str| -> Vec<Value> { (0..ACTORS.len()).map(|actor| cart(&order_no(kind, actor))).collect() };
    let checkouts = [carts("A"), carts("Q"), carts("R")].concat();
    let data = app.data(Some(&app.ingest_token), register, json!({"c": checkouts, "o": carts("O")})).await;
    assert!(!data.to_string().contains("code"), "{data:#}");
    for actor in 0..ACTORS.len() {
        for kind in ["A", "Q", "R", "X"] {
            notify(app, "tshop00012345", &order_no(kind, actor)).await;
        }
    }
    app.clock.advance_ms(GRACE_MS + 1);
    let query = "query($c:[String!]!){abnormalOrderCounts(ipCodes:$c){all}
        sendErrors(filter:{ipCodes:$c,period:{preset:TODAY}}){totalCount}}";
    app.wait_for("all rows", async || {
        let data = app.data(Some(&app.read_token), query, json!({"c": OWN})).await;
        let counts = (&data["abnormalOrderCounts"]["all"], &data["sendErrors"]["totalCount"]);
        (counts == (&json!(4 * ACTORS.len()), &json!(3 * ACTORS.len()))).then_some(())
    })
    .await;
    restore_some(app).await;
}

/// A restored order for every actor; its cart was not told yet, and can be.
async fn restore_some(app: &TestApp) {
    let manager = app.sign_in("manager").await;
    for actor in 0..ACTORS.len() {
        let row = app.wait_for_abnormal_order(&order_no("R", actor), |_| true).await;
        let answer = app.restore(&manager, &row["id"], &order_no("R", actor)).await;
        assert!(answer.get("errors").is_none(), "{answer}");
    }
    let set_up = "mutation($u:String!){
        rotateSigningSecret(input:{ipCode:\"2012000123\",purpose:ORDER_RESTORED}){secret}
        updateIpCodeSettings(input:{ipCode:\"2012000123\",restoredEndpointUrl:$u}){userErrors{code}}}";
    let data = app.data(Some(&manager), set_up, json!({"u": app.merchant.url()})).await;
    assert_eq!(data["updateIpCodeSettings"]["userErrors"], json!([]));
}

/// The ids of the things that are this actor's to act on.
async fn scene(app: &TestApp, actor: usize, manager: &str) -> Value {
    let query = "query($c:[String!]!,$e:String!,$f:String!,$g:String!,$a:String!,$x:String!,$o:String!,$q:String!,$r:String!){
        q:abnormalOrders(filter:{ipCodes:$c,orderNo:$q}){nodes{id}}
        e:sendErrors(filter:{ipCodes:$c,orderNo:$e}){nodes{id payment{id}}}
        f:sendErrors(filter:{ipCodes:$c,orderNo:$f}){nodes{id}}
        g:sendErrors(filter:{ipCodes:$c,orderNo:$g}){nodes{id}}
        a:abnormalOrders(filter:{ipCodes:$c,orderNo:$a}){nodes{id}}
        x:abnormalOrders(filter:{ipCodes:$c,orderNo:$x}){nodes{id}}
        o:orders(filter:{ipCodes:$c,orderNo:$o}){nodes{id}} r:orders(filter:{ipCodes:$c,orderNo:$r}){nodes{id}}}";
    let variables = json!({
        "c": OWN, "e": order_no("E", actor), "f": order_no("F", actor), "g": order_no("G", actor), "a": order_no("A", actor), "x": order_no("X", actor), "o": order_no("O", actor),
        "q": order_no("Q", actor), "r": order_no("R", actor),
    });
    let found = app.data(Some(&app.read_token), query, variables).await;
    let id = |name: &str| found[name]["nodes"][0]["id"].clone();
    json!({
        "c": OWN, "e": id("e"), "f": id("f"), "g": id("g"), "b": plan(app, manager, &id("g")).await, "d": plan(app, manager, &id("g")).await, "a": id("a"), "x": id("x"), "o": id("o"), "r": id("r"), "p": found["e"]["nodes"][0]["payment"]["id"],
        "q": id("q"), "t": plan_restore(app, manager, &id("q")).await, "u": plan_restore(app, manager, &id("q")).await,
        "s": save_search(app, manager, &order_no("S", actor)).await,
        "n": [cart(&order_no("N", actor))], "m": [cart(&order_no("M", actor))],
    })
}

/// A frozen plan of restoring one row.
async fn plan_restore(app: &TestApp, token: &str, row: &Value) -> Value {
    let query = "mutation($r:ID!){planRestoreBatch(input:{ids:[$r]}){batch{id}}}";
    app.data(Some(token), query, json!({"r": row})).await["planRestoreBatch"]["batch"]["id"].clone()
}

/// A search that the manager keeps.
async fn save_search(app: &TestApp, manager: &str, name: &str) -> Value {
    let query = "mutation($i:SaveSearchInput!){saveSearch(input:$i){savedSearch{id}}}";
    let input = json!({"name": name, "query": "period=today"});
    app.data(Some(manager), query, json!({"i": input})).await["saveSearch"]["savedSearch"]["id"].clone()
}

async fn tokens(app: &TestApp) -> [Option<String>; 7] {
    [
        None,
        Some(app.sign_in("viewer").await),
        Some(app.sign_in("operator").await),
        Some(app.sign_in("manager").await),
        Some(app.sign_in("stranger").await),
        Some(app.read_token.clone()),
        Some(app.ingest_token.clone()),
    ]
}

/// `ok`, `-` or the code.
fn outcome(answer: &Value, pointer: &str) -> String {
    if let Some(error) = answer["errors"].get(0) {
        return error["extensions"]["code"].as_str().unwrap_or("an error without a code").to_owned();
    }
    let found = answer["data"].pointer(pointer).cloned().unwrap_or_default();
    // The stranger has IP codes of the own; only those of the first merchant count here.
    let is_foreign = found.to_string().contains(OTHER);
    let is_nothing = found.is_null() || found == json!([]) || found == json!(0);
    if is_nothing || is_foreign { "-".to_owned() } else { "ok".to_owned() }
}

/// Goal: nothing is added to the contract without deciding who may reach it. Method: the printed schema's root fields
/// are those of the tables, no more and no fewer.
#[test]
fn every_root_field_stands_in_the_table() {
    let document = parse_schema(todoke::print_schema()).unwrap();
    let mut fields = BTreeSet::new();
    for definition in document.definitions {
        if let TypeSystemDefinition::Type(found) = definition
            && let TypeKind::Object(object) = found.node.kind
            && ["Query", "Mutation", "Subscription"].contains(&found.node.name.node.as_str())
        {
            let root = found.node.name.node;
            fields.extend(object.fields.iter().map(|field| format!("{root}.{}", field.node.name.node)));
        }
    }
    let of = |root: &'static str, lines: &[Line]| -> Vec<String> {
        lines.iter().map(|(field, ..)| format!("{root}.{field}")).collect()
    };
    let lines = [of("Query", QUERIES), of("Mutation", MUTATIONS), of("Subscription", SUBSCRIPTIONS)].concat();
    assert_eq!(fields, lines.into_iter().collect());
}

/// Goal: what one may not see does not exist, in every query and mutation. Method: everybody asks everything.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_what_the_table_says() {
    let app = TestApp::start().await;
    plant(&app).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let tokens = tokens(&app).await;
    let mut surprises = Vec::new();
    for (actor, token) in tokens.iter().enumerate() {
        let scene = scene(&app, actor, tokens[3].as_deref().unwrap()).await;
        for (field, ask, pointer, expected) in QUERIES.iter().chain(MUTATIONS) {
            let answer = app.graphql(token.as_deref(), ask, scene.clone()).await;
            let told = outcome(&answer, pointer);
            if told != expected[actor] {
                surprises.push(format!(
                    "{field} by {}: {told}, expected {}\n{answer}",
                    ACTORS[actor], expected[actor]
                ));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    assert_every_refusal_left_a_trace(&app).await;
}

/// Every refused attempt of somebody known at a thing that exists stands in the audit log under the own name.
async fn assert_every_refusal_left_a_trace(app: &TestApp) {
    const NAMES: [&str; 7] = ["", "viewer", "operator", "manager", "stranger", "read", "ingest"];
    let log = app.audit_log().await;
    let refusals = MUTATIONS.iter().flat_map(|(field, _, _, expected)| {
        let refused = expected.iter().zip(NAMES).filter(|(code, _)| [LOST, "CONFLICT"].contains(code));
        refused.map(move |(_, name)| format!("{name} {field} REFUSED "))
    });
    let missing: Vec<String> =
        refusals.filter(|begin| !log.iter().any(|entry| entry.starts_with(begin))).collect();
    assert!(missing.is_empty(), "no trace of:\n{}", missing.join("\n"));
}

/// Goal: the same for what is watched. Method: everybody watches both merchants; then both have a change of each kind.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_what_the_table_says() {
    let app = TestApp::start().await;
    app.register_checkouts(&[cart("Q-planned")]).await;
    notify(&app, "tshop00012345", "Q-planned").await;
    app.clock.advance_ms(GRACE_MS + 1);
    let restorable = app.wait_for_abnormal_order("Q-planned", |_| true).await;
    let tokens = tokens(&app).await;
    let mut nobody = Socket::connect(app.address).await;
    nobody.say(json!({"type": "connection_init"})).await;
    let closed = nobody.closed().await.to_string();
    let row = app.hand_in_failing("E-planned", SampleAnswer::Error500).await;
    let manager = tokens[3].as_deref().unwrap();
    let batch = plan(&app, manager, &row["id"]).await;
    let restore_batch = plan_restore(&app, manager, &restorable["id"]).await;
    let mut sockets = Vec::new();
    for (line, (_, ask, ..)) in SUBSCRIPTIONS.iter().enumerate() {
        for (actor, token) in tokens.iter().enumerate() {
            let Some(token) = token else { continue };
            let mut socket = Socket::open(app.address, token).await;
            socket.subscribe(ask, json!({"c": [OTHER, OWN[0]], "b": batch, "t": restore_batch})).await;
            sockets.push((line, actor, socket));
        }
    }
    change_everything(&app).await;
    for (line, actor, mut socket) in sockets {
        let (field, _, pointer, expected) = &SUBSCRIPTIONS[line];
        assert_eq!(closed, expected[0]);
        // Who hears nothing at all gives a sign of life instead; the stranger hears of the own.
        if ACTORS[actor] == "ingest token" {
            socket.say(json!({"type": "ping"})).await;
        }
        let message = socket.message().await;
        let told =
            if message["type"] == "pong" { "-".to_owned() } else { outcome(&message["payload"], pointer) };
        assert_eq!(told, expected[actor], "{field} by {}: {message}", ACTORS[actor]);
    }
}

/// One failing result, one abnormal order and one order of each merchant.
async fn change_everything(app: &TestApp) {
    app.merchant.set_answer(SampleAnswer::Error500);
    let mut theirs = payment_result("E-theirs");
    theirs["ip_code"] = json!(OTHER);
    assert_eq!(app.ingest(&app.other_ingest_token, &theirs).await.status(), 202);
    assert_eq!(app.ingest(&app.ingest_token, &payment_result("E-own")).await.status(), 202);
    let register = "mutation($o:[OrderInput!]!){registerOrders(input:{orders:$o}){results{order{id}}}}";
    let mut foreign = cart("O-theirs");
    foreign["ipCode"] = json!(OTHER);
    for (token, order) in [(&app.other_ingest_token, foreign), (&app.ingest_token, cart("O-own"))] {
        app.data(Some(token), register, json!({"o": [order]})).await;
    }
    notify(app, "tshop00067890", "A-theirs").await;
    notify(app, "tshop00012345", "A-own").await;
    app.clock.advance_ms(GRACE_MS + 1);
    let rows =
        "SELECT CAST((SELECT count(*) FROM send_errors) + (SELECT count(*) FROM abnormal_orders) AS TEXT)";
    app.wait_for("all changes", async || (app.texts(rows).await == ["6"]).then_some(())).await;
}
