//! Signing in, staying signed in, and how soon a right that was taken back ends
//! (docs/REQUIREMENTS.md, Access).

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use todoke::app::admin;

use crate::harness::{OWN, SampleAnswer, TestApp, payment_result};

const PASSWORD: &str = "correct horse battery";
const SIGN_IN: &str = "mutation($l:String!,$p:String!){signIn(input:{login:$l,password:$p}){
    accessToken expiresAt viewer{login} userErrors{field code message}}}";
const REFRESH: &str = "mutation{refreshSession{accessToken userErrors{code}}}";
const SIGN_OUT: &str = "mutation{signOut{userErrors{code}}}";
const WHO: &str = "{viewer{login}}";

/// What a sign-in gave.
struct Session {
    access_token: String,
    cookie: String,
}

/// The cookie (`name=value`) and everything else of the answer.
async fn ask(app: &TestApp, cookie: Option<&str>, query: &str, variables: Value) -> (Option<String>, Value) {
    let mut request =
        app.client().post(app.url("/graphql")).json(&json!({"query": query, "variables": variables}));
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    let answer = request.send().await.unwrap();
    let cookie = answer.headers().get(SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
    (cookie, answer.json().await.unwrap())
}

async fn sign_in_with(app: &TestApp, login: &str, password: &str) -> (Option<String>, Value) {
    let (cookie, answer) = ask(app, None, SIGN_IN, json!({"l": login, "p": password})).await;
    (cookie, answer["data"]["signIn"].clone())
}

fn pair_of(cookie: Option<String>) -> String {
    cookie.unwrap().split(';').next().unwrap().to_owned()
}

async fn session(app: &TestApp, login: &str) -> Session {
    let (cookie, answer) = sign_in_with(app, login, PASSWORD).await;
    Session { access_token: answer["accessToken"].as_str().unwrap().to_owned(), cookie: pair_of(cookie) }
}

async fn refresh(app: &TestApp, cookie: &str) -> Session {
    let (next, answer) = ask(app, Some(cookie), REFRESH, json!({})).await;
    let access_token = answer["data"]["refreshSession"]["accessToken"].as_str();
    let access_token = access_token.unwrap_or_else(|| panic!("{answer:#}")).to_owned();
    Session { access_token, cookie: pair_of(next) }
}

async fn refresh_code(app: &TestApp, cookie: &str) -> String {
    let (_, answer) = ask(app, Some(cookie), REFRESH, json!({})).await;
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned()
}

async fn is_good(app: &TestApp, access_token: &str) -> bool {
    let answer = app.graphql(Some(access_token), WHO, json!({})).await;
    let is_known = answer["data"]["viewer"]["login"].is_string();
    assert!(is_known || answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", "{answer:#}");
    is_known
}

/// Goal: no script and no other site gets at the refresh token. Method: the attributes of the cookie.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_sets_a_strict_http_only_cookie_for_the_graphql_path() {
    let app = TestApp::start().await;
    let (cookie, answer) = sign_in_with(&app, "operator", PASSWORD).await;
    assert_eq!(answer["viewer"]["login"], "operator");
    assert_eq!(answer["userErrors"], json!([]));
    assert!(answer["expiresAt"].as_str().unwrap().starts_with("2026-11-22T15:10:00"), "{answer:#}");
    let cookie = cookie.unwrap();
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    for wanted in ["HttpOnly", "SameSite=Strict", "Path=/graphql", "Secure", "Max-Age=1209600"] {
        assert!(attributes.contains(&wanted), "{wanted}: {cookie}");
    }
}

/// Goal: nobody learns which logins exist. Method: the answers to a wrong password and an unknown login are equal.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let app = TestApp::start().await;
    let wrong = sign_in_with(&app, "operator", "wrong horse battery").await;
    let unknown = sign_in_with(&app, "nobody", "wrong horse battery").await;
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.0, None, "no cookie");
    assert_eq!(wrong.1["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!(wrong.1["accessToken"], Value::Null);
    let refused = "anonymous signIn REFUSED WRONG_CREDENTIALS".to_owned();
    assert_eq!(app.audit_log().await.iter().filter(|entry| **entry == refused).count(), 2);
}

/// Goal: guessing is stopped. Method: five failures, then the right password, then the clock beyond the lock.
#[tokio::test(flavor = "multi_thread")]
async fn five_failures_lock_the_account_even_for_the_right_password_until_the_lock_ends() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        let (_, answer) = sign_in_with(&app, "operator", "wrong horse battery").await;
        assert_eq!(answer["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    }
    let (cookie, locked) = sign_in_with(&app, "operator", PASSWORD).await;
    assert_eq!((cookie, &locked["userErrors"][0]["code"]), (None, &json!("LOCKED_OUT")));
    session(&app, "viewer").await;
    app.clock.advance_ms(30_000);
    session(&app, "operator").await;
    let log = app.audit_log().await;
    assert!(log.contains(&"anonymous signIn REFUSED LOCKED_OUT".to_owned()), "{log:#?}");
}

/// Goal: guesses made at once count as guesses made one after the other. Method: twelve at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn failures_at_the_same_time_are_all_counted() {
    let app = TestApp::start().await;
    let guesses = (0..12).map(|_| sign_in_with(&app, "operator", "wrong horse battery"));
    futures_util::future::join_all(guesses).await;
    let failures = app.texts("SELECT CAST(failures AS TEXT) FROM sign_in_throttles").await;
    let refused = app.audit_log().await.iter().filter(|entry| entry.contains("WRONG_CREDENTIALS")).count();
    assert!(refused >= 5, "{refused}");
    assert_eq!(failures, [refused.to_string(), refused.to_string()], "the account's and the address's");
    let (_, locked) = sign_in_with(&app, "operator", PASSWORD).await;
    assert_eq!(locked["userErrors"][0]["code"], "LOCKED_OUT");
}

/// Goal: who mistypes now and then is never locked out. Method: four failures, an hour of the clock, four more.
#[tokio::test(flavor = "multi_thread")]
async fn old_failures_are_forgotten() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        for _ in 0..4 {
            sign_in_with(&app, "operator", "wrong horse battery").await;
        }
        app.clock.advance_ms(3_600_000);
    }
    session(&app, "operator").await;
}

/// Goal: a stolen cookie is worth one use. Method: the old cookie after a rotation ends the whole session.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_cookie_ends_the_session_with_its_newer_cookie_and_access_token() {
    let app = TestApp::start().await;
    let first = session(&app, "operator").await;
    let second = refresh(&app, &first.cookie).await;
    assert_ne!(first.cookie, second.cookie);
    let third = refresh(&app, &second.cookie).await;
    let elsewhere = session(&app, "operator").await;
    assert!(is_good(&app, &third.access_token).await);
    assert_eq!(refresh_code(&app, &first.cookie).await, "UNAUTHENTICATED");
    assert_eq!(refresh_code(&app, &third.cookie).await, "UNAUTHENTICATED");
    for ended in [&first, &second, &third] {
        assert!(!is_good(&app, &ended.access_token).await);
    }
    assert!(is_good(&app, &elsewhere.access_token).await, "another session of the same person goes on");
    let log = app.audit_log().await;
    assert!(
        log.iter().any(|entry| entry.ends_with("refreshSession REFUSED REFRESH_TOKEN_REUSED")),
        "{log:#?}"
    );
}

/// Goal: of two tabs that refresh at once with one cookie, no second session arises.
#[tokio::test(flavor = "multi_thread")]
async fn one_cookie_shown_many_times_at_once_is_exchanged_once() {
    let app = TestApp::start().await;
    let first = session(&app, "operator").await;
    let tries = (0..8).map(|_| ask(&app, Some(&first.cookie), REFRESH, json!({})));
    let answers = futures_util::future::join_all(tries).await;
    let exchanged =
        answers.iter().filter(|(_, answer)| answer["data"]["refreshSession"]["accessToken"].is_string());
    assert!(exchanged.count() <= 1, "{answers:#?}");
}

/// Goal: what is signed out is out. Method: the access token right after.
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_access_token_and_the_cookie_at_once() {
    let app = TestApp::start().await;
    let session = session(&app, "operator").await;
    assert!(is_good(&app, &session.access_token).await);
    let (cookie, answer) = ask(&app, Some(&session.cookie), SIGN_OUT, json!({})).await;
    assert_eq!(answer["data"]["signOut"]["userErrors"], json!([]));
    assert!(cookie.unwrap().contains("Max-Age=0"));
    assert!(!is_good(&app, &session.access_token).await);
    assert_eq!(refresh_code(&app, &session.cookie).await, "UNAUTHENTICATED");
}

/// Goal: an access token is short-lived. Method: the injected clock on both sides of ten minutes.
#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_ends_after_ten_minutes() {
    let app = TestApp::start().await;
    let session = session(&app, "operator").await;
    app.clock.advance_ms(10 * 60_000 - 2_000);
    assert!(is_good(&app, &session.access_token).await);
    app.clock.advance_ms(2_000);
    assert!(!is_good(&app, &session.access_token).await);
    assert!(is_good(&app, &refresh(&app, &session.cookie).await.access_token).await);
    app.clock.advance_ms(15 * 24 * 3_600_000);
    assert_eq!(refresh_code(&app, &session.cookie).await, "UNAUTHENTICATED");
}

/// Goal: a revoked right ends with the next request, whatever the token says.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_grant_ends_with_the_next_request_although_the_token_is_good() {
    let app = TestApp::start().await;
    let row = app.hand_in_failing("A-1", SampleAnswer::Error500).await;
    let token = app.sign_in("operator").await;
    let look = "query($id:ID!,$c:[String!]!){ipCodes{code} sendError(id:$id){id}
        sendErrors(filter:{ipCodes:$c,orderNo:\"A-1\"}){totalCount}}";
    let variables = json!({"id": row["id"], "c": OWN});
    let before = app.data(Some(&token), look, variables.clone()).await;
    assert_eq!(before["sendErrors"]["totalCount"], 1);
    admin::revoke_grant(&app.desk, "operator", OWN[0]).await.unwrap();
    assert_eq!(app.error_code(Some(&token), look, variables).await, "NOT_FOUND");
    let list =
        "query($c:[String!]!){ipCodes{code} sendErrors(filter:{ipCodes:$c,orderNo:\"A-1\"}){totalCount}}";
    let after = app.data(Some(&token), list, json!({"c": OWN})).await;
    assert_eq!(after["ipCodes"], json!([{"code": OWN[1]}]));
    assert_eq!(after["sendErrors"]["totalCount"], 0);
}

/// Goal: a revoked API token stops within five seconds, for reading and for handing in.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_api_token_stops_within_seconds() {
    let app = TestApp::start().await;
    app.data(Some(&app.read_token), "{ipCodes{code}}", json!({})).await;
    app.hand_in("A-1").await;
    for name in ["read", "ingest"] {
        admin::revoke_token(&app.desk, name).await.unwrap();
    }
    app.clock.advance_ms(2_100);
    assert_eq!(app.error_code(Some(&app.read_token), "{ipCodes{code}}", json!({})).await, "UNAUTHENTICATED");
    assert_eq!(app.ingest(&app.ingest_token, &payment_result("A-2")).await.status(), 401);
}

/// Goal: only this server's own key makes tokens. Method: the very claims of a good one, signed by another key, by
/// none, and with a stronger algorithm's name.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_signed_by_another_key_or_by_none_is_refused() {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let app = TestApp::start().await;
    let good = app.sign_in("manager").await;
    let parts: Vec<&str> = good.split('.').collect();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let forge = |algorithm| {
        let key = EncodingKey::from_secret(&[7; 32]);
        jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).unwrap()
    };
    let unsigned = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    assert!(is_good(&app, &good).await);
    for forged in [
        forge(Algorithm::HS256),
        forge(Algorithm::HS512),
        format!("{unsigned}.{}.", parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        parts[1].to_owned(),
    ] {
        assert!(!is_good(&app, &forged).await, "{forged}");
    }
}

/// Goal: a link cannot act. Method: GET with a mutation, with a query, and with both in one document.
#[tokio::test(flavor = "multi_thread")]
async fn get_asks_queries_and_refuses_mutations() {
    let app = TestApp::start().await;
    let get = async |query: &str, operation: Option<&str>| {
        let mut url = reqwest::Url::parse(&app.url("/graphql")).unwrap();
        url.query_pairs_mut().append_pair("query", query);
        if let Some(operation) = operation {
            url.query_pairs_mut().append_pair("operationName", operation);
        }
        app.client().get(url).bearer_auth(&app.read_token).send().await.unwrap()
    };
    let answer: Value = get("{ipCodes{code}}", None).await.json().await.unwrap();
    assert_eq!(answer["data"]["ipCodes"][0]["code"], OWN[0]);
    assert_eq!(get(SIGN_OUT, None).await.status(), 405);
    let both = "query look{ipCodes{code}} mutation act{signOut{userErrors{code}}}";
    assert_eq!(get(both, Some("act")).await.status(), 405);
    assert_eq!(get(both, Some("look")).await.status(), 200);
}

/// Goal: another site's form cannot act with the visitor's cookie. Method: the content types that forms can send.
#[tokio::test(flavor = "multi_thread")]
async fn only_json_bodies_are_taken() {
    let app = TestApp::start().await;
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
        let body = json!({"query": SIGN_OUT}).to_string();
        let request = app.client().post(app.url("/graphql")).header(CONTENT_TYPE, kind).body(body);
        assert_eq!(request.send().await.unwrap().status(), 415, "{kind}");
    }
    for body in ["", "{", "[]", "7", r#"[{"query":"{ipCodes{code}}"}]"#] {
        let request =
            app.client().post(app.url("/graphql")).header(CONTENT_TYPE, "application/json").body(body);
        assert_eq!(request.send().await.unwrap().status(), 400, "{body}");
    }
}

/// Goal: statuses as the GraphQL-over-HTTP specification has them, for clients that ask for its media type.
#[tokio::test(flavor = "multi_thread")]
async fn statuses_follow_the_media_type_that_is_asked_for() {
    let app = TestApp::start().await;
    let own = "application/graphql-response+json";
    for (accept, query, status) in [
        (own, "{", 400),
        (own, "{nonsense}", 400),
        (own, "{ipCodes{code}}", 200),
        ("application/json", "{", 200),
        ("application/json", "{ipCodes{code}}", 200),
    ] {
        let request = app.client().post(app.url("/graphql")).header(ACCEPT, accept);
        let answer = request.json(&json!({"query": query})).send().await.unwrap();
        assert_eq!(answer.status(), status, "{accept} {query}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(accept));
        let document: Value = answer.json().await.unwrap();
        assert!(document["errors"][0]["message"].is_string(), "{document:#}");
    }
}

/// Goal: no query costs without bound, and whoever asks one learns why. Method: too deep, and too many rows of rows.
#[tokio::test(flavor = "multi_thread")]
async fn queries_over_the_limits_are_refused_as_too_complex() {
    let app = TestApp::start().await;
    let mut deep = "id".to_owned();
    for _ in 0..8 {
        deep = format!("payment{{sendError{{{deep}}}}}");
    }
    let deep = format!("{{sendError(id:\"x\"){{{deep}}}}}");
    let wide = "query($c:[String!]!){sendErrors(filter:{ipCodes:$c,period:{preset:TODAY}},first:100){nodes{
        attempts(first:100){nodes{id requestUrl responseBody}}}}}";
    let token = Some(app.read_token.as_str());
    assert_eq!(app.error_code(token, &deep, json!({})).await, "TOO_COMPLEX");
    assert_eq!(app.error_code(token, wide, json!({"c": OWN})).await, "TOO_COMPLEX");
    for broken in ["{", "{nonsense}", "query($c:Int!){ipCodes{code}}"] {
        assert_eq!(app.error_code(token, broken, json!({})).await, "BAD_USER_INPUT", "{broken}");
    }
}
