//! Searches that people keep under a name: their own alone, within limits.

use serde_json::{Value, json};

use crate::harness::TestApp;

const LIST: &str = "{savedSearches{id name query}}";
const SAVE: &str =
    "mutation($i:SaveSearchInput!){saveSearch(input:$i){savedSearch{id name query} userErrors{field code}}}";
const DELETE: &str = "mutation($i:DeleteSavedSearchInput!){deleteSavedSearch(input:$i){deletedId}}";

async fn save(app: &TestApp, token: &str, name: &str, query: &str) -> Value {
    let data = app.data(Some(token), SAVE, json!({"i": {"name": name, "query": query}})).await;
    data["saveSearch"].clone()
}

async fn names(app: &TestApp, token: &str) -> Vec<String> {
    let data = app.data(Some(token), LIST, json!({})).await;
    let rows = data["savedSearches"].as_array().unwrap().clone();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Goal: a person keeps searches, finds them by name, replaces and deletes them; nobody else sees them.
#[tokio::test(flavor = "multi_thread")]
async fn each_person_has_their_own() {
    let app = TestApp::start().await;
    let (viewer, operator) = (app.sign_in("viewer").await, app.sign_in("operator").await);
    let kept = save(&app, &viewer, " 今日の未処理 ", "condition=UNPROCESSED&period=today").await;
    assert_eq!(kept["savedSearch"]["name"], "今日の未処理");
    let again = save(&app, &viewer, "今日の未処理", "period=yesterday").await;
    assert_eq!(again["savedSearch"]["id"], kept["savedSearch"]["id"]);
    assert_eq!(again["savedSearch"]["query"], "period=yesterday");
    save(&app, &viewer, "A", "").await;
    assert_eq!(names(&app, &viewer).await, ["A", "今日の未処理"]);
    assert!(names(&app, &operator).await.is_empty());
    assert!(names(&app, &app.read_token).await.is_empty());
    let input = json!({"i": {"id": kept["savedSearch"]["id"]}});
    assert_eq!(app.error_code(Some(&operator), DELETE, input.clone()).await, "NOT_FOUND");
    let deleted = app.data(Some(&viewer), DELETE, input.clone()).await;
    assert_eq!(deleted["deleteSavedSearch"]["deletedId"], kept["savedSearch"]["id"]);
    assert_eq!(app.error_code(Some(&viewer), DELETE, input).await, "NOT_FOUND");
    assert_eq!(names(&app, &viewer).await, ["A"]);
}

/// Goal: nothing grows without end. Method: each limit from both sides.
#[tokio::test(flavor = "multi_thread")]
async fn names_queries_and_numbers_have_limits() {
    let app = TestApp::start().await;
    let viewer = app.sign_in("viewer").await;
    for (name, query, field, code) in [
        ("  ".to_owned(), String::new(), "name", "REQUIRED"),
        ("名".repeat(51), String::new(), "name", "TOO_LONG"),
        ("A".to_owned(), "q".repeat(1_001), "query", "TOO_LONG"),
    ] {
        let told = save(&app, &viewer, &name, &query).await;
        assert_eq!(told["userErrors"], json!([{"field": [field], "code": code}]));
    }
    for number in 0..20 {
        let told = save(&app, &viewer, &format!("{number}{}", "名".repeat(48)), &"q".repeat(1_000)).await;
        assert_eq!(told["userErrors"], json!([]));
    }
    let told = save(&app, &viewer, "A", "").await;
    assert_eq!(told["userErrors"], json!([{"field": ["name"], "code": "TOO_MANY"}]));
    let replaced = save(&app, &viewer, &format!("7{}", "名".repeat(48)), "").await;
    assert_eq!(replaced["userErrors"], json!([]));
}
