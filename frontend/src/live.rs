//! What happens while one looks: the subscription to send errors over one WebSocket (`graphql-transport-ws`).
//! It keeps the connection and hands changes on; what a change means for a list is the list's affair.
use crate::api::decode;
use crate::api::queries::{SendErrorChanged, send_error_changed, send_errors::SendErrorRow};
use crate::browser;
use crate::context::{App, Link, Session};
use crate::session;
use futures_util::future::{Either, select};
use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use graphql_client::GraphQLQuery;
use leptos::prelude::*;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const PROTOCOL: &str = "graphql-transport-ws";
/// A connection that is silent for this long is asked whether it still lives; after two such spans it is given up.
const SILENCE_MS: u32 = 20_000;
const BACKOFF_FIRST_MS: u32 = 1_000;
const BACKOFF_LAST_MS: u32 = 30_000;

type Listener = Rc<dyn Fn(&SendErrorRow)>;

thread_local! {
    static LISTENERS: RefCell<Vec<(u32, Listener)>> = const { RefCell::new(Vec::new()) };
    static NEXT_LISTENER: Cell<u32> = const { Cell::new(0) };
    static GENERATION: Cell<u32> = const { Cell::new(0) };
}

/// Calls back for every changed send error, until the view that asked is gone.
pub(crate) fn on_send_error_changed(listener: impl Fn(&SendErrorRow) + 'static) {
    let number = NEXT_LISTENER.get();
    NEXT_LISTENER.set(number.wrapping_add(1));
    LISTENERS.with_borrow_mut(|listeners| listeners.push((number, Rc::new(listener))));
    on_cleanup(move || {
        LISTENERS.with_borrow_mut(|listeners| listeners.retain(|(other, _)| *other != number));
    });
}

/// Keeps a connection for as long as this session lasts.
pub(crate) async fn keep(app: App) {
    let generation = GENERATION.get().wrapping_add(1);
    GENERATION.set(generation);
    let mut backoff_ms = BACKOFF_FIRST_MS;
    let mut was_live = false;
    while GENERATION.get() == generation && matches!(app.session.get_untracked(), Session::SignedIn(_)) {
        let codes = app.permitted_codes();
        // Nothing to follow yet: the IP codes are still being asked for.
        if !codes.is_empty()
            && let Ok(token) = session::fresh_token(app).await
        {
            let end = connect(app, &token, codes, was_live).await;
            if end.became_live {
                was_live = true;
                backoff_ms = BACKOFF_FIRST_MS;
            }
            if end.is_refused {
                let _ = session::replace_token(app, &token).await;
            }
        }
        app.link.set(if window().navigator().on_line() { Link::Reconnecting } else { Link::Offline });
        TimeoutFuture::new(with_jitter(backoff_ms)).await;
        backoff_ms = backoff_ms.saturating_mul(2).min(BACKOFF_LAST_MS);
    }
}

/// Between half and the whole of the time, so that many pages do not come back in the same instant.
fn with_jitter(span_ms: u32) -> u32 {
    let random = uuid::Uuid::new_v4().as_bytes().first().copied().unwrap_or(0);
    (span_ms / 2).saturating_add(span_ms / 2 * u32::from(random) / 255)
}

#[derive(Default)]
struct End {
    became_live: bool,
    /// The server closed because of the token.
    is_refused: bool,
}

async fn connect(app: App, token: &str, codes: Vec<String>, is_return: bool) -> End {
    let mut end = End::default();
    let Ok(mut socket) = WebSocket::open_with_protocol(&browser::socket_url(), PROTOCOL) else {
        return end;
    };
    let bearer = ["Bearer ", token].concat();
    let hello = json!({ "type": "connection_init", "payload": { "authorization": bearer } });
    if send(&mut socket, &hello).await.is_err() {
        return end;
    }
    let mut silences = 0;
    loop {
        let message = match select(socket.next(), TimeoutFuture::new(SILENCE_MS)).await {
            Either::Left((message, _)) => message,
            Either::Right(_) if silences == 0 && end.became_live => {
                silences += 1;
                if send(&mut socket, &json!({ "type": "ping" })).await.is_err() {
                    return end;
                }
                continue;
            }
            Either::Right(_) => return end,
        };
        silences = 0;
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Bytes(_))) => continue,
            Some(Err(WebSocketError::ConnectionClose(close))) => {
                end.is_refused = matches!(close.code, 4400..=4403);
                return end;
            }
            Some(Err(_)) | None => return end,
        };
        let message: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        match message.get("type").and_then(Value::as_str) {
            Some("connection_ack") => {
                if send(&mut socket, &subscription(codes.clone())).await.is_err() {
                    return end;
                }
                end.became_live = true;
                app.link.set(Link::Live);
                if is_return {
                    app.reconnects.update(|count| *count = count.wrapping_add(1));
                }
            }
            Some("ping") => {
                let _ = send(&mut socket, &json!({ "type": "pong" })).await;
            }
            Some("next") => hand_on(&message),
            // A server that does not take the subscription is not asked again at once.
            Some("error" | "complete") => return End::default(),
            _ => {}
        }
    }
}

fn subscription(codes: Vec<String>) -> Value {
    let body = SendErrorChanged::build_query(send_error_changed::Variables { ip_codes: codes });
    json!({ "id": "1", "type": "subscribe", "payload": body })
}

/// The subscription spreads the same fragment as the list, so the list's row type reads it.
fn hand_on(message: &Value) {
    let row = message.pointer("/payload/data/sendErrorChanged").unwrap_or(&Value::Null);
    if let Ok(row) = decode::decode::<SendErrorRow>(row) {
        let listeners: Vec<Listener> = LISTENERS
            .with_borrow(|listeners| listeners.iter().map(|(_, listener)| listener.clone()).collect());
        for listener in listeners {
            listener(&row);
        }
    }
}

async fn send(socket: &mut WebSocket, message: &Value) -> Result<(), WebSocketError> {
    socket.send(Message::Text(message.to_string())).await
}
