//! Reading what the scripted merchant endpoint recorded.

use todoke_domain::text::{Charset, parse_form};

use super::RecordedRequest;

/// The parameters of a recorded request, decoded in a charset, in wire order.
pub(crate) fn decoded_form(request: &RecordedRequest, charset: Charset) -> Vec<(String, String)> {
    let raw = if request.method == "GET" { &request.query } else { &request.body };
    parse_form(raw.as_bytes(), charset).unwrap()
}
