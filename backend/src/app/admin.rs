//! What operators do on the machine itself: merchants, IP codes, users, rights, tokens, endpoints. Every act goes
//! into the audit log. A running server obeys within five seconds.

use todoke_domain::{
    access::{Role, TokenRight},
    ids::{ApiTokenId, IpCode, MerchantId, UserId},
    text,
};
use uuid::Uuid;

use super::signing_secrets;
use crate::{
    auth::{api_token, password, scope::Scope, sealed::Sealer, signing::SecretPurpose},
    clock::SharedClock,
    config::Config,
    store::{
        self, Database,
        accounts::NewUser,
        audit::AuditEntry,
        ip_codes::{Endpoint, IpCodeSettings, PAUSE_AFTER_FAILURES_DEFAULT},
        tokens::{ApiToken, NewApiToken},
    },
};

mod settings;

pub use crate::store::ip_codes::EndpointMethod;
pub use settings::{
    EndpointChange, rotate_secret, set_alerts, set_endpoint, set_restored_endpoint, set_shop,
};

/// Longest name of a merchant, an IP code, a user or a token, in characters.
const NAME_CHARS_MAX: usize = 100;

/// All that a command needs.
pub struct Desk {
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: SharedClock,
    pub(crate) sealer: Sealer,
}

impl Desk {
    /// A desk beside a running server, or without one.
    ///
    /// # Errors
    /// The database is away, or the key of its secrets cannot be read or made.
    pub async fn open(config: &Config, clock: SharedClock) -> Result<Self, AdminError> {
        let database = Database::connect(&config.database_url).await?;
        let sealer = Sealer::load_or_make(&config.data_dir, config.secret_key.as_ref())
            .map_err(|error| AdminError::Internal(format!("{}: {error}", config.data_dir.display())))?;
        Ok(Self { database, clock, sealer })
    }
}

/// Why a command did not do what was asked, for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Something asked for does not exist, exists already, or is not allowed.
    #[error("{0}")]
    Refused(String),
    /// The database said no.
    #[error("the database failed: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// A defect.
    #[error("{0}")]
    Internal(String),
}

impl From<super::Error> for AdminError {
    fn from(error: super::Error) -> Self {
        Self::Internal(format!("{error:?}"))
    }
}

fn refused<T>(text: impl Into<String>) -> Result<T, AdminError> {
    Err(AdminError::Refused(text.into()))
}

/// Makes a merchant.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn create_merchant(desk: &Desk, name: &str) -> Result<MerchantId, AdminError> {
    let name = checked_name(name)?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let tx = desk.database.begin_write().await?;
    if store::merchants::find_by_name(&system, &tx, &name).await?.is_some() {
        return refused(format!("a merchant {name:?} exists already"));
    }
    let id = MerchantId::new(Uuid::now_v7());
    store::merchants::insert(&system, &tx, id, &name, now).await?;
    store::audit::insert_event(&system, &tx, AuditEntry::done("create-merchant", None, &name), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// An IP code just made.
pub struct NewIpCode {
    /// The code.
    pub ip_code: IpCode,
    /// With which its requests are signed; never shown again.
    pub signing_secret: String,
}

/// Makes an IP code of a merchant, with the secret that signs its requests.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn create_ip_code(
    desk: &Desk,
    code: &str,
    merchant: &str,
    name: Option<&str>,
) -> Result<NewIpCode, AdminError> {
    let ip_code = parse_ip_code(code)?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let tx = desk.database.begin_write().await?;
    let merchant_id = require_merchant(desk, merchant).await?;
    if !store::ip_codes::load_settings(&system, &tx, std::slice::from_ref(&ip_code)).await?.is_empty() {
        return refused(format!("IP code {ip_code} exists already"));
    }
    let settings = IpCodeSettings {
        ip_code: ip_code.clone(),
        name: checked_name(name.unwrap_or(merchant))?,
        merchant: merchant.to_owned(),
        merchant_id,
        shop_id: None,
        last_notification_at: None,
        endpoint: Endpoint::default(),
        alert_addresses: Vec::new(),
        editable_parameters: None,
        pause_after_failures: PAUSE_AFTER_FAILURES_DEFAULT,
        settings_version: 1,
        signing_secrets: Vec::new(),
        restored_url: None,
        restored_secrets: Vec::new(),
    };
    store::ip_codes::insert(&system, &tx, &settings, now).await?;
    let signed = (&ip_code, SecretPurpose::Results);
    let fresh = signing_secrets::replace_secret(&desk.sealer, &system, &tx, signed, now, now).await?;
    let entry = AuditEntry::done("create-ip-code", Some(&ip_code), &ip_code);
    store::audit::insert_event(&system, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(NewIpCode { ip_code, signing_secret: fresh.reveal().to_owned() })
}

/// Makes a user; without a merchant it is a platform operator.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn create_user(
    desk: &Desk,
    login: &str,
    merchant: Option<&str>,
    name: Option<&str>,
    given_password: String,
) -> Result<UserId, AdminError> {
    let login = checked_name(login)?;
    let length = given_password.chars().count();
    if !(password::PASSWORD_CHARS_MIN..=password::PASSWORD_CHARS_MAX).contains(&length) {
        return refused(format!(
            "a password has {} to {} characters",
            password::PASSWORD_CHARS_MIN,
            password::PASSWORD_CHARS_MAX
        ));
    }
    let merchant_id = match merchant {
        Some(merchant) => Some(require_merchant(desk, merchant).await?),
        None => None,
    };
    let password_hash = password::hash(given_password).await?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let tx = desk.database.begin_write().await?;
    if store::accounts::find_account(&system, &tx, &login).await?.is_some() {
        return refused(format!("a user {login:?} exists already"));
    }
    let id = UserId::new(Uuid::now_v7());
    let name = checked_name(name.unwrap_or(&login))?;
    let user = NewUser { id, merchant_id, login: login.clone(), name, password_hash, created_at: now };
    store::accounts::insert_user(&system, &tx, user).await?;
    store::audit::insert_event(&system, &tx, AuditEntry::done("create-user", None, &login), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Gives a user a right on an IP code.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn grant(desk: &Desk, login: &str, code: &str, role: Role) -> Result<(), AdminError> {
    let settings = require_ip_code(desk, code).await?;
    let user = require_user(desk, login).await?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let tx = desk.database.begin_write().await?;
    store::accounts::put_grant(&system, &tx, user, &settings.ip_code, role, now).await?;
    let entry = AuditEntry::done("grant", Some(&settings.ip_code), login)
        .with_change(serde_json::Value::Null, serde_json::json!({"role": role.code()}));
    store::audit::insert_event(&system, &tx, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a right away.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn revoke_grant(desk: &Desk, login: &str, code: &str) -> Result<(), AdminError> {
    let ip_code = parse_ip_code(code)?;
    let user = require_user(desk, login).await?;
    let (system, now) = (Scope::system(), desk.clock.now());
    let tx = desk.database.begin_write().await?;
    if !store::accounts::delete_grant(&system, &tx, user, &ip_code).await? {
        return refused(format!("{login} has no right on {ip_code}"));
    }
    store::audit::insert_event(&system, &tx, AuditEntry::done("revoke-grant", Some(&ip_code), login), now)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Makes an API token and returns its secret, which is never shown again.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn create_token(
    desk: &Desk,
    name: &str,
    codes: &[String],
    rights: &[TokenRight],
) -> Result<String, AdminError> {
    let name = checked_name(name)?;
    let mut ip_codes = Vec::new();
    let mut owners = Vec::new();
    for code in codes {
        let settings = require_ip_code(desk, code).await?;
        owners.push(settings.merchant_id);
        ip_codes.push(settings.ip_code);
    }
    owners.dedup();
    let [merchant_id] = owners.as_slice() else {
        return refused("a token needs one or more IP codes of one merchant");
    };
    if rights.is_empty() {
        return refused("a token needs at least one right");
    }
    let (system, now) = (Scope::system(), desk.clock.now());
    let fresh = api_token::make()?;
    let id = ApiTokenId::new(Uuid::now_v7());
    let token = NewApiToken {
        id,
        merchant_id: *merchant_id,
        name: &name,
        rights,
        ip_codes: &ip_codes,
        created_at: now,
    };
    let tx = desk.database.begin_write().await?;
    store::tokens::insert_token(&system, &tx, &token, &fresh).await?;
    store::audit::insert_event(&system, &tx, AuditEntry::done("create-token", ip_codes.first(), &name), now)
        .await?;
    tx.commit().await?;
    Ok(fresh.secret)
}

/// Revokes the tokens of this name or prefix.
///
/// # Errors
/// What does not exist, exists already or is not allowed, in words; or the database said no.
pub async fn revoke_token(desk: &Desk, name: &str) -> Result<u64, AdminError> {
    let (system, now) = (Scope::system(), desk.clock.now());
    let tx = desk.database.begin_write().await?;
    let revoked = store::tokens::revoke_tokens(&system, &tx, name, now).await?;
    if revoked == 0 {
        return refused(format!("there is no living token {name:?}"));
    }
    store::audit::insert_event(&system, &tx, AuditEntry::done("revoke-token", None, name), now).await?;
    tx.commit().await?;
    Ok(revoked)
}

/// Every merchant's name.
pub(crate) async fn list_merchants(desk: &Desk) -> Result<Vec<String>, AdminError> {
    Ok(store::merchants::list_names(&Scope::system(), desk.database.reader()).await?)
}

/// Every IP code with its settings.
pub(crate) async fn list_ip_codes(desk: &Desk) -> Result<Vec<IpCodeSettings>, AdminError> {
    Ok(store::ip_codes::list_visible(&Scope::system(), desk.database.reader()).await?)
}

/// Every user: login, name, whether a platform operator.
pub(crate) async fn list_users(desk: &Desk) -> Result<Vec<(String, String, bool)>, AdminError> {
    Ok(store::accounts::list_users(&Scope::system(), desk.database.reader()).await?)
}

/// Every token.
pub(crate) async fn list_tokens(desk: &Desk) -> Result<Vec<ApiToken>, AdminError> {
    Ok(store::tokens::list_tokens(&Scope::system(), desk.database.reader()).await?)
}

async fn require_merchant(desk: &Desk, name: &str) -> Result<MerchantId, AdminError> {
    match store::merchants::find_by_name(&Scope::system(), desk.database.reader(), name).await? {
        Some(id) => Ok(id),
        None => refused(format!("there is no merchant {name:?}")),
    }
}

async fn require_user(desk: &Desk, login: &str) -> Result<UserId, AdminError> {
    match store::accounts::find_account(&Scope::system(), desk.database.reader(), login).await? {
        Some(account) => Ok(account.user_id),
        None => refused(format!("there is no user {login:?}")),
    }
}

async fn require_ip_code(desk: &Desk, code: &str) -> Result<IpCodeSettings, AdminError> {
    let ip_code = parse_ip_code(code)?;
    let wanted = std::slice::from_ref(&ip_code);
    match store::ip_codes::load_settings(&Scope::system(), desk.database.reader(), wanted).await?.pop() {
        Some(settings) => Ok(settings),
        None => refused(format!("there is no IP code {ip_code}")),
    }
}

fn parse_ip_code(code: &str) -> Result<IpCode, AdminError> {
    IpCode::parse(code).or_else(|error| refused(format!("{code:?}: {error}")))
}

fn checked_name(name: &str) -> Result<String, AdminError> {
    let name = text::normalise(name);
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
    if fits { Ok(name) } else { refused(format!("a name has 1 to {NAME_CHARS_MAX} characters")) }
}
