//! A refused attempt at a thing that exists stands in the audit log under the name of who tried.

use todoke_domain::ids::IpCode;

use super::{App, Error};
use crate::{
    auth::scope::Scope,
    store::{self, audit::AuditEntry},
};

/// Notes the attempt. What the one who tried is told is the caller's.
///
/// # Errors
/// The database.
pub(super) async fn note_refusal(
    app: &App,
    scope: &Scope,
    action: &'static str,
    ip_code: &IpCode,
    subject: impl ToString,
    why: &'static str,
) -> Result<(), Error> {
    let entry = AuditEntry::refused(action, Some(ip_code), subject, why);
    let tx = app.database.begin_write().await?;
    store::audit::insert_event(scope, &tx, entry, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
