//! What happens while one looks: the subscriptions to send errors, abnormal orders and orders, over one WebSocket
//! (`graphql-transport-ws`).
//! It keeps the connection and hands changes on; what a change means for a list is the list's affair.
mod followed;

use crate::api::decode;
use crate::api::json::{self, Json};
use crate::api::order_queries::{AbnormalOrderChanged, OrderChanged, abnormal_order_changed, order_changed};
use crate::api::queries::{SendErrorChanged, send_error_changed, send_errors::SendErrorRow};
use crate::browser;
use crate::context::{App, Link, Session};
use crate::session;
use futures_util::future::{Either, select};
use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use graphql_client::{GraphQLQuery, QueryBody};
use leptos::prelude::*;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(crate) use followed::{follow, follow_batch};

const PROTOCOL: &str = "graphql-transport-ws";
/// A connection that is silent for this long is asked whether it still lives; after two such spans it is given up.
const SILENCE_MS: u32 = 20_000;
/// The server closes with these codes where it does not, or no longer, take the token.
const REFUSED: std::ops::RangeInclusive<u16> = 4401..=4403;
const BACKOFF_FIRST_MS: u32 = 1_000;
const BACKOFF_LAST_MS: u32 = 30_000;

const SEND_ERRORS: &str = "send-errors";
const ABNORMAL_ORDERS: &str = "abnormal-orders";
const ORDERS: &str = "orders";

/// What changed. Of an abnormal order or an order only that something did: their pages ask again.
pub(crate) enum Change<'a> {
    SendError(&'a SendErrorRow),
    Order,
}

type Listener = Rc<dyn Fn(&Change<'_>)>;

thread_local! {
    static LISTENERS: RefCell<Vec<(u32, Listener)>> = const { RefCell::new(Vec::new()) };
    static NEXT_LISTENER: Cell<u32> = const { Cell::new(0) };
    static GENERATION: Cell<u32> = const { Cell::new(0) };
}

/// Calls back for every changed send error, until the view that asked is gone.
pub(crate) fn on_send_error_changed(listener: impl Fn(&SendErrorRow) + 'static) {
    on_change(move |change| {
        if let Change::SendError(row) = change {
            listener(row);
        }
    });
}

/// Calls back for every change, until the view that asked is gone.
pub(crate) fn on_change(listener: impl Fn(&Change<'_>) + 'static) {
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
            if end.is_refused && session::replace_token(app, &token).await.is_ok() && end.became_live {
                // The token ended, as tokens do: nobody need wait, or see the light change.
                continue;
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
    let hello =
        Hello { kind: "connection_init", payload: Credential { authorization: ["Bearer ", token].concat() } };
    if send(&mut socket, text_of(&hello)).await.is_err() {
        return end;
    }
    let mut silences = 0;
    loop {
        let awaited = select(socket.next(), followed::posted());
        let message = match select(awaited, TimeoutFuture::new(SILENCE_MS)).await {
            Either::Left((Either::Left((message, _)), _)) => message,
            Either::Left((Either::Right((posted, _)), _)) => {
                // What is asked before the server's welcome is asked again with it.
                let posted = if end.became_live { posted } else { Vec::new() };
                if !send_all(&mut socket, posted).await {
                    return end;
                }
                continue;
            }
            Either::Right(_) if silences == 0 && end.became_live => {
                silences += 1;
                if send(&mut socket, PING.to_owned()).await.is_err() {
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
                end.is_refused = REFUSED.contains(&close.code);
                return end;
            }
            Some(Err(_)) | None => return end,
        };
        let message = json::read(&text);
        match message.get("type").text() {
            Some("connection_ack") => {
                let mut all = subscriptions(app, codes.clone());
                all.extend(followed::asked_again());
                if !send_all(&mut socket, all).await {
                    return end;
                }
                end.became_live = true;
                app.link.set(Link::Live);
                if is_return {
                    app.reconnects.update(|count| *count = count.wrapping_add(1));
                }
            }
            Some("ping") => {
                let _ = send(&mut socket, PONG.to_owned()).await;
            }
            Some("next") if followed::is_own(&message) => followed::hand_on(&message),
            Some("next") => hand_on(&message),
            // What a page may not follow, its own query tells it.
            Some("error" | "complete") if followed::is_own(&message) => {}
            // A server that does not, or no longer, take a subscription is not asked again at once.
            Some("error" | "complete") => return End::default(),
            _ => {}
        }
    }
}

const PING: &str = r#"{"type":"ping"}"#;
const PONG: &str = r#"{"type":"pong"}"#;

#[derive(Serialize)]
struct Hello {
    #[serde(rename = "type")]
    kind: &'static str,
    payload: Credential,
}

#[derive(Serialize)]
struct Credential {
    authorization: String,
}

#[derive(Serialize)]
struct Subscribe<'a, Variables> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    payload: QueryBody<Variables>,
}

fn subscribe<Variables: Serialize>(id: &str, payload: QueryBody<Variables>) -> String {
    text_of(&Subscribe { id, kind: "subscribe", payload })
}

/// Plain data with names for keys always has a text.
fn text_of(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

/// Abnormal orders and orders are followed only where the gateway's notifications are on.
fn subscriptions(app: App, codes: Vec<String>) -> Vec<String> {
    let gateway_codes = app.permitted_gateway_codes();
    let send_errors = SendErrorChanged::build_query(send_error_changed::Variables { ip_codes: codes });
    let mut all = vec![subscribe(SEND_ERRORS, send_errors)];
    if !gateway_codes.is_empty() {
        let variables = abnormal_order_changed::Variables { ip_codes: gateway_codes.clone() };
        all.push(subscribe(ABNORMAL_ORDERS, AbnormalOrderChanged::build_query(variables)));
        let variables = order_changed::Variables { ip_codes: gateway_codes };
        all.push(subscribe(ORDERS, OrderChanged::build_query(variables)));
    }
    all
}

fn hand_on(message: &Json) {
    if matches!(message.get("id").text(), Some(ABNORMAL_ORDERS | ORDERS)) {
        tell(&Change::Order);
        return;
    }
    // The subscription spreads the same fragment as the list, so the list's row type reads it.
    let row = message.get("payload").get("data").get("sendErrorChanged");
    if let Ok(row) = decode::decode::<SendErrorRow>(row) {
        tell(&Change::SendError(&row));
    }
}

fn tell(change: &Change<'_>) {
    let listeners: Vec<Listener> =
        LISTENERS.with_borrow(|listeners| listeners.iter().map(|(_, listener)| listener.clone()).collect());
    for listener in listeners {
        listener(change);
    }
}

/// Whether all of them went out.
async fn send_all(socket: &mut WebSocket, texts: Vec<String>) -> bool {
    for text in texts {
        if send(socket, text).await.is_err() {
            return false;
        }
    }
    true
}

async fn send(socket: &mut WebSocket, text: String) -> Result<(), WebSocketError> {
    socket.send(Message::Text(text)).await
}
