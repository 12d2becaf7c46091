//! Carts register checkouts and orders, and people find orders (docs/REQUIREMENTS.md, B.1 and B.8).

use serde_json::{Value, json};

use crate::harness::{OTHER, OWN, TestApp, changed, checkout};

/// The fields and codes of one result's faults.
fn faults(result: &Value) -> Vec<String> {
    let told = |fault: &Value| {
        let path: Vec<_> =
            fault["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        format!("{} {}", path.join("."), fault["code"].as_str().unwrap())
    };
    result["userErrors"].as_array().unwrap().iter().map(told).collect()
}

/// Goal: one bad element spoils no other, and each fault stands beside its field.
#[tokio::test(flavor = "multi_thread")]
async fn each_element_has_its_own_result() {
    let app = TestApp::start().await;
    let lines = json!([{"name": "", "unitPrice": -1, "quantity": 0}]);
    let cases = [
        (checkout("1"), vec![]),
        (changed(checkout("2"), json!({"ipCode": OTHER})), vec!["ipCode UNKNOWN_IP_CODE"]),
        (changed(checkout("3"), json!({"ipCode": "9999999999"})), vec!["ipCode UNKNOWN_IP_CODE"]),
        (checkout("注文"), vec!["orderNo INVALID_FORMAT"]),
        (
            changed(checkout("5"), json!({"email": "taro", "total": 1_000_000_000})),
            vec!["email INVALID_FORMAT", "total OUT_OF_RANGE"],
        ),
        (
            changed(checkout("6"), json!({"lines": lines})),
            vec!["lines.0.name REQUIRED", "lines.0.unitPrice OUT_OF_RANGE", "lines.0.quantity OUT_OF_RANGE"],
        ),
    ];
    let elements: Vec<Value> = cases.iter().map(|(element, _)| element.clone()).collect();
    for answer in [app.register_checkouts(&elements).await, app.register_orders(&elements).await] {
        for ((_, expected), result) in cases.iter().zip(answer["results"].as_array().unwrap()) {
            assert_eq!(&faults(result), expected);
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM checkouts").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM orders").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_events WHERE action = 'registerOrders'").await, 2);
}

/// Goal: one to five hundred at once.
#[tokio::test(flavor = "multi_thread")]
async fn up_to_five_hundred_are_registered_at_once() {
    let app = TestApp::start().await;
    let elements: Vec<Value> = (0..501).map(|number| checkout(&number.to_string())).collect();
    for (count, expected) in
        [(0, vec!["checkouts REQUIRED"]), (501, vec!["checkouts TOO_MANY_ELEMENTS"]), (500, vec![])]
    {
        let answer = app.register_checkouts(&elements[..count]).await;
        assert_eq!(faults(&answer), expected);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM checkouts").await, 500);
}

/// Goal: a checkout can be told again and changed as long as no order stands on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_is_replaced_until_its_order_is_there() {
    let app = TestApp::start().await;
    let first = app.register_checkouts(&[checkout("1")]).await;
    assert_eq!(app.register_checkouts(&[checkout("1")]).await, first, "told twice is told once");
    let dearer = changed(checkout("1"), json!({"total": 12000}));
    let replaced = app.register_checkouts(&[checkout("1"), dearer.clone()]).await;
    assert_eq!(replaced["results"][1]["checkout"]["total"], 12000);
    app.register_orders(std::slice::from_ref(&dearer)).await;
    let late = app.register_checkouts(&[dearer, checkout("1")]).await;
    assert_eq!(faults(&late["results"][0]), [""; 0]);
    assert_eq!(faults(&late["results"][1]), ["orderNo ORDER_EXISTS"]);
}

/// Goal: the same order is the same order; one that was paid otherwise is refused, not overwritten.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_told_again_is_the_same_order() {
    let app = TestApp::start().await;
    let order = changed(checkout("1"), json!({"accessId": "a"}));
    let repeats = (0..10).map(|_| app.register_orders(std::slice::from_ref(&order)));
    let answers = futures_util::future::join_all(repeats).await;
    assert!(answers.iter().all(|answer| answer == &answers[0] && faults(&answer["results"][0]).is_empty()));
    let otherwise = changed(checkout("1"), json!({"accessId": "b", "total": 5}));
    let refused = app.register_orders(&[otherwise]).await;
    assert_eq!(faults(&refused["results"][0]), ["accessId DIFFERS_FROM_STORED", "total DIFFERS_FROM_STORED"]);
    assert_eq!(app.count("SELECT COUNT(*) FROM orders").await, 1);
}

/// Goal: a token that hands in sees nothing, a token that reads registers nothing, nobody else learns of it.
#[tokio::test(flavor = "multi_thread")]
async fn registering_and_seeing_are_two_rights() {
    let app = TestApp::start().await;
    let answer = app.register_orders(&[checkout("1")]).await;
    let id = &answer["results"][0]["order"]["id"];
    let list = "query($c:[String!]!){orders(filter:{ipCodes:$c}){totalCount nodes{orderNo}}}";
    let one = "query($i:ID!){order(id:$i){orderNo}}";
    for token in [&app.ingest_token, &app.other_ingest_token] {
        let data = app.data(Some(token), list, json!({"c": OWN})).await;
        assert_eq!(data["orders"]["totalCount"], 0);
        assert_eq!(app.error_code(Some(token), one, json!({"i": id})).await, "NOT_FOUND");
    }
    let data = app.data(Some(&app.read_token), one, json!({"i": id})).await;
    assert_eq!(data["order"]["orderNo"], "1");
    let register =
        "mutation($i:RegisterOrdersInput!){registerOrders(input:$i){results{userErrors{field code}}}}";
    let input = json!({"i": {"orders": [checkout("2")]}});
    let refused = app.data(Some(&app.read_token), register, input.clone()).await;
    assert_eq!(faults(&refused["registerOrders"]["results"][0]), ["ipCode UNKNOWN_IP_CODE"]);
    assert_eq!(app.error_code(None, register, input).await, "UNAUTHENTICATED");
}

/// Goal: each filter of the list finds what it says, newest first by the orders' own date.
#[tokio::test(flavor = "multi_thread")]
async fn orders_are_found_by_each_filter() {
    let app = TestApp::start().await;
    let second = json!({"orderedAt": "2026-11-22T10:00:00+09:00", "ipCode": OWN[1]});
    app.register_orders(&[checkout("A1"), changed(checkout("A2"), second), checkout("B1")]).await;
    let query = "query($f:OrderFilter!){orders(filter:$f){nodes{orderNo restoredFrom{id}} totalCount}}";
    for (filter, expected) in [
        (json!({"orderNo": "A"}), vec!["A2", "A1"]),
        (json!({"orderNo": "A", "ipCodes": [OWN[0]]}), vec!["A1"]),
        (json!({"period": {"preset": "TODAY"}}), vec!["A2"]),
        (json!({"period": {"yearMonth": "2009-03"}, "orderNo": "B"}), vec!["B1"]),
        (json!({"restored": true}), vec![]),
        (json!({"status": "SHIPPED"}), vec![]),
        (json!({"confirmationMail": "SENT"}), vec![]),
        (
            json!({"status": "NEW", "restored": false, "confirmationMail": "NOT_SENT", "orderNo": "B1"}),
            vec!["B1"],
        ),
    ] {
        let wanted = changed(json!({"ipCodes": OWN}), filter.clone());
        let data = app.data(Some(&app.read_token), query, json!({"f": wanted})).await;
        let nodes = data["orders"]["nodes"].as_array().unwrap();
        let numbers: Vec<_> = nodes.iter().map(|node| node["orderNo"].as_str().unwrap()).collect();
        assert_eq!(numbers, expected, "{filter}");
        assert_eq!(data["orders"]["totalCount"], expected.len());
    }
    for (filter, field) in [
        (json!({"period": {"from": "2026-11-02", "to": "2026-11-01"}}), json!(["period", "from"])),
        (json!({"period": {"from": "2026-02-30", "to": "2026-11-01"}}), json!(["period", "from"])),
        (json!({"period": {"yearMonth": "2026-11", "preset": "TODAY"}}), json!(["period"])),
        (json!({"ipCodes": []}), json!(["ipCodes"])),
    ] {
        let wanted = changed(json!({"ipCodes": OWN}), filter.clone());
        let answer = app.graphql(Some(&app.read_token), query, json!({"f": wanted})).await;
        let told = &answer["errors"][0]["extensions"];
        assert_eq!(told["code"], "BAD_USER_INPUT", "{answer}");
        assert_eq!(told["fields"][0]["field"], field, "{filter}");
    }
}
