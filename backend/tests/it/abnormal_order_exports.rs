//! `GET /export/abnormal-orders.csv`: what is in the file, how it is encoded, and who gets which rows.

use serde_json::{Value, json};
use todoke::app::admin;
use todoke_domain::{access::TokenRight, text::Charset};

use crate::harness::{GRACE_MS, OWN, TestApp, changed, checkout, notification};

const CODES: &str = "ipCodes=2012000123,2012000124";

async fn export(app: &TestApp, token: &str, query: &str, language: &str) -> reqwest::Response {
    let url = app.url(&format!("/export/abnormal-orders.csv?{query}"));
    app.client().get(url).bearer_auth(token).header("accept-language", language).send().await.unwrap()
}

async fn lines(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let answer = export(app, token, &format!("{CODES}&{query}&encoding=utf8"), "ja").await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    text.trim_start_matches('\u{feff}').split_terminator("\r\n").map(str::to_owned).collect()
}

/// A restored row, one with a formula for a name, and one without a checkout.
async fn three_rows(app: &TestApp) {
    let risky = json!({"customerName": "=1+\"2\"", "email": "risky@example.jp", "memberId": "+m2"});
    app.register_checkouts(&[checkout("A1"), changed(checkout("A2"), risky)]).await;
    for order_no in ["A1", "A2", "B1"] {
        assert_eq!(app.notify(notification(&[("OrderID", order_no)])).await, "0");
    }
    app.clock.advance_ms(GRACE_MS);
    let row = app.wait_for_abnormal_order("A1", |_| true).await;
    app.wait_for_abnormal_order("B1", |_| true).await;
    let codes = OWN.map(str::to_owned);
    let token = admin::create_token(&app.desk, "desk", &codes, &[TokenRight::Operate]).await.unwrap();
    app.restore(&token, &row["id"], "key").await;
}

/// Goal: a Japanese spreadsheet opens the file as it is, with every column of the list. Method: raw bytes of both
/// encodings, in both languages; a name that looks like a formula.
#[tokio::test(flavor = "multi_thread")]
async fn every_column_is_there_in_both_encodings_and_languages() {
    let app = TestApp::start().await;
    three_rows(&app).await;
    let answer = export(&app, &app.read_token, CODES, "ja").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=Shift_JIS");
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"abnormal-orders_2026112215"), "{name}");
    let text = Charset::Cp932.decode(&answer.bytes().await.unwrap());
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    let heads = [
        "注文種別",
        "ステータス",
        "注文番号",
        "復旧信号受信日時",
        "注文日時",
        "注文者",
        "会員ID",
        "合計(税込)",
        "送料(税込)",
        "個数",
        "IPコード",
        "復旧できない理由",
        "決済取消",
        "復旧日時",
        "復旧者",
    ];
    assert_eq!(rows[0], heads.map(|head| format!("\"{head}\"")).join(","));
    let missing = "\"\",\"復旧不可\",\"B1\",\"2026/11/22 15:00:00\",\"\",\"\",\"\",\"\",\"\",\"\",\"2012000123\",\
                   \"この注文番号の注文データがありません\",\"\",\"\",\"\"";
    assert_eq!(rows[1], missing);
    assert!(rows[2].contains("\"'=1+\"\"2\"\"\",\"'+m2\""), "{}", rows[2]);
    let restored = "\"一般注文\",\"復旧済\",\"A1\",\"2026/11/22 15:00:00\",\"2009/03/17 16:29:56\",\"山田 太郎\",\
                    \"mr192\",\"11350\",\"350\",\"3\",\"2012000123\",\"\",\"\",\"2026/11/22 15:05:00\",\"desk\"";
    assert_eq!(rows[3], restored);
    let answer = export(&app, &app.read_token, &format!("{CODES}&encoding=utf8"), "en").await;
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(&bytes[..3], b"\xEF\xBB\xBF");
    let text = String::from_utf8(bytes[3..].to_vec()).unwrap();
    assert!(text.starts_with("\"Order type\",\"State\",\"Order no.\""), "{text}");
    assert!(text.contains("\"Unrestorable\",\"B1\""), "{text}");
}

/// Goal: the file holds what the list shows. Method: the parameters of the filter, one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_filters_parameters_choose_the_rows() {
    let app = TestApp::start().await;
    three_rows(&app).await;
    for (query, expected) in [
        ("list=ALL", vec!["B1", "A2", "A1"]),
        ("list=RESTORED", vec!["A1"]),
        ("list=UNRESTORABLE&orderNo=B", vec!["B1"]),
        ("orderNo=A", vec!["A2", "A1"]),
        ("customer=risky%40", vec!["A2"]),
        ("memberId=mr192", vec!["A1"]),
        ("preset=TODAY", vec!["B1", "A2", "A1"]),
        ("yearMonth=2009-03", vec![]),
    ] {
        let rows = lines(&app, &app.read_token, query).await;
        let numbers: Vec<_> =
            rows.iter().skip(1).map(|row| row.split(',').nth(2).unwrap().trim_matches('"')).collect();
        assert_eq!(numbers, expected, "{query}");
    }
    for (query, field, code) in [
        ("list=RESTORABLE".to_owned(), json!(["ipCodes"]), "IP_CODE_REQUIRED"),
        (format!("{CODES}&list=OPEN"), json!(["list"]), "INVALID_FORMAT"),
        (format!("{CODES}&from=2026-11-02&to=2026-11-01"), json!(["period", "from"]), "REVERSED"),
        (format!("{CODES}&encoding=ebcdic"), json!(["encoding"]), "INVALID_FORMAT"),
    ] {
        let answer = export(&app, &app.read_token, &query, "en").await;
        assert_eq!(answer.status(), 422, "{query}");
        let document: Value = answer.json().await.unwrap();
        assert_eq!((&document["errors"][0]["field"], &document["errors"][0]["code"]), (&field, &json!(code)));
    }
}

/// Goal: the file holds what the asker may see, and nothing of others. Method: every kind of asker.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_exports_abnormal_orders_that_they_may_not_see() {
    let app = TestApp::start().await;
    three_rows(&app).await;
    let (viewer, stranger) = (app.sign_in("viewer").await, app.sign_in("stranger").await);
    for (token, count) in [
        (&viewer, 4),
        (&app.read_token, 4),
        (&stranger, 1),
        (&app.ingest_token, 1),
        (&app.other_ingest_token, 1),
    ] {
        assert_eq!(lines(&app, token, "list=ALL").await.len(), count);
    }
    let url = app.url(&format!("/export/abnormal-orders.csv?{CODES}"));
    assert_eq!(app.client().get(url).send().await.unwrap().status(), 401);
    assert_eq!(export(&app, "tdk_wrong", CODES, "ja").await.status(), 401);
}

/// Goal: the app's button gives the list in view, with the rights of who presses it. Method: a link for one of the five
/// lists, opened without a header by a viewer's and a stranger's wish; under another file's address it is nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_downloads_the_list_in_view() {
    let app = TestApp::start().await;
    three_rows(&app).await;
    let query = "mutation($i:CreateDownloadLinkInput!){createDownloadLink(input:$i){url userErrors{code}}}";
    let input =
        json!({"abnormalOrders": {"ipCodes": OWN, "list": "RESTORED", "orderNo": "A"}, "encoding": "UTF8"});
    for (login, rows) in [("viewer", 2), ("stranger", 1)] {
        let token = app.sign_in(login).await;
        let data = app.data(Some(&token), query, json!({"i": input})).await;
        let path = data["createDownloadLink"]["url"].as_str().unwrap().to_owned();
        assert!(path.starts_with("/export/abnormal-orders.csv?link="), "{path}");
        let text = app.client().get(app.url(&path)).send().await.unwrap().text().await.unwrap();
        assert_eq!(text.split_terminator("\r\n").count(), rows, "{login}: {text}");
        assert_eq!(text.contains("\"A1\""), login == "viewer");
        let elsewhere = app.url(&path.replace("abnormal-orders.csv", "send-errors.csv"));
        assert_eq!(app.client().get(elsewhere).send().await.unwrap().status(), 404);
    }
}
