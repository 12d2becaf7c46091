//! A result notification comes in: stored durably, then answered, evaluated later
//! (docs/REQUIREMENTS.md, B.2).
//!
//! Nothing is judged here beyond "whose is it, and is it readable".

use std::net::IpAddr;

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    ids::{AbnormalOrderId, IpCode},
    notification::{self, MoneyState, Notification, Unreadable},
};

use crate::{
    app::App,
    auth::scope::Scope,
    store::{
        self,
        gateway_settings::GatewaySettings,
        notifications::{GatewayPayment, NewNotification},
        refused_notifications::NotificationRefusal,
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
    /// The shop's gateway is off, or the body came from elsewhere than allowed.
    #[error("refused by the settings of the shop")]
    Refused,
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
pub(crate) async fn receive_notification(
    app: &App,
    body: &[u8],
    source: Option<IpAddr>,
) -> Result<Receipt, Rejection> {
    let notification = match Notification::parse(body) {
        Ok(notification) => notification,
        Err(unreadable) => {
            count_unreadable(app, body).await?;
            return Err(unreadable.into());
        }
    };
    let scope = Scope::system();
    let shop_id = notification.shop_id();
    // PostgreSQL takes no NUL in a text, not even to compare with; no shop has one.
    if shop_id.contains('\0') {
        return Err(Rejection::UnknownShop);
    }
    let settings = store::gateway_settings::find_by_shop(&scope, app.database.reader(), shop_id)
        .await?
        .ok_or(Rejection::UnknownShop)?;
    if let Some(reason) = refusal_of(&settings, source) {
        count_refused(app, &settings.ip_code, reason).await?;
        return Err(Rejection::Refused);
    }
    let ip_code = settings.ip_code;
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
    let tx = app.database.begin_write().await?;
    let grace_ms = if is_cancellation_of_row(&tx, &notification, &payment).await? {
        0
    } else {
        app.config.grace_period_ms
    };
    let new = NewNotification {
        id: notification.id(),
        payment,
        status: column_text(notification.field("Status")),
        raw: notification::without_secrets(body),
        received_at,
        evaluate_at: Some(received_at.plus_millis(grace_ms)),
    };
    let is_new = store::notifications::insert(&scope, &tx, new).await?;
    store::ip_codes::note_notification(&scope, &tx, &ip_code, received_at).await?;
    tx.commit().await?;
    Ok(if is_new { Receipt::Stored } else { Receipt::Repeat })
}

/// Whether it cancels a payment whose row stands in the lists: nobody is to restore it meanwhile, so it is due at once.
/// The grace is for orders that are on their way, and without a row that wait goes on for the whole payment.
async fn is_cancellation_of_row(
    tx: &DatabaseTransaction,
    notification: &Notification,
    payment: &GatewayPayment,
) -> Result<bool, DbErr> {
    if notification.money_state() != MoneyState::Cancelled {
        return Ok(false);
    }
    let scope = Scope::system();
    let number = std::iter::once((&payment.ip_code, payment.gateway_order_id.as_str()));
    store::locks::lock_order_numbers(&scope, tx, number).await?;
    Ok(store::abnormal_orders::find_for_change(&scope, tx, payment.id).await?.is_some())
}

/// Why the settings of a shop refuse it.
fn refusal_of(settings: &GatewaySettings, source: Option<IpAddr>) -> Option<NotificationRefusal> {
    let is_allowed =
        |source: IpAddr| settings.allowed_sources.iter().any(|network| network.contains(&source));
    if !settings.is_on {
        Some(NotificationRefusal::Disabled)
    } else if !settings.allowed_sources.is_empty() && !source.is_some_and(is_allowed) {
        Some(NotificationRefusal::SourceRefused)
    } else {
        None
    }
}

/// Counts a body that cannot be read, where it says whose it is.
async fn count_unreadable(app: &App, body: &[u8]) -> Result<(), DbErr> {
    let Some(shop_id) = notification::claimed_shop_id(body) else {
        return Ok(());
    };
    let found =
        store::gateway_settings::find_by_shop(&Scope::system(), app.database.reader(), &shop_id).await?;
    match found {
        Some(settings) => count_refused(app, &settings.ip_code, NotificationRefusal::Unreadable).await,
        None => Ok(()),
    }
}

async fn count_refused(app: &App, ip_code: &IpCode, reason: NotificationRefusal) -> Result<(), DbErr> {
    let tx = app.database.begin_write().await?;
    let now = app.clock.now();
    store::refused_notifications::count_one(&Scope::system(), &tx, ip_code, reason, now).await?;
    tx.commit().await
}

/// What a text column of PostgreSQL can hold. The bytes as they came are kept beside it.
fn column_text(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
