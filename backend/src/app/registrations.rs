//! What registering checkouts and registering orders have in common. No rule of either stands here.

use std::collections::BTreeMap;

use sea_orm::{DatabaseTransaction, DbErr};
use todoke_domain::{
    access::Action,
    ids::IpCode,
    order::REGISTRATIONS_MAX,
    payment::{FaultKind, FieldFault},
    registration::Cart,
    time::Timestamp,
};

use super::evaluations::re_evaluate_order_numbers;
use crate::{
    app::{App, Error, FieldError},
    auth::scope::Scope,
    live::Change,
    messages::Message,
    store::{self, audit::AuditEntry},
};

/// The result of one element.
pub(crate) type Registration<T> = Result<T, Vec<FieldError>>;

/// One element at least, [`REGISTRATIONS_MAX`] at most.
pub(super) fn check_count(field: &str, count: usize) -> Result<(), Error> {
    if count == 0 {
        return Err(Error::field(&[field], Message::Field(FaultKind::Required)));
    }
    if count > REGISTRATIONS_MAX {
        return Err(Error::field(&[field], Message::TooManyElements(REGISTRATIONS_MAX)));
    }
    Ok(())
}

/// An element whose IP code may be registered for. One that may not does not exist for the asker.
pub(super) fn permitted<T>(
    scope: &Scope,
    checked: Result<T, Vec<FieldFault>>,
    ip_code_of: impl Fn(&T) -> &IpCode,
) -> Registration<T> {
    let element = checked.map_err(|faults| faults.into_iter().map(field_error).collect::<Vec<_>>())?;
    if scope.may(ip_code_of(&element), Action::Register) {
        Ok(element)
    } else {
        Err(vec![FieldError::new(&["ipCode"], Message::Field(FaultKind::UnknownIpCode))])
    }
}

fn field_error(fault: FieldFault) -> FieldError {
    FieldError {
        field: fault.field.split('.').map(str::to_owned).collect(),
        message: Message::Field(fault.kind),
    }
}

/// Waits for its turn with these carts' numbers.
pub(super) async fn lock(scope: &Scope, tx: &DatabaseTransaction, carts: &[&Cart]) -> Result<(), DbErr> {
    let numbers = carts.iter().map(|cart| (&cart.ip_code, cart.order_no.as_str()));
    store::locks::lock_order_numbers(scope, tx, numbers).await
}

/// Evaluates again what these carts' numbers mean.
pub(super) async fn re_evaluate(
    app: &App,
    tx: &DatabaseTransaction,
    carts: &[&Cart],
    now: Timestamp,
) -> Result<Vec<Change>, DbErr> {
    let mut numbers: BTreeMap<&IpCode, Vec<&str>> = BTreeMap::new();
    for cart in carts {
        numbers.entry(&cart.ip_code).or_default().push(&cart.order_no);
    }
    let mut changes = Vec::new();
    for (ip_code, numbers) in numbers {
        changes.extend(re_evaluate_order_numbers(app, tx, ip_code, &numbers, now).await?);
    }
    Ok(changes)
}

/// One entry for each IP code of the request, and one for what was refused without telling whose it is.
pub(super) async fn audit<T>(
    scope: &Scope,
    tx: &DatabaseTransaction,
    action: &'static str,
    results: &[Registration<T>],
    cart_of: impl Fn(&T) -> &Cart,
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut registered: BTreeMap<&IpCode, Vec<&str>> = BTreeMap::new();
    for element in results.iter().flatten() {
        let cart = cart_of(element);
        registered.entry(&cart.ip_code).or_default().push(&cart.order_no);
    }
    for (ip_code, order_numbers) in registered {
        let after = serde_json::json!({ "orderNos": order_numbers });
        let entry = AuditEntry::done(action, Some(ip_code), order_numbers.len())
            .with_change(serde_json::Value::Null, after);
        store::audit::insert_event(scope, tx, entry, now).await?;
    }
    let refused = results.iter().filter(|result| result.is_err()).count();
    if refused > 0 {
        let entry = AuditEntry::refused(action, None, refused, "INVALID");
        store::audit::insert_event(scope, tx, entry, now).await?;
    }
    Ok(())
}
