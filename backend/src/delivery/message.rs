//! The request of an attempt as it goes over the wire: every header is set here, none is left to the HTTP library,
//! so that what is recorded is what was sent. Sends nothing.

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use todoke_domain::{delivery::Cause, ids::DeliveryId, payment::Parameter, time::Timestamp};

use crate::{
    auth::{sealed::Unopenable, signing::Signer},
    providers::zeus::{self, OutgoingRequest, Unbuildable},
    store::ip_codes::{Endpoint, EndpointMethod},
};

/// The header that holds the signatures.
const SIGNATURE: &str = "webhook-signature";
/// What a form's body is.
const FORM: &str = "application/x-www-form-urlencoded";
/// What an event's body is.
const JSON: &str = "application/json";

/// What a request is besides the first or a repeated bringing of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing else.
    Plain,
    /// Parameters were edited by hand.
    Edited,
    /// A try of the settings; it belongs to no payment.
    Test,
}

impl Mark {
    /// By whether parameters were edited.
    pub(crate) const fn of_edited(is_edited: bool) -> Self {
        if is_edited { Self::Edited } else { Self::Plain }
    }
}

/// What a request bears besides its own content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// Repeated in every request of the delivery, so that a receiver can drop a second copy.
    pub delivery_id: DeliveryId,
    /// What it is.
    pub mark: Mark,
    /// When it is sent, for the signature.
    pub at: Timestamp,
}

/// A request as it will go over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// Method, address and body.
    pub request: OutgoingRequest,
    /// The headers, in the order in which they are sent.
    pub headers: Vec<(String, String)>,
}

/// Builds and signs the request of an endpoint.
///
/// # Errors
/// The cause, where there is nothing that could be sent.
pub(crate) fn prepare(
    endpoint: &Endpoint,
    signer: &Result<Signer, Unopenable>,
    parameters: &[Parameter],
    stamp: Stamp,
) -> Result<Prepared, Cause> {
    let request = zeus::build_request(endpoint, parameters).map_err(|unbuildable| match unbuildable {
        Unbuildable::NoEndpoint => Cause::NoEndpoint,
        Unbuildable::InvalidUrl | Unbuildable::NotInCharset(_) => Cause::InvalidRequest,
    })?;
    // A receiver that verifies would refuse a request without its signature, and nobody could say what it did first.
    let signer = signer.as_ref().map_err(|_| Cause::InvalidRequest)?;
    let headers = headers_of(&request, signer, stamp, FORM);
    Ok(Prepared { request, headers })
}

/// Builds and signs the request that brings an event to a cart: a POST of JSON.
///
/// # Errors
/// The cause, where there is nothing that could be sent. An event is never sent unsigned: it says that money was paid.
pub(crate) fn prepare_event(
    url: Option<&str>,
    signer: &Result<Signer, Unopenable>,
    body: String,
    stamp: Stamp,
) -> Result<Prepared, Cause> {
    let url = zeus::parse_endpoint_url(url.ok_or(Cause::NoEndpoint)?).ok_or(Cause::InvalidRequest)?;
    let signer = signer.as_ref().map_err(|_| Cause::InvalidRequest)?;
    let request = OutgoingRequest { method: EndpointMethod::Post, url, body };
    let headers = headers_of(&request, signer, stamp, JSON);
    let is_signed = headers.iter().any(|(name, _)| name == SIGNATURE);
    if is_signed { Ok(Prepared { request, headers }) } else { Err(Cause::InvalidRequest) }
}

fn headers_of(
    request: &OutgoingRequest,
    signer: &Signer,
    stamp: Stamp,
    content_type: &str,
) -> Vec<(String, String)> {
    let url = &request.url;
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let id = stamp.delivery_id.to_string();
    let mut headers = vec![
        ("host", host),
        ("user-agent", concat!("Todoke/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("accept", "*/*".to_owned()),
        ("connection", "close".to_owned()),
        ("todoke-delivery-id", id.clone()),
    ];
    match stamp.mark {
        Mark::Plain => {}
        Mark::Edited => headers.push(("todoke-edited", "true".to_owned())),
        Mark::Test => headers.push(("todoke-test", "true".to_owned())),
    }
    // The specification signs the body, and a GET has none: the query is signed too, for it holds all that matters.
    let signature = match request.method {
        EndpointMethod::Post => signer.sign(&id, stamp.at, &[&request.body]),
        EndpointMethod::Get => signer.sign(&id, stamp.at, &[url.query().unwrap_or_default(), ""]),
    };
    if !signature.is_empty() {
        headers.push(("webhook-id", id));
        headers.push(("webhook-timestamp", stamp.at.as_micros().div_euclid(1_000_000).to_string()));
        headers.push((SIGNATURE, signature));
    }
    match request.method {
        EndpointMethod::Get => {}
        EndpointMethod::Post => {
            headers.push(("content-type", content_type.to_owned()));
            headers.push(("content-length", request.body.len().to_string()));
        }
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The request as the HTTP library takes it.
pub(crate) fn message_of(prepared: &Prepared) -> Result<Request<Full<Bytes>>, Cause> {
    let Prepared { request, headers } = prepared;
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
