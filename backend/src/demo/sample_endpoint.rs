//! A merchant's endpoint whose failures can be chosen. It records the raw bytes of every request, so that one can see
//! (and tests can hold against the specification) exactly what was sent. Speaks to loopback only.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Requests remembered; older ones are forgotten.
const REQUESTS_REMEMBERED_MAX: usize = 20_000;
/// Most bytes of a request's head and body together.
const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// How long a slow answer takes: longer than any endpoint's time-out in the demo.
const SLOW_ANSWER: Duration = Duration::from_secs(130);
/// How long a late answer takes: within every time-out, and long enough to watch a batch go on.
const LATE_ANSWER: Duration = Duration::from_secs(1);

/// What the endpoint answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleAnswer {
    /// Status 200 and `OK`.
    #[default]
    Ok,
    /// The same, a second later.
    LateOk,
    /// Status 500.
    #[serde(rename = "error_500")]
    Error500,
    /// Nothing, until the sender gives up.
    Slow,
    /// The connection is reset after the request was read.
    Reset,
    /// Status 200 and `NG`.
    WrongBody,
    /// Nobody listens.
    Refuse,
    /// These very bytes, for tests.
    #[serde(skip)]
    Raw(Vec<u8>),
}

/// A request as it came over the wire.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    /// GET or POST.
    pub method: String,
    /// The path.
    pub path: String,
    /// The raw query.
    pub query: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The raw body, as hexadecimal digits.
    pub body_hex: String,
    /// The raw body as text, where it is ASCII (a percent-encoded form is).
    pub body: String,
}

impl RecordedRequest {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The endpoint.
#[derive(Clone)]
pub struct SampleEndpoint {
    address: SocketAddr,
    answer: Arc<watch::Sender<SampleAnswer>>,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
    arrived: watch::Receiver<usize>,
}

impl SampleEndpoint {
    /// Listens at this address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened at.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (answer, answers) = watch::channel(SampleAnswer::default());
        let (arrivals, arrived) = watch::channel(0);
        let endpoint = Self { address, answer: Arc::new(answer), requests: Arc::default(), arrived };
        let shared =
            Arc::new(Shared { requests: endpoint.requests.clone(), answers: answers.clone(), arrivals });
        tokio::spawn(accept(listener, address, answers, shared));
        Ok(endpoint)
    }

    /// The address of the CGI.
    pub fn url(&self) -> String {
        format!("http://{}/cgi", self.address)
    }

    /// Chooses the answer from now on.
    pub fn set_answer(&self, answer: SampleAnswer) {
        self.answer.send_replace(answer);
    }

    /// The present answer.
    pub fn answer(&self) -> SampleAnswer {
        self.answer.borrow().clone()
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns when so many requests have come since the start.
    pub async fn wait_for_requests(&self, count: usize) {
        let _ = self.arrived.clone().wait_for(|arrived| *arrived >= count).await;
    }
}

struct Shared {
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
    answers: watch::Receiver<SampleAnswer>,
    arrivals: watch::Sender<usize>,
}

impl Shared {
    fn record(&self, request: RecordedRequest) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= REQUESTS_REMEMBERED_MAX {
            requests.remove(0);
        }
        requests.push(request);
        drop(requests);
        self.arrivals.send_modify(|arrived| *arrived += 1);
    }
}

/// Accepts while the answer is not "refuse"; then the listener is closed until another answer is chosen.
async fn accept(
    listener: TcpListener,
    address: SocketAddr,
    mut answers: watch::Receiver<SampleAnswer>,
    shared: Arc<Shared>,
) {
    let mut open = Some(listener);
    loop {
        if *answers.borrow_and_update() == SampleAnswer::Refuse {
            open = None;
            if answers.changed().await.is_err() {
                return;
            }
            continue;
        }
        let Some(listener) = &open else {
            open = TcpListener::bind(address).await.ok();
            if open.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            continue;
        };
        tokio::select! {
            changed = answers.changed() => if changed.is_err() {
                return;
            },
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                let shared = shared.clone();
                tokio::spawn(async move {
                    let _ = serve(stream, &shared).await;
                });
            },
        }
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(request) = read_request(&mut stream).await? else {
        return Ok(());
    };
    let answer = shared.answers.borrow().clone();
    shared.record(request);
    match answer {
        SampleAnswer::Ok => write(&mut stream, "200 OK", "OK\n").await,
        SampleAnswer::LateOk => {
            tokio::time::sleep(LATE_ANSWER).await;
            write(&mut stream, "200 OK", "OK\n").await
        }
        SampleAnswer::Error500 => write(&mut stream, "500 Internal Server Error", "error\n").await,
        SampleAnswer::WrongBody => write(&mut stream, "200 OK", "NG\n").await,
        SampleAnswer::Slow => {
            tokio::time::sleep(SLOW_ANSWER).await;
            Ok(())
        }
        SampleAnswer::Reset | SampleAnswer::Refuse => {
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))
        }
        SampleAnswer::Raw(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
    }
}

async fn write(stream: &mut TcpStream, status: &str, body: &str) -> io::Result<()> {
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Option<RecordedRequest>> {
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 8192];
    loop {
        if let Some(request) = parse(&bytes)? {
            return Ok(Some(request));
        }
        let read = stream.read(&mut chunk).await?;
        if read == 0 || bytes.len() > REQUEST_BYTES_MAX {
            return Ok(None);
        }
        bytes.extend(chunk.iter().take(read));
    }
}

/// The request, once all of it has come.
fn parse(bytes: &[u8]) -> io::Result<Option<RecordedRequest>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let Some(body) = bytes.get(head_length..head_length + length.unwrap_or(0)) else {
        return Ok(None);
    };
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Some(RecordedRequest {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body_hex: body.iter().map(|byte| format!("{byte:02x}")).collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    }))
}
