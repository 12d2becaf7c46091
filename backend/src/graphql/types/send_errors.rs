//! Send errors (CGI送信エラー).

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, SimpleObject};
use todoke_domain::{
    delivery,
    search::{SearchInput, SendErrorSearch},
    send_error::{self, SendErrorStatus as DomainStatus},
};

use super::{
    attempts::{Attempt, load_attempts},
    connection::{Connection, Listed},
    page::{page_cost, parse_page},
    payments::{Payment, load_timeline},
    periods::{PeriodInput, parse_period_input},
    timeline::TimelineEvent,
};
use crate::{
    app::{self, App, Error, timelines::EVENTS_MAX},
    auth::scope::Scope,
    global_id,
    graphql::{context::Asked, loaders::ParametersOf, scalars::DateTime},
    store::{page::Total, send_errors::SendError as Row},
};

/// Attempts of one row when no number is asked for: few rows have more, and a whole page of rows must be allowed to
/// bring theirs.
const ATTEMPTS_DEFAULT: i32 = 10;

/// CGISendErr 条件.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(crate) enum SendErrorCondition {
    /// すべて.
    #[default]
    All,
    /// 未処理.
    Unprocessed,
    /// 処理済.
    Processed,
}

/// Whether somebody still has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum SendErrorStatus {
    /// 未処理.
    Unprocessed,
    /// 処理済.
    Processed,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "send_error::SendErrorSort")]
pub(crate) enum SendErrorSort {
    /// By the moment of the failure, newest first.
    #[default]
    NewestFirst,
    /// By the moment of the failure, oldest first.
    OldestFirst,
    /// By the amount, highest first.
    AmountDescending,
    /// By the amount, lowest first.
    AmountAscending,
}

/// What the merchant may have received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "delivery::Receipt")]
pub(crate) enum Receipt {
    /// 未達.
    NotReceived,
    /// 到達の可能性あり.
    MaybeReceived,
}

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "delivery::Cause")]
pub(crate) enum Cause {
    /// The host's name has no address.
    NameNotResolved,
    /// Nobody listens at the address.
    ConnectionRefused,
    /// The connection could not be made for another reason.
    ConnectFailed,
    /// The connection was not made in time.
    ConnectTimedOut,
    /// The TLS handshake failed.
    TlsFailed,
    /// The address is private or otherwise not permitted.
    BlockedTarget,
    /// The IP code has no endpoint yet.
    NoEndpoint,
    /// The request could not be built.
    InvalidRequest,
    /// No answer in time after the request was written.
    TimedOut,
    /// The connection broke after bytes of the request were written.
    ConnectionReset,
    /// What came back is not HTTP, or is over a limit.
    InvalidAnswer,
    /// Status 5xx.
    ServerError,
    /// Status 4xx.
    ClientError,
    /// Status 3xx; never followed.
    Redirect,
    /// The body is not what the acknowledgement rule asks for.
    BodyRuleNotMet,
    /// The process died during the attempt.
    ProcessDied,
}

/// A parameter of the request, or a header.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A parameter of the request.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct ParameterInput {
    /// The name on the wire.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The search for send errors. A broken rule is an error with `extensions.code = BAD_USER_INPUT`
/// and `extensions.fields`.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct SendErrorFilter {
    /// IP codes; those that one may not see have no rows.
    pub ip_codes: Vec<String>,
    /// CGISendErr 条件.
    #[graphql(default)]
    pub condition: SendErrorCondition,
    /// オーダーNo, exactly.
    pub order_no: Option<String>,
    /// メールアドレス, exactly, after normalisation.
    pub email: Option<String>,
    /// 電話番号, digits after normalisation.
    pub phone: Option<String>,
    /// ID(sendid), exactly.
    pub sendid: Option<String>,
    /// 期間.
    pub period: Option<PeriodInput>,
}

impl SendErrorFilter {
    /// What the rules are held against.
    pub(crate) fn into_input(self) -> Result<SearchInput, Error> {
        Ok(SearchInput {
            ip_codes: self.ip_codes,
            condition: match self.condition {
                SendErrorCondition::All => send_error::Condition::All,
                SendErrorCondition::Unprocessed => send_error::Condition::Unprocessed,
                SendErrorCondition::Processed => send_error::Condition::Processed,
            },
            order_no: self.order_no.unwrap_or_default(),
            email: self.email.unwrap_or_default(),
            phone: self.phone.unwrap_or_default(),
            sendid: self.sendid.unwrap_or_default(),
            period: parse_period_input(self.period)?,
        })
    }
}

/// The newest failed delivery of a payment. Needs VIEW on the IP code.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct SendError {
    /// The id; stays the same whatever happens to the row.
    pub id: ID,
    /// IPコード.
    pub ip_code: String,
    /// オーダーNo.
    pub order_no: String,
    /// docomo, au, softbank, or another code as it came.
    pub carrier: String,
    /// Whole yen.
    pub amount: i32,
    /// 電話番号, digits.
    pub phone: Option<String>,
    /// メールアドレス, lower case.
    pub email: Option<String>,
    /// ID(sendid).
    pub sendid: Option<String>,
    /// 未処理 or 処理済.
    pub status: SendErrorStatus,
    /// What the merchant may have received of all attempts of this delivery.
    pub receipt: Receipt,
    /// Why the newest attempt failed.
    pub cause: Cause,
    /// The status of its answer.
    pub http_status: Option<u16>,
    /// When it failed.
    pub occurred_at: DateTime,
    /// Attempts of this delivery.
    pub attempt_count: u32,
    /// A resend was decided and its outcome is not known yet.
    pub resending: bool,
    /// When it was closed.
    pub processed_at: Option<DateTime>,
    /// The login of who closed it, or re-sent it with success.
    pub processed_by: Option<String>,
    /// Why it was closed, if told.
    pub processed_reason: Option<String>,
    #[graphql(skip)]
    row: Row,
}

impl From<Row> for SendError {
    fn from(row: Row) -> Self {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let processing = row.processing.clone();
        Self {
            id: global_id::encode("SendError", row.id),
            ip_code: row.ip_code.to_string(),
            order_no: row.order_no.clone(),
            carrier: row.carrier.clone(),
            amount: row.amount.amount(),
            phone: given(&row.phone),
            email: given(&row.email),
            sendid: given(&row.sendid),
            status: match row.status {
                DomainStatus::Unprocessed => SendErrorStatus::Unprocessed,
                DomainStatus::Processed => SendErrorStatus::Processed,
            },
            receipt: row.receipt.into(),
            cause: Cause::from(row.cause),
            http_status: row.http_status,
            occurred_at: DateTime(row.occurred_at),
            attempt_count: row.attempt_count,
            resending: row.resend_decision_id.is_some(),
            processed_at: processing.as_ref().map(|processing| DateTime(processing.at)),
            processed_by: processing.as_ref().map(|processing| processing.by.clone()),
            processed_reason: processing.and_then(|processing| processing.reason),
            row,
        }
    }
}

#[ComplexObject]
impl SendError {
    /// The parameters of the request, as stored, in wire order.
    async fn parameters(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Parameter>> {
        let loaded = ctx.loader()?.load_one(ParametersOf(self.row.delivery_id)).await;
        let stored = loaded.map_err(|error| ctx.error(Error::internal(error)))?.unwrap_or_default();
        let parameter =
            |stored: todoke_domain::payment::Parameter| Parameter { name: stored.name, value: stored.value };
        Ok(stored.into_iter().map(parameter).collect())
    }

    /// The attempts of the payment's deliveries, newest first; 10 where `first` is not given.
    #[graphql(complexity = "page_cost(first.or(Some(ATTEMPTS_DEFAULT)), child_complexity)")]
    async fn attempts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<Attempt>> {
        let request = parse_page(first.or(Some(ATTEMPTS_DEFAULT)), after.as_deref())
            .map_err(|error| ctx.error(error))?;
        load_attempts(ctx, &self.row.ip_code, self.row.id, request).await
    }

    /// What happened to the payment in both halves, newest first, at most 200 events.
    #[graphql(complexity = "EVENTS_MAX * child_complexity")]
    async fn timeline(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TimelineEvent>> {
        load_timeline(ctx, self.row.id).await
    }

    /// The payment.
    async fn payment(&self, ctx: &Context<'_>) -> async_graphql::Result<Payment> {
        Payment::load(ctx, self.row.id).await
    }
}

impl Listed for SendError {
    type List = SendErrorSearch;

    async fn count(list: &SendErrorSearch, app: &App, scope: &Scope) -> Result<Total, Error> {
        app::send_errors::count_send_errors(app, scope, list).await
    }
}
