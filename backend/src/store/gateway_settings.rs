//! The gateway of an IP code: ShopID, ShopPass (sealed), the networks from which notifications may come.

use ipnet::IpNet;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use todoke_domain::{access::Action, ids::IpCode, time::Timestamp};

use super::{
    entity::{
        gateway_settings::{self, Column},
        ip_codes,
    },
    rows,
};
use crate::auth::scope::Scope;

/// The gateway of an IP code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GatewaySettings {
    /// Whose.
    pub ip_code: IpCode,
    /// The gateway's ShopID, on or off.
    pub shop_id: Option<String>,
    /// Notifications are taken.
    pub is_on: bool,
    /// The ShopPass, sealed.
    pub shop_pass: Option<String>,
    /// Where notifications may come from; empty means from everywhere.
    pub allowed_sources: Vec<IpNet>,
}

/// The gateway of an IP code on which the action is permitted.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    action: Action,
) -> Result<Option<GatewaySettings>, DbErr> {
    if !scope.may(ip_code, action) {
        return Ok(None);
    }
    let Some(row) = ip_codes::Entity::find_by_id(ip_code.as_str().to_owned()).one(db).await? else {
        return Ok(None);
    };
    let settings = gateway_settings::Entity::find_by_id(row.code.clone()).one(db).await?;
    settings_of(row.code, row.shop_id, settings).map(Some)
}

/// The gateway of a shop, whether it is on or off.
pub(crate) async fn find_by_shop(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    shop_id: &str,
) -> Result<Option<GatewaySettings>, DbErr> {
    let on = ip_codes::Entity::find().filter(ip_codes::Column::ShopId.eq(shop_id)).one(db).await?;
    if let Some(row) = on {
        let settings = gateway_settings::Entity::find_by_id(row.code.clone()).one(db).await?;
        return settings_of(row.code, row.shop_id, settings).map(Some);
    }
    let off = gateway_settings::Entity::find().filter(Column::ShopIdWhenOff.eq(shop_id)).one(db).await?;
    off.map(|row| settings_of(row.ip_code.clone(), None, Some(row))).transpose()
}

/// Stores the gateway of an IP code.
pub(crate) async fn put(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    settings: &GatewaySettings,
    now: Timestamp,
) -> Result<(), DbErr> {
    let (on, off) =
        if settings.is_on { (settings.shop_id.clone(), None) } else { (None, settings.shop_id.clone()) };
    let sources: Vec<String> = settings.allowed_sources.iter().map(IpNet::to_string).collect();
    let row = gateway_settings::ActiveModel {
        ip_code: Set(settings.ip_code.as_str().to_owned()),
        shop_id_when_off: Set(off),
        shop_pass: Set(settings.shop_pass.clone()),
        allowed_sources: Set(rows::to_json(&sources)?),
        updated_at: Set(now.as_micros()),
    };
    let conflict = OnConflict::column(Column::IpCode)
        .update_columns([Column::ShopIdWhenOff, Column::ShopPass, Column::AllowedSources, Column::UpdatedAt])
        .to_owned();
    gateway_settings::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    ip_codes::Entity::update_many()
        .col_expr(ip_codes::Column::ShopId, Expr::value(on))
        .filter(ip_codes::Column::Code.eq(settings.ip_code.as_str()))
        .exec(db)
        .await
        .map(|_| ())
}

fn settings_of(
    code: String,
    shop_id_when_on: Option<String>,
    row: Option<gateway_settings::Model>,
) -> Result<GatewaySettings, DbErr> {
    let is_on = shop_id_when_on.is_some();
    let texts: Vec<String> = match &row {
        Some(row) => rows::json("allowed_sources", &row.allowed_sources)?,
        None => Vec::new(),
    };
    let network = |text: &String| text.parse().map_err(|_| rows::unreadable("allowed_sources", text));
    let (shop_id_when_off, shop_pass) = row.map(|row| (row.shop_id_when_off, row.shop_pass)).unzip();
    Ok(GatewaySettings {
        ip_code: rows::ip_code(&code)?,
        shop_id: shop_id_when_on.or(shop_id_when_off.flatten()),
        is_on,
        shop_pass: shop_pass.flatten(),
        allowed_sources: texts.iter().map(network).collect::<Result<_, _>>()?,
    })
}
