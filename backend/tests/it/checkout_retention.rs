//! Checkouts are kept for the days of the setting, and longer where somebody's work hangs on one.

use serde_json::json;
use todoke::app::admin;
use todoke_domain::access::TokenRight;

use crate::harness::{OWN, TestApp, TestAppBuilder, checkout, notification};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The setting of these tests.
const DAYS: i64 = 2;

async fn start() -> TestApp {
    TestAppBuilder::default().checkout_retention_days(DAYS).start().await
}

async fn wait_for_checkouts(app: &TestApp, expected: &[&str]) {
    app.wait_for(&format!("{expected:?} alone"), async || {
        let kept = app.texts("SELECT order_no FROM checkouts ORDER BY order_no").await;
        (kept == expected).then_some(())
    })
    .await;
}

/// Goal: what nobody needs goes, what an open row may be restored from stays. Method: one checkout that nobody paid, one
/// a few hours younger, one of an open row; the last one is restored, and goes with the next clearing.
#[tokio::test(flavor = "multi_thread")]
async fn checkouts_go_when_their_days_are_over_unless_a_row_waits() {
    let app = start().await;
    let many: Vec<_> = (0..250).map(|number| checkout(&format!("A-{number}"))).collect();
    app.register_checkouts(&many).await;
    app.register_checkouts(&[checkout("B-open")]).await;
    app.notify_and_wait_out(&[("OrderID", "B-open")]).await;
    let row = app.wait_for_abnormal_order("B-open", |row| row["status"] == "RESTORABLE").await;
    app.clock.advance_ms(2 * HOUR_MS);
    app.register_checkouts(&[checkout("C-young")]).await;
    // A day beyond the setting belongs to notifications of the last moment.
    app.clock.advance_ms((DAYS + 1) * DAY_MS - HOUR_MS);
    wait_for_checkouts(&app, &["B-open", "C-young"]).await;
    let codes = OWN.map(str::to_owned);
    let token = admin::create_token(&app.desk, "desk", &codes, &[TokenRight::Operate]).await.unwrap();
    let answer = app.restore(&token, &row["id"], "key").await;
    assert_eq!(answer["data"]["restoreAbnormalOrder"]["order"]["orderNo"], "B-open", "{answer}");
    app.clock.advance_ms(2 * HOUR_MS);
    wait_for_checkouts(&app, &[]).await;
    let rows = app.abnormal_orders(json!({})).await;
    assert_eq!((&rows[0]["status"], &rows[0]["checkout"]), (&json!("RESTORED"), &json!(null)));
    assert_eq!((&rows[0]["total"], &rows[0]["order"]["orderNo"]), (&json!(11350), &json!("B-open")));
}

/// Goal: the setting decides when a checkout counts no longer. Method: a payment just before and one just after.
#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_counts_for_the_days_of_the_setting() {
    let app = start().await;
    app.register_checkouts(&[checkout("1"), checkout("2")]).await;
    app.clock.advance_ms(DAYS * DAY_MS - HOUR_MS);
    assert_eq!(app.notify(notification(&[("OrderID", "1")])).await, "0");
    app.clock.advance_ms(2 * HOUR_MS);
    app.notify_and_wait_out(&[("OrderID", "2")]).await;
    app.wait_for_abnormal_order("1", |row| row["status"] == "RESTORABLE").await;
    app.wait_for_abnormal_order("2", |row| row["reason"] == "CHECKOUT_EXPIRED").await;
}
