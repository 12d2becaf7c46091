//! Taking in payment results: check every element, then hand all of them to the inbox, or none.

use todoke_domain::{
    access::Action,
    ids::PaymentId,
    payment::{FaultKind, FieldFault, PaymentResult, RawPaymentResult, parse_payment_result},
};

use super::{App, Error};
use crate::{
    auth::scope::Scope,
    delivery::inbox::Accepted,
    providers::zeus,
    store::{self, ip_codes::Endpoint, payments::StoredResult},
};

/// What is wrong with the element at this place of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ElementFault {
    /// Its place, from 0.
    pub index: usize,
    /// The fault.
    pub fault: FieldFault,
}

/// Why results were not taken in; nothing of the request was stored.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Every fault, by element and field.
    Faults(Vec<ElementFault>),
    /// Another reason.
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Takes in the results of one request.
///
/// # Errors
/// Every fault of every element, or why nothing can be stored now.
pub(crate) async fn accept_results(
    app: &App,
    scope: &Scope,
    elements: Vec<Result<RawPaymentResult, Vec<FieldFault>>>,
) -> Result<Vec<Accepted>, Refused> {
    let mut faults = Vec::new();
    let mut results = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        match element.and_then(parse_payment_result) {
            Ok(result) => results.push((index, result)),
            Err(found) => faults.extend(found.into_iter().map(|fault| ElementFault { index, fault })),
        }
    }
    let ip_codes = results.iter().map(|(_, result)| &result.ip_code);
    let settings = app.endpoints().load(ip_codes).await.map_err(Error::from)?;
    for (index, result) in &results {
        let reachable = settings.get(&result.ip_code).filter(|_| scope.may(&result.ip_code, Action::Ingest));
        let found = match reachable {
            Some(settings) => fault_of_charset(&settings.endpoint, result),
            None => Some(FieldFault::new("ip_code", FaultKind::UnknownIpCode)),
        };
        faults.extend(found.map(|fault| ElementFault { index: *index, fault }));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.index);
        return Err(Refused::Faults(faults));
    }
    let results: Vec<PaymentResult> = results.into_iter().map(|(_, result)| result).collect();
    if results.is_empty() {
        return Ok(Vec::new());
    }
    app.inbox.submit(results).await.map_err(Refused::Error)
}

/// Lists the results of a payment.
pub(crate) async fn list_results(
    app: &App,
    scope: &Scope,
    id: PaymentId,
) -> Result<Vec<StoredResult>, Error> {
    Ok(store::payments::list_results(scope, app.database.reader(), id).await?)
}

/// The first field whose text the endpoint's charset lacks: said now, never a silent `?` later.
fn fault_of_charset(endpoint: &Endpoint, result: &PaymentResult) -> Option<FieldFault> {
    result.parameters.iter().find_map(|parameter| {
        let lacking = zeus::encode_form(endpoint, std::slice::from_ref(parameter)).err()?;
        Some(FieldFault::new(field_of_parameter(&parameter.name), FaultKind::NotInCharset(lacking.character)))
    })
}

/// The field of the request that a base parameter came from.
fn field_of_parameter(name: &str) -> String {
    match name {
        "clientip" => "ip_code".to_owned(),
        "money" => "amount".to_owned(),
        "telno" => "phone".to_owned(),
        "email" | "sendid" | "sendpoint" | "order_no" | "status" | "error_code" => name.to_owned(),
        other => format!("parameters.{other}"),
    }
}
