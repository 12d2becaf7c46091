//! The gateway of an IP code as its managers set it up (docs/REQUIREMENTS.md, B.9; reference B, section 1).

use ipnet::IpNet;
use serde_json::json;
use todoke_domain::{
    access::Action,
    ids::IpCode,
    notification::{SHOP_ID_CHARS_MAX, SHOP_PASS_CHARS_MAX},
    payment::FaultKind,
};

use super::{App, Error, FieldError, gateway_checks::place_of_shop_pass, refusals::note_refusal};
use crate::{
    auth::{scope::Scope, sealed::SecretText},
    messages::Message,
    store::{
        self, audit::AuditEntry, gateway_settings::GatewaySettings,
        refused_notifications::RefusedNotifications,
    },
};

/// The mutation's name in the audit log.
const UPDATE: &str = "updateGatewaySettings";
/// Most networks of one IP code: a gateway has a handful.
const SOURCES_MAX: usize = 50;
/// How far back refused notifications are told, in milliseconds.
const REFUSALS_SPAN_MS: i64 = 30 * 86_400_000;

/// A change as it was asked for; `None` leaves a setting as it is, an empty text takes it away.
#[derive(Clone)]
pub(crate) struct GatewayChange {
    /// IPコード.
    pub ip_code: String,
    /// Notifications are taken.
    pub is_on: Option<bool>,
    /// The gateway's ShopID.
    pub shop_id: Option<String>,
    /// The gateway's ShopPass.
    pub shop_pass: Option<SecretText>,
    /// Where notifications may come from.
    pub allowed_sources: Option<Vec<String>>,
}

/// The gateway of an IP code that may be seen.
pub(crate) async fn find_gateway(
    app: &App,
    scope: &Scope,
    ip_code: &IpCode,
) -> Result<GatewaySettings, Error> {
    let found = store::gateway_settings::find(scope, app.database.reader(), ip_code, Action::View).await?;
    found.ok_or(Error::NotFound)
}

/// The notifications that were refused in the last month.
pub(crate) async fn list_refused(
    app: &App,
    scope: &Scope,
    ip_code: &IpCode,
) -> Result<Vec<RefusedNotifications>, Error> {
    let since = app.clock.now().plus_millis(-REFUSALS_SPAN_MS);
    Ok(store::refused_notifications::list(scope, app.database.reader(), ip_code, since).await?)
}

/// Changes the gateway of an IP code. The audit log tells that a ShopPass was changed, never which it is.
///
/// # Errors
/// `NotFound`, also where the right is missing; faults beside fields.
pub(crate) async fn update_gateway_settings(
    app: &App,
    scope: &Scope,
    change: GatewayChange,
) -> Result<IpCode, Error> {
    let ip_code = IpCode::parse(&change.ip_code).map_err(|_| Error::NotFound)?;
    let now = app.clock.now();
    let tx = app.database.begin_write().await?;
    let before = store::gateway_settings::find(scope, &tx, &ip_code, Action::Settings).await?;
    let Some(before) = before else {
        let known = store::gateway_settings::find(&Scope::system(), &tx, &ip_code, Action::View).await?;
        drop(tx);
        if known.is_some() {
            note_refusal(app, scope, UPDATE, &ip_code, &ip_code, Error::NotFound.code()).await?;
        }
        return Err(Error::NotFound);
    };
    let after = changed(app, &before, &change)?;
    if let Some(shop_id) = &after.shop_id {
        let holder = store::gateway_settings::find_by_shop(&Scope::system(), &tx, shop_id).await?;
        if holder.is_some_and(|holder| holder.ip_code != ip_code) {
            return Err(Error::field(&["shopId"], Message::ShopIdTaken));
        }
    }
    store::gateway_settings::put(scope, &tx, &after, now).await?;
    let told = |settings: &GatewaySettings| {
        let sources: Vec<String> = settings.allowed_sources.iter().map(IpNet::to_string).collect();
        json!({
            "enabled": settings.is_on, "shopId": settings.shop_id, "hasShopPass": settings.shop_pass.is_some(),
            "allowedSources": sources,
        })
    };
    let mut after_told = told(&after);
    if let Some(fields) = after_told.as_object_mut() {
        fields.insert("shopPassChanged".to_owned(), json!(change.shop_pass.is_some()));
    }
    let entry = AuditEntry::done(UPDATE, Some(&ip_code), &ip_code).with_change(told(&before), after_told);
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(ip_code)
}

fn changed(app: &App, before: &GatewaySettings, change: &GatewayChange) -> Result<GatewaySettings, Error> {
    let mut faults = Vec::new();
    let mut after = before.clone();
    if let Some(shop_id) = &change.shop_id {
        let is_fit = shop_id.chars().count() <= SHOP_ID_CHARS_MAX && is_printable(shop_id);
        if !is_fit {
            faults.push(FieldError::new(&["shopId"], Message::Field(FaultKind::InvalidFormat)));
        }
        after.shop_id = Some(shop_id.clone()).filter(|shop_id| !shop_id.is_empty());
        // Who names a shop means to use it.
        after.is_on = after.shop_id.is_some();
    }
    if let Some(is_on) = change.is_on {
        if is_on && after.shop_id.is_none() {
            faults.push(FieldError::new(&["shopId"], Message::Field(FaultKind::Required)));
        }
        after.is_on = is_on && after.shop_id.is_some();
    }
    if let Some(shop_pass) = &change.shop_pass {
        let text = shop_pass.reveal();
        if text.chars().count() > SHOP_PASS_CHARS_MAX || !is_printable(text) {
            faults.push(FieldError::new(&["shopPass"], Message::Field(FaultKind::InvalidFormat)));
        } else if text.is_empty() {
            after.shop_pass = None;
        } else {
            after.shop_pass = Some(app.sealer.seal(&place_of_shop_pass(&before.ip_code), shop_pass)?);
        }
    }
    if let Some(texts) = &change.allowed_sources {
        if texts.len() > SOURCES_MAX {
            faults
                .push(FieldError::new(&["allowedSources"], Message::Field(FaultKind::TooMany(SOURCES_MAX))));
        }
        match texts.iter().map(|text| parse_network(text)).collect::<Option<Vec<IpNet>>>() {
            Some(networks) => after.allowed_sources = networks,
            None => {
                faults.push(FieldError::new(&["allowedSources"], Message::Field(FaultKind::InvalidFormat)));
            }
        }
    }
    if faults.is_empty() { Ok(after) } else { Err(Error::BadInput(faults)) }
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A network, or one address.
fn parse_network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}
