//! Settings of IP codes: change, try, rotate the signing secret.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use todoke_domain::{delivery::Outcome, endpoint_settings::RetryKind, payment};

use crate::{
    app::{
        self, Error,
        endpoint_settings::{GivenEditable, GivenRetryPolicy, SettingsChange},
        endpoint_tests::{EndpointTest, TestAnswer as Answered},
    },
    delivery::message::Prepared,
    graphql::{
        context::Asked,
        errors::{UserError, split_user_errors},
        types::{
            attempts::{AttemptOutcome, AttemptTimings, headers},
            ip_codes::{EndpointInput, IpCode, RetryPolicyKind},
            order_events::SigningSecretPurpose,
            send_errors::{Cause, Parameter, ParameterInput},
        },
    },
    messages::Message,
    store::ip_codes::EndpointMethod,
};

/// A retry policy.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RetryPolicyInput {
    /// The kind.
    pub kind: RetryPolicyKind,
    /// For DELAYS: 1 to 10 waits of whole seconds, each 1000 to 86400000.
    pub delays_ms: Option<Vec<i32>>,
    /// For UNTIL_ACCEPTED: 1 to 24.
    pub every_hours: Option<i32>,
    /// 0 to 10000 failures in a row, over ten minutes or longer, after which the endpoint is paused; 0 means never;
    /// absent: unchanged.
    pub pause_after_failures: Option<i32>,
}

/// A change of settings; what is absent stays as it is.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct UpdateIpCodeSettingsInput {
    /// The IP code.
    pub ip_code: String,
    /// The `settingsVersion` that was read; where it is given and the settings were changed since, the change is
    /// refused with CONFLICT.
    pub expected_version: Option<u32>,
    /// The endpoint, whole.
    pub endpoint: Option<EndpointInput>,
    /// What follows a failed attempt.
    pub retry_policy: Option<RetryPolicyInput>,
    /// Only these parameters may be edited; at most 50.
    pub editable_parameters: Option<Vec<String>>,
    /// True: all parameters may be edited but those that name the payment. Not together with `editableParameters`.
    pub all_parameters_editable: Option<bool>,
    /// Who is told of send errors by mail; at most 10.
    pub alert_addresses: Option<Vec<String>>,
    /// Where the cart is told of restored orders (`order.restored`); empty switches it off. Its signing secret comes
    /// first.
    pub restored_endpoint_url: Option<String>,
}

/// The IP code after the change.
#[derive(SimpleObject)]
pub(crate) struct UpdateIpCodeSettingsPayload {
    /// The IP code.
    pub ip_code: Option<IpCode>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// A try of settings. At most 10 requests a minute and IP code; the audit log keeps each.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct TestEndpointInput {
    /// The IP code.
    pub ip_code: String,
    /// The settings to try; absent: the stored ones.
    pub endpoint: Option<EndpointInput>,
    /// What to send; absent: a sample result of 1 yen with the order number TODOKE-TEST.
    pub parameters: Option<Vec<ParameterInput>>,
    /// True: builds the exact request and sends nothing.
    #[graphql(default = false)]
    pub dry_run: bool,
}

/// The exact request of a try.
#[derive(SimpleObject)]
pub(crate) struct TestRequest {
    /// GET or POST.
    pub method: String,
    /// The address with its query.
    pub url: String,
    /// The headers, in order; `todoke-test: true` marks the request.
    pub headers: Vec<Parameter>,
    /// The form body as percent-encoded bytes; empty for GET.
    pub body: String,
}

/// What came of a try, classed as any attempt.
#[derive(SimpleObject)]
pub(crate) struct TestAnswer {
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// The answer's status.
    pub http_status: Option<u16>,
    /// The answer's headers, in order.
    pub response_headers: Vec<Parameter>,
    /// The first 64 KiB of the answer's body, decoded in the endpoint's charset.
    pub response_body: String,
    /// How long each step took.
    pub timings: AttemptTimings,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
}

/// The request and, unless it was a dry run, what came of it.
#[derive(SimpleObject)]
pub(crate) struct TestEndpointPayload {
    /// The request.
    pub request: Option<TestRequest>,
    /// What came of it; null for a dry run.
    pub attempt: Option<TestAnswer>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// A new signing secret.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct RotateSigningSecretInput {
    /// The IP code.
    pub ip_code: String,
    /// What it signs.
    #[graphql(default_with = "SigningSecretPurpose::Results")]
    pub purpose: SigningSecretPurpose,
    /// 0 to 168: for so many hours the older one signs too.
    #[graphql(default = 24)]
    pub overlap_hours: i32,
}

/// The new secret, shown this once.
#[derive(SimpleObject)]
pub(crate) struct RotateSigningSecretPayload {
    /// The IP code.
    pub ip_code: Option<IpCode>,
    /// `whsec_…`, as Standard Webhooks libraries take it.
    pub secret: Option<String>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// An endpoint whose pause is to end.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct ResumeEndpointInput {
    /// The IP code.
    pub ip_code: String,
}

/// The IP code after the pause.
#[derive(SimpleObject)]
pub(crate) struct ResumeEndpointPayload {
    /// The IP code.
    pub ip_code: Option<IpCode>,
    /// What the person can mend.
    pub user_errors: Vec<UserError>,
}

/// Mutations about the settings of IP codes.
#[derive(Default)]
pub(crate) struct IpCodesMutation;

#[Object]
impl IpCodesMutation {
    /// Changes the settings of an IP code; running servers obey within five seconds. Needs SETTINGS.
    async fn update_ip_code_settings(
        &self,
        ctx: &Context<'_>,
        input: UpdateIpCodeSettingsInput,
    ) -> async_graphql::Result<UpdateIpCodeSettingsPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let result = match change_of(input) {
            Ok(change) => app::endpoint_settings::update_ip_code_settings(app, scope, change).await,
            Err(error) => Err(error),
        };
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(settings) => {
                Ok(UpdateIpCodeSettingsPayload { ip_code: Some(IpCode(settings)), user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(UpdateIpCodeSettingsPayload { ip_code: None, user_errors }),
        }
    }

    /// Tries settings: shows the exact request, and what comes back. No payment knows of it. Needs SETTINGS.
    async fn test_endpoint(
        &self,
        ctx: &Context<'_>,
        input: TestEndpointInput,
    ) -> async_graphql::Result<TestEndpointPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        let parameter = |given: ParameterInput| payment::Parameter { name: given.name, value: given.value };
        let test = EndpointTest {
            ip_code: input.ip_code,
            endpoint: input.endpoint.map(Into::into),
            parameters: input.parameters.map(|given| given.into_iter().map(parameter).collect()),
            is_dry_run: input.dry_run,
        };
        let result = app::endpoint_tests::test_endpoint(app, scope, test).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(tested) => Ok(TestEndpointPayload {
                request: Some(request_of(&tested.prepared)),
                attempt: tested.answer.map(answer_of),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(TestEndpointPayload { request: None, attempt: None, user_errors }),
        }
    }

    /// Ends the pause of an endpoint: what was kept is sent in its turn. Without a pause nothing changes. Needs SETTINGS.
    async fn resume_endpoint(
        &self,
        ctx: &Context<'_>,
        input: ResumeEndpointInput,
    ) -> async_graphql::Result<ResumeEndpointPayload> {
        let result = app::endpoint_health::resume_endpoint(ctx.app()?, ctx.scope()?, &input.ip_code).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok(settings) => {
                Ok(ResumeEndpointPayload { ip_code: Some(IpCode(settings)), user_errors: Vec::new() })
            }
            Err(user_errors) => Ok(ResumeEndpointPayload { ip_code: None, user_errors }),
        }
    }

    /// Makes a new secret to sign results or events with; it is shown this once. Needs SETTINGS.
    async fn rotate_signing_secret(
        &self,
        ctx: &Context<'_>,
        input: RotateSigningSecretInput,
    ) -> async_graphql::Result<RotateSigningSecretPayload> {
        let (app, scope) = (ctx.app()?, ctx.scope()?);
        // A negative overlap is out of range like one that is too long.
        let overlap_hours = u32::try_from(input.overlap_hours).unwrap_or(u32::MAX);
        let (code, purpose) = (&input.ip_code, input.purpose.into());
        let result =
            app::signing_secrets::rotate_signing_secret(app, scope, code, purpose, overlap_hours).await;
        match split_user_errors(result, ctx.asker()?.language).map_err(|error| ctx.error(error))? {
            Ok((settings, secret)) => Ok(RotateSigningSecretPayload {
                ip_code: Some(IpCode(settings)),
                secret: Some(secret.reveal().to_owned()),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(RotateSigningSecretPayload { ip_code: None, secret: None, user_errors }),
        }
    }
}

fn change_of(input: UpdateIpCodeSettingsInput) -> Result<SettingsChange, Error> {
    let editable_parameters = match (input.editable_parameters, input.all_parameters_editable) {
        (Some(_), Some(true)) => {
            let fault = Message::Field(payment::FaultKind::InvalidFormat);
            return Err(Error::field(&["allParametersEditable"], fault));
        }
        (Some(names), _) => Some(GivenEditable::Only(names)),
        (None, Some(true)) => Some(GivenEditable::All),
        (None, Some(false) | None) => None,
    };
    let retry_policy = input.retry_policy.map(|given| GivenRetryPolicy {
        kind: match given.kind {
            RetryPolicyKind::None => RetryKind::None,
            RetryPolicyKind::Delays => RetryKind::Delays,
            RetryPolicyKind::UntilAccepted => RetryKind::UntilAccepted,
        },
        delays_ms: given.delays_ms.map(|delays| delays.into_iter().map(i64::from).collect()),
        every_hours: given.every_hours.map(i64::from),
        pause_after_failures: given.pause_after_failures.map(i64::from),
    });
    Ok(SettingsChange {
        ip_code: input.ip_code,
        expected_version: input.expected_version,
        endpoint: input.endpoint.map(Into::into),
        retry_policy,
        editable_parameters,
        alert_addresses: input.alert_addresses,
        restored_url: input.restored_endpoint_url,
    })
}

fn request_of(prepared: &Prepared) -> TestRequest {
    let method = match prepared.request.method {
        EndpointMethod::Get => "GET",
        EndpointMethod::Post => "POST",
    };
    TestRequest {
        method: method.to_owned(),
        url: prepared.request.url.to_string(),
        headers: headers(&prepared.headers),
        body: prepared.request.body.clone(),
    }
}

fn answer_of(answered: Answered) -> TestAnswer {
    let cause = match answered.outcome {
        Outcome::Delivered => None,
        Outcome::Failed(cause) => Some(Cause::from(cause)),
    };
    TestAnswer {
        outcome: AttemptOutcome::of(answered.outcome),
        cause,
        http_status: answered.answer.as_ref().map(|answer| answer.status),
        response_headers: answered.answer.map(|answer| headers(&answer.headers)).unwrap_or_default(),
        response_body: answered.body,
        timings: AttemptTimings::of(answered.timings, answered.duration_ms),
        duration_ms: answered.duration_ms,
    }
}
