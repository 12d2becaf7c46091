//! A whole server in the test's process: two merchants, their IP codes and users, a scripted endpoint, a clock.

use std::{net::SocketAddr, sync::Arc};

use serde_json::{Value, json};
use todoke::{
    app::admin::{self, Desk, EndpointChange},
    config::{Config, Role},
    runtime::{self, Running},
};
use todoke_domain::{
    access::{Role as Right, TokenRight},
    acknowledgement::BodyRule,
};

use super::{SampleEndpoint, TestClock, TestDatabase};

/// The present of most tests: a Sunday afternoon in Tokyo.
const NOW: &str = "2026-11-22T15:00:00+09:00";
/// The password of every user.
const PASSWORD: &str = "correct horse battery";

/// The first merchant's IP codes.
pub(crate) const OWN: [&str; 2] = ["2012000123", "2012000124"];
/// The second merchant's IP code: nobody of the first may know of it.
pub(crate) const OTHER: &str = "2012000225";

/// A running server.
pub(crate) struct TestApp {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its clock.
    pub(crate) clock: TestClock,
    /// The merchants' endpoint.
    pub(crate) merchant: SampleEndpoint,
    /// Its database.
    pub(crate) database: TestDatabase,
    /// Its settings, for a second server beside it.
    pub(crate) config: Config,
    /// For commands.
    pub(crate) desk: Desk,
    /// An ingest token for all IP codes of the first merchant.
    pub(crate) ingest_token: String,
    /// A read token for the same.
    pub(crate) read_token: String,
    /// An ingest token of the second merchant.
    pub(crate) other_ingest_token: String,
    client: reqwest::Client,
    _running: Running,
}

/// What differs from the usual.
#[derive(Clone, Default)]
pub(crate) struct TestAppBuilder {
    smtp_url: Option<String>,
    clock: Option<TestClock>,
    gateway_url: Option<String>,
    checkout_retention_days: Option<i64>,
}

impl TestAppBuilder {
    /// Sends mails to this server instead of writing files.
    pub(crate) fn smtp(mut self, url: String) -> Self {
        self.smtp_url = Some(url);
        self
    }

    /// Lives at another time than the usual one.
    pub(crate) fn clock(mut self, clock: TestClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Asks this gateway before a restore.
    pub(crate) fn gateway(mut self, base_url: &str) -> Self {
        self.gateway_url = Some(base_url.to_owned());
        self
    }

    /// Keeps checkouts for so many days.
    pub(crate) fn checkout_retention_days(mut self, days: i64) -> Self {
        self.checkout_retention_days = Some(days);
        self
    }

    /// Starts it.
    pub(crate) async fn start(self) -> TestApp {
        let database = TestDatabase::create().await;
        let clock = self.clock.unwrap_or_else(|| TestClock::at(NOW));
        let config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            database_url: database.url.clone(),
            data_dir: database.folder().to_owned(),
            secret_key: None,
            smtp_url: self.smtp_url,
            mail_from: "Todoke <todoke@example.com>".to_owned(),
            public_url: "https://todoke.example.com/".parse().unwrap(),
            allow_private_endpoints: vec!["127.0.0.0/8".parse().unwrap()],
            grace_period_ms: 300_000,
            checkout_retention_days: self.checkout_retention_days.unwrap_or(60),
            gateway_url: self.gateway_url.map(|url| url.parse().unwrap()),
            alert_window_ms: 600_000,
            pause_span_ms: 600_000,
        };
        let merchant = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let running = runtime::start(config.clone(), Arc::new(clock.clone()), Role::All).await.unwrap();
        let (server, address) = running.serve("127.0.0.1:0".parse().unwrap()).unwrap();
        tokio::spawn(server);
        let desk = running.desk();
        plant(&desk, &merchant).await;
        let ingest_token = token(&desk, "ingest", &OWN, TokenRight::Ingest).await;
        let read_token = token(&desk, "read", &OWN, TokenRight::Read).await;
        let other_ingest_token = token(&desk, "other-ingest", &[OTHER], TokenRight::Ingest).await;
        TestApp {
            address,
            clock,
            merchant,
            database,
            config,
            desk,
            ingest_token,
            read_token,
            other_ingest_token,
            client: reqwest::Client::new(),
            _running: running,
        }
    }
}

async fn plant(desk: &Desk, merchant: &SampleEndpoint) {
    for (name, codes) in [("さくら書房", &OWN[..]), ("みなと音楽", &[OTHER])] {
        admin::create_merchant(desk, name).await.unwrap();
        for code in codes {
            admin::create_ip_code(desk, code, name, None).await.unwrap();
            let change = EndpointChange {
                url: Some(merchant.url()),
                timeout_ms: Some(2_000),
                body_rule: Some(BodyRule::Equals("OK".to_owned())),
                ..EndpointChange::default()
            };
            admin::set_endpoint(desk, code, change).await.unwrap();
        }
    }
    admin::set_shop(desk, OWN[0], "tshop00012345").await.unwrap();
    admin::set_shop(desk, OTHER, "tshop00067890").await.unwrap();
    for (login, merchant, codes, right) in [
        ("viewer", "さくら書房", &OWN[..], Right::Viewer),
        ("operator", "さくら書房", &OWN, Right::Operator),
        ("second-operator", "さくら書房", &OWN, Right::Operator),
        ("manager", "さくら書房", &OWN, Right::Manager),
        ("stranger", "みなと音楽", &[OTHER], Right::Manager),
    ] {
        admin::create_user(desk, login, Some(merchant), None, PASSWORD.to_owned()).await.unwrap();
        for code in codes {
            admin::grant(desk, login, code, right).await.unwrap();
        }
    }
}

async fn token(desk: &Desk, name: &str, codes: &[&str], right: TokenRight) -> String {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    admin::create_token(desk, name, &codes, &[right]).await.unwrap()
}

impl TestApp {
    /// The usual server.
    pub(crate) async fn start() -> Self {
        TestAppBuilder::default().start().await
    }

    /// An address of the server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The client, for requests of other kinds.
    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Signs in and returns the access token.
    pub(crate) async fn sign_in(&self, login: &str) -> String {
        let query = "mutation($l:String!,$p:String!){signIn(input:{login:$l,password:$p}){accessToken userErrors{code}}}";
        let data = self.data(None, query, json!({"l": login, "p": PASSWORD})).await;
        data["signIn"]["accessToken"].as_str().unwrap_or_else(|| panic!("{login}: {data}")).to_owned()
    }

    /// Asks GraphQL and returns the whole answer.
    pub(crate) async fn graphql(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut request =
            self.client.post(self.url("/graphql")).json(&json!({"query": query, "variables": variables}));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Asks GraphQL and returns the data; errors fail the test.
    pub(crate) async fn data(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let answer = self.graphql(token, query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// Asks GraphQL and returns the code of its first error.
    pub(crate) async fn error_code(&self, token: Option<&str>, query: &str, variables: Value) -> String {
        let answer = self.graphql(token, query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error code: {query}\n{answer:#}")).to_owned()
    }

    /// Hands in results with a token.
    pub(crate) async fn ingest(&self, token: &str, body: &Value) -> reqwest::Response {
        self.client
            .post(self.url("/api/v1/payment-results"))
            .bearer_auth(token)
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// Hands in one result of the first IP code and returns the answer's entry.
    pub(crate) async fn hand_in(&self, order_no: &str) -> Value {
        let answer = self.ingest(&self.ingest_token, &payment_result(order_no)).await;
        assert_eq!(answer.status(), 202);
        answer.json::<Value>().await.unwrap()["results"][0].clone()
    }

    /// Hands in a result that fails, and waits until its row can be read.
    pub(crate) async fn hand_in_failing(&self, order_no: &str, answer: super::SampleAnswer) -> Value {
        self.merchant.set_answer(answer);
        self.hand_in(order_no).await;
        self.wait_for_row(order_no, |_| true).await
    }

    /// The send error of an order number, once it is as wanted.
    pub(crate) async fn wait_for_row(&self, order_no: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let query = "query($c:[String!]!,$o:String!){sendErrors(filter:{ipCodes:$c,orderNo:$o},first:5){nodes{
            id ipCode orderNo status receipt cause httpStatus attemptCount resending processedBy occurredAt
            attempts{nodes{trigger outcome cause httpStatus requestUrl requestBody responseBody decidedBy}}}}}";
        self.wait_for(&format!("the row of {order_no}"), async || {
            let variables = json!({"c": OWN, "o": order_no});
            let data = self.data(Some(&self.read_token), query, variables).await;
            let row = data["sendErrors"]["nodes"][0].clone();
            (row.is_object() && wanted(&row)).then_some(row)
        })
        .await
    }

    /// Looks until there is something to see; the limit only ends a test that would otherwise hang.
    pub(crate) async fn wait_for<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let looking = async {
            let mut turn = tokio::time::interval(std::time::Duration::from_millis(10));
            loop {
                turn.tick().await;
                if let Some(seen) = look().await {
                    return seen;
                }
            }
        };
        let limit = std::time::Duration::from_secs(30);
        tokio::time::timeout(limit, looking).await.unwrap_or_else(|_| panic!("{what} never came"))
    }
}

/// A payment result of the first IP code, as docs/API.md shows one.
pub(crate) fn payment_result(order_no: &str) -> Value {
    json!({
        "ip_code": OWN[0], "order_no": order_no, "carrier": "docomo", "status": "03", "amount": 11350,
        "phone": "090-1234-5678", "email": "taro@example.jp", "sendid": "mr192", "sendpoint": "2026031700002",
        "error_code": "", "occurred_at": "2026-11-22T14:59:58+09:00",
        "parameters": {"item": "春の福袋", "shop": "㈱髙島"},
    })
}
