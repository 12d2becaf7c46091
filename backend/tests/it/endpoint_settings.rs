//! The settings of an IP code: what may be set, by whom at once, and how soon it works; tries of an endpoint
//! (docs/REQUIREMENTS.md, A.2, A.4, A.5, A.9).

use serde_json::{Value, json};

use crate::harness::{OWN, SampleAnswer, TestApp};

const UPDATE: &str = "mutation($i:UpdateIpCodeSettingsInput!){updateIpCodeSettings(input:$i){userErrors{field code message}
    ipCode{settingsVersion editableParameters alertAddresses retryPolicy{kind delaysMs everyHours pauseAfterFailures}
        endpoint{url method charset timeoutMs bodyRule{kind text} idempotent}}}}";
const TEST: &str = "mutation($i:TestEndpointInput!){testEndpoint(input:$i){userErrors{field code}
    request{method url body headers{name value}}
    attempt{outcome cause httpStatus responseBody durationMs timings{totalMs connectMs}}}}";

async fn update(app: &TestApp, token: &str, mut input: Value) -> Value {
    input["ipCode"] = json!(OWN[0]);
    app.data(Some(token), UPDATE, json!({"i": input})).await["updateIpCodeSettings"].clone()
}

async fn test(app: &TestApp, token: &str, mut input: Value) -> Value {
    input["ipCode"] = json!(OWN[0]);
    app.data(Some(token), TEST, json!({"i": input})).await["testEndpoint"].clone()
}

/// Goal: every setting can be changed, alone and together, and the running server obeys. Method: change all, read
/// them, deliver; then change one and see that the others stayed.
#[tokio::test(flavor = "multi_thread")]
async fn settings_are_changed_told_audited_and_obeyed() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let input = json!({
        "endpoint": {"url": app.merchant.url(), "method": "POST", "charset": "UTF_8", "timeoutMs": 3000,
            "bodyRule": {"kind": "CONTAINS", "text": "K"}, "idempotent": true},
        "retryPolicy": {"kind": "DELAYS", "delaysMs": [1000, 60000], "pauseAfterFailures": 7},
        "editableParameters": ["money", "item"], "alertAddresses": ["a@example.jp", "b@example.jp"],
    });
    let answer = update(&app, &manager, input).await;
    assert_eq!(answer["userErrors"], json!([]), "{answer}");
    let told = &answer["ipCode"];
    let endpoint = json!({"url": app.merchant.url(), "method": "POST", "charset": "UTF_8", "timeoutMs": 3000,
        "bodyRule": {"kind": "CONTAINS", "text": "K"}, "idempotent": true});
    assert_eq!(told["endpoint"], endpoint);
    let policy =
        json!({"kind": "DELAYS", "delaysMs": [1000, 60000], "everyHours": null, "pauseAfterFailures": 7});
    assert_eq!(told["retryPolicy"], policy);
    assert_eq!(told["editableParameters"], json!(["money", "item"]));
    app.hand_in("P-1").await;
    app.merchant.wait_for_requests(1).await;
    let request = app.merchant.requests().pop().unwrap();
    assert_eq!(request.method, "POST");
    assert!(request.body.contains("%E6%98%A5"), "{}", request.body);
    let answer = update(&app, &manager, json!({"allParametersEditable": true})).await;
    assert!(answer["ipCode"]["editableParameters"].is_null());
    assert_eq!(answer["ipCode"]["endpoint"], endpoint);
    assert_eq!(answer["ipCode"]["retryPolicy"], policy);
    let evidence =
        app.texts("SELECT before || ' -> ' || after FROM audit_events WHERE action = 'updateIpCodeSettings' ORDER BY at").await;
    assert_eq!(evidence.len(), 2);
    assert!(
        evidence[0].contains("\"timeoutMs\":2000") && evidence[0].contains("\"timeoutMs\":3000"),
        "{evidence:?}"
    );
}

/// Goal: two managers never overwrite each other unseen. Method: the second one's version is old.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_changes_is_a_conflict() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let read =
        app.data(Some(&manager), "query{ipCode(code:\"2012000123\"){settingsVersion}}", json!({})).await;
    let version = read["ipCode"]["settingsVersion"].clone();
    let change = |address: &str| json!({"alertAddresses": [address], "expectedVersion": version});
    assert_eq!(update(&app, &manager, change("first@example.jp")).await["userErrors"], json!([]));
    let mut second = change("second@example.jp");
    second["ipCode"] = json!(OWN[0]);
    let answer = app.graphql(Some(&manager), UPDATE, json!({"i": second})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "CONFLICT");
    assert_eq!(answer["errors"][0]["extensions"]["reason"], "SETTINGS_CHANGED");
    assert!(app.audit_log().await.contains(&"manager updateIpCodeSettings REFUSED CONFLICT".to_owned()));
    let now = update(&app, &manager, json!({})).await;
    assert_eq!(now["ipCode"]["alertAddresses"], json!(["first@example.jp"]));
}

/// Goal: no endpoint leads to what must not be reached. Method: one address of each special range, as a literal.
#[tokio::test(flavor = "multi_thread")]
async fn special_addresses_are_refused_at_save() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    // 127.0.0.0/8 is where the tests' own endpoint is, and permitted; but not by another way of writing.
    let mut refused = json!([]);
    for url in [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://169.254.169.254/latest/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[2001::1]/",
    ] {
        refused = update(&app, &manager, json!({"endpoint": {"url": url}})).await;
        assert_eq!(refused["userErrors"][0]["code"], "ADDRESS_NOT_ALLOWED", "{url}");
    }
    assert_eq!(refused["userErrors"][0]["field"], json!(["endpoint", "url"]));
    let unchanged = update(&app, &manager, json!({})).await;
    assert_eq!(unchanged["ipCode"]["endpoint"]["url"], json!(app.merchant.url()));
}

/// Goal: nothing is stored that could not work; each fault stands beside its field. Method: one wrong thing at a time.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_told_beside_their_fields() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let url = |url: &str| json!({"endpoint": {"url": url}});
    let good = app.merchant.url();
    let fault = |field: &[&str], code: &str| json!([{"field": field, "code": code}]);
    let cases: [(Value, Value); 14] = [
        (url(""), fault(&["endpoint", "url"], "REQUIRED")),
        (url("ftp://shop.example/"), fault(&["endpoint", "url"], "URL_NOT_WEB")),
        (url("shop"), fault(&["endpoint", "url"], "URL_NOT_WEB")),
        (url("https://u:p@shop.example/"), fault(&["endpoint", "url"], "URL_HAS_CREDENTIALS")),
        (url("https://shop.example/#a"), fault(&["endpoint", "url"], "URL_HAS_FRAGMENT")),
        (
            url(&format!("https://shop.example/{}", "a".repeat(2_000))),
            fault(&["endpoint", "url"], "TOO_LONG"),
        ),
        (
            json!({"endpoint": {"url": good, "timeoutMs": 99}}),
            fault(&["endpoint", "timeoutMs"], "OUT_OF_RANGE"),
        ),
        (
            json!({"endpoint": {"url": good, "bodyRule": {"kind": "EQUALS"}}}),
            fault(&["endpoint", "bodyRule", "text"], "REQUIRED"),
        ),
        (
            json!({"retryPolicy": {"kind": "DELAYS", "delaysMs": [500]}}),
            fault(&["retryPolicy", "delaysMs"], "OUT_OF_RANGE"),
        ),
        (
            json!({"retryPolicy": {"kind": "UNTIL_ACCEPTED", "everyHours": 25}}),
            fault(&["retryPolicy", "everyHours"], "OUT_OF_RANGE"),
        ),
        (json!({"editableParameters": ["order_no"]}), fault(&["editableParameters"], "RESERVED_NAME")),
        (
            json!({"editableParameters": [], "allParametersEditable": true}),
            fault(&["allParametersEditable"], "INVALID_FORMAT"),
        ),
        (
            json!({"alertAddresses": ["a@example.jp", "nobody"]}),
            fault(&["alertAddresses", "1"], "MAIL_ADDRESS_INVALID"),
        ),
        (json!({"alertAddresses": vec!["a@example.jp"; 11]}), fault(&["alertAddresses"], "TOO_MANY")),
    ];
    for (input, expected) in cases {
        let answer = update(&app, &manager, input.clone()).await;
        assert!(answer["ipCode"].is_null(), "{input}");
        let told: Vec<Value> = answer["userErrors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| json!({"field": error["field"], "code": error["code"]}))
            .collect();
        assert_eq!(json!(told), expected, "{input}");
    }
}

/// Goal: only the parameters that are set as editable can be edited. Method: an edit of one that is not, then of one
/// that is.
#[tokio::test(flavor = "multi_thread")]
async fn only_editable_parameters_are_edited() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    update(&app, &manager, json!({"editableParameters": ["item"]})).await;
    let row = app.hand_in_failing("P-1", SampleAnswer::Error500).await;
    app.merchant.set_answer(SampleAnswer::Ok);
    let read = "query($e:ID!){sendError(id:$e){parameters{name value}}}";
    let stored =
        app.data(Some(&manager), read, json!({"e": row["id"]})).await["sendError"]["parameters"].clone();
    let resend = async |name: &str, key: &str| {
        let mut parameters = stored.clone();
        for parameter in parameters.as_array_mut().unwrap() {
            if parameter["name"] == name {
                parameter["value"] = json!("5");
            }
        }
        let query =
            "mutation($e:ID!,$p:[ParameterInput!]!,$k:String!){resendSendError(input:{id:$e,parameters:$p,
            confirmMaybeReceived:true,idempotencyKey:$k}){sendError{status} userErrors{field code}}}";
        app.data(Some(&manager), query, json!({"e": row["id"], "p": parameters, "k": key})).await["resendSendError"].clone()
    };
    let refused = resend("money", "k-1").await;
    assert_eq!(
        refused["userErrors"],
        json!([{"field": ["parameters", "money"], "code": "PARAMETER_NOT_EDITABLE"}])
    );
    assert_eq!(resend("item", "k-2").await["sendError"]["status"], "PROCESSED");
    assert_eq!(app.merchant.requests().len(), 2);
}

/// Goal: a preview is exactly what a test sends, and a test is what an attempt would be, but for its mark and its own
/// id; no payment knows of it. Method: a dry run beside a test beside the endpoint's record.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_the_exact_request_and_answer() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let endpoint = json!({"url": app.merchant.url(), "method": "POST", "timeoutMs": 2000,
        "bodyRule": {"kind": "EQUALS", "text": "NEVER"}});
    let input = json!({"endpoint": endpoint, "parameters": [{"name": "item", "value": "春の福袋"}]});
    let mut dry = input.clone();
    dry["dryRun"] = json!(true);
    let preview = test(&app, &manager, dry).await;
    assert!(preview["attempt"].is_null());
    assert_eq!(preview["request"]["body"], "item=%8Ft%82%CC%95%9F%91%DC");
    assert!(app.merchant.requests().is_empty());
    let tested = test(&app, &manager, input).await;
    assert_eq!(tested["attempt"]["outcome"], "MAYBE_RECEIVED", "{tested}");
    assert_eq!(tested["attempt"]["cause"], "BODY_RULE_NOT_MET");
    assert_eq!(tested["attempt"]["httpStatus"], 200);
    let requests = app.merchant.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("todoke-test"), Some("true"));
    assert!(requests[0].header("webhook-signature").is_some());
    let told: Vec<(&str, &str)> = tested["request"]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| (header["name"].as_str().unwrap(), header["value"].as_str().unwrap()))
        .collect();
    let came: Vec<(&str, &str)> =
        requests[0].headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(told, came);
    for key in ["method", "url", "body"] {
        assert_eq!(preview["request"][key], tested["request"][key]);
    }
    let counts = app
        .texts("SELECT CAST((SELECT count(*) FROM attempts) + (SELECT count(*) FROM deliveries) AS TEXT)")
        .await;
    assert_eq!(counts, ["0"]);
    let stored = test(&app, &manager, json!({})).await;
    assert_eq!(stored["attempt"]["outcome"], "DELIVERED", "{stored}");
    assert!(app.merchant.requests()[1].query.contains("order_no=TODOKE-TEST"));
}

/// Goal: tests reach no farther and no oftener than they may. Method: a private address, a wrong parameter, the eleventh
/// test within a minute, and one after it.
#[tokio::test(flavor = "multi_thread")]
async fn tests_are_filtered_limited_and_audited() {
    let app = TestApp::start().await;
    let manager = app.sign_in("manager").await;
    let blocked = test(&app, &manager, json!({"endpoint": {"url": "http://169.254.169.254/"}})).await;
    assert_eq!(blocked["userErrors"], json!([{"field": ["endpoint", "url"], "code": "ADDRESS_NOT_ALLOWED"}]));
    let odd = test(&app, &manager, json!({"parameters": [{"name": "item", "value": "🍣"}]})).await;
    assert_eq!(odd["userErrors"], json!([{"field": ["parameters", "item"], "code": "NOT_IN_CHARSET"}]));
    for _ in 0..10 {
        assert_eq!(test(&app, &manager, json!({})).await["attempt"]["outcome"], "DELIVERED");
    }
    let refused = test(&app, &manager, json!({})).await;
    assert_eq!(refused["userErrors"], json!([{"field": ["ipCode"], "code": "TOO_MANY_TESTS"}]));
    assert_eq!(test(&app, &manager, json!({"dryRun": true})).await["userErrors"], json!([]));
    app.clock.advance_ms(60_001);
    assert_eq!(test(&app, &manager, json!({})).await["attempt"]["outcome"], "DELIVERED");
    assert_eq!(app.merchant.requests().len(), 11);
    let log = app.audit_log().await;
    let count = |entry: &str| log.iter().filter(|found| *found == entry).count();
    assert_eq!(count("manager testEndpoint DONE"), 11);
    assert_eq!(count("manager testEndpoint REFUSED TOO_MANY_TESTS"), 1);
}
