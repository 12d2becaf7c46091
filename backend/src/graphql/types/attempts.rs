//! Attempts: each request as it was sent, and its answer.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use todoke_domain::{
    delivery::{self, Outcome},
    ids::{IpCode, PaymentId},
};

use super::{
    connection::{Connection, Listed},
    send_errors::{Cause, Parameter},
};
use crate::{
    app::{App, Error},
    auth::scope::Scope,
    global_id,
    graphql::{context::Asked, scalars::DateTime},
    store::{
        self,
        attempts::{Attempt as StoredAttempt, Timings},
        page::{PageRequest, Total},
    },
};

/// Who set an attempt going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "AttemptTrigger")]
pub(crate) enum AttemptTrigger {
    /// The first attempt, or the retry policy.
    Automatic,
    /// One decision about one row.
    Manual,
    /// A resend batch.
    Batch,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum AttemptOutcome {
    /// The endpoint acknowledged.
    Delivered,
    /// It cannot have been received.
    NotReceived,
    /// It may have been received.
    MaybeReceived,
}

impl AttemptOutcome {
    /// Of the domain's.
    pub(crate) const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Delivered => Self::Delivered,
            Outcome::Failed(cause) => match cause.receipt() {
                delivery::Receipt::NotReceived => Self::NotReceived,
                delivery::Receipt::MaybeReceived => Self::MaybeReceived,
            },
        }
    }
}

/// One HTTP request and what came back. Needs VIEW on the IP code.
#[derive(Clone, Debug)]
pub(crate) struct Attempt(pub StoredAttempt);

/// One HTTP request and what came back. Needs VIEW on the IP code.
#[Object]
impl Attempt {
    /// The id.
    async fn id(&self) -> ID {
        global_id::encode("Attempt", self.0.id)
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        DateTime(self.0.started_at)
    }

    /// How long it took, in milliseconds.
    async fn duration_ms(&self) -> u32 {
        self.0.duration_ms
    }

    /// What set it going.
    async fn trigger(&self) -> AttemptTrigger {
        match self.0.trigger {
            delivery::Trigger::Automatic => AttemptTrigger::Automatic,
            delivery::Trigger::Manual => AttemptTrigger::Manual,
            delivery::Trigger::Batch => AttemptTrigger::Batch,
        }
    }

    /// How it ended.
    async fn outcome(&self) -> AttemptOutcome {
        AttemptOutcome::of(self.0.outcome)
    }

    /// Why it failed.
    async fn cause(&self) -> Option<Cause> {
        match self.0.outcome {
            Outcome::Delivered => None,
            Outcome::Failed(cause) => Some(Cause::from(cause)),
        }
    }

    /// The answer's status.
    async fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// GET or POST.
    async fn request_method(&self) -> &str {
        &self.0.request_method
    }

    /// The address with its query, as it went over the wire.
    async fn request_url(&self) -> &str {
        &self.0.request_url
    }

    /// The form body as percent-encoded bytes, or JSON for `order.restored`; empty for GET.
    async fn request_body(&self) -> &str {
        &self.0.request_body
    }

    /// The request's headers, in order; empty where there was no request, and for attempts of before this was kept.
    async fn request_headers(&self) -> Vec<Parameter> {
        headers(&self.0.request_headers)
    }

    /// Whether the parameters were edited by hand for it.
    async fn edited_parameters(&self) -> bool {
        self.0.is_edited
    }

    /// How long each step took.
    async fn timings(&self) -> AttemptTimings {
        AttemptTimings::of(self.0.timings, self.0.duration_ms)
    }

    /// The answer's headers, in order.
    async fn response_headers(&self) -> Vec<Parameter> {
        headers(&self.0.response_headers)
    }

    /// The first 64 KiB of the answer's body, decoded in the endpoint's present charset; in UTF-8 for `order.restored`.
    async fn response_body(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        if self.0.payment_id.is_none() {
            return Ok(String::from_utf8_lossy(&self.0.response_body).into_owned());
        }
        let settings = ctx.app()?.endpoints().load(std::iter::once(&self.0.ip_code)).await;
        let settings = settings.map_err(|error| ctx.error(error.into()))?;
        let charset =
            settings.get(&self.0.ip_code).map(|settings| settings.endpoint.charset).unwrap_or_default();
        Ok(charset.decode(&self.0.response_body))
    }

    /// The login of who decided it; null when automatic.
    async fn decided_by(&self) -> Option<&str> {
        self.0.decided_by.as_deref()
    }
}

/// How long the steps of an attempt took, in milliseconds. A step that was not reached or not needed is null.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub(crate) struct AttemptTimings {
    /// Finding the address of the host's name, also where that failed; null where the address stands in the URL.
    pub dns_ms: Option<u32>,
    /// Making the connection, also where that failed.
    pub connect_ms: Option<u32>,
    /// The TLS handshake, also where that failed; null for `http`.
    pub tls_ms: Option<u32>,
    /// From the beginning of the request to the first byte of the answer; null where no byte came.
    pub first_byte_ms: Option<u32>,
    /// The whole attempt.
    pub total_ms: u32,
}

impl AttemptTimings {
    /// Of what was measured.
    pub(crate) const fn of(timings: Timings, total_ms: u32) -> Self {
        let Timings { dns_ms, connect_ms, tls_ms, first_byte_ms } = timings;
        Self { dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms }
    }
}

/// Headers under the names and in the order of the wire.
pub(crate) fn headers(pairs: &[(String, String)]) -> Vec<Parameter> {
    let header = |(name, value): &(String, String)| Parameter { name: name.clone(), value: value.clone() };
    pairs.iter().map(header).collect()
}

impl From<StoredAttempt> for Attempt {
    fn from(attempt: StoredAttempt) -> Self {
        Self(attempt)
    }
}

impl Listed for Attempt {
    type List = (IpCode, PaymentId);

    async fn count((ip_code, payment): &Self::List, app: &App, scope: &Scope) -> Result<Total, Error> {
        let counted =
            store::attempts::count_of_payment(scope, app.database.reader(), ip_code, *payment).await?;
        Ok(Total::of(counted))
    }
}

/// One page of a payment's attempts, newest first.
pub(crate) async fn load_attempts(
    ctx: &Context<'_>,
    ip_code: &IpCode,
    payment: PaymentId,
    request: PageRequest,
) -> async_graphql::Result<Connection<Attempt>> {
    let (scope, reader) = (ctx.scope()?, ctx.app()?.database.reader());
    let page = store::attempts::list_of_payment(scope, reader, ip_code, payment, request).await;
    let page = page.map_err(|error| ctx.error(error.into()))?;
    Ok(Connection::of((ip_code.clone(), payment), request, page))
}
