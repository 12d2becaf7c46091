//! IP codes as their members see them.

use todoke_domain::{access::Action, ids::IpCode};

use super::{App, Error};
use crate::{
    auth::scope::Scope,
    store::{self, audit::AuditEntry, ip_codes::IpCodeSettings},
};

/// The IP codes that the asker may see.
pub(crate) async fn list_ip_codes(app: &App, scope: &Scope) -> Result<Vec<IpCodeSettings>, Error> {
    Ok(store::ip_codes::list_visible(scope, app.database.reader()).await?)
}

/// How many send errors of an IP code wait for somebody.
pub(crate) async fn count_unprocessed(
    app: &App,
    scope: &Scope,
    settings: &IpCodeSettings,
) -> Result<u64, Error> {
    Ok(store::send_error_lists::count_unprocessed(scope, app.database.reader(), &settings.ip_code).await?)
}

/// One IP code.
///
/// # Errors
/// `NotFound` where there is none, or the asker may not see it.
pub(crate) async fn find_ip_code(app: &App, scope: &Scope, code: &str) -> Result<IpCodeSettings, Error> {
    let ip_code = IpCode::parse(code).map_err(|_| Error::NotFound)?;
    store::ip_codes::find(scope, app.database.reader(), &ip_code).await?.ok_or(Error::NotFound)
}

/// The IP code, where the action is permitted on it. A refused attempt at one that exists goes into the audit log.
///
/// # Errors
/// `NotFound` where there is none, or the action is not permitted.
pub(super) async fn permit(
    app: &App,
    scope: &Scope,
    name: &'static str,
    code: &str,
    action: Action,
) -> Result<IpCode, Error> {
    let ip_code = IpCode::parse(code).map_err(|_| Error::NotFound)?;
    if scope.may(&ip_code, action) {
        return Ok(ip_code);
    }
    // The audit log speaks of what is there, whoever asked.
    let exists = store::ip_codes::find(&Scope::system(), app.database.reader(), &ip_code).await?.is_some();
    if exists {
        let entry = AuditEntry::refused(name, Some(&ip_code), &ip_code, Error::NotFound.code());
        let tx = app.database.begin_write().await?;
        store::audit::insert_event(scope, &tx, entry, app.clock.now()).await?;
        tx.commit().await?;
    }
    Err(Error::NotFound)
}
