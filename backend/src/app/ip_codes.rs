//! IP codes as their members see them.

use super::{App, Error};
use crate::{
    auth::scope::Scope,
    store::{self, ip_codes::IpCodeSettings},
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
    Ok(store::send_errors::count_unprocessed(scope, app.database.reader(), &settings.ip_code).await?)
}
