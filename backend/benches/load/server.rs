//! The real server as a process of its own, with a merchant, IP codes, a person and tokens.

use std::{
    io::Write,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::json;
use tokio::net::TcpStream;

use crate::client::Client;

/// The password of the person.
const PASSWORD: &str = "correct horse battery staple";
/// How long a started server is left alone before it is measured.
const SETTLE: Duration = Duration::from_secs(2);

/// A server that may be started and stopped over one database.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    database_url: String,
    address: SocketAddr,
    codes: Vec<String>,
}

/// Begins an empty database with IP codes whose gateway is on; 10 digits each.
pub(crate) async fn prepare(codes: u32) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let database_url = match std::env::var("TODOKE_BENCH_DATABASE_URL") {
        Ok(url) => new_postgres_database(&url).await,
        Err(_) => format!("sqlite://{}", folder.path().join("todoke.db").display()),
    };
    let codes = (0..codes).map(|number| format!("20120001{number:02}")).collect();
    let bench = Bench { folder, database_url, address: free_address(), codes };
    bench.admin(&["create-merchant", "bench"], "");
    bench.admin(&["create-user", "bench", "--merchant", "bench"], PASSWORD);
    for code in &bench.codes {
        bench.admin(&["create-ip-code", code, "--merchant", "bench"], "");
        bench.admin(&["grant", "bench", code, "manager"], "");
        bench.admin(&["set-shop", code, "--shop-id", &format!("s{code}")], "");
    }
    bench
}

impl Bench {
    /// The IP codes.
    pub(crate) fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The first IP code, which holds the most.
    pub(crate) fn code(&self) -> &str {
        self.codes.first().unwrap()
    }

    /// Runs `todoke admin`.
    pub(crate) fn admin(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command();
        command.arg("admin").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "todoke admin {arguments:?} failed");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A token that hands results in for the first IP code.
    pub(crate) fn ingest_token(&self) -> String {
        self.admin(&["create-token", "bench", "--ip-code", self.code(), "--right", "ingest"], "")
    }

    /// A connection for seeding.
    pub(crate) async fn database(&self) -> DatabaseConnection {
        sea_orm::Database::connect(&self.database_url).await.unwrap()
    }

    /// Starts the server: `web`, `worker` or `all`.
    pub(crate) async fn start(&self, role: &str) -> Server {
        let child = self.command().args(["serve", "--role", role]).spawn().unwrap();
        let server = Server { child, address: self.address };
        while TcpStream::connect(self.address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(SETTLE).await;
        server
    }

    fn command(&self) -> Command {
        let binary = std::env::var("TODOKE_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_todoke").to_owned());
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("TODOKE_")) {
                command.env_remove(name);
            }
        }
        command
            .env("TODOKE_DATA_DIR", self.folder.path())
            .env("TODOKE_DATABASE_URL", &self.database_url)
            .env("TODOKE_LISTEN", self.address.to_string())
            .env("TODOKE_LOG", "error")
            .env("TODOKE_ALLOW_PRIVATE_ENDPOINTS", "127.0.0.0/8");
        command
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// A connection of the person, signed in.
    pub(crate) async fn sign_in(&self) -> Client {
        let mut client = Client::connect(self.address, "").await;
        let query = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }";
        let input = json!({ "input": { "login": "bench", "password": PASSWORD } });
        let (data, _) = client.graphql(query, input).await;
        Client::connect(self.address, data["signIn"]["accessToken"].as_str().unwrap()).await
    }

    /// Resident memory in MB, from the kernel.
    pub(crate) fn resident_mb(&self) -> f64 {
        self.memory("VmRSS:")
    }

    /// The most that resident memory ever was, in MB.
    pub(crate) fn resident_peak_mb(&self) -> f64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kib: u32 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        f64::from(kib) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A fresh database on the server; it goes with the cluster.
async fn new_postgres_database(server_url: &str) -> String {
    let name = format!("bench_{}", free_address().port());
    let server = sea_orm::Database::connect(server_url).await.unwrap();
    server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (before, _) = server_url.rsplit_once('/').unwrap();
    format!("{before}/{name}")
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
