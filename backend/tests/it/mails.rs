//! Mails about send errors: the first at once, the rest in one digest, nothing of the buyer in them, and none lost
//! (docs/REQUIREMENTS.md, A.5).

use serde_json::{Value, json};
use todoke::app::admin;

use crate::harness::{OWN, SampleAnswer, SmtpSink, TestApp, TestAppBuilder, payment_result};

const WINDOW_MS: i64 = 600_000;

async fn start(sink: &SmtpSink, alerts: &[(&str, &[&str])]) -> TestApp {
    let app = TestAppBuilder::default().smtp(sink.url()).start().await;
    for (ip_code, addresses) in alerts {
        let addresses: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
        admin::set_alerts(&app.desk, ip_code, &addresses).await.unwrap();
    }
    app
}

/// Waits until the query's one text is this.
async fn wait_until(app: &TestApp, sql: &str, wanted: &str) {
    app.wait_for(sql, async || (app.texts(sql).await == [wanted]).then_some(())).await;
}

/// Goal: an outage is told at once, and once. Method: one error, thirty more, the clock beyond the window, and
/// beyond the next one.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_error_is_mailed_at_once_and_the_rest_as_one_digest() {
    let sink = SmtpSink::start().await;
    let app = start(&sink, &[(OWN[0], &["shop@example.com"])]).await;
    let row = app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    let first = sink.wait_for(1).await.remove(0);
    for part in ["To: shop@example.com", "A-1", "2012000123", "さくら書房", "到達の可能性あり", "HTTP 500"]
    {
        assert!(first.contains(part), "{part}: {first}");
    }
    let link = format!("https://todoke.example.com/send-errors/{}", row["id"].as_str().unwrap());
    assert!(first.contains(&link), "{link}: {first}");
    app.clock.advance_ms(1_000);
    app.hand_in_failing("B-oldest", SampleAnswer::Error500).await;
    app.clock.advance_ms(1_000);
    let rest: Vec<Value> = (1..30).map(|number| payment_result(&format!("B-{number}"))).collect();
    assert_eq!(app.ingest(&app.ingest_token, &json!(rest)).await.status(), 202);
    wait_until(&app, "SELECT CAST(count(*) AS TEXT) FROM waiting_alerts", "30").await;
    assert_eq!(sink.count(), 1);
    app.clock.advance_ms(WINDOW_MS);
    let mails = sink.wait_for(2).await;
    let listed: Vec<&str> = mails[1].lines().filter(|line| line.contains("オーダーNo")).collect();
    assert!(mails[1].contains("30件") && mails[1].contains("and 10 more"), "{}", mails[1]);
    assert!(listed.len() == 20 && listed[0].contains("B-oldest"), "the oldest first: {}", mails[1]);
    for mail in &mails {
        for secret in ["090-1234-5678", "09012345678", "taro@example.jp", "1234-5678"] {
            assert!(!mail.contains(secret), "{secret}: {mail}");
        }
    }
    app.clock.advance_ms(WINDOW_MS);
    app.wait_for("the closed window", async || {
        app.texts("SELECT recipient FROM alert_windows").await.is_empty().then_some(())
    })
    .await;
    app.hand_in_failing("C-1", SampleAnswer::Error500).await;
    assert!(sink.wait_for(3).await[2].contains("C-1"), "the next outage is told at once again");
    assert_eq!(sink.count(), 3);
}

/// Goal: each address has its own window, across IP codes.
#[tokio::test(flavor = "multi_thread")]
async fn each_address_has_its_own_window() {
    let sink = SmtpSink::start().await;
    let both: &[&str] = &["shop@example.com", "boss@example.com"];
    let app = start(&sink, &[(OWN[0], &["shop@example.com"]), (OWN[1], both)]).await;
    app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    sink.wait_for(1).await;
    let mut second = payment_result("A-2");
    second["ip_code"] = json!(OWN[1]);
    assert_eq!(app.ingest(&app.ingest_token, &second).await.status(), 202);
    let mails = sink.wait_for(2).await;
    assert!(mails[1].contains("To: boss@example.com") && mails[1].contains("A-2"), "{}", mails[1]);
    app.clock.advance_ms(WINDOW_MS);
    let digest = sink.wait_for(3).await.remove(2);
    assert!(digest.contains("To: shop@example.com") && digest.contains("1件"), "{digest}");
}

/// Goal: a mail server that refuses for a while loses no mail and gets none twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_mail_is_tried_again_and_arrives_once() {
    let sink = SmtpSink::start().await;
    let app = start(&sink, &[(OWN[0], &["shop@example.com"])]).await;
    sink.refuse(true);
    app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    let state = "SELECT state || ' ' || CAST(attempt_count AS TEXT) FROM mails";
    wait_until(&app, state, "WAITING 1").await;
    app.clock.advance_ms(5_001);
    wait_until(&app, state, "WAITING 2").await;
    sink.refuse(false);
    app.clock.advance_ms(10_001);
    wait_until(&app, state, "SENT 3").await;
    app.clock.advance_ms(3_600_000);
    app.wait_for("the closed window", async || {
        app.texts("SELECT recipient FROM alert_windows").await.is_empty().then_some(())
    })
    .await;
    assert_eq!(sink.count(), 1);
}

/// Goal: without a mail server the mails are files. Method: the folder in the data directory.
#[tokio::test(flavor = "multi_thread")]
async fn without_smtp_a_mail_is_a_file() {
    let app = TestApp::start().await;
    admin::set_alerts(&app.desk, OWN[0], &["shop@example.com".to_owned()]).await.unwrap();
    app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    let folder = app.database.folder().join("mails");
    let mail = app.wait_for("the file", async || {
        let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|ending| ending == "eml"))
    });
    let text = std::fs::read_to_string(mail.await).unwrap();
    assert!(text.contains("To: shop@example.com") && text.contains("Subject: "), "{text}");
}

/// Goal: who presses the button sees the result and needs no mail. Method: a resend that fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_resend_that_fails_mails_nobody() {
    let sink = SmtpSink::start().await;
    let app = start(&sink, &[(OWN[0], &["shop@example.com"])]).await;
    let row = app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    sink.wait_for(1).await;
    let resend = "mutation($i:ResendSendErrorInput!){resendSendError(input:$i){attempt{outcome}}}";
    let input = json!({"id": row["id"], "idempotencyKey": "k-1", "confirmMaybeReceived": true});
    let token = app.sign_in("operator").await;
    let told = app.data(Some(&token), resend, json!({"i": input})).await;
    assert_eq!(told["resendSendError"]["attempt"]["outcome"], "MAYBE_RECEIVED");
    wait_until(&app, "SELECT CAST(count(*) AS TEXT) FROM mails", "1").await;
    wait_until(&app, "SELECT CAST(count(*) AS TEXT) FROM waiting_alerts", "0").await;
}
