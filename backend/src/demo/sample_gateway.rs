//! A gateway that answers `SearchTrade.idPass` in GMO-PG's format, whatever is chosen. It records every question as it
//! came over the wire. Speaks to loopback only.

use std::{io, net::SocketAddr};

use super::{RecordedRequest, SampleAnswer, SampleEndpoint};

/// What the gateway answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewaySays {
    /// The transaction in this state.
    Trade {
        /// CAPTURE, VOID …
        status: String,
        /// The amount, tax included.
        amount: i32,
        /// The transaction's AccessID.
        access_id: String,
    },
    /// ErrCode and ErrInfo.
    Error(String, String),
    /// These very bytes as the body.
    Body(Vec<u8>),
    /// Nothing.
    Silence,
    /// Nobody listens.
    Nobody,
}

/// The gateway.
#[derive(Clone)]
pub struct SampleGateway(SampleEndpoint);

impl SampleGateway {
    /// Listens at this address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened at.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        SampleEndpoint::start(address).await.map(Self)
    }

    /// The base address for `TODOKE_GATEWAY_URL`.
    pub fn base_url(&self) -> String {
        self.0.url().replace("/cgi", "/payment/")
    }

    /// Chooses the answer from now on.
    pub fn say(&self, what: &GatewaySays) {
        self.0.set_answer(match what {
            GatewaySays::Trade { status, amount, access_id } => {
                http(trade_answer("1", status, *amount, access_id).as_bytes())
            }
            GatewaySays::Error(code, info) => http(format!("ErrCode={code}&ErrInfo={info}").as_bytes()),
            GatewaySays::Body(body) => http(body),
            GatewaySays::Silence => SampleAnswer::Slow,
            GatewaySays::Nobody => SampleAnswer::Refuse,
        });
    }

    /// The questions so far.
    pub fn questions(&self) -> Vec<RecordedRequest> {
        self.0.requests()
    }
}

/// The answer about a transaction, in GMO-PG's format.
pub(super) fn trade_answer(order_id: &str, status: &str, amount: i32, access_id: &str) -> String {
    format!(
        "OrderID={order_id}&Status={status}&ProcessDate=20090317162958&JobCd={status}&AccessID={access_id}\
         &AccessPass=c0ffee&ItemCode=0000990&Amount={amount}&Tax=0&SiteID=&MemberID=&CardNo=************1111"
    )
}

fn http(body: &[u8]) -> SampleAnswer {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    SampleAnswer::Raw([head.as_bytes(), body].concat())
}
