//! Result notifications: what is answered, what is stored, and when it is evaluated
//! (docs/REQUIREMENTS.md, B.2).

use serde_json::json;

use crate::harness::{GRACE_MS, OWN, TestApp, checkout, notification};

/// Goal: the example of docs/DOMAIN.md with its checkout can be restored, and the list shows the
/// checkout's columns.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_with_a_checkout_can_be_restored() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("2009031700002")]).await;
    app.notify_and_wait_out(&[]).await;
    let row = app.wait_for_abnormal_order("2009031700002", |_| true).await;
    for (column, value) in [
        ("status", json!("RESTORABLE")),
        ("reason", json!(null)),
        ("ipCode", json!(OWN[0])),
        ("shopId", json!("tshop00012345")),
        ("orderType", json!("一般注文")),
        ("orderedAt", json!("2009-03-17T16:29:56+09:00")),
        ("customerName", json!("山田 太郎")),
        ("memberId", json!("mr192")),
        ("total", json!(11350)),
        ("shippingFee", json!(350)),
        ("itemCount", json!(3)),
        ("cancelledAtGateway", json!(false)),
    ] {
        assert_eq!(row[column], value, "{column}");
    }
}

/// Goal: without a checkout the row is there all the same, says why nothing can be made of it, and has no order data.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_without_a_checkout_cannot_be_restored() {
    let app = TestApp::start().await;
    app.notify_and_wait_out(&[]).await;
    let row = app.wait_for_abnormal_order("2009031700002", |_| true).await;
    assert_eq!(row["status"], "UNRESTORABLE");
    assert_eq!(row["reason"], "NO_CHECKOUT");
    for column in ["orderType", "orderedAt", "customerName", "memberId", "total", "shippingFee", "itemCount"]
    {
        assert_eq!(row[column], json!(null), "{column}");
    }
}

/// Goal: nothing is called abnormal before its grace is over. Method: of two notifications the later one is still in
/// its grace when the earlier one's row appears.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_evaluated_before_its_grace_is_over() {
    let app = TestApp::start().await;
    assert_eq!(app.notify(notification(&[("OrderID", "1")])).await, "0");
    app.clock.advance_ms(GRACE_MS / 2);
    assert_eq!(app.notify(notification(&[("OrderID", "2")])).await, "0");
    app.clock.advance_ms(GRACE_MS / 2);
    app.wait_for_abnormal_order("1", |_| true).await;
    assert_eq!(app.abnormal_orders(json!({})).await.len(), 1);
}

/// Goal: a repeat is normal: the same answer, no second row. Method: twenty at once, then one more.
#[tokio::test(flavor = "multi_thread")]
async fn repeats_are_answered_alike_and_stored_once() {
    let app = TestApp::start().await;
    let repeats: Vec<_> = (0..20).map(|_| app.notify(notification(&[]))).collect();
    for answer in futures_util::future::join_all(repeats).await {
        assert_eq!(answer, "0");
    }
    app.notify_and_wait_out(&[]).await;
    let row = app.wait_for_abnormal_order("2009031700002", |_| true).await;
    let received = row["timeline"].as_array().unwrap().iter();
    assert_eq!(received.filter(|event| event["kind"] == "NOTIFICATION_RECEIVED").count(), 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM notifications").await, 1);
}

/// Goal: a GET with the same fields is as good, and the IP code tells to the second when the last one came.
#[tokio::test(flavor = "multi_thread")]
async fn a_get_is_taken_too_and_noted() {
    let app = TestApp::start().await;
    let query = "{ipCodes{code lastNotificationAt}}";
    let before = app.data(Some(&app.read_token), query, json!({})).await;
    assert_eq!(before["ipCodes"][0]["lastNotificationAt"], json!(null));
    assert_eq!(app.notify_by_get(&notification(&[])).await, "0");
    let after = app.data(Some(&app.read_token), query, json!({})).await;
    assert!(after["ipCodes"][0]["lastNotificationAt"].is_string(), "{after}");
    assert_eq!(after["ipCodes"][1]["lastNotificationAt"], json!(null));
    for (later_ms, is_noted) in [(999, false), (1, true)] {
        app.clock.advance_ms(later_ms);
        assert_eq!(app.notify(notification(&[])).await, "0");
        let now = app.data(Some(&app.read_token), query, json!({})).await;
        let moved = now["ipCodes"][0]["lastNotificationAt"] != after["ipCodes"][0]["lastNotificationAt"];
        assert_eq!(moved, is_noted, "{now}");
    }
}

/// Goal: what cannot be read or belongs to nobody gets `1`, and nothing of it is stored.
#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_get_one_and_leave_nothing() {
    let app = TestApp::start().await;
    for (what, body) in [
        ("nothing", String::new()),
        ("no ShopID", "OrderID=1&Status=AUTH".to_owned()),
        ("an unknown ShopID", notification(&[("ShopID", "nobody")])),
        ("a ShopID with NUL", notification(&[("ShopID", "tshop%00")])),
        ("no OrderID", notification(&[("OrderID", "")])),
        ("broken percent-encoding", notification(&[("Forward", "%4")])),
        ("1 MB", notification(&[("Forward", &"x".repeat(1_000_000))])),
        ("too many fields", "a=1&".repeat(300) + &notification(&[])),
    ] {
        assert_eq!(app.notify(body).await, "1", "{what}");
    }
    assert_eq!(app.notify_by_get("").await, "1");
    assert_eq!(app.count("SELECT COUNT(*) FROM notifications").await, 0);
}

/// Goal: strange values are kept, not refused: what the money of the row is, a person must see.
#[tokio::test(flavor = "multi_thread")]
async fn strange_values_are_kept_and_say_what_is_wrong() {
    let app = TestApp::start().await;
    let cases = [
        ("A", ("Amount", ""), "INVALID_AMOUNT"),
        ("B", ("Amount", "-1"), "INVALID_AMOUNT"),
        ("C", ("Amount", "123456789012"), "INVALID_AMOUNT"),
        ("D", ("Currency", ""), "INVALID_CURRENCY"),
        ("E", ("TranDate", "20090230120000"), "INVALID_DATE"),
    ];
    let checkouts: Vec<_> = cases.iter().map(|(order_no, ..)| checkout(order_no)).collect();
    app.register_checkouts(&checkouts).await;
    for (order_no, change, _) in cases {
        assert_eq!(app.notify(notification(&[("OrderID", order_no), change])).await, "0");
    }
    app.clock.advance_ms(GRACE_MS);
    for (order_no, (field, value), reason) in cases {
        let row = app.wait_for_abnormal_order(order_no, |_| true).await;
        assert_eq!((&row["status"], &row["reason"]), (&json!("UNRESTORABLE"), &json!(reason)), "{order_no}");
        assert_eq!(row["evidence"]["field"], field);
        assert_eq!(row["evidence"]["actual"], value);
    }
}

/// Goal: passwords of the shop are kept nowhere, even when they come unmasked and under an odd spelling.
#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_never_kept() {
    let app = TestApp::start().await;
    let body = notification(&[("ShopPass", "hunter2"), ("AccessPass", "hunter2"), ("Unknown", "kept")]);
    app.notify(body.replace("ShopPass=", "Shop%50ass=")).await;
    app.clock.advance_ms(GRACE_MS);
    let row = app.wait_for_abnormal_order("2009031700002", |_| true).await;
    let fields = row["notification"].as_array().unwrap();
    assert!(fields.contains(&json!({"field": "Unknown", "value": "kept"})));
    assert!(!row.to_string().contains("hunter2"));
    let as_text = if app.database.is_postgres() { "encode(raw, 'escape')" } else { "CAST(raw AS TEXT)" };
    let leaked = format!("SELECT COUNT(*) FROM notifications WHERE {as_text} LIKE '%hunter2%'");
    assert_eq!(app.count(&leaked).await, 0);
}

/// Goal: with the database away the gateway is asked to send again.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_database_away_the_answer_is_one() {
    let app = TestApp::start().await;
    app.desk.database.clone().close().await.unwrap();
    assert_eq!(app.notify(notification(&[])).await, "1");
}

/// Goal: who looks at a row learns at once that its payment was cancelled, and what has no row keeps its grace. Method:
/// the clock stands still from the cancellations on; the flagged row shows that an evaluation took place after them.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_cancellation_flags_an_existing_row_at_once() {
    let app = TestApp::start().await;
    app.register_checkouts(&[checkout("1"), checkout("2"), checkout("3"), checkout("4")]).await;
    for order_no in ["1", "2", "3"] {
        app.notify(notification(&[("OrderID", order_no)])).await;
    }
    app.clock.advance_ms(GRACE_MS);
    app.wait_for_abnormal_order("3", |row| row["status"] == "RESTORABLE").await;
    app.notify(notification(&[("OrderID", "4")])).await;
    for (order_no, status) in [("4", "VOID"), ("1", "VOID"), ("2", "RETURN"), ("3", "CANCEL")] {
        let cancelled = [("OrderID", order_no), ("Status", status), ("TranDate", "20090317180000")];
        assert_eq!(app.notify(notification(&cancelled)).await, "0");
    }
    for order_no in ["1", "2", "3"] {
        let row = app.wait_for_abnormal_order(order_no, |row| row["cancelledAtGateway"] == true).await;
        assert_eq!(
            (&row["status"], &row["reason"]),
            (&json!("UNRESTORABLE"), &json!("CANCELLED_AT_GATEWAY"))
        );
    }
    assert_eq!(app.abnormal_orders(json!({})).await.len(), 3, "the fourth is still in its grace");
}
