//! The one request of an attempt, and what was seen of its answer. No transaction is open meanwhile.
//!
//! A connection serves one request and is never used again: a reused one may break at a moment when nobody can say
//! whether the request was read. Redirects are never followed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use rustls::pki_types::ServerName;
use todoke_domain::delivery::Cause;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::Instant,
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::{
    message::{Prepared, message_of},
    steps::{Step, Steps},
    stream::{Traffic, WatchedStream},
    target,
};
use crate::store::attempts::Timings;

/// What is kept of an answer's body, in bytes (docs/REQUIREMENTS.md, A.13).
pub(crate) const BODY_KEPT_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of an answer's head; beyond this it is no honest answer.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Most headers of an answer.
const HEADERS_MAX: usize = 128;
/// Longest wait for a connection, in milliseconds, within the endpoint's time-out.
const CONNECT_MS_MAX: u64 = 10_000;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of the body.
    pub body: Vec<u8>,
}

/// How an attempt's request went.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The answer, or the cause; its class says what the merchant may have received.
    pub result: Result<Answer, Cause>,
    /// How long each step took.
    pub timings: Timings,
}

/// Makes requests.
#[derive(Clone)]
pub(crate) struct Sender {
    tls: TlsConnector,
    permitted: Arc<[IpNet]>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sender").field("permitted", &self.permitted).finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender that may reach public addresses and the permitted networks.
    pub(crate) fn new(permitted: &[IpNet]) -> Result<Self, rustls::Error> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), permitted: permitted.into() })
    }

    /// The address that a request to this host would go to now.
    pub(crate) async fn find_address(&self, url: &Url) -> Result<SocketAddr, Cause> {
        target::resolve(url, &self.permitted).await
    }

    /// Sends one request; `timeout_ms` counts from the start of the connection to the end of the answer.
    pub(crate) async fn send(&self, prepared: &Prepared, timeout_ms: u32) -> Exchange {
        let mut steps = Steps::default();
        let traffic = steps.traffic.clone();
        let deadline = Instant::now() + Duration::from_millis(u64::from(timeout_ms));
        let talk = self.talk(prepared, &mut steps, deadline);
        let result = match tokio::time::timeout_at(deadline, talk).await {
            Ok(result) => result,
            Err(_) if traffic.is_written() => Err(Cause::TimedOut),
            Err(_) => Err(Cause::ConnectTimedOut),
        };
        Exchange { result, timings: steps.into_timings() }
    }

    async fn talk(&self, prepared: &Prepared, steps: &mut Steps, deadline: Instant) -> Result<Answer, Cause> {
        let message = message_of(prepared)?;
        let url = &prepared.request.url;
        if matches!(url.host(), Some(Host::Domain(_))) {
            steps.begin(Step::Dns);
        }
        let address = target::resolve(url, &self.permitted).await?;
        steps.begin(Step::Connect);
        let connection = connect(address, deadline).await?;
        let traffic = steps.traffic.clone();
        if url.scheme() == "https" {
            let name = server_name(url)?;
            steps.begin(Step::Tls);
            let secured = self.tls.connect(name, connection).await.map_err(|_| Cause::TlsFailed)?;
            steps.end();
            speak(WatchedStream::new(secured, traffic.clone()), message, &traffic).await
        } else {
            steps.end();
            speak(WatchedStream::new(connection, traffic.clone()), message, &traffic).await
        }
    }
}

async fn connect(address: SocketAddr, deadline: Instant) -> Result<TcpStream, Cause> {
    let limit = deadline.min(Instant::now() + Duration::from_millis(CONNECT_MS_MAX));
    let connection = match tokio::time::timeout_at(limit, TcpStream::connect(address)).await {
        Err(_) => return Err(Cause::ConnectTimedOut),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            return Err(Cause::ConnectionRefused);
        }
        Ok(Err(_)) => return Err(Cause::ConnectFailed),
        Ok(Ok(connection)) => connection,
    };
    connection.set_nodelay(true).map_err(|_| Cause::ConnectFailed)?;
    Ok(connection)
}

fn server_name(url: &Url) -> Result<ServerName<'static>, Cause> {
    let host = url.host_str().ok_or(Cause::InvalidRequest)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(bare.to_owned()).map_err(|_| Cause::InvalidRequest)
}

async fn speak<S>(stream: S, message: Request<Full<Bytes>>, traffic: &Traffic) -> Result<Answer, Cause>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let classed = |error: hyper::Error| cause_of(&error, traffic);
    let (mut requests, connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(classed)?;
    let driver = AbortOnDrop(tokio::spawn(async move {
        let _ = connection.await;
    }));
    let response = requests.send_request(message).await.map_err(classed)?;
    let answer = read_answer(response).await.map_err(|_| Cause::ConnectionReset);
    drop(driver);
    answer
}

fn cause_of(error: &hyper::Error, traffic: &Traffic) -> Cause {
    if !traffic.is_written() {
        Cause::ConnectFailed
    } else if error.is_parse() {
        Cause::InvalidAnswer
    } else {
        Cause::ConnectionReset
    }
}

/// Reads at most what is kept; a body without end is cut there. A body that breaks off is no acknowledgement.
async fn read_answer(response: Response<Incoming>) -> Result<Answer, hyper::Error> {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut incoming = response.into_body();
    let mut body = Vec::new();
    while body.len() < BODY_KEPT_BYTES_MAX {
        let Some(frame) = incoming.frame().await else {
            break;
        };
        if let Some(data) = frame?.data_ref() {
            let room = BODY_KEPT_BYTES_MAX - body.len();
            body.extend(data.iter().take(room));
        }
    }
    Ok(Answer { status, headers, body })
}

/// Ends the connection's task with the attempt, so that nothing is sent after its outcome is known.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
