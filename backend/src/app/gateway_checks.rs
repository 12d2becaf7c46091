//! The gateway check: before a restore the gateway is asked for the transaction's present state
//! (docs/REQUIREMENTS.md, B.5). What it says is held against the notification by the domain and kept as evidence.
//!
//! The question goes out while no transaction is open.

use todoke_domain::{
    access::Action,
    gateway_check::{Contradiction, Expected, GatewayAnswer, Problem, Verdict, judge},
    ids::{AbnormalOrderId, IpCode},
};

use super::{
    App, Error,
    abnormal_orders::{find_abnormal_order, shown_notification},
    refusals::note_refusal,
};
use crate::{
    auth::{scope::Scope, sealed::SecretText},
    live::Change,
    messages::Message,
    store::{
        self,
        abnormal_orders::{AbnormalOrder, StoredEvidence},
        audit::AuditEntry,
        gateway_checks::{CheckOutcome, GatewayCheck},
        gateway_settings::GatewaySettings,
    },
};

/// The mutation's name in the audit log.
const CHECK: &str = "checkGateway";

/// Where a ShopPass is sealed for.
pub(super) fn place_of_shop_pass(ip_code: &IpCode) -> String {
    format!("shop-pass/{ip_code}")
}

/// Whether a restore of this IP code's rows asks the gateway first.
pub(crate) async fn is_check_configured(app: &App, scope: &Scope, ip_code: &IpCode) -> Result<bool, Error> {
    if !app.gateway.is_configured() {
        return Ok(false);
    }
    let found = store::gateway_settings::find(scope, app.database.reader(), ip_code, Action::View).await?;
    Ok(found.is_some_and(|settings| settings.shop_pass.is_some()))
}

/// Asks the gateway for the present state of a row's transaction.
///
/// # Errors
/// `NotFound`, also where the right is missing; a fault where the check is not set up.
pub(crate) async fn check_gateway(
    app: &App,
    scope: &Scope,
    id: AbnormalOrderId,
) -> Result<AbnormalOrder, Error> {
    let row = find_abnormal_order(app, &Scope::system(), id).await?.ok_or(Error::NotFound)?;
    if !scope.may(&row.payment.ip_code, Action::Restore) {
        note_refusal(app, scope, CHECK, &row.payment.ip_code, id, Error::NotFound.code()).await?;
        return Err(Error::NotFound);
    }
    match ask_and_keep(app, scope, &row).await? {
        Some(check) => Ok(AbnormalOrder { gateway_check: Some(check), ..row }),
        None => Err(Error::field(&["id"], Message::GatewayNotConfigured)),
    }
}

/// Asks and keeps the answer; `None` where the check is not set up.
pub(super) async fn ask_and_keep(
    app: &App,
    scope: &Scope,
    row: &AbnormalOrder,
) -> Result<Option<GatewayCheck>, Error> {
    let (reader, ip_code) = (app.database.reader(), &row.payment.ip_code);
    let settings = store::gateway_settings::find(scope, reader, ip_code, Action::View).await?;
    let Some(shop_pass) = settings.as_ref().and_then(|settings| open_shop_pass(app, settings)) else {
        return Ok(None);
    };
    let notifications = store::notifications::list_of_payments(scope, reader, &[row.id()]).await?;
    let expected = Expected {
        total: shown_notification(&notifications).and_then(|stored| stored.notification.paid_total()),
        access_id: row.payment.access_id.clone(),
    };
    let shop = (row.payment.shop_id.as_str(), &shop_pass);
    let answer = app.gateway.search_trade(shop, &row.payment.gateway_order_id).await;
    let now = app.clock.now();
    let check = GatewayCheck { at: now, by: scope.actor().name().to_owned(), ..check_of(answer, &expected) };
    let tx = app.database.begin_write().await?;
    store::gateway_checks::put(scope, &tx, row.id(), &check).await?;
    let entry = AuditEntry::done(CHECK, Some(ip_code), row.id()).with_change(
        serde_json::Value::Null,
        serde_json::json!({
            "outcome": check.outcome, "problem": check.problem.map(Problem::code), "status": check.status,
            "amount": check.amount,
        }),
    );
    store::audit::insert_event(scope, &tx, entry, now).await?;
    tx.commit().await?;
    app.live.tell(Change::abnormal_order(ip_code, row.id()));
    Ok(Some(check))
}

/// The ShopPass in the clear, where there is one and somebody to show it to. One that does not open is a fault of the
/// setup: it is told to the log, and the check counts as not set up.
fn open_shop_pass(app: &App, settings: &GatewaySettings) -> Option<SecretText> {
    let sealed = settings.shop_pass.as_deref().filter(|_| app.gateway.is_configured())?;
    let opened = app.sealer.open(&place_of_shop_pass(&settings.ip_code), sealed);
    opened
        .inspect_err(
            |error| tracing::error!(ip_code = %settings.ip_code, %error, "a ShopPass cannot be opened"),
        )
        .ok()
}

fn check_of(answer: Result<GatewayAnswer, Problem>, expected: &Expected) -> GatewayCheck {
    let (verdict, status, amount, error) = match answer {
        Err(problem) => (Verdict::Unknown(problem), None, None, None),
        Ok(answer) => {
            let verdict = judge(&answer, expected);
            match answer {
                GatewayAnswer::Trade(trade) => {
                    (verdict, Some(trade.status), trade.total.map(|total| total.amount()), None)
                }
                GatewayAnswer::Refused { code, info } => (verdict, None, None, Some((code, info))),
                GatewayAnswer::Unreadable => (verdict, None, None, None),
            }
        }
    };
    let (outcome, problem, evidence) = match verdict {
        Verdict::Passed => (CheckOutcome::Passed, None, None),
        Verdict::Blocked(problem, why) => (CheckOutcome::Blocked, Some(problem), Some(evidence_of(why))),
        Verdict::Unknown(problem) => (CheckOutcome::Unreachable, Some(problem), None),
    };
    let at = todoke_domain::time::Timestamp::from_micros(0);
    GatewayCheck { outcome, problem, status, amount, error, evidence, at, by: String::new() }
}

fn evidence_of(why: Contradiction) -> StoredEvidence {
    StoredEvidence { field: why.field.to_owned(), expected: why.expected, actual: why.actual }
}
