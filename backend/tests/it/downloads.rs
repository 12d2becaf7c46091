//! Download links: rows for a browser that sends no header, for a minute, with the rights of the moment
//! (docs/REQUIREMENTS.md, A.14); and the rows of a batch as CSV (A.10).

use serde_json::{Value, json};
use todoke::app::admin;

use crate::harness::{OWN, SampleAnswer, TestApp, payment_result};

const LINK: &str = "mutation($i:CreateDownloadLinkInput!){createDownloadLink(input:$i){url expiresAt userErrors{field code}}}";

async fn link(app: &TestApp, token: &str, input: Value) -> String {
    let data = app.data(Some(token), LINK, json!({"i": input})).await;
    data["createDownloadLink"]["url"].as_str().unwrap_or_else(|| panic!("{data:#}")).to_owned()
}

async fn open(app: &TestApp, path: &str) -> reqwest::Response {
    app.client().get(app.url(path)).send().await.unwrap()
}

fn lines(text: &str) -> Vec<&str> {
    text.trim_start_matches('\u{feff}').split_terminator("\r\n").collect()
}

fn today() -> Value {
    json!({"sendErrors": {"ipCodes": OWN, "period": {"preset": "TODAY"}}, "encoding": "UTF8"})
}

/// A plan of these rows that was started and is over.
async fn batch(app: &TestApp, token: &str, rows: &[&Value]) -> Value {
    let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
    let plan = "mutation($i:PlanResendBatchInput!){planResendBatch(input:$i){batch{id}}}";
    let data = app.data(Some(token), plan, json!({"i": {"action": "RESEND", "ids": ids}})).await;
    let id = data["planResendBatch"]["batch"]["id"].clone();
    let start = "mutation($i:StartResendBatchInput!){startResendBatch(input:$i){batch{id}}}";
    app.data(Some(token), start, json!({"i": {"id": id, "idempotencyKey": "k-1"}})).await;
    app.wait_for("the end of the batch", async || {
        let query = "query($i:ID!){resendBatch(id:$i){state}}";
        let data = app.data(Some(token), query, json!({"i": id})).await;
        (data["resendBatch"]["state"] == "COMPLETED").then_some(())
    })
    .await;
    id
}

/// Goal: the link gives the rows of its search in its order, encoding and language, for a minute. Method: opened without
/// a header; once more after the minute; with a changed character.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_downloads_its_rows_for_a_minute() {
    let app = TestApp::start().await;
    app.merchant.set_answer(SampleAnswer::Error500);
    for (order_no, amount) in [("D-1", 300), ("D-2", 900), ("D-3", 600)] {
        let mut result = payment_result(order_no);
        result["amount"] = json!(amount);
        assert_eq!(app.ingest(&app.ingest_token, &result).await.status(), 202);
        app.wait_for_row(order_no, |_| true).await;
    }
    let mut input = today();
    input["sendErrorsSort"] = json!("AMOUNT_DESCENDING");
    let path = link(&app, &app.sign_in("viewer").await, input).await;
    assert!(path.starts_with("/export/send-errors.csv?link="), "{path}");
    let answer = open(&app, &path).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=UTF-8");
    let text = answer.text().await.unwrap();
    let orders: Vec<&str> = lines(&text).iter().filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(orders, ["\"オーダーNo\"", "\"D-2\"", "\"D-3\"", "\"D-1\""]);
    let elsewhere = path.replace("send-errors.csv", "resend-batch.csv");
    assert_eq!(open(&app, &elsewhere).await.status(), 404);
    let forged = format!("{}{}", &path[..path.len() - 4], "AAAA");
    for bad in [forged.as_str(), "/export/send-errors.csv?link=", "/export/send-errors.csv?link=x.y.z"] {
        let answer = open(&app, bad).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (401, &"application/problem+json".parse().unwrap())
        );
    }
    app.clock.advance_ms(60_001);
    assert_eq!(open(&app, &path).await.status(), 401);
}

/// Goal: a link carries no rights. Method: those of a person are taken away, a session ends, a token is revoked; each
/// after the link was made.
#[tokio::test(flavor = "multi_thread")]
async fn rights_are_those_of_the_moment_of_use() {
    let app = TestApp::start().await;
    app.hand_in_failing("D-1", SampleAnswer::Error500).await;
    let viewer = app.sign_in("viewer").await;
    let path = link(&app, &viewer, today()).await;
    assert_eq!(lines(&open(&app, &path).await.text().await.unwrap()).len(), 2);
    admin::revoke_grant(&app.desk, "viewer", OWN[0]).await.unwrap();
    assert_eq!(lines(&open(&app, &path).await.text().await.unwrap()).len(), 1, "the heading alone");
    let stranger = link(&app, &app.sign_in("stranger").await, today()).await;
    assert_eq!(lines(&open(&app, &stranger).await.text().await.unwrap()).len(), 1);
    let by_token = link(&app, &app.read_token, today()).await;
    assert_eq!(lines(&open(&app, &by_token).await.text().await.unwrap()).len(), 2);
    app.texts("UPDATE api_tokens SET revoked_at = 1 WHERE name = 'read'").await;
    assert_eq!(open(&app, &by_token).await.status(), 401);
    app.texts("UPDATE sessions SET ended_at = 1").await;
    assert_eq!(open(&app, &path).await.status(), 401);
}

/// Goal: what is asked for is one thing, and a broken rule is told beside its field.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_for_one_list() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("D-1", SampleAnswer::Refuse).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let operator = app.sign_in("operator").await;
    let id = batch(&app, &operator, &[&row]).await;
    let (mut both, mut two) = (today(), today());
    both["resendBatch"] = json!({"id": id});
    two["abnormalOrders"] = json!({"ipCodes": OWN});
    for (input, field, code) in [
        (json!({}), json!(["sendErrors"]), "REQUIRED"),
        (both, json!(["resendBatch"]), "INVALID_FORMAT"),
        (two, json!(["abnormalOrders"]), "INVALID_FORMAT"),
        (
            json!({"abnormalOrders": {"ipCodes": OWN, "period": {"yearMonth": "2026-13"}}}),
            json!(["period", "yearMonth"]),
            "INVALID_DATE",
        ),
        (
            json!({"resendBatch": {"id": id}, "sendErrorsSort": "NEWEST_FIRST"}),
            json!(["sendErrorsSort"]),
            "INVALID_FORMAT",
        ),
        (json!({"sendErrors": {"ipCodes": OWN}}), json!(["period"]), "PERIOD_OR_KEYWORD_REQUIRED"),
    ] {
        let data = app.data(Some(&operator), LINK, json!({"i": input})).await;
        let told = &data["createDownloadLink"]["userErrors"][0];
        assert_eq!((&told["field"], &told["code"]), (&field, &json!(code)));
    }
}

/// Goal: the results of a batch leave the screen as they are. Method: one row that arrives and one that does not, all
/// and by outcome, by link and with a token; a stranger finds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_rows_of_a_batch_are_a_file() {
    let app = TestApp::start().await;
    let operator = app.sign_in("operator").await;
    let sent = app.hand_in_failing("D-1", SampleAnswer::Refuse).await;
    let closed = app.hand_in_failing("D-2", SampleAnswer::Refuse).await;
    let plan = "mutation($i:PlanResendBatchInput!){planResendBatch(input:$i){batch{id}}}";
    let ids = json!([sent["id"], closed["id"]]);
    let data = app.data(Some(&operator), plan, json!({"i": {"action": "RESEND", "ids": ids}})).await;
    let id = data["planResendBatch"]["batch"]["id"].clone();
    let close = "mutation($i:MarkSendErrorProcessedInput!){markSendErrorProcessed(input:$i){sendError{id}}}";
    app.data(Some(&operator), close, json!({"i": {"id": closed["id"]}})).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let start = "mutation($i:StartResendBatchInput!){startResendBatch(input:$i){batch{id}}}";
    app.data(Some(&operator), start, json!({"i": {"id": id, "idempotencyKey": "k-1"}})).await;
    app.wait_for_row("D-1", |row| row["status"] == "PROCESSED").await;
    let of = |state: Value| json!({"resendBatch": {"id": id, "state": state}, "encoding": "UTF8"});
    let path = link(&app, &operator, of(Value::Null)).await;
    let answer = open(&app, &path).await;
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"resend-batch_20261122150"), "{name}");
    let text = answer.text().await.unwrap();
    let rows = lines(&text);
    assert_eq!(
        rows[0],
        "\"送信日時\",\"IPコード\",\"オーダーNo\",\"到達\",\"試行\",\"結果\",\"理由\",\"処理日時\""
    );
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().any(|row| row.contains("\"D-1\",\"未達\",\"1\",\"成功\",\"\",\"2026")), "{text}");
    assert!(
        rows.iter().any(|row| row.contains("\"D-2\",\"未達\",\"1\",\"スキップ\",\"すでに処理済\"")),
        "{text}"
    );
    let done = open(&app, &link(&app, &operator, of(json!("DONE"))).await).await.text().await.unwrap();
    assert_eq!(lines(&done).len(), 2);
    let by_token = |token: String, query: String| {
        let url = app.url(&format!("/export/resend-batch.csv?{query}"));
        app.client().get(url).bearer_auth(token).header("accept-language", "en").send()
    };
    let query = format!("id={}&state=SKIPPED&encoding=utf8", id.as_str().unwrap());
    let answer = by_token(app.read_token.clone(), query.clone()).await.unwrap();
    let text = answer.text().await.unwrap();
    assert!(lines(&text)[1].contains("\"Skipped\",\"processed already\""), "{text}");
    for (token, query, status) in [
        (app.sign_in("stranger").await, query.clone(), 404),
        (app.ingest_token.clone(), query.clone(), 404),
        (app.read_token.clone(), "id=nonsense".to_owned(), 404),
        (app.read_token.clone(), query.replace("SKIPPED", "LOST"), 422),
        ("tdk_wrong".to_owned(), query, 401),
    ] {
        assert_eq!(by_token(token, query).await.unwrap().status(), status);
    }
    let stranger = app.sign_in("stranger").await;
    assert_eq!(app.error_code(Some(&stranger), LINK, json!({"i": of(Value::Null)})).await, "NOT_FOUND");
}
