//! Lists as they stand in a download link: small, and read again with suspicion although the link is signed.

use serde::{Deserialize, Serialize};
use todoke_domain::{
    abnormal_order::AbnormalOrderStatus,
    ids::IpCode,
    search::{Keywords, SendErrorSearch, Span},
    send_error::{Condition, SendErrorSort},
    time::Timestamp,
};
use uuid::Uuid;

use crate::store::abnormal_orders::AbnormalOrderFilter;

/// Of which list a link is, and what is in it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WrittenList {
    SendErrors(WrittenSearch),
    ResendBatch { id: Uuid, state: Option<String> },
    AbnormalOrders(WrittenFilter),
}

/// From, inclusive, and until, exclusive, in microseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct WrittenSpan(i64, i64);

impl From<Span> for WrittenSpan {
    fn from(span: Span) -> Self {
        Self(span.from.as_micros(), span.until.as_micros())
    }
}

impl From<WrittenSpan> for Span {
    fn from(WrittenSpan(from, until): WrittenSpan) -> Self {
        Self { from: Timestamp::from_micros(from), until: Timestamp::from_micros(until) }
    }
}

/// A search for send errors, and its order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WrittenSearch {
    ip_codes: Vec<String>,
    condition: String,
    order_no: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    sendid: Option<String>,
    span: WrittenSpan,
    sort: String,
}

impl WrittenSearch {
    pub(super) fn of(search: SendErrorSearch, sort: SendErrorSort) -> Self {
        let Keywords { order_no, email, phone, sendid } = search.keywords;
        Self {
            ip_codes: written_codes(search.ip_codes),
            condition: search.condition.code().to_owned(),
            order_no,
            email,
            phone,
            sendid,
            span: search.span.into(),
            sort: sort.code().to_owned(),
        }
    }

    pub(super) fn read(self) -> Option<(SendErrorSearch, SendErrorSort)> {
        let Self { order_no, email, phone, sendid, .. } = self;
        let search = SendErrorSearch {
            ip_codes: read_codes(&self.ip_codes)?,
            condition: Condition::from_code(&self.condition)?,
            keywords: Keywords { order_no, email, phone, sendid },
            span: self.span.into(),
        };
        Some((search, SendErrorSort::from_code(&self.sort)?))
    }
}

/// A search for abnormal orders.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WrittenFilter {
    ip_codes: Vec<String>,
    status: Option<String>,
    order_no_prefix: Option<String>,
    customer: Option<String>,
    member_id: Option<String>,
    span: Option<WrittenSpan>,
}

impl WrittenFilter {
    pub(super) fn of(filter: AbnormalOrderFilter) -> Self {
        let AbnormalOrderFilter { ip_codes, status, order_no_prefix, customer, member_id, span } = filter;
        Self {
            ip_codes: written_codes(ip_codes),
            status: status.map(|status| status.code().to_owned()),
            order_no_prefix,
            customer,
            member_id,
            span: span.map(WrittenSpan::from),
        }
    }

    pub(super) fn read(self) -> Option<AbnormalOrderFilter> {
        let status = match self.status {
            Some(code) => Some(AbnormalOrderStatus::from_code(&code)?),
            None => None,
        };
        Some(AbnormalOrderFilter {
            ip_codes: read_codes(&self.ip_codes)?,
            status,
            order_no_prefix: self.order_no_prefix,
            customer: self.customer,
            member_id: self.member_id,
            span: self.span.map(Span::from),
        })
    }
}

fn written_codes(codes: Vec<IpCode>) -> Vec<String> {
    codes.into_iter().map(String::from).collect()
}

fn read_codes(codes: &[String]) -> Option<Vec<IpCode>> {
    codes.iter().map(|code| IpCode::parse(code).ok()).collect()
}
