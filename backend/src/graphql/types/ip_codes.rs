//! IP codes with their settings. Secrets never stand here.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use todoke_domain::{acknowledgement, endpoint_settings, retry, text, time::Timestamp};

use super::{
    accounts::Action,
    endpoint_health::{EndpointHealth, HEALTH_COMPLEXITY},
    gateway::GatewaySettings,
    order_events::RestoredEndpoint,
    order_mails::OrderMailTemplate,
};
use crate::{
    app::{self, endpoint_settings::GivenEndpoint},
    auth::signing::SealedSecret,
    graphql::{context::Asked, scalars::DateTime},
    store::ip_codes::{self, IpCodeSettings},
};

/// How parameters are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum EndpointMethod {
    /// In the query.
    Get,
    /// As a form body.
    Post,
}

/// The charset of parameters and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum EndpointCharset {
    /// Windows-31J, the Shift_JIS of Japanese CGIs.
    #[graphql(name = "CP932")]
    Cp932,
    /// UTF-8.
    #[graphql(name = "UTF_8")]
    Utf8,
    /// EUC-JP.
    EucJp,
}

/// Kinds of acknowledgement rules for the body of a 2xx answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum BodyRuleKind {
    /// Any body.
    Any,
    /// Equal to the text, but for white space around both.
    Equals,
    /// Begins with the text.
    StartsWith,
    /// Holds the text in its first 64 KiB.
    Contains,
}

/// What the body of a 2xx answer must be like.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct BodyRule {
    /// The kind.
    pub kind: BodyRuleKind,
    /// The text; null for ANY.
    pub text: Option<String>,
}

/// Where and how results are delivered. Needs VIEW.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Endpoint {
    /// The address.
    pub url: String,
    /// GET or POST.
    pub method: EndpointMethod,
    /// The charset of parameters and answers.
    pub charset: EndpointCharset,
    /// From the start of the connection to the end of the answer, in milliseconds.
    pub timeout_ms: u32,
    /// What the body of a 2xx answer must be like.
    pub body_rule: BodyRule,
    /// Drops second copies by itself: what may have been received may be retried unasked.
    pub idempotent: bool,
}

/// Kinds of retry policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum RetryPolicyKind {
    /// No automatic retry.
    None,
    /// One retry after each of `delaysMs`.
    Delays,
    /// Every `everyHours` until accepted.
    UntilAccepted,
}

/// What follows a failed attempt. Needs VIEW.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct RetryPolicy {
    /// The kind.
    pub kind: RetryPolicyKind,
    /// Waits before each retry, in milliseconds; empty but for DELAYS.
    pub delays_ms: Vec<u32>,
    /// Hours between attempts; null but for UNTIL_ACCEPTED.
    pub every_hours: Option<u32>,
    /// Failures in a row, over ten minutes or longer, after which the endpoint is paused; 0 means never.
    pub pause_after_failures: u32,
}

/// A secret with which requests are signed. The secret itself is shown once, when it is made.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct SigningSecret {
    /// The id.
    pub id: ID,
    /// When it was made.
    pub created_at: DateTime,
    /// Until when the older one signs too; null for the newest.
    pub retires_at: Option<DateTime>,
}

/// An acknowledgement rule.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct BodyRuleInput {
    /// The kind.
    pub kind: BodyRuleKind,
    /// 1 to 200 characters; absent for ANY.
    pub text: Option<String>,
}

/// An endpoint, whole.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct EndpointInput {
    /// `http` or `https`, at most 2,000 characters, without credentials and fragment, to a public address.
    pub url: String,
    /// GET or POST.
    #[graphql(default_with = "EndpointMethod::Get")]
    pub method: EndpointMethod,
    /// The charset of parameters and answers.
    #[graphql(default_with = "EndpointCharset::Cp932")]
    pub charset: EndpointCharset,
    /// 100 to 120000.
    #[graphql(default = 15000)]
    pub timeout_ms: i32,
    /// What the body of a 2xx answer must be like; absent: ANY.
    pub body_rule: Option<BodyRuleInput>,
    /// Drops second copies by itself.
    #[graphql(default = false)]
    pub idempotent: bool,
}

impl From<EndpointInput> for GivenEndpoint {
    fn from(input: EndpointInput) -> Self {
        Self {
            url: input.url,
            method: match input.method {
                EndpointMethod::Get => ip_codes::EndpointMethod::Get,
                EndpointMethod::Post => ip_codes::EndpointMethod::Post,
            },
            charset: match input.charset {
                EndpointCharset::Cp932 => text::Charset::Cp932,
                EndpointCharset::Utf8 => text::Charset::Utf8,
                EndpointCharset::EucJp => text::Charset::EucJp,
            },
            timeout_ms: i64::from(input.timeout_ms),
            body_rule: input.body_rule.map(|rule| {
                let kind = match rule.kind {
                    BodyRuleKind::Any => endpoint_settings::BodyRuleKind::Any,
                    BodyRuleKind::Equals => endpoint_settings::BodyRuleKind::Equals,
                    BodyRuleKind::StartsWith => endpoint_settings::BodyRuleKind::StartsWith,
                    BodyRuleKind::Contains => endpoint_settings::BodyRuleKind::Contains,
                };
                (kind, rule.text)
            }),
            is_idempotent: input.idempotent,
        }
    }
}

impl Endpoint {
    /// Of stored settings, where an address is set.
    fn of(stored: &ip_codes::Endpoint) -> Option<Self> {
        Some(Self {
            url: stored.url.clone()?,
            method: match stored.method {
                ip_codes::EndpointMethod::Get => EndpointMethod::Get,
                ip_codes::EndpointMethod::Post => EndpointMethod::Post,
            },
            charset: match stored.charset {
                text::Charset::Cp932 => EndpointCharset::Cp932,
                text::Charset::Utf8 => EndpointCharset::Utf8,
                text::Charset::EucJp => EndpointCharset::EucJp,
            },
            timeout_ms: stored.timeout_ms,
            body_rule: BodyRule::of(&stored.body_rule),
            idempotent: stored.is_idempotent,
        })
    }
}

impl BodyRule {
    fn of(rule: &acknowledgement::BodyRule) -> Self {
        let (kind, text) = match rule {
            acknowledgement::BodyRule::Any => (BodyRuleKind::Any, None),
            acknowledgement::BodyRule::Equals(text) => (BodyRuleKind::Equals, Some(text)),
            acknowledgement::BodyRule::StartsWith(text) => (BodyRuleKind::StartsWith, Some(text)),
            acknowledgement::BodyRule::Contains(text) => (BodyRuleKind::Contains, Some(text)),
        };
        Self { kind, text: text.cloned() }
    }
}

impl RetryPolicy {
    fn of(settings: &IpCodeSettings) -> Self {
        let (kind, delays_ms, every_hours) = match &settings.endpoint.retry_policy {
            retry::RetryPolicy::None => (RetryPolicyKind::None, Vec::new(), None),
            retry::RetryPolicy::Delays { delays_s } => {
                let delays = delays_s.iter().map(|delay| delay.saturating_mul(1_000)).collect();
                (RetryPolicyKind::Delays, delays, None)
            }
            retry::RetryPolicy::EveryHours { hours } => {
                (RetryPolicyKind::UntilAccepted, Vec::new(), Some(*hours))
            }
        };
        Self { kind, delays_ms, every_hours, pause_after_failures: settings.pause_after_failures }
    }
}

impl SigningSecret {
    /// Those that sign at this time.
    pub(crate) fn good(secrets: &[SealedSecret], now: Timestamp) -> Vec<Self> {
        secrets.iter().filter(|secret| secret.retires_at.is_none_or(|end| now < end)).map(Self::of).collect()
    }

    fn of(secret: &SealedSecret) -> Self {
        Self {
            id: ID(format!("SigningSecret:{}", secret.id)),
            created_at: DateTime(secret.created_at),
            retires_at: secret.retires_at.map(DateTime),
        }
    }
}

/// A contract code (IPコード). Needs VIEW on it.
#[derive(Clone, Debug)]
pub(crate) struct IpCode(pub IpCodeSettings);

/// A contract code (IPコード). Needs VIEW on it.
#[Object]
impl IpCode {
    /// The id.
    async fn id(&self) -> ID {
        ID(format!("IpCode:{}", self.0.ip_code))
    }

    /// The code, five to ten digits.
    async fn code(&self) -> &str {
        self.0.ip_code.as_str()
    }

    /// The name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The merchant's name.
    async fn merchant(&self) -> &str {
        &self.0.merchant
    }

    /// What the viewer may do with it.
    async fn actions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Action>> {
        Ok(ctx.scope()?.actions(&self.0.ip_code).into_iter().map(Action::from).collect())
    }

    /// Whether the gateway's notifications are on; the screens of abnormal orders show only then.
    async fn gateway_notifications(&self) -> bool {
        self.0.shop_id.is_some()
    }

    /// The gateway's ShopID.
    async fn shop_id(&self) -> Option<&str> {
        self.0.shop_id.as_deref()
    }

    /// When the last notification came.
    async fn last_notification_at(&self) -> Option<DateTime> {
        self.0.last_notification_at.map(DateTime)
    }

    /// The address for the gateway's result notifications (結果通知先URL).
    async fn notification_url(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let public_url = &ctx.app()?.config.public_url;
        Ok(public_url.join("notify/gmopg").map_or_else(|_| public_url.to_string(), String::from))
    }

    /// Its gateway.
    async fn gateway(&self, ctx: &Context<'_>) -> async_graphql::Result<GatewaySettings> {
        let (app, scope, ip_code) = (ctx.app()?, ctx.scope()?, &self.0.ip_code);
        let settings = app::gateway_settings::find_gateway(app, scope, ip_code).await;
        let settings = settings.map_err(|error| ctx.error(error))?;
        let refused = app::gateway_settings::list_refused(app, scope, ip_code).await;
        let refused = refused.map_err(|error| ctx.error(error))?;
        let has_shop_pass = settings.shop_pass.is_some();
        Ok(GatewaySettings {
            enabled: settings.is_on,
            shop_id: settings.shop_id,
            has_shop_pass,
            check_configured: has_shop_pass && app.gateway.is_configured(),
            allowed_sources: settings.allowed_sources.iter().map(ToString::to_string).collect(),
            refused_notifications: refused.into_iter().map(Into::into).collect(),
        })
    }

    /// The template of the confirmation mails of its orders.
    async fn order_mail_template(&self, ctx: &Context<'_>) -> async_graphql::Result<OrderMailTemplate> {
        let found = app::order_mails::find_template(ctx.app()?, ctx.scope()?, &self.0.ip_code).await;
        found.map(OrderMailTemplate::from).map_err(|error| ctx.error(error))
    }

    /// Send errors that wait for somebody, at most 10,000.
    async fn unprocessed_send_errors(&self, ctx: &Context<'_>) -> async_graphql::Result<u64> {
        app::ip_codes::count_unprocessed(ctx.app()?, ctx.scope()?, &self.0)
            .await
            .map_err(|error| ctx.error(error))
    }

    /// Where and how results are delivered; null while no address is set.
    async fn endpoint(&self) -> Option<Endpoint> {
        Endpoint::of(&self.0.endpoint)
    }

    /// What follows a failed attempt.
    async fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy::of(&self.0)
    }

    /// The parameters that may be edited in a resend; null: all but those that name the payment (`clientip` and
    /// `order_no`).
    async fn editable_parameters(&self) -> Option<&[String]> {
        self.0.editable_parameters.as_deref()
    }

    /// Who is told of send errors by mail.
    async fn alert_addresses(&self) -> &[String] {
        &self.0.alert_addresses
    }

    /// The secrets with which requests with results are signed, newest first: none, one, or two during a rotation.
    async fn signing_secrets(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<SigningSecret>> {
        Ok(SigningSecret::good(&self.0.signing_secrets, ctx.app()?.clock.now()))
    }

    /// Where the cart is told of restored orders.
    async fn restored_endpoint(&self, ctx: &Context<'_>) -> async_graphql::Result<RestoredEndpoint> {
        Ok(RestoredEndpoint::of(&self.0, ctx.app()?.clock.now()))
    }

    /// How the endpoint fares.
    #[graphql(complexity = "HEALTH_COMPLEXITY + child_complexity")]
    async fn health(&self, ctx: &Context<'_>) -> async_graphql::Result<EndpointHealth> {
        let found = app::endpoint_health::find_health(ctx.app()?, ctx.scope()?, &self.0.ip_code).await;
        Ok(EndpointHealth::of(&found.map_err(|error| ctx.error(error))?))
    }

    /// Grows with every change of the settings; for `expectedVersion` of `updateIpCodeSettings`.
    async fn settings_version(&self) -> u32 {
        self.0.settings_version
    }
}
