//! The gateway's door: one question about one transaction, and its answer (GMO-PG, `SearchTrade.idPass`). No transaction
//! of the database is open meanwhile. The ShopPass is in the request's body only, never in a log or an error.

use todoke_domain::{
    delivery::Cause,
    gateway_check::{GatewayAnswer, Problem, parse_answer},
    text::{Charset, percent_encode},
};
use tokio::sync::Semaphore;
use url::Url;

use super::{message::Prepared, sender::Sender};
use crate::{auth::sealed::SecretText, providers::zeus::OutgoingRequest, store::ip_codes::EndpointMethod};

/// The question's name below the base address.
const SEARCH_TRADE: &str = "SearchTrade.idPass";
/// How long an answer is waited for, in milliseconds: a person sits before the button.
const TIMEOUT_MS: u32 = 10_000;
/// Questions at one time: the gateway is other people's machine.
const QUESTIONS_MAX: usize = 8;

/// Where the gateway is asked.
#[derive(Debug)]
pub(crate) struct Gateway {
    base: Option<Url>,
    sender: Sender,
    turns: Semaphore,
}

impl Gateway {
    /// The gateway at this base address; without one nobody is asked.
    pub(crate) fn new(base: Option<Url>, sender: Sender) -> Self {
        Self { base, sender, turns: Semaphore::new(QUESTIONS_MAX) }
    }

    /// Whether there is somebody to ask.
    pub(crate) const fn is_configured(&self) -> bool {
        self.base.is_some()
    }

    /// Asks for the present state of a transaction.
    pub(crate) async fn search_trade(
        &self,
        shop: (&str, &SecretText),
        order_id: &str,
    ) -> Result<GatewayAnswer, Problem> {
        let base = self.base.as_ref().ok_or(Problem::ConnectionFailed)?;
        let url = base.join(SEARCH_TRADE).map_err(|_| Problem::ConnectionFailed)?;
        let (shop_id, shop_pass) = shop;
        let body = form_of(&[("ShopID", shop_id), ("ShopPass", shop_pass.reveal()), ("OrderID", order_id)]);
        let body = body.ok_or(Problem::Refused)?;
        let request = OutgoingRequest { method: EndpointMethod::Post, url, body };
        let _turn = self.turns.acquire().await.map_err(|_| Problem::ConnectionFailed)?;
        let prepared = Prepared { headers: headers_of(&request), request };
        match self.sender.send(&prepared, TIMEOUT_MS).await.result {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(parse_answer(&answer.body)),
            Ok(_) | Err(Cause::InvalidAnswer) => Err(Problem::InvalidAnswer),
            Err(Cause::TimedOut | Cause::ConnectTimedOut) => Err(Problem::TimedOut),
            Err(_) => Err(Problem::ConnectionFailed),
        }
    }
}

/// Nothing but what HTTP needs: the question belongs to no delivery and is not signed.
fn headers_of(request: &OutgoingRequest) -> Vec<(String, String)> {
    let host = request.url.host_str().unwrap_or_default();
    let host = request.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    [
        ("host", host),
        ("user-agent", concat!("Todoke/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("accept", "*/*".to_owned()),
        ("connection", "close".to_owned()),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("content-length", request.body.len().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn form_of(fields: &[(&str, &str)]) -> Option<String> {
    let pair = |(name, value): &(&str, &str)| {
        let bytes = Charset::Cp932.encode(value).ok()?;
        Some(format!("{name}={}", percent_encode(&bytes)))
    };
    let pairs: Option<Vec<String>> = fields.iter().map(pair).collect();
    pairs.map(|pairs| pairs.join("&"))
}
