//! Settings of an IP code from the command line: endpoint, shop, alert addresses.

use todoke_domain::{
    acknowledgement::BodyRule, notification::SHOP_ID_CHARS_MAX, retry::RetryPolicy, text::Charset,
};

use super::{AdminError, Desk, EndpointMethod, refused, require_ip_code};
use crate::{
    app::{endpoint_health, endpoint_settings, signing_secrets},
    auth::{scope::Scope, signing::SecretPurpose},
    providers::zeus,
    store::{self, audit::AuditEntry, ip_codes::IpCodeSettings},
};

/// What is to change of an endpoint; `None` leaves a setting as it is.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// The address.
    pub url: Option<String>,
    /// GET or POST.
    pub method: Option<EndpointMethod>,
    /// The charset of parameters and answers.
    pub charset: Option<Charset>,
    /// In milliseconds.
    pub timeout_ms: Option<u32>,
    /// What the body of a 2xx answer must be like.
    pub body_rule: Option<BodyRule>,
    /// Drops second copies by itself.
    pub is_idempotent: Option<bool>,
    /// Automatic retries.
    pub retry_policy: Option<RetryPolicy>,
    /// Failures in a row, over ten minutes or longer, after which the endpoint is paused; 0 means never.
    pub pause_after_failures: Option<u32>,
}

/// Sets where and how results are delivered, and tells where to.
///
/// # Errors
/// There is no such IP code, or the address is not an `http` or `https` one.
pub async fn set_endpoint(
    desk: &Desk,
    code: &str,
    change: EndpointChange,
) -> Result<Option<String>, AdminError> {
    let changed = change_settings(desk, code, "set-endpoint", |settings| {
        settings.pause_after_failures = change.pause_after_failures.unwrap_or(settings.pause_after_failures);
        let endpoint = &mut settings.endpoint;
        endpoint.url = change.url.or(endpoint.url.take());
        endpoint.method = change.method.unwrap_or(endpoint.method);
        endpoint.charset = change.charset.unwrap_or(endpoint.charset);
        endpoint.timeout_ms = change.timeout_ms.unwrap_or(endpoint.timeout_ms);
        endpoint.is_idempotent = change.is_idempotent.unwrap_or(endpoint.is_idempotent);
        if let Some(rule) = change.body_rule {
            endpoint.body_rule = rule;
        }
        if let Some(policy) = change.retry_policy {
            endpoint.retry_policy = policy;
        }
    })
    .await?;
    Ok(changed.endpoint.url)
}

/// Sets the gateway's ShopID, which turns gateway notifications on.
///
/// # Errors
/// There is no such IP code, the id is too long, or it belongs to another IP code.
pub async fn set_shop(desk: &Desk, code: &str, shop_id: &str) -> Result<(), AdminError> {
    let fits = (1..=SHOP_ID_CHARS_MAX).contains(&shop_id.len())
        && shop_id.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return refused(format!("a ShopID has 1 to {SHOP_ID_CHARS_MAX} characters"));
    }
    change_settings(desk, code, "set-shop", |settings| settings.shop_id = Some(shop_id.to_owned())).await?;
    Ok(())
}

/// Sets who gets mail about send errors.
///
/// # Errors
/// There is no such IP code, or a text is not a mail address.
pub async fn set_alerts(desk: &Desk, code: &str, addresses: &[String]) -> Result<(), AdminError> {
    let mut checked = Vec::with_capacity(addresses.len());
    for text in addresses {
        match text.parse::<lettre::Address>() {
            Ok(address) => checked.push(address.to_string()),
            Err(error) => return refused(format!("{text:?} is not a mail address: {error}")),
        }
    }
    change_settings(desk, code, "set-alerts", |settings| settings.alert_addresses = checked).await?;
    Ok(())
}

/// Sets where the cart is told of restored orders, and returns the secret that signs it where this makes one.
///
/// # Errors
/// There is no such IP code, or the address is not an `http` or `https` one.
pub async fn set_restored_endpoint(desk: &Desk, code: &str, url: &str) -> Result<Option<String>, AdminError> {
    let known = require_ip_code(desk, code).await?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let mut fresh = None;
    if known.restored_secrets.is_empty() {
        let tx = desk.database.begin_write().await?;
        let signed = (&known.ip_code, SecretPurpose::OrderRestored);
        fresh = Some(signing_secrets::replace_secret(&desk.sealer, &system, &tx, signed, now, now).await?);
        tx.commit().await?;
    }
    change_settings(desk, code, "set-restored-endpoint", |settings| {
        settings.restored_url = Some(url.to_owned());
    })
    .await?;
    Ok(fresh.map(|secret| secret.reveal().to_owned()))
}

/// Changes an IP code's settings.
async fn change_settings(
    desk: &Desk,
    code: &str,
    action: &'static str,
    change: impl FnOnce(&mut IpCodeSettings),
) -> Result<IpCodeSettings, AdminError> {
    let (system, now) = (Scope::system(), desk.clock.now());
    let ip_code = require_ip_code(desk, code).await?.ip_code;
    let tx = desk.database.begin_write().await?;
    let Some(before) = store::ip_codes::lock(&system, &tx, &ip_code).await? else {
        return refused(format!("there is no IP code {ip_code}"));
    };
    let mut settings = before.clone();
    change(&mut settings);
    for url in settings.endpoint.url.iter().chain(&settings.restored_url) {
        if zeus::parse_endpoint_url(url).is_none() {
            return refused(format!("{url:?} is not an http:// or https:// address without credentials"));
        }
    }
    if let Some(shop_id) = &settings.shop_id {
        let holder = store::ip_codes::find_by_shop(&system, &tx, shop_id).await?;
        if holder.is_some_and(|holder| holder != settings.ip_code) {
            return refused(format!("ShopID {shop_id:?} belongs to another IP code"));
        }
    }
    store::ip_codes::update(&system, &tx, &settings, now).await?;
    endpoint_health::probe_at_once(&system, &tx, (&before, &settings), now).await?;
    let entry = AuditEntry::done(action, Some(&settings.ip_code), &settings.ip_code)
        .with_change(endpoint_settings::evidence(&before)?, endpoint_settings::evidence(&settings)?);
    store::audit::insert_event(&system, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(settings)
}

/// Gives an IP code a new signing secret and returns it, which is never shown again. The one before signs too for so
/// many hours.
///
/// # Errors
/// There is no such IP code, or the overlap is too long.
pub async fn rotate_secret(desk: &Desk, code: &str, overlap_hours: u32) -> Result<String, AdminError> {
    let settings = require_ip_code(desk, code).await?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let Ok(until) = signing_secrets::overlap_end(overlap_hours, now) else {
        return refused(format!("the overlap is 0 to {} hours", signing_secrets::OVERLAP_HOURS_MAX));
    };
    let signed = (&settings.ip_code, SecretPurpose::Results);
    let tx = desk.database.begin_write().await?;
    let secret = signing_secrets::replace_secret(&desk.sealer, &system, &tx, signed, until, now).await?;
    let entry = AuditEntry::done("rotate-secret", Some(&settings.ip_code), &settings.ip_code)
        .with_change(serde_json::Value::Null, serde_json::json!({"overlap_hours": overlap_hours}));
    store::audit::insert_event(&system, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(secret.reveal().to_owned())
}
