//! The demo's gateway: answers `SearchTrade.idPass` on the desk's port from what was notified, so that a restore's question
//! can be seen to work. Payments whose order number ends in 00003 it calls cancelled although nobody was told.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use todoke_domain::{ids::AbnormalOrderId, notification::MoneyState};

use super::{desk::DeskState, sample_gateway::trade_answer};
use crate::{
    app::{
        App, Error,
        abnormal_orders::shown_notification,
        gateway_settings::{GatewayChange, update_gateway_settings},
    },
    auth::{scope::Scope, sealed::SecretText},
    store::{self, notifications::StoredNotification},
};

/// The IP code whose restores ask the demo's gateway.
pub(super) const ASKING_CODE: &str = "2012000225";
/// Its ShopPass; the demo's gateway takes any.
const SHOP_PASS: &str = "demo-pass";
/// The end of the numbers whose payments the gateway calls cancelled.
const CANCELLED_END: &str = "00003";

/// Gives the asking IP code its ShopPass.
pub(super) async fn plant(app: &App) -> Result<(), Error> {
    let change = GatewayChange {
        ip_code: ASKING_CODE.to_owned(),
        is_on: None,
        shop_id: None,
        shop_pass: Some(SecretText::new(SHOP_PASS.to_owned())),
        allowed_sources: None,
    };
    update_gateway_settings(app, &Scope::system(), change).await.map(|_| ())
}

/// Answers a question about a transaction.
pub(super) async fn search_trade(
    state: web::Data<DeskState>,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let body = match find_trade(state.app(), field("ShopID"), field("OrderID")).await {
        Ok(Some(body)) => body,
        Ok(None) => "ErrCode=E01&ErrInfo=E01110002".to_owned(),
        Err(error) => {
            tracing::warn!(?error, "the demo's gateway could not look a transaction up");
            "ErrCode=E91&ErrInfo=E91099999".to_owned()
        }
    };
    HttpResponse::Ok().content_type("text/plain").body(body)
}

async fn find_trade(app: &App, shop_id: &str, order_id: &str) -> Result<Option<String>, Error> {
    let (system, reader) = (Scope::system(), app.database.reader());
    let Some(ip_code) = store::ip_codes::find_by_shop(&system, reader, shop_id).await? else {
        return Ok(None);
    };
    let payments =
        store::notifications::list_evaluated_of_numbers(&system, reader, &ip_code, &[order_id]).await?;
    let ids: Vec<AbnormalOrderId> = payments
        .iter()
        .filter(|payment| payment.gateway_order_id == order_id)
        .map(|payment| payment.id)
        .collect();
    let told = store::notifications::list_of_payments(&system, reader, &ids).await?;
    let Some(shown) = shown_notification(&told) else { return Ok(None) };
    let is_cancelled =
        |stored: &StoredNotification| stored.notification.money_state() == MoneyState::Cancelled;
    let status = if order_id.ends_with(CANCELLED_END) || told.iter().any(is_cancelled) {
        "VOID"
    } else {
        shown.notification.field("Status").trim()
    };
    let amount = shown.notification.paid_total().map_or(0, |total| total.amount());
    Ok(Some(trade_answer(order_id, status, amount, shown.notification.field("AccessID"))))
}
