//! The scripted merchant endpoint: reading what it recorded, and closing its door.

use todoke_domain::text::{Charset, parse_form};

use super::{RecordedRequest, SampleAnswer, TestApp};

/// The parameters of a recorded request, decoded in a charset, in wire order.
pub(crate) fn decoded_form(request: &RecordedRequest, charset: Charset) -> Vec<(String, String)> {
    let raw = if request.method == "GET" { &request.query } else { &request.body };
    parse_form(raw.as_bytes(), charset).unwrap()
}

impl TestApp {
    /// Waits until nobody listens at the endpoint any more.
    pub(crate) async fn refuse_connections(&self) {
        let address = self.merchant.url().trim_start_matches("http://").trim_end_matches("/cgi").to_owned();
        self.merchant.set_answer(SampleAnswer::Refuse);
        self.wait_for("the closed port", async || tokio::net::TcpStream::connect(&address).await.err()).await;
    }
}
