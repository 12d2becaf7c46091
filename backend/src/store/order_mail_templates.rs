//! The templates of confirmation mails, one an IP code.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use todoke_domain::{access::Action, ids::IpCode, order_mail::MailText};

use super::entity::{ip_codes, merchants};
use crate::auth::scope::Scope;

/// The template of an IP code, and the shop's name that goes into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShopTemplate {
    /// The merchant's name.
    pub shop_name: String,
    /// Its own template; `None` where the default is taken.
    pub own: Option<MailText>,
}

/// The template of an IP code on which the action is permitted.
pub(crate) async fn find(
    scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    action: Action,
) -> Result<Option<ShopTemplate>, DbErr> {
    if !scope.may(ip_code, action) {
        return Ok(None);
    }
    let Some(row) = ip_codes::Entity::find_by_id(ip_code.as_str().to_owned()).one(db).await? else {
        return Ok(None);
    };
    let merchant = merchants::Entity::find_by_id(row.merchant_id).one(db).await?;
    let text = row.order_mail_subject.zip(row.order_mail_body);
    Ok(Some(ShopTemplate {
        shop_name: merchant.map(|merchant| merchant.name).unwrap_or_default(),
        own: text.map(|(subject, body)| MailText { subject, body }),
    }))
}

/// Gives an IP code its own template, or the default again.
pub(crate) async fn put(
    _scope: &Scope,
    db: &impl ConnectionTrait,
    ip_code: &IpCode,
    own: Option<&MailText>,
) -> Result<(), DbErr> {
    ip_codes::Entity::update_many()
        .col_expr(ip_codes::Column::OrderMailSubject, Expr::value(own.map(|text| text.subject.clone())))
        .col_expr(ip_codes::Column::OrderMailBody, Expr::value(own.map(|text| text.body.clone())))
        .filter(ip_codes::Column::Code.eq(ip_code.as_str()))
        .exec(db)
        .await
        .map(|_| ())
}
