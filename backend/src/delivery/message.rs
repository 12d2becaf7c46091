//! The request of an attempt as it goes over the wire: every header is set here, none is left to the HTTP library,
//! so that what is recorded is what was sent. Sends nothing.

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use todoke_domain::{delivery::Cause, ids::DeliveryId};

use crate::{providers::zeus::OutgoingRequest, store::ip_codes::EndpointMethod};

/// What the request is sent with besides its own content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    /// Repeated in every request of the delivery, so that a receiver can drop a second copy.
    pub delivery_id: DeliveryId,
    /// Parameters were edited by hand.
    pub is_edited: bool,
    /// From the start of the connection to the end of the answer, in milliseconds.
    pub timeout_ms: u32,
}

/// The headers, in the order in which they are sent.
pub(crate) fn headers_of(request: &OutgoingRequest, envelope: Envelope) -> Vec<(String, String)> {
    let url = &request.url;
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let mut headers = vec![
        ("host", host),
        ("user-agent", concat!("Todoke/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("accept", "*/*".to_owned()),
        ("connection", "close".to_owned()),
        ("todoke-delivery-id", envelope.delivery_id.to_string()),
    ];
    if envelope.is_edited {
        headers.push(("todoke-edited", "true".to_owned()));
    }
    match request.method {
        EndpointMethod::Get => {}
        EndpointMethod::Post => {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
            headers.push(("content-length", request.body.len().to_string()));
        }
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The request with these headers.
pub(crate) fn message_of(
    request: &OutgoingRequest,
    headers: &[(String, String)],
) -> Result<Request<Full<Bytes>>, Cause> {
    let url = &request.url;
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let method = match request.method {
        EndpointMethod::Get => "GET",
        EndpointMethod::Post => "POST",
    };
    let bare = Request::builder().method(method).uri(target);
    let message =
        headers.iter().fold(bare, |message, (name, value)| message.header(name.as_str(), value.as_str()));
    message.body(Full::from(request.body.clone())).map_err(|_| Cause::InvalidRequest)
}
