//! A client of `graphql-transport-ws`.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// One connection.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What the server says next.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message of the protocol.
    Message(Value),
    /// The connection is closed, with this code.
    Closed(u16),
}

impl Socket {
    /// Connects, and says nothing yet.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, answer) = connect_async(request).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        Self(stream)
    }

    /// Connects with a token.
    pub(crate) async fn open(address: SocketAddr, token: &str) -> Self {
        let mut socket = Self::connect(address).await;
        let payload = json!({"authorization": format!("Bearer {token}")});
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket
    }

    /// Subscribes under the id `1`. A ping follows: after its pong the server watches.
    pub(crate) async fn subscribe(&mut self, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.say(json!({"id": "1", "type": "subscribe", "payload": payload})).await;
        self.say(json!({"type": "ping"})).await;
        assert_eq!(self.message().await["type"], "pong");
    }

    /// Says something.
    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Hears what comes next.
    pub(crate) async fn hear(&mut self) -> Heard {
        let hearing = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Heard::Message(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                    Some(Ok(Message::Close(None)) | Err(_)) | None => return Heard::Closed(0),
                    Some(Ok(_)) => {}
                }
            }
        };
        let limit = std::time::Duration::from_secs(30);
        tokio::time::timeout(limit, hearing).await.expect("nothing was heard")
    }

    /// The next message; a closed connection fails the test.
    pub(crate) async fn message(&mut self) -> Value {
        match self.hear().await {
            Heard::Message(message) => message,
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }

    /// The data of the next event; an error fails the test.
    pub(crate) async fn event(&mut self) -> Value {
        let message = self.message().await;
        assert_eq!(message["type"], "next", "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"].clone()
    }

    /// The code with which the connection is closed; whatever else comes before is passed over.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.hear().await {
                return code;
            }
        }
    }
}
