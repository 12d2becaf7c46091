//! The secrets with which requests to a merchant are signed: made, rotated, shown once.

use sea_orm::ConnectionTrait;
use todoke_domain::{
    access::Action,
    ids::{IpCode, SigningSecretId},
    payment::FaultKind,
    time::Timestamp,
};
use uuid::Uuid;

use super::{App, Error, ip_codes};
use crate::{
    auth::{
        scope::Scope,
        sealed::{Sealer, SecretText},
        signing::{self, SealedSecret, SecretPurpose},
    },
    messages::Message,
    store::{self, audit::AuditEntry, ip_codes::IpCodeSettings},
};

/// Longest time in which both secrets sign, in hours: a week is enough to change a program.
pub(crate) const OVERLAP_HOURS_MAX: u32 = 168;

/// Gives an IP code a new secret for a purpose; the one before signs too until the overlap ends.
///
/// # Errors
/// `NotFound` without the right, a fault beside the field.
pub(crate) async fn rotate_signing_secret(
    app: &App,
    scope: &Scope,
    code: &str,
    purpose: SecretPurpose,
    overlap_hours: u32,
) -> Result<(IpCodeSettings, SecretText), Error> {
    let ip_code = ip_codes::permit(app, scope, "rotateSigningSecret", code, Action::Settings).await?;
    let now = app.clock.now();
    let until = overlap_end(overlap_hours, now)?;
    let tx = app.database.begin_write().await?;
    store::ip_codes::lock(scope, &tx, &ip_code).await?.ok_or(Error::NotFound)?;
    let secret = replace_secret(&app.sealer, scope, &tx, (&ip_code, purpose), until, now).await?;
    let told = serde_json::json!({"purpose": purpose.code(), "overlapHours": overlap_hours});
    let entry = AuditEntry::done("rotateSigningSecret", Some(&ip_code), &ip_code)
        .with_change(serde_json::Value::Null, told);
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    app.endpoints().forget(&ip_code);
    Ok((ip_codes::find_ip_code(app, scope, ip_code.as_str()).await?, secret))
}

/// When the older secret ends.
pub(super) fn overlap_end(hours: u32, now: Timestamp) -> Result<Timestamp, Error> {
    if hours > OVERLAP_HOURS_MAX {
        return Err(Error::field(&["overlapHours"], Message::Field(FaultKind::OutOfRange)));
    }
    Ok(now.plus_millis(i64::from(hours) * 3_600_000))
}

/// Stores a new secret; the one before retires at `until`, and those before it are forgotten.
pub(super) async fn replace_secret(
    sealer: &Sealer,
    scope: &Scope,
    tx: &impl ConnectionTrait,
    (ip_code, purpose): (&IpCode, SecretPurpose),
    until: Timestamp,
    now: Timestamp,
) -> Result<SecretText, Error> {
    let secret = signing::make_secret()?;
    let id = SigningSecretId::new(Uuid::now_v7());
    let sealed = signing::seal(sealer, ip_code, id, &secret)?;
    store::signing_secrets::retire(scope, tx, ip_code, purpose, until).await?;
    let row = SealedSecret { id, purpose, sealed, created_at: now, retires_at: None };
    store::signing_secrets::insert(scope, tx, ip_code, &row).await?;
    Ok(secret)
}
