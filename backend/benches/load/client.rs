//! One kept-alive connection to the server, as a browser or a tool holds it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::{Bytes, Incoming},
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// A connection with its credential.
pub(crate) struct Client {
    address: SocketAddr,
    requests: SendRequest<Full<Bytes>>,
    bearer: String,
}

impl Client {
    /// Connects; the bearer token may be empty.
    pub(crate) async fn connect(address: SocketAddr, bearer: &str) -> Self {
        Self { address, requests: open(address).await, bearer: bearer.to_owned() }
    }

    /// The connection, or a new one where the server closed it because it was idle for long.
    async fn ready(&mut self) -> &mut SendRequest<Full<Bytes>> {
        if self.requests.ready().await.is_err() {
            self.requests = open(self.address).await;
        }
        &mut self.requests
    }

    /// Posts a body; the answer's bytes and how long it took.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        content_type: &str,
        body: String,
    ) -> (u16, Bytes, Duration) {
        let request = Request::post(path)
            .header("host", "bench")
            .header("authorization", format!("Bearer {}", self.bearer))
            .header("content-type", content_type)
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let requests = self.ready().await;
        let began = Instant::now();
        let answer = requests.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, body, began.elapsed())
    }

    /// Asks GraphQL; an error of any kind ends the run.
    pub(crate) async fn graphql(&mut self, query: &str, variables: Value) -> (Value, Duration) {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let (status, body, time) = self.post("/graphql", "application/json", body).await;
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        assert!(status == 200 && answer.get("errors").is_none(), "{status} {answer}");
        (answer["data"].take(), time)
    }

    /// Begins a download.
    pub(crate) async fn get(&mut self, path: &str) -> Incoming {
        let request = Request::get(path)
            .header("host", "bench")
            .header("authorization", format!("Bearer {}", self.bearer))
            .body(Full::default())
            .unwrap();
        let answer = self.ready().await.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body()
    }
}

async fn open(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (requests, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    requests
}
