//! Subscriptions over `graphql-transport-ws`. The connection ends with the credential behind it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, CloseCode, CloseReason, Session};
use async_graphql::{
    Data,
    http::{WebSocketProtocols, WsMessage},
};
use futures_util::{Stream, StreamExt};
use tokio::sync::Mutex;

use super::graphql::{asker_of, scope_of, with_bearer};
use crate::{
    app::{App, Error, authorization},
    graphql::{context::Asker, loaders::RowLoader, schema::Schema},
};

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";
/// Most bytes of one message.
const MESSAGE_BYTES_MAX: usize = 128 * 1024;
/// Connections of one process: each holds a little memory for as long as a page is open.
const CONNECTIONS_MAX: usize = 2_000;
/// The close code for an ended or missing credential.
const UNAUTHORIZED: u16 = 4401;
/// How often the credential is asked for again: a session that was ended elsewhere ends the connection within five
/// seconds.
const CREDENTIAL_LOOK_EVERY: Duration = Duration::from_secs(4);

static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);

/// Counts a connection while it lives.
struct Counted;

impl Counted {
    fn begin() -> Option<Self> {
        let before = CONNECTIONS.fetch_add(1, Ordering::AcqRel);
        let counted = Self;
        (before < CONNECTIONS_MAX).then_some(counted)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        CONNECTIONS.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Opens the connection.
pub(crate) async fn open(
    request: HttpRequest,
    app: web::Data<App>,
    schema: web::Data<Schema>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let asker = match asker_of(&request, &app).await {
        Ok(asker) => asker,
        Err(error) => return Ok(super::problem::of_error(&request, &error)),
    };
    let Some(counted) = Counted::begin() else {
        let full = Error::Unavailable("too many live connections".to_owned());
        return Ok(super::problem::of_error(&request, &full));
    };
    let (mut response, session, messages) = actix_ws::handle(&request, body)?;
    response.headers_mut().insert(
        actix_web::http::header::SEC_WEBSOCKET_PROTOCOL,
        actix_web::http::header::HeaderValue::from_static(PROTOCOL),
    );
    let messages = messages.max_frame_size(MESSAGE_BYTES_MAX).aggregate_continuations();
    let messages = messages.max_continuation_size(MESSAGE_BYTES_MAX);
    let (app, schema) = (app.into_inner(), schema.get_ref().clone());
    actix_web::rt::spawn(async move {
        let _counted = counted;
        speak(app, schema, asker, session, messages).await;
    });
    Ok(response)
}

async fn speak(
    app: Arc<App>,
    schema: Schema,
    asker: Asker,
    mut session: Session,
    messages: actix_ws::AggregatedMessageStream,
) {
    let known = Arc::new(Mutex::new(asker));
    let incoming = texts_of(messages, session.clone());
    let on_init = {
        let (app, known) = (app.clone(), known.clone());
        move |payload: serde_json::Value| init(app, known, payload)
    };
    let mut outgoing =
        async_graphql::http::WebSocket::new(schema, Box::pin(incoming), WebSocketProtocols::GraphQLWS)
            .on_connection_init(on_init)
            .keepalive_timeout(Duration::from_secs(60));
    let ended = ended(&app, &known);
    tokio::pin!(ended);
    loop {
        let message = tokio::select! {
            message = outgoing.next() => message,
            () = &mut ended => {
                let reason = CloseReason { code: CloseCode::Other(UNAUTHORIZED), description: None };
                let _ = session.close(Some(reason)).await;
                return;
            }
        };
        match message {
            None => {
                let _ = session.close(None).await;
                return;
            }
            Some(WsMessage::Text(text)) => {
                if session.text(text).await.is_err() {
                    return;
                }
            }
            Some(WsMessage::Close(code, text)) => {
                let code = if text == Error::Unauthenticated.code() { UNAUTHORIZED } else { code };
                let reason = CloseReason { code: CloseCode::from(code), description: Some(text) };
                let _ = session.close(Some(reason)).await;
                return;
            }
        }
    }
}

/// `connection_init` with `{"authorization": "Bearer …"}`; a connection without a good credential is closed.
async fn init(
    app: Arc<App>,
    known: Arc<Mutex<Asker>>,
    payload: serde_json::Value,
) -> async_graphql::Result<Data> {
    let told =
        payload.get("authorization").and_then(serde_json::Value::as_str).and_then(authorization::bearer);
    let mut asker = known.lock().await;
    if let Some(token) = told {
        let authorized = with_bearer(&app, asker.clone(), Some(token.to_owned())).await;
        *asker = authorized.map_err(|error| async_graphql::Error::new(error.code()))?;
    }
    if asker.authorized.is_none() {
        return Err(async_graphql::Error::new(Error::Unauthenticated.code()));
    }
    let mut data = Data::default();
    data.insert(RowLoader::new(app.clone(), scope_of(&asker)));
    data.insert(asker.clone());
    Ok(data)
}

/// Returns once the credential is no longer good: over, signed out or revoked. While the database is away nobody
/// knows, and nothing is told either.
async fn ended(app: &App, known: &Mutex<Asker>) {
    loop {
        tokio::time::sleep(CREDENTIAL_LOOK_EVERY).await;
        let asker = known.lock().await.clone();
        let Some(bearer) = asker.bearer.as_deref() else { continue };
        if let Err(Error::Unauthenticated) = authorization::authorize(app, bearer, asker.origin.clone()).await
        {
            return;
        }
    }
}

/// The texts that come in; pings are answered here, everything else is not for GraphQL.
fn texts_of(messages: actix_ws::AggregatedMessageStream, session: Session) -> impl Stream<Item = String> {
    futures_util::stream::unfold((messages, session), |(mut messages, mut session)| async move {
        loop {
            match messages.next().await? {
                Ok(AggregatedMessage::Text(text)) => return Some((text.to_string(), (messages, session))),
                Ok(AggregatedMessage::Ping(bytes)) => {
                    session.pong(&bytes).await.ok()?;
                }
                Ok(AggregatedMessage::Close(_)) | Err(_) => return None,
                Ok(AggregatedMessage::Binary(_) | AggregatedMessage::Pong(_)) => {}
            }
        }
    })
}
