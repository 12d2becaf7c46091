//! A result notification comes in: stored durably, then answered, evaluated later
//! (docs/REQUIREMENTS.md, B.2).
//!
//! Nothing is judged here beyond "whose is it, and is it readable".

use sea_orm::DbErr;
use todoke_domain::{
    ids::AbnormalOrderId,
    notification::{self, Notification, Unreadable},
};

use crate::{
    app::App,
    auth::scope::Scope,
    store::{
        self,
        notifications::{GatewayPayment, NewNotification},
    },
};

/// What became of a notification that is answered with `0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Receipt {
    /// Stored.
    Stored,
    /// It was there already.
    Repeat,
}

/// Why a notification is answered with `1`. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// The body cannot be read.
    #[error("unreadable: {0}")]
    Unreadable(#[from] Unreadable),
    /// No IP code has this shop.
    #[error("unknown shop")]
    UnknownShop,
    /// The database did not take it.
    #[error("not stored: {0}")]
    NotStored(#[from] DbErr),
}

/// Takes a notification.
///
/// # Errors
/// It is not taken; the gateway sends it again.
pub(crate) async fn receive_notification(app: &App, body: &[u8]) -> Result<Receipt, Rejection> {
    let notification = Notification::parse(body)?;
    let scope = Scope::system();
    let shop_id = notification.shop_id();
    // PostgreSQL takes no NUL in a text, not even to compare with; no shop has one.
    if shop_id.contains('\0') {
        return Err(Rejection::UnknownShop);
    }
    let ip_code = store::ip_codes::find_by_shop(&scope, app.database.reader(), shop_id)
        .await?
        .ok_or(Rejection::UnknownShop)?;
    let received_at = app.clock.now();
    let (order_id, access_id) = (notification.order_id(), notification.access_id());
    let payment = GatewayPayment {
        id: AbnormalOrderId::of(shop_id, order_id, access_id),
        ip_code,
        shop_id: shop_id.to_owned(),
        gateway_order_id: column_text(order_id),
        access_id: column_text(access_id),
    };
    let ip_code = payment.ip_code.clone();
    let new = NewNotification {
        id: notification.id(),
        payment,
        status: column_text(notification.field("Status")),
        raw: notification::without_secrets(body),
        received_at,
        evaluate_at: Some(received_at.plus_millis(app.config.grace_period_ms)),
    };
    let tx = app.database.begin_write().await?;
    let is_new = store::notifications::insert(&scope, &tx, new).await?;
    store::ip_codes::note_notification(&scope, &tx, &ip_code, received_at).await?;
    tx.commit().await?;
    Ok(if is_new { Receipt::Stored } else { Receipt::Repeat })
}

/// What a text column of PostgreSQL can hold. The bytes as they came are kept beside it.
fn column_text(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
