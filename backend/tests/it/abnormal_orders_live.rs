//! Live abnormal orders: rows appear, change and leave while somebody watches (docs/REQUIREMENTS.md, B.4).

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::harness::{OTHER, OWN, TestApp, changed, checkout};

/// Goal: who watches hears of a row that appears, changes, and leaves, and of nobody else's. Method: the other
/// merchant's row comes first and must not be heard.
#[tokio::test(flavor = "multi_thread")]
async fn rows_appear_change_and_leave_live() {
    let app = TestApp::start().await;
    let mut request = format!("ws://{}/graphql", app.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let query = "subscription($c:[String!]!){abnormalOrderChanged(ipCodes:$c){orderNo status}}";
    let codes = [OWN[0], OTHER];
    for message in [
        json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", app.read_token)}}),
        json!({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": {"c": codes}}}),
        json!({"type": "ping"}),
    ] {
        socket.send(Message::text(message.to_string())).await.unwrap();
    }
    let mut next = async |wanted: &str| {
        loop {
            let message = socket.next().await.unwrap().unwrap();
            let Message::Text(text) = message else { continue };
            let told: Value = serde_json::from_str(&text).unwrap();
            assert_ne!(told["type"], "error", "{told}");
            if told["type"] == wanted {
                return told["payload"]["data"]["abnormalOrderChanged"].clone();
            }
        }
    };
    // The answer to the ping comes after the subscription began.
    next("pong").await;
    app.notify_and_wait_out(&[("ShopID", "tshop00067890"), ("OrderID", "X")]).await;
    app.notify_and_wait_out(&[("OrderID", "1"), ("AccessID", "a")]).await;
    assert_eq!(next("next").await, json!({"orderNo": "1", "status": "UNRESTORABLE"}));
    app.register_checkouts(&[checkout("1")]).await;
    assert_eq!(next("next").await, json!({"orderNo": "1", "status": "RESTORABLE"}));
    app.register_orders(&[changed(checkout("1"), json!({"accessId": "a"}))]).await;
    assert_eq!(next("next").await, json!(null), "its order came: it left the lists");
}
