//! `GET /export/send-errors.csv`: what is in the file, how it is encoded, and who gets which rows.

use serde_json::{Value, json};
use todoke_domain::text::Charset;

use crate::harness::{SampleAnswer, TestApp, payment_result};

const OWN: &str = "ipCodes=2012000123,2012000124&preset=TODAY";

async fn export(app: &TestApp, token: &str, query: &str, language: &str) -> reqwest::Response {
    let url = app.url(&format!("/export/send-errors.csv?{query}"));
    app.client().get(url).bearer_auth(token).header("accept-language", language).send().await.unwrap()
}

async fn lines(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let answer = export(app, token, &format!("{query}&encoding=utf8"), "ja").await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    text.trim_start_matches('\u{feff}').split_terminator("\r\n").map(str::to_owned).collect()
}

/// Goal: a Japanese spreadsheet opens the file as it is. Method: raw bytes of both encodings.
#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_cp932_by_default_and_utf8_with_a_mark_on_request() {
    let app = TestApp::start().await;
    app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    let answer = export(&app, &app.read_token, OWN, "ja").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=Shift_JIS");
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"send-errors_20261122150"), "{name}");
    let text = Charset::Cp932.decode(&answer.bytes().await.unwrap());
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert!(rows[0].starts_with("\"送信日時\",\"IPコード\",\"オーダーNo\""), "{text}");
    assert!(rows[1].contains("\"2012000123\",\"A-1\",\"docomo\",\"11350\",\"09012345678\""), "{text}");
    assert!(rows[1].contains("\"未処理\",\"サーバーエラー\",\"500\",\"到達の可能性あり\",\"1\""), "{text}");
    let answer = export(&app, &app.read_token, &format!("{OWN}&encoding=utf8"), "en").await;
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(&bytes[..3], b"\xEF\xBB\xBF");
    assert!(String::from_utf8(bytes[3..].to_vec()).unwrap().starts_with("\"Sent at\",\"IP code\""));
}

/// Goal: all that match is all, not a page of it. Method: more rows than are read at once.
#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_search_is_in_the_file_once() {
    let app = TestApp::start().await;
    app.merchant.set_answer(SampleAnswer::Refuse);
    for thousand in 0..2 {
        let results: Vec<Value> =
            (0..600).map(|number| payment_result(&format!("B-{thousand}-{number}"))).collect();
        assert_eq!(app.ingest(&app.ingest_token, &json!(results)).await.status(), 202);
    }
    let rows = app
        .wait_for("1,200 rows", async || {
            let rows = lines(&app, &app.read_token, OWN).await;
            (rows.len() == 1_201).then_some(rows)
        })
        .await;
    let orders: std::collections::HashSet<&str> =
        rows.iter().skip(1).filter_map(|row| row.split(',').nth(2)).collect();
    assert_eq!(orders.len(), 1_200);
}

/// Goal: no field is taken for a formula, and quotes do not break a line.
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_look_like_formulas_are_made_harmless() {
    let app = TestApp::start().await;
    app.merchant.set_answer(SampleAnswer::Refuse);
    let mut result = payment_result("A-1");
    result["sendid"] = json!("=1+\"2\"");
    assert_eq!(app.ingest(&app.ingest_token, &result).await.status(), 202);
    app.wait_for_row("A-1", |_| true).await;
    let rows = lines(&app, &app.read_token, OWN).await;
    assert!(rows[1].contains("\"'=1+\"\"2\"\"\""), "{}", rows[1]);
}

/// Goal: the file holds what the asker may see, and nothing of others. Method: every kind of asker.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_exports_what_they_may_not_see() {
    let app = TestApp::start().await;
    app.hand_in_failing("A-1", SampleAnswer::Refuse).await;
    let (viewer, stranger) = (app.sign_in("viewer").await, app.sign_in("stranger").await);
    for (token, count) in [
        (&viewer, 2),
        (&app.read_token, 2),
        (&stranger, 1),
        (&app.ingest_token, 1),
        (&app.other_ingest_token, 1),
    ] {
        assert_eq!(lines(&app, token, OWN).await.len(), count);
    }
    let nobody = app.client().get(app.url(&format!("/export/send-errors.csv?{OWN}"))).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(export(&app, "tdk_wrong", OWN, "ja").await.status(), 401);
}

/// Goal: a search that breaks a rule is told beside its field, in the reader's language, and gives no file.
#[tokio::test(flavor = "multi_thread")]
async fn broken_rules_are_told_beside_their_fields() {
    let app = TestApp::start().await;
    for (query, field, code) in [
        ("ipCodes=2012000123", json!(["period"]), "PERIOD_OR_KEYWORD_REQUIRED"),
        ("preset=TODAY", json!(["ipCodes"]), "IP_CODE_REQUIRED"),
        ("ipCodes=2012000123&yearMonth=2026-03", json!(["period", "yearMonth"]), "TOO_OLD"),
        ("ipCodes=2012000123&preset=TODAY&yearMonth=2026-11", json!(["period"]), "SEVERAL_PERIODS"),
        ("ipCodes=2012000123&preset=TOMORROW", json!(["preset"]), "INVALID_FORMAT"),
        ("ipCodes=2012000123&preset=TODAY&encoding=ebcdic", json!(["encoding"]), "INVALID_FORMAT"),
    ] {
        let answer = export(&app, &app.read_token, query, "en").await;
        assert_eq!(answer.status(), 422, "{query}");
        let document: Value = answer.json().await.unwrap();
        assert_eq!((&document["errors"][0]["field"], &document["errors"][0]["code"]), (&field, &json!(code)));
        assert!(document["errors"][0]["message"].as_str().unwrap().is_ascii());
    }
}
