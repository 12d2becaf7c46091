//! The settings of an IP code as its managers change them (docs/REQUIREMENTS.md, A.2, A.4, A.5, A.9).

use std::time::Duration;

use serde_json::{Value, json};
use todoke_domain::{
    access::Action,
    delivery::Cause,
    endpoint_settings::{
        ALERT_ADDRESSES_MAX, BodyRuleKind, RetryKind, URL_CHARS_MAX, faults_of_editable_parameters,
        parse_body_rule, parse_pause_after, parse_retry_policy, parse_timeout_ms,
    },
    payment::{FaultKind, FieldFault},
    retry::RetryPolicy,
    text::Charset,
};
use url::Url;

use super::{App, ConflictReason, Error, FieldError, endpoint_health, ip_codes};
use crate::{
    auth::scope::Scope,
    messages::{Message, SettingFault},
    store::{
        self,
        audit::AuditEntry,
        ip_codes::{Endpoint, EndpointMethod, IpCodeSettings},
    },
};

/// How long a name is looked up at save; what cannot be resolved now is checked again with each attempt.
const LOOKUP_TIME: Duration = Duration::from_secs(3);

/// An endpoint as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct GivenEndpoint {
    /// The address.
    pub url: String,
    /// GET or POST.
    pub method: EndpointMethod,
    /// The charset of parameters and answers.
    pub charset: Charset,
    /// In milliseconds.
    pub timeout_ms: i64,
    /// What the body of a 2xx answer must be like.
    pub body_rule: Option<(BodyRuleKind, Option<String>)>,
    /// Drops second copies by itself.
    pub is_idempotent: bool,
}

/// A retry policy as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct GivenRetryPolicy {
    /// The kind.
    pub kind: RetryKind,
    /// Of a list of delays.
    pub delays_ms: Option<Vec<i64>>,
    /// Of "until accepted".
    pub every_hours: Option<i64>,
    /// Failures in a row before the endpoint is paused; absent leaves it as it is.
    pub pause_after_failures: Option<i64>,
}

/// Which parameters may be edited.
#[derive(Clone, Debug)]
pub(crate) enum GivenEditable {
    /// All but those that name the payment.
    All,
    /// Only these.
    Only(Vec<String>),
}

/// What is to change; `None` leaves a setting as it is.
#[derive(Clone, Debug)]
pub(crate) struct SettingsChange {
    /// The IP code.
    pub ip_code: String,
    /// The version that was read.
    pub expected_version: Option<u32>,
    /// Where and how results are delivered.
    pub endpoint: Option<GivenEndpoint>,
    /// Automatic retries.
    pub retry_policy: Option<GivenRetryPolicy>,
    /// Which parameters may be edited.
    pub editable_parameters: Option<GivenEditable>,
    /// Who is told of send errors.
    pub alert_addresses: Option<Vec<String>>,
    /// Where the cart is told of restored orders; empty: it is not.
    pub restored_url: Option<String>,
}

/// Changes the settings of an IP code. Running servers obey within five seconds.
///
/// # Errors
/// `NotFound` without the right, `Conflict` where somebody changed them since they were read, faults beside fields.
pub(crate) async fn update_ip_code_settings(
    app: &App,
    scope: &Scope,
    asked: SettingsChange,
) -> Result<IpCodeSettings, Error> {
    let name = "updateIpCodeSettings";
    let ip_code = ip_codes::permit(app, scope, name, &asked.ip_code, Action::Settings).await?;
    let parsed = parse_change(app, &asked).await?;
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let stored = store::ip_codes::lock(scope, &tx, &ip_code).await?.ok_or(Error::NotFound)?;
    if asked.expected_version.is_some_and(|version| version != stored.settings_version) {
        let error = Error::conflict(ConflictReason::SettingsChanged, None, None);
        let entry = AuditEntry::refused(name, Some(&ip_code), &ip_code, error.code());
        store::audit::insert_event(scope, &tx, entry, now).await?;
        tx.commit().await?;
        return Err(error);
    }
    let changed = parsed.apply(stored.clone());
    if changed.restored_url.is_some() && changed.restored_secrets.is_empty() {
        let fault = Message::Setting(SettingFault::SigningSecretRequired);
        return Err(Error::field(&["restoredEndpointUrl"], fault));
    }
    store::ip_codes::update(scope, &tx, &changed, now).await?;
    endpoint_health::probe_at_once(scope, &tx, (&stored, &changed), now).await?;
    let entry =
        AuditEntry::done(name, Some(&ip_code), &ip_code).with_change(evidence(&stored)?, evidence(&changed)?);
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    app.endpoints().forget(&ip_code);
    ip_codes::find_ip_code(app, scope, ip_code.as_str()).await
}

/// The settings as the audit log keeps them, before and after a change.
pub(super) fn evidence(settings: &IpCodeSettings) -> Result<Value, Error> {
    let endpoint = &settings.endpoint;
    let value = |result: Result<Value, serde_json::Error>| result.map_err(Error::internal);
    Ok(json!({
        "url": endpoint.url,
        "method": endpoint.method.code(),
        "charset": endpoint.charset.name(),
        "timeoutMs": endpoint.timeout_ms,
        "bodyRule": value(serde_json::to_value(&endpoint.body_rule))?,
        "idempotent": endpoint.is_idempotent,
        "retryPolicy": value(serde_json::to_value(&endpoint.retry_policy))?,
        "pauseAfterFailures": settings.pause_after_failures,
        "editableParameters": settings.editable_parameters,
        "alertAddresses": settings.alert_addresses,
        "shopId": settings.shop_id,
        "restoredEndpointUrl": settings.restored_url,
    }))
}

/// An endpoint whose every part is within its limits, and whose address may be reached as far as can be told now.
pub(super) async fn parse_endpoint(app: &App, given: &GivenEndpoint) -> Result<Endpoint, Vec<FieldError>> {
    let mut faults = Vec::new();
    let timeout_ms = keep(&mut faults, parse_timeout_ms(given.timeout_ms));
    let body_rule = match &given.body_rule {
        None => Some(todoke_domain::acknowledgement::BodyRule::Any),
        Some((kind, text)) => keep(&mut faults, parse_body_rule(*kind, text.as_deref())),
    };
    if let Err(message) = check_url(app, &given.url).await {
        faults.push(FieldError::new(&["endpoint", "url"], message));
    }
    match (timeout_ms, body_rule) {
        (Some(timeout_ms), Some(body_rule)) if faults.is_empty() => Ok(Endpoint {
            url: Some(given.url.clone()),
            method: given.method,
            charset: given.charset,
            timeout_ms,
            body_rule,
            is_idempotent: given.is_idempotent,
            retry_policy: RetryPolicy::None,
        }),
        _ => Err(faults),
    }
}

/// A change whose every part is within its limits.
struct ParsedChange {
    endpoint: Option<Endpoint>,
    retry_policy: Option<RetryPolicy>,
    pause_after_failures: Option<u32>,
    editable_parameters: Option<GivenEditable>,
    alert_addresses: Option<Vec<String>>,
    restored_url: Option<Option<String>>,
}

impl ParsedChange {
    fn apply(self, mut settings: IpCodeSettings) -> IpCodeSettings {
        if let Some(endpoint) = self.endpoint {
            settings.endpoint = Endpoint { retry_policy: settings.endpoint.retry_policy, ..endpoint };
        }
        if let Some(policy) = self.retry_policy {
            settings.endpoint.retry_policy = policy;
        }
        if let Some(failures) = self.pause_after_failures {
            settings.pause_after_failures = failures;
        }
        match self.editable_parameters {
            None => {}
            Some(GivenEditable::All) => settings.editable_parameters = None,
            Some(GivenEditable::Only(names)) => settings.editable_parameters = Some(names),
        }
        if let Some(addresses) = self.alert_addresses {
            settings.alert_addresses = addresses;
        }
        if let Some(url) = self.restored_url {
            settings.restored_url = url;
        }
        settings
    }
}

async fn parse_change(app: &App, asked: &SettingsChange) -> Result<ParsedChange, Error> {
    let mut faults = Vec::new();
    let endpoint = match &asked.endpoint {
        None => None,
        Some(given) => match parse_endpoint(app, given).await {
            Ok(endpoint) => Some(endpoint),
            Err(found) => {
                faults.extend(found);
                None
            }
        },
    };
    let retry_policy = asked.retry_policy.as_ref().and_then(|given| {
        keep(&mut faults, parse_retry_policy(given.kind, given.delays_ms.as_deref(), given.every_hours))
    });
    let pause_after_failures = asked
        .retry_policy
        .as_ref()
        .and_then(|given| given.pause_after_failures)
        .and_then(|failures| keep(&mut faults, parse_pause_after(failures)));
    if let Some(GivenEditable::Only(names)) = &asked.editable_parameters {
        faults.extend(faults_of_editable_parameters(names).into_iter().map(beside));
    }
    let alert_addresses = asked.alert_addresses.as_deref().map(|given| parse_addresses(given, &mut faults));
    let restored_url = match asked.restored_url.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(url) => {
            let checked = check_url(app, url).await;
            faults.extend(checked.err().map(|fault| FieldError::new(&["restoredEndpointUrl"], fault)));
            Some(Some(url.to_owned()))
        }
    };
    if faults.is_empty() {
        let editable_parameters = asked.editable_parameters.clone();
        Ok(ParsedChange {
            endpoint,
            retry_policy,
            pause_after_failures,
            editable_parameters,
            alert_addresses,
            restored_url,
        })
    } else {
        Err(Error::BadInput(faults))
    }
}

fn parse_addresses(given: &[String], faults: &mut Vec<FieldError>) -> Vec<String> {
    let field = ["alertAddresses"];
    if given.len() > ALERT_ADDRESSES_MAX {
        faults.push(FieldError::new(&field, Message::Field(FaultKind::TooMany(ALERT_ADDRESSES_MAX))));
    }
    let mut addresses: Vec<String> = Vec::new();
    for (index, text) in given.iter().enumerate() {
        match text.trim().parse::<lettre::Address>() {
            Ok(address) if !addresses.contains(&address.to_string()) => addresses.push(address.to_string()),
            Ok(_) => {}
            Err(_) => faults.push(FieldError::new(
                &["alertAddresses", &index.to_string()],
                Message::Setting(SettingFault::MailAddressInvalid),
            )),
        }
    }
    addresses
}

/// The address of an endpoint: `http` or `https`, no credentials, no fragment, and nowhere that may not be reached. A
/// name that does not resolve now may do so later; each attempt checks again.
async fn check_url(app: &App, text: &str) -> Result<(), Message> {
    if text.is_empty() {
        return Err(Message::Field(FaultKind::Required));
    }
    if text.chars().count() > URL_CHARS_MAX {
        return Err(Message::Field(FaultKind::TooLong(URL_CHARS_MAX)));
    }
    let fault = |fault| Err(Message::Setting(fault));
    let Ok(url) = Url::parse(text) else { return fault(SettingFault::UrlNotWeb) };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return fault(SettingFault::UrlNotWeb);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return fault(SettingFault::UrlHasCredentials);
    }
    if url.fragment().is_some() {
        return fault(SettingFault::UrlHasFragment);
    }
    match tokio::time::timeout(LOOKUP_TIME, app.machinery.sender.find_address(&url)).await {
        Ok(Err(Cause::BlockedTarget)) => fault(SettingFault::AddressNotAllowed),
        Ok(Ok(_) | Err(_)) | Err(_) => Ok(()),
    }
}

fn keep<T>(faults: &mut Vec<FieldError>, parsed: Result<T, FieldFault>) -> Option<T> {
    parsed.map_err(|fault| faults.push(beside(fault))).ok()
}

fn beside(fault: FieldFault) -> FieldError {
    FieldError {
        field: fault.field.split('.').map(str::to_owned).collect(),
        message: Message::Field(fault.kind),
    }
}
