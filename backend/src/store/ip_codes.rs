//! IP codes and the settings of their endpoints.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};
use todoke_domain::{
    access::Action,
    acknowledgement::BodyRule,
    ids::{IpCode, MerchantId},
    retry::RetryPolicy,
    text::Charset,
    time::Timestamp,
};

use super::{
    entity::{ip_codes, merchants},
    rows, signing_secrets,
};
use crate::auth::{
    scope::Scope,
    signing::{SealedSecret, SecretPurpose},
};

/// Default time-out of an endpoint, in milliseconds (docs/DOMAIN.md, Zeus carrier billing: 15 s).
pub(crate) const TIMEOUT_MS_DEFAULT: u32 = 15_000;

/// Failures in a row after which an endpoint is paused, where nothing else is set.
pub(crate) const PAUSE_AFTER_FAILURES_DEFAULT: u32 = 50;

/// How far apart two notifications are at least whose times are both kept, in milliseconds.
const NOTED_EVERY_MS: i64 = 1_000;

/// How parameters are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndpointMethod {
    /// In the query, the default of the Zeus CGI.
    #[default]
    Get,
    /// As a form body.
    Post,
}

impl EndpointMethod {
    /// The name in storage and commands.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }

    /// The method of this name.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Get, Self::Post].into_iter().find(|method| method.code() == code)
    }
}

/// Where and how results are delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The address; `None` until it is set.
    pub url: Option<String>,
    /// GET or POST.
    pub method: EndpointMethod,
    /// The charset of parameters and answers.
    pub charset: Charset,
    /// From the start of the connection to the end of the answer, in milliseconds.
    pub timeout_ms: u32,
    /// What the body of a 2xx answer must be like.
    pub body_rule: BodyRule,
    /// Drops second copies by itself.
    pub is_idempotent: bool,
    /// Automatic retries.
    pub retry_policy: RetryPolicy,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self {
            url: None,
            method: EndpointMethod::default(),
            charset: Charset::default(),
            timeout_ms: TIMEOUT_MS_DEFAULT,
            body_rule: BodyRule::default(),
            is_idempotent: false,
            retry_policy: RetryPolicy::default(),
        }
    }
}

/// An IP code with its settings.
#[derive(Clone, Debug)]
pub(crate) struct IpCodeSettings {
    /// The code.
    pub ip_code: IpCode,
    /// Its name for people.
    pub name: String,
    /// The merchant's name.
    pub merchant: String,
    /// The merchant.
    pub merchant_id: MerchantId,
    /// The gateway's ShopID; set means that gateway notifications are on.
    pub shop_id: Option<String>,
    /// When the last notification came.
    pub last_notification_at: Option<Timestamp>,
    /// Where results are delivered.
    pub endpoint: Endpoint,
    /// Who is told of send errors.
    pub alert_addresses: Vec<String>,
    /// The parameters that may be edited; `None` means all but the base ones that name the payment.
    pub editable_parameters: Option<Vec<String>>,
    /// Failures in a row, over ten minutes or longer, after which the endpoint is paused; 0 means never.
    pub pause_after_failures: u32,
    /// Grows with every change, so that two people never overwrite each other unseen.
    pub settings_version: u32,
    /// What requests with results are signed with, newest first; sealed.
    pub signing_secrets: Vec<SealedSecret>,
    /// Where the cart is told of restored orders; `None` while that is switched off.
    pub restored_url: Option<String>,
    /// What these events are signed with, newest first; sealed.
    pub restored_secrets: Vec<SealedSecret>,
}

/// The IP codes that may be seen, in order.
pub(crate) async fn list_visible(
    scope: &Scope,
    db: &impl ConnectionTrait,
) -> Result<Vec<IpCodeSettings>, DbErr> {
    let mut query = ip_codes::Entity::find().order_by_asc(ip_codes::Column::Code);
    if let Some(visible) = scope.ip_codes(Action::View) {
        let codes: Vec<String> = visible.into_iter().map(String::from).collect();
        query = query.filter(ip_codes::Column::Code.is_in(codes));
    }
    settings_of(scope, db, query.all(db).await?).await
}

/// One IP code, if it may be seen.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
) -> Result<Option<IpCodeSettings>, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(None);
    }
    let found = ip_codes::Entity::find_by_id(ip_code.as_str()).all(db).await?;
    Ok(settings_of(scope, db, found).await?.pop())
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
) -> Result<Option<IpCodeSettings>, DbErr> {
    if !scope.may(ip_code, Action::View) {
        return Ok(None);
    }
    let found = ip_codes::Entity::find_by_id(ip_code.as_str()).lock(LockType::Update).all(db).await?;
    Ok(settings_of(scope, db, found).await?.pop())
}

/// The settings of these IP codes, whether or not they may be seen: for the inbox and the sender.
pub(crate) async fn load_settings(
    scope: &Scope,
    db: &impl ConnectionTrait,
    wanted: &[IpCode],
) -> Result<Vec<IpCodeSettings>, DbErr> {
    debug_assert!(scope.is_system(), "only the worker and the receiver read settings unasked");
    let codes: Vec<&str> = wanted.iter().map(IpCode::as_str).collect();
    let found = ip_codes::Entity::find().filter(ip_codes::Column::Code.is_in(codes)).all(db).await?;
    settings_of(scope, db, found).await
}

/// The IP code of a gateway's shop.
pub(crate) async fn find_by_shop(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    shop_id: &str,
) -> Result<Option<IpCode>, DbErr> {
    let found = ip_codes::Entity::find().filter(ip_codes::Column::ShopId.eq(shop_id)).one(db).await?;
    found.map(|row| rows::ip_code(&row.code)).transpose()
}

/// Keeps when the last notification came, to the second: of many in one second only the first writes, so that the others
/// need not wait for each other's commits.
pub(crate) async fn note_notification(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    at: Timestamp,
) -> Result<(), DbErr> {
    let noted = ip_codes::Column::LastNotificationAt;
    let is_older =
        Condition::any().add(noted.is_null()).add(noted.lte(at.plus_millis(-NOTED_EVERY_MS).as_micros()));
    ip_codes::Entity::update_many()
        .col_expr(noted, Expr::value(at.as_micros()))
        .filter(ip_codes::Column::Code.eq(ip_code.as_str()))
        .filter(is_older)
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores a new IP code with the settings given.
pub(crate) async fn insert(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    settings: &IpCodeSettings,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = active_model(settings, now)?;
    ip_codes::Entity::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Replaces the settings of an IP code.
pub(crate) async fn update(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    settings: &IpCodeSettings,
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut row = active_model(settings, now)?;
    row.created_at = NotSet;
    row.last_notification_at = NotSet;
    row.settings_version = Set(rows::to_i32(settings.settings_version.saturating_add(1)));
    ip_codes::Entity::update(row).exec(db).await.map(|_| ())
}

fn active_model(settings: &IpCodeSettings, now: Timestamp) -> Result<ip_codes::ActiveModel, DbErr> {
    let endpoint = &settings.endpoint;
    Ok(ip_codes::ActiveModel {
        code: Set(settings.ip_code.as_str().to_owned()),
        merchant_id: Set(settings.merchant_id.value()),
        name: Set(settings.name.clone()),
        shop_id: Set(settings.shop_id.clone()),
        last_notification_at: Set(settings.last_notification_at.map(Timestamp::as_micros)),
        endpoint_url: Set(endpoint.url.clone()),
        endpoint_method: Set(endpoint.method.code().to_owned()),
        endpoint_charset: Set(endpoint.charset.name().to_owned()),
        endpoint_timeout_ms: Set(rows::to_i32(endpoint.timeout_ms)),
        endpoint_body_rule: Set(rows::to_json(&endpoint.body_rule)?),
        endpoint_is_idempotent: Set(endpoint.is_idempotent),
        retry_policy: Set(rows::to_json(&endpoint.retry_policy)?),
        alert_addresses: Set(rows::to_json(&settings.alert_addresses)?),
        editable_parameters: Set(settings.editable_parameters.as_ref().map(rows::to_json).transpose()?),
        pause_after_failures: Set(rows::to_i32(settings.pause_after_failures)),
        settings_version: Set(rows::to_i32(settings.settings_version)),
        restored_url: Set(settings.restored_url.clone()),
        // The template has its own queries.
        order_mail_subject: NotSet,
        order_mail_body: NotSet,
        created_at: Set(now.as_micros()),
        updated_at: Set(now.as_micros()),
    })
}

async fn settings_of(
    scope: &Scope,
    db: &impl ConnectionTrait,
    found: Vec<ip_codes::Model>,
) -> Result<Vec<IpCodeSettings>, DbErr> {
    let owners: Vec<_> = found.iter().map(|row| row.merchant_id).collect();
    let names: std::collections::HashMap<_, _> = merchants::Entity::find()
        .filter(merchants::Column::Id.is_in(owners))
        .all(db)
        .await?
        .into_iter()
        .map(|merchant| (merchant.id, merchant.name))
        .collect();
    let codes: Vec<String> = found.iter().map(|row| row.code.clone()).collect();
    let mut secrets = signing_secrets::load(scope, db, &codes).await?;
    let parse = |row: ip_codes::Model| {
        let merchant = names.get(&row.merchant_id).cloned().unwrap_or_default();
        let of_code = secrets.remove(&row.code).unwrap_or_default();
        settings_of_row(row, merchant, of_code)
    };
    found.into_iter().map(parse).collect()
}

fn settings_of_row(
    row: ip_codes::Model,
    merchant: String,
    secrets: Vec<SealedSecret>,
) -> Result<IpCodeSettings, DbErr> {
    let (signing_secrets, restored_secrets) =
        secrets.into_iter().partition(|secret| secret.purpose == SecretPurpose::Results);
    let endpoint = Endpoint {
        url: row.endpoint_url,
        method: rows::named("endpoint_method", &row.endpoint_method, EndpointMethod::from_code)?,
        charset: rows::named("endpoint_charset", &row.endpoint_charset, Charset::from_name)?,
        timeout_ms: rows::count(row.endpoint_timeout_ms),
        body_rule: rows::json("endpoint_body_rule", &row.endpoint_body_rule)?,
        is_idempotent: row.endpoint_is_idempotent,
        retry_policy: rows::json("retry_policy", &row.retry_policy)?,
    };
    Ok(IpCodeSettings {
        ip_code: rows::ip_code(&row.code)?,
        name: row.name,
        merchant,
        merchant_id: MerchantId::new(row.merchant_id),
        shop_id: row.shop_id,
        last_notification_at: row.last_notification_at.map(Timestamp::from_micros),
        endpoint,
        alert_addresses: rows::json("alert_addresses", &row.alert_addresses)?,
        editable_parameters: row
            .editable_parameters
            .map(|text| rows::json("editable_parameters", &text))
            .transpose()?,
        pause_after_failures: rows::count(row.pause_after_failures),
        settings_version: rows::count(row.settings_version),
        signing_secrets,
        restored_url: row.restored_url,
        restored_secrets,
    })
}
