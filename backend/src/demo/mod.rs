//! `todoke demo`: the server with sample data, a sample merchant endpoint, and a desk from which a payment result or
//! a notification can be sent, so that one sees errors arise live.

use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, SystemClock},
    config::{Config, Role},
    runtime,
};

mod abnormal_orders;
mod accounts;
mod desk;
mod gateway_desk;
mod order_stories;
mod sample_endpoint;
mod sample_gateway;
mod send_errors;

pub use sample_endpoint::{RecordedRequest, SampleAnswer, SampleEndpoint};
pub use sample_gateway::{GatewaySays, SampleGateway};

/// Grace of the demo, in milliseconds: one does not want to wait five minutes.
const GRACE_PERIOD_MS: i64 = 3_000;
/// The file in the data directory that holds the sign-ins.
const DEMO_FILE: &str = "demo.json";

/// What `demo.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoFile {
    /// The app's address.
    pub url: String,
    /// Who can sign in.
    pub users: Vec<DemoUser>,
    /// Tokens for tools.
    pub tokens: Vec<DemoToken>,
    /// Where the sample endpoint's answer is chosen and its requests are listed.
    pub sample_endpoint: String,
}

/// Somebody who can sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoUser {
    /// The login id.
    pub login: String,
    /// The password.
    pub password: String,
    /// viewer, operator, manager or platform.
    pub role: String,
}

/// A token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoToken {
    /// Its name.
    pub name: String,
    /// Its secret.
    pub token: String,
}

/// Runs the demo until it is stopped.
///
/// # Errors
/// What cannot be started, in words.
pub async fn run(mut config: Config) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    config.grace_period_ms = GRACE_PERIOD_MS;
    for network in ["127.0.0.0/8", "::1/128"] {
        config.allow_private_endpoints.extend(network.parse::<ipnet::IpNet>().ok());
    }
    let (listen, data_dir) = (config.listen, config.data_dir.clone());
    let clock = Arc::new(SystemClock);
    let endpoint = start_endpoint(listen).await?;
    let desk_listener = desk::listen(near(listen, 2)).map_err(|error| told(&error))?;
    let control_address = desk_listener.local_addr().map_err(|error| told(&error))?;
    // Who names a gateway asks that one; the demo's own is for who has none.
    let has_own_gateway = config.gateway_url.is_none();
    if has_own_gateway {
        config.gateway_url = format!("http://{control_address}/payment/").parse().ok();
    }
    let running = runtime::start(config, clock.clone(), Role::All).await.map_err(|error| told(&error))?;
    let desk = running.desk();
    let mut file = match read_file(&data_dir.join(DEMO_FILE)) {
        Some(file) => file,
        None => {
            let file = accounts::plant(&desk, &endpoint.url()).await.map_err(|error| told(&error))?;
            send_errors::plant(&running.app, clock.now()).await.map_err(|error| format!("{error:?}"))?;
            abnormal_orders::plant(&running.app, clock.now()).await.map_err(|error| format!("{error:?}"))?;
            if has_own_gateway {
                gateway_desk::plant(&running.app).await.map_err(|error| format!("{error:?}"))?;
            }
            file
        }
    };
    accounts::point_endpoints(&desk, &endpoint.url()).await.map_err(|error| told(&error))?;
    let control = desk::serve(running.app.clone(), endpoint, desk_listener).map_err(|error| told(&error))?;
    let (server, address) = running.serve(listen).map_err(|error| told(&error))?;
    file.url = format!("http://{address}");
    file.sample_endpoint = format!("http://{control_address}");
    write_file(&data_dir.join(DEMO_FILE), &file).map_err(|error| told(&error))?;
    announce(&file, &data_dir).map_err(|error| told(&error))?;
    tokio::spawn(control);
    server.await.map_err(|error| told(&error))?;
    running.stop().await;
    Ok(())
}

/// The port beside the server's, so that addresses stay the same from run to run; a free one where that is taken.
fn near(listen: SocketAddr, step: u16) -> SocketAddr {
    let port = if listen.port() == 0 { 0 } else { listen.port().saturating_add(step) };
    (Ipv4Addr::LOCALHOST, port).into()
}

async fn start_endpoint(listen: SocketAddr) -> Result<SampleEndpoint, String> {
    if let Ok(endpoint) = SampleEndpoint::start(near(listen, 1)).await {
        return Ok(endpoint);
    }
    let anywhere = (Ipv4Addr::LOCALHOST, 0).into();
    SampleEndpoint::start(anywhere)
        .await
        .map_err(|error| format!("the sample endpoint cannot listen: {error}"))
}

fn read_file(path: &Path) -> Option<DemoFile> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn write_file(path: &Path, file: &DemoFile) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let text = serde_json::to_string_pretty(file).map_err(std::io::Error::other)?;
    let mut options = std::fs::OpenOptions::new();
    let mut written = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    written.write_all(text.as_bytes())
}

fn announce(file: &DemoFile, data_dir: &Path) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n  Todoke demo   {}\n", file.url)?;
    for user in &file.users {
        writeln!(out, "  {:<10} {:<18} {}", user.role, user.login, user.password)?;
    }
    writeln!(out)?;
    for token in &file.tokens {
        writeln!(out, "  token {:<8} {}", token.name, token.token)?;
    }
    writeln!(out, "\n  Sample endpoint and test desk   {}", file.sample_endpoint)?;
    writeln!(out, "  Mails                           {}", data_dir.join("mails").display())?;
    writeln!(out, "  Sign-ins for scripts            {}\n", data_dir.join(DEMO_FILE).display())?;
    out.flush()
}
