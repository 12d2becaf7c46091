//! Who is told of a send error: the first of an outage at once, the rest in one digest per address and window. And of
//! a pause of the endpoint, and of its end: one mail each.
//!
//! Rows are written in the transaction of their cause; nothing is sent here.

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{delivery::Outcome, endpoint_health::Turn, time::Timestamp};

use super::machinery::Machinery;
use crate::{
    auth::scope::Scope,
    mail::templates,
    store::{self, ip_codes::IpCodeSettings, send_errors::SendError},
};

/// Tells every alert address of the IP code.
pub(crate) async fn raise(
    machinery: &Machinery,
    tx: &DatabaseTransaction,
    settings: &IpCodeSettings,
    row: &SendError,
    now: Timestamp,
) -> Result<(), DbErr> {
    let system = Scope::system();
    let closes_at = now.plus_millis(machinery.alert_window_ms);
    for recipient in &settings.alert_addresses {
        if store::mails::open_window(&system, tx, recipient, closes_at).await? {
            let mail = templates::send_error_alert(recipient, settings, row, &machinery.public_url);
            store::mails::enqueue(&system, tx, mail, &[row.id], now).await?;
        } else {
            store::mails::wait_for_digest(&system, tx, recipient, &row.ip_code, row.id, now).await?;
        }
    }
    Ok(())
}

/// Tells every alert address of the IP code that its endpoint was paused, or goes on; with the outcome that brought it
/// about, or without one where a person did.
pub(crate) async fn tell_turn(
    machinery: &Machinery,
    tx: &DatabaseTransaction,
    settings: &IpCodeSettings,
    (turn, outcome): (Turn, Option<Outcome>),
    now: Timestamp,
) -> Result<(), DbErr> {
    let system = Scope::system();
    tracing::warn!(ip_code = %settings.ip_code, ?turn, "the deliveries to an endpoint were paused, or go on");
    let kept = match turn {
        Turn::Paused => 0,
        Turn::Resumed => store::kept_deliveries::count(&system, tx, &settings.ip_code).await?,
    };
    for recipient in &settings.alert_addresses {
        let mail = match turn {
            Turn::Paused => {
                templates::endpoint_paused(recipient, settings, (outcome, now), &machinery.public_url)
            }
            Turn::Resumed => {
                templates::endpoint_resumed(recipient, settings, (outcome, kept, now), &machinery.public_url)
            }
        };
        store::mails::enqueue(&system, tx, mail, &[], now).await?;
    }
    Ok(())
}
