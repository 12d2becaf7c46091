//! The real binary: its commands, its start, its demo, its sudden end, and a database that goes away and comes back.

use std::{net::TcpListener, process::Stdio, time::Duration};

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use crate::harness::{
    OWN, SampleAnswer, SampleEndpoint, TestApp, TestDatabase, checkout, notification, payment_result,
};

/// The program with a database and a folder of its own.
struct Program {
    database: TestDatabase,
    listen: String,
    client: reqwest::Client,
}

/// How a command ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Program {
    async fn prepare() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let database = TestDatabase::create().await;
        Self { database, listen: format!("127.0.0.1:{port}"), client: reqwest::Client::new() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_todoke"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TODOKE_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("TODOKE_DATA_DIR", self.database.folder())
            .env("TODOKE_DATABASE_URL", &self.database.url)
            .env("TODOKE_LISTEN", &self.listen)
            .env("TODOKE_ALLOW_PRIVATE_ENDPOINTS", "127.0.0.0/8")
            .env("TODOKE_GRACE_PERIOD_MS", "200")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments)).await
    }

    /// A command that succeeds; its JSON answer.
    async fn admin(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[&["admin", "--json"], arguments].concat()).await;
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("no JSON: {}", ended.out))
    }

    /// Merchant, IP code, endpoint, and a token for handing in and reading.
    async fn set_up(&self, endpoint: &SampleEndpoint, timeout_ms: &str) -> String {
        self.admin(&["create-merchant", "さくら書房"]).await;
        self.admin(&["create-ip-code", OWN[0], "--merchant", "さくら書房"]).await;
        let url = endpoint.url();
        self.admin(&["set-endpoint", OWN[0], "--url", &url, "--timeout-ms", timeout_ms]).await;
        let token = ["create-token", "tool", "--ip-code", OWN[0], "--right", "ingest", "read"];
        self.admin(&token).await["token"].as_str().unwrap().to_owned()
    }

    async fn serve(&self) -> Child {
        let mut command = self.command(&["serve"]);
        let server = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let url = format!("http://{}/readyz", self.listen);
        wait_for("the server", async || {
            let answer = self.client.get(&url).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
        server
    }

    async fn hand_in(&self, token: &str, order_no: &str) -> reqwest::Response {
        let url = format!("http://{}/api/v1/payment-results", self.listen);
        self.client.post(url).bearer_auth(token).json(&payment_result(order_no)).send().await.unwrap()
    }

    async fn graphql(&self, token: &str, query: &str, variables: Value) -> Value {
        let url = format!("http://{}/graphql", self.listen);
        let body = json!({"query": query, "variables": variables});
        let answer = self.client.post(url).bearer_auth(token).json(&body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// One text out of the database, for what no interface shows.
    async fn text(&self, sql: &str) -> String {
        let database = Database::connect(&self.database.url).await.unwrap();
        let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
        let row = database.query_one_raw(statement).await.unwrap().unwrap();
        database.close().await.unwrap();
        row.try_get_by_index(0).unwrap()
    }

    async fn row(&self, token: &str, order_no: &str) -> Option<Value> {
        let query = "query($c:[String!]!,$o:String!){sendErrors(filter:{ipCodes:$c,orderNo:$o}){nodes{
            status receipt cause attemptCount attempts{nodes{cause requestUrl trigger}}}}}";
        let answer = self.graphql(token, query, json!({"c": [OWN[0]], "o": order_no})).await;
        Some(answer["data"]["sendErrors"]["nodes"][0].clone()).filter(Value::is_object)
    }
}

async fn ended(mut command: Command) -> Ended {
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Looks until there is something to see. Leases run by the real clock here, so the limit is wider than elsewhere.
async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        let mut turn = tokio::time::interval(Duration::from_millis(50));
        loop {
            turn.tick().await;
            if let Some(seen) = look().await {
                return seen;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking)
        .await
        .unwrap_or_else(|_| panic!("{what} never came"))
}

/// Goal: a process that dies between request and record loses nothing and sends nothing twice. Method: the endpoint
/// has the request and does not answer; SIGKILL; a new start.
#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_whose_process_was_killed_may_have_been_received_and_is_not_sent_again() {
    let program = Program::prepare().await;
    let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let token = program.set_up(&endpoint, "5000").await;
    endpoint.set_answer(SampleAnswer::Slow);
    let mut server = program.serve().await;
    assert_eq!(program.hand_in(&token, "K-1").await.status(), 202);
    endpoint.wait_for_requests(1).await;
    server.kill().await.unwrap();
    endpoint.set_answer(SampleAnswer::Ok);
    let _server = program.serve().await;
    let row = wait_for("the row", async || program.row(&token, "K-1").await).await;
    assert_eq!((&row["receipt"], &row["cause"]), (&json!("MAYBE_RECEIVED"), &json!("PROCESS_DIED")));
    assert_eq!((&row["status"], &row["attemptCount"]), (&json!("UNPROCESSED"), &json!(1)));
    assert!(row["attempts"]["nodes"][0]["requestUrl"].as_str().unwrap().contains("order_no=K-1"), "{row}");
    assert_eq!(program.hand_in(&token, "K-2").await.status(), 202);
    endpoint.wait_for_requests(2).await;
    let first = endpoint.requests().iter().filter(|request| request.query.contains("order_no=K-1&")).count();
    assert_eq!(first, 1);
}

/// Goal: a cart that a dying process was telling of a restored order is told again, with the same id, and there is one
/// order. Method: the cart has the request and does not answer; SIGKILL; a new start.
#[tokio::test(flavor = "multi_thread")]
async fn the_cart_is_told_again_after_the_kill() {
    let program = Program::prepare().await;
    let cart = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    program.set_up(&cart, "5000").await;
    program.admin(&["set-shop", OWN[0], "--shop-id", "tshop00012345"]).await;
    let token = ["create-token", "all", "--ip-code", OWN[0], "--right", "manage"];
    let token = program.admin(&token).await["token"].as_str().unwrap().to_owned();
    cart.set_answer(SampleAnswer::Slow);
    let mut server = program.serve().await;
    let set_up = "mutation($u:String!,$c:[CheckoutInput!]!){
        rotateSigningSecret(input:{ipCode:\"2012000123\",purpose:ORDER_RESTORED}){secret}
        updateIpCodeSettings(input:{ipCode:\"2012000123\",restoredEndpointUrl:$u}){userErrors{code}}
        registerCheckouts(input:{checkouts:$c}){results{userErrors{code}}}}";
    program.graphql(&token, set_up, json!({"u": cart.url(), "c": [checkout("K-1")]})).await;
    let notify = format!("http://{}/notify/gmopg", program.listen);
    let told = program.client.post(notify).body(notification(&[("OrderID", "K-1")])).send().await.unwrap();
    assert_eq!(told.text().await.unwrap(), "0");
    let find = "{abnormalOrders(filter:{ipCodes:[\"2012000123\"]}){nodes{id}}}";
    let row = wait_for("the row", async || {
        let found = program.graphql(&token, find, json!({})).await;
        Some(found["data"]["abnormalOrders"]["nodes"][0]["id"].clone()).filter(Value::is_string)
    })
    .await;
    let restore = "mutation($i:ID!){restoreAbnormalOrder(input:{id:$i,idempotencyKey:\"k\"}){order{id}}}";
    let order = program.graphql(&token, restore, json!({"i": row})).await;
    let order = order["data"]["restoreAbnormalOrder"]["order"]["id"].clone();
    cart.wait_for_requests(1).await;
    server.kill().await.unwrap();
    cart.set_answer(SampleAnswer::Ok);
    let _server = program.serve().await;
    let read = "query($o:ID!){order(id:$o){restoredEvent{state attempts{cause}}}}";
    let event = wait_for("the delivery", async || {
        let found = program.graphql(&token, read, json!({"o": order})).await;
        let event = found["data"]["order"]["restoredEvent"].clone();
        (event["state"] == "DELIVERED").then_some(event)
    })
    .await;
    assert_eq!(event["attempts"], json!([{"cause": null}, {"cause": "PROCESS_DIED"}]));
    let requests = cart.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].header("webhook-id"), requests[1].header("webhook-id"));
    let again = program.graphql(&token, restore, json!({"i": row})).await;
    assert_eq!(again["data"]["restoreAbnormalOrder"]["order"]["id"], order, "the same decision");
}

/// Goal: a restore batch survives a kill: it goes on by itself, and no order is made twice. Method: three hundred rows,
/// SIGKILL in the middle, a new start; on PostgreSQL the dead process's hold has to run out first.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_batch_goes_on_after_the_kill() {
    const ROWS: usize = 300;
    let program = Program::prepare().await;
    let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    program.set_up(&endpoint, "5000").await;
    program.admin(&["set-shop", OWN[0], "--shop-id", "tshop00012345"]).await;
    let token = ["create-token", "all", "--ip-code", OWN[0], "--right", "operate"];
    let token = program.admin(&token).await["token"].as_str().unwrap().to_owned();
    let mut server = program.serve().await;
    let numbers: Vec<String> = (0..ROWS).map(|number| format!("B-{number}")).collect();
    let carts: Vec<Value> = numbers.iter().map(|number| checkout(number)).collect();
    let register =
        "mutation($c:[CheckoutInput!]!){registerCheckouts(input:{checkouts:$c}){results{userErrors{code}}}}";
    program.graphql(&token, register, json!({"c": carts})).await;
    for number in &numbers {
        let changes = [("OrderID", number.as_str()), ("AccessID", number), ("TranID", number)];
        let url = format!("http://{}/notify/gmopg", program.listen);
        program.client.post(url).body(notification(&changes)).send().await.unwrap();
    }
    let count = "{abnormalOrderCounts(ipCodes:[\"2012000123\"]){restorable}}";
    wait_for("all rows", async || {
        let counted = program.graphql(&token, count, json!({})).await;
        (counted["data"]["abnormalOrderCounts"]["restorable"] == ROWS).then_some(())
    })
    .await;
    let plan = "mutation{planRestoreBatch(input:{filter:{ipCodes:[\"2012000123\"]}}){batch{id total}}}";
    let planned = program.graphql(&token, plan, json!({})).await;
    let batch = planned["data"]["planRestoreBatch"]["batch"]["id"].clone();
    let start = "mutation($b:ID!){startRestoreBatch(input:{id:$b,idempotencyKey:\"k\"}){batch{state}}}";
    program.graphql(&token, start, json!({"b": batch})).await;
    let read = "query($b:ID!){restoreBatch(id:$b){state done failed skipped left}}";
    wait_for("the first rows", async || {
        let found = program.graphql(&token, read, json!({"b": batch})).await;
        (found["data"]["restoreBatch"]["done"].as_u64()? > 3).then_some(())
    })
    .await;
    server.kill().await.unwrap();
    let left =
        program.text("SELECT CAST(count(*) AS TEXT) FROM restore_batch_rows WHERE state = 'LEFT'").await;
    assert_ne!(left, "0", "it was killed in the middle");
    let _server = program.serve().await;
    let done = wait_for("the end", async || {
        let found = program.graphql(&token, read, json!({"b": batch})).await["data"]["restoreBatch"].clone();
        (found["state"] == "COMPLETED").then_some(found)
    })
    .await;
    let expected = json!({"state": "COMPLETED", "done": ROWS, "failed": 0, "skipped": 0, "left": 0});
    assert_eq!(done, expected);
    let orders = program.text("SELECT CAST(count(*) AS TEXT) FROM orders").await;
    assert_eq!(orders, ROWS.to_string());
}

/// Goal: what was acknowledged is there after a sudden end, and what waits is delivered. Method: SIGKILL right after
/// the acknowledgement, with the endpoint closed and a hundred results.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_the_kill() {
    let program = Program::prepare().await;
    let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let token = program.set_up(&endpoint, "5000").await;
    endpoint.set_answer(SampleAnswer::Slow);
    let mut server = program.serve().await;
    let results: Vec<Value> = (0..100).map(|number| payment_result(&format!("S-{number}"))).collect();
    let url = format!("http://{}/api/v1/payment-results", program.listen);
    let answer = program.client.post(url).bearer_auth(&token).json(&results).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    server.kill().await.unwrap();
    endpoint.set_answer(SampleAnswer::Ok);
    let _server = program.serve().await;
    let count = "SELECT CAST(count(*) AS TEXT) FROM deliveries WHERE state IN ('DELIVERED', 'FAILED')";
    let database = Database::connect(&program.database.url).await.unwrap();
    wait_for("all hundred", async || {
        let statement = sea_orm::Statement::from_string(database.get_database_backend(), count);
        let row = database.query_one_raw(statement).await.unwrap().unwrap();
        (row.try_get_by_index::<String>(0).unwrap() == "100").then_some(())
    })
    .await;
    database.close().await.unwrap();
    let requests = endpoint.requests();
    let ids: std::collections::HashSet<_> =
        requests.iter().filter_map(|request| request.header("todoke-delivery-id")).collect();
    assert_eq!(ids.len(), requests.len(), "none was sent twice");
}

/// Goal: scripts can rely on the commands. Method: exit statuses, JSON on standard output, words on standard error.
#[tokio::test(flavor = "multi_thread")]
async fn commands_answer_scripts_with_exit_status_and_json() {
    let program = Program::prepare().await;
    let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let token = program.set_up(&endpoint, "1000").await;
    assert!(token.starts_with("tdk_"));
    let mut create =
        program.command(&["admin", "--json", "create-user", "hanako", "--merchant", "さくら書房"]);
    let mut child = create.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
    assert_eq!(program.admin(&["grant", "hanako", OWN[0], "manager"]).await["role"], "manager");
    assert_eq!(program.admin(&["set-shop", OWN[0], "--shop-id", "tshop1"]).await["shop_id"], "tshop1");
    program.admin(&["set-alerts", OWN[0], "--to", "shop@example.com"]).await;
    let codes = program.admin(&["list", "ip-codes"]).await;
    assert_eq!((&codes[0]["timeout_ms"], &codes[0]["charset"]), (&json!(1000), &json!("cp932")));
    assert_eq!(codes[0]["alert_addresses"], json!(["shop@example.com"]));
    assert_eq!(program.admin(&["list", "users"]).await[0]["login"], "hanako");
    assert!(!program.admin(&["list", "tokens"]).await.to_string().contains(&token), "secrets are shown once");
    for (arguments, code, told) in [
        (&["admin", "create-merchant", "さくら書房"][..], 1, "exists already"),
        (&["admin", "grant", "hanako", "99999", "viewer"], 1, "there is no IP code 99999"),
        (&["admin", "create-ip-code", "12a", "--merchant", "さくら書房"], 1, "12a"),
        (&["admin", "set-endpoint", OWN[0], "--url", "ftp://x/"], 1, "http://"),
        (&["admin", "revoke", "token", "nothing"], 1, "there is no living token"),
        (&["admin", "grant", "hanako", OWN[0], "king"], 2, "viewer, operator or manager"),
        (&["admin", "set-endpoint", OWN[0], "--url", "http://x/", "--timeout-ms", "99"], 2, "99"),
        (&["admin", "create-merchant"], 2, "Usage"),
        (&["nonsense"], 2, "nonsense"),
        (&[], 2, "Usage"),
    ] {
        let ended = program.run(arguments).await;
        assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
    for arguments in [&["--help"][..], &["admin", "--help"], &["admin", "revoke", "token", "--help"]] {
        assert_eq!(program.run(arguments).await.code, 0, "{arguments:?}");
    }
    let schema = program.run(&["schema"]).await;
    assert!(schema.code == 0 && schema.out == todoke::print_schema());
}

/// Goal: a command works beside a running server, which obeys within five seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_obeys_commands() {
    let program = Program::prepare().await;
    let endpoint = SampleEndpoint::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let token = program.set_up(&endpoint, "1000").await;
    let _server = program.serve().await;
    assert_eq!(program.hand_in(&token, "C-1").await.status(), 202);
    assert_eq!(program.admin(&["revoke", "token", "tool"]).await["revoked"], 1);
    let revoked_at = std::time::Instant::now();
    wait_for("the end of the token", async || {
        (program.hand_in(&token, "C-2").await.status() == 401).then_some(())
    })
    .await;
    assert!(revoked_at.elapsed() < Duration::from_secs(5), "{:?}", revoked_at.elapsed());
}

/// Goal: the demo shows a restored order arrive at its cart, and a gateway that blocks a restore. Method: the public
/// interfaces alone, with the sign-ins of `demo.json`.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_the_cart_and_the_gateway() {
    let program = Program::prepare().await;
    let mut command = program.command(&["demo"]);
    let _demo = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let file = program.database.folder().join("demo.json");
    let demo: Value = wait_for("the demo", async || {
        let read: Value = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
        let ready = program.client.get(format!("{}/readyz", read["url"].as_str()?)).send().await.ok()?;
        ready.status().is_success().then_some(read)
    })
    .await;
    let find = |list: &str, name: &str, value: &str| {
        let found = demo[list].as_array().unwrap().iter().find(|entry| entry[name] == value);
        found.unwrap().clone()
    };
    let operate = find("tokens", "name", "operate")["token"].as_str().unwrap().to_owned();
    let rows =
        "query($c:[String!]!,$n:String){abnormalOrders(filter:{ipCodes:$c,list:RESTORABLE,orderNo:$n}){
        nodes{id orderNo}}}";
    let found = program.graphql(&operate, rows, json!({"c": ["2012000123"]})).await;
    let row = &found["data"]["abnormalOrders"]["nodes"][0];
    let restore =
        "mutation($i:ID!){restoreAbnormalOrder(input:{id:$i,idempotencyKey:\"k\"}){order{orderNo}}}";
    program.graphql(&operate, restore, json!({"i": row["id"]})).await;
    let told = wait_for("the cart", async || {
        let url = format!("{}/requests", demo["sample_endpoint"].as_str().unwrap());
        let requests: Value = program.client.get(url).send().await.unwrap().json().await.unwrap();
        requests.as_array()?.iter().find(|request| request["path"] == "/order-restored").cloned()
    })
    .await;
    assert!(told["body"].as_str().unwrap().contains(row["orderNo"].as_str().unwrap()), "{told}");
    let password = find("users", "login", "minato-operator")["password"].clone();
    let sign_in = "mutation($p:String!){signIn(input:{login:\"minato-operator\",password:$p}){accessToken}}";
    let signed_in = program.graphql("", sign_in, json!({"p": password})).await;
    let minato = signed_in["data"]["signIn"]["accessToken"].as_str().unwrap().to_owned();
    let found = program.graphql(&minato, rows, json!({"c": ["2012000225"]})).await;
    let check = "mutation($i:ID!){checkGateway(input:{id:$i}){abnormalOrder{gatewayCheck{outcome}}}}";
    let mut outcomes = Vec::new();
    for row in found["data"]["abnormalOrders"]["nodes"].as_array().unwrap() {
        let checked = program.graphql(&minato, check, json!({"i": row["id"]})).await;
        let outcome = checked["data"]["checkGateway"]["abnormalOrder"]["gatewayCheck"]["outcome"].clone();
        let is_cancelled = row["orderNo"].as_str().unwrap().ends_with("00003");
        assert_eq!(outcome, if is_cancelled { "BLOCKED" } else { "PASSED" }, "{row}");
        outcomes.push(outcome);
    }
    assert!(outcomes.contains(&json!("BLOCKED")) && outcomes.contains(&json!("PASSED")), "{outcomes:?}");
}

/// Goal: a start that cannot succeed says why and ends. Method: no database, wrong and unknown settings.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_cannot_succeed_says_why() {
    let program = Program::prepare().await;
    for (name, value, parts) in [
        (
            "TODOKE_DATABASE_URL",
            "postgres://nobody:hunter2@127.0.0.1:1/x",
            &["the database cannot be used"][..],
        ),
        ("TODOKE_DATABASE_URL", "mysql://x:hunter2@y", &["TODOKE_DATABASE_URL", "postgres://"]),
        ("TODOKE_LISTEN", "here", &["TODOKE_LISTEN", "\"here\"", "127.0.0.1:8080"]),
        ("TODOKE_PUBLIC_URL", "todoke", &["TODOKE_PUBLIC_URL", "\"todoke\"", "http://"]),
        ("TODOKE_ALLOW_PRIVATE_ENDPOINTS", "yes", &["TODOKE_ALLOW_PRIVATE_ENDPOINTS", "\"yes\"", "false"]),
        ("TODOKE_SMTP_URL", "mail", &["TODOKE_SMTP_URL", "smtp://"]),
        ("TODOKE_SECRET_KEY", "hunter2", &["TODOKE_SECRET_KEY", "(hidden)", "32 random bytes"]),
        ("TODOKE_LISTN", "x", &["listn", "does not exist", "listen"]),
    ] {
        let mut command = program.command(&["serve"]);
        command.env(name, value);
        let ended = ended(command).await;
        assert_eq!(ended.code, 1, "{name}: {}", ended.err);
        for part in parts {
            assert!(ended.err.contains(part), "{name}: {part}: {}", ended.err);
        }
        assert!(!ended.err.contains("hunter2"), "{}", ended.err);
    }
}

/// Goal: a database that is away is said so, and everything recovers by itself. Method: on PostgreSQL the database
/// refuses connections for a while; an attempt that was on its way meanwhile is recorded afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_and_comes_back_loses_nothing() {
    let app = TestApp::start().await;
    if !app.database.is_postgres() {
        return;
    }
    let cluster = Database::connect(std::env::var("TODOKE_TEST_POSTGRES_URL").unwrap()).await.unwrap();
    let name = app.database.url.rsplit('/').next().unwrap();
    let readiness = async || app.client().get(app.url("/readyz")).send().await.unwrap().status().as_u16();
    assert_eq!(readiness().await, 200);
    app.merchant.set_answer(SampleAnswer::Slow);
    app.hand_in("A-1").await;
    app.merchant.wait_for_requests(1).await;
    let terminate =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    cluster.execute_unprepared(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
    cluster.execute_unprepared(&terminate).await.unwrap();
    let refused = app.ingest(&app.ingest_token, &payment_result("A-2")).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let document: Value = refused.json().await.unwrap();
    assert_eq!(document["status"], 503);
    assert!(!document.to_string().contains(name), "nothing internal is told: {document}");
    assert_eq!(readiness().await, 503);
    assert_eq!(app.client().get(app.url("/healthz")).send().await.unwrap().status(), 200);
    let notification =
        app.client().post(app.url("/notify/gmopg")).body("ShopID=tshop00012345&OrderID=1&Status=CAPTURE");
    assert_eq!(notification.send().await.unwrap().text().await.unwrap(), "1");
    cluster.execute_unprepared(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    app.wait_for("readiness", async || (readiness().await == 200).then_some(())).await;
    let row = app.wait_for_row("A-1", |_| true).await;
    assert_eq!(row["cause"], "TIMED_OUT");
    app.merchant.set_answer(SampleAnswer::Ok);
    assert_eq!(app.hand_in("A-2").await["duplicate"], false, "what was refused was not stored");
    app.merchant.wait_for_requests(2).await;
    assert_eq!(app.merchant.requests().len(), 2);
}
