//! A payment result as the provider hands it in: its fields, their limits, and the parameters that are delivered.
//!
//! Names of the parameters: docs/DOMAIN.md, Zeus carrier billing. This file parses no JSON and knows no
//! request.

use crate::{
    ids::{DeliveryId, IpCode, PaymentId},
    money::Yen,
    text,
    time::Timestamp,
};

/// Longest order number, in characters.
pub const ORDER_NO_CHARS_MAX: usize = 64;
/// Longest carrier code.
pub const CARRIER_CHARS_MAX: usize = 20;
/// Longest status.
pub const STATUS_CHARS_MAX: usize = 10;
/// Longest phone number as it came.
pub const PHONE_CHARS_MAX: usize = 20;
/// Longest e-mail address (RFC 5321, path length).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Longest `sendid` (docs/DOMAIN.md, Zeus carrier billing).
pub const SENDID_CHARS_MAX: usize = 20;
/// Longest `sendpoint` and `error_code`.
pub const SHORT_TEXT_CHARS_MAX: usize = 100;
/// Most further parameters of one result.
pub const PARAMETERS_MAX: usize = 50;
/// Longest name of a further parameter.
pub const PARAMETER_NAME_CHARS_MAX: usize = 64;
/// Longest value of a further parameter.
pub const PARAMETER_VALUE_CHARS_MAX: usize = 2_000;
/// Greatest amount of one result: nine digits on the wire.
pub const AMOUNT_MAX: i64 = 999_999_999;

/// The parameters that every result has, in wire order.
pub const BASE_PARAMETERS: [&str; 9] =
    ["clientip", "money", "telno", "email", "sendid", "sendpoint", "order_no", "status", "error_code"];

/// A parameter of the request to the merchant's endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// The value, as text.
    pub value: String,
}

/// A result as it was told, before anything about it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawPaymentResult {
    /// The contract code.
    pub ip_code: String,
    /// The provider's transaction number.
    pub order_no: String,
    /// The carrier's code.
    pub carrier: String,
    /// The provider's status, zero padded.
    pub status: String,
    /// Whole yen.
    pub amount: i64,
    /// The buyer's phone number.
    pub phone: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// The merchant's key of the user.
    pub sendid: String,
    /// The merchant's free parameter.
    pub sendpoint: String,
    /// The provider's error code.
    pub error_code: String,
    /// When it happened, RFC 3339 with offset.
    pub occurred_at: String,
    /// Further parameters, in the order told.
    pub parameters: Vec<Parameter>,
}

/// A payment result whose every field is within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentResult {
    /// The payment, derived from (`ip_code`, `order_no`).
    pub payment_id: PaymentId,
    /// The delivery, derived from the payment and the status.
    pub delivery_id: DeliveryId,
    /// The contract code.
    pub ip_code: IpCode,
    /// The provider's transaction number.
    pub order_no: String,
    /// The carrier's code.
    pub carrier: String,
    /// The provider's status.
    pub status: String,
    /// The amount.
    pub amount: Yen,
    /// The provider's error code, empty where there is none.
    pub error_code: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Everything that is delivered, in wire order.
    pub parameters: Vec<Parameter>,
    /// What the searches compare with.
    pub search_keys: SearchKeys,
}

/// The normalised values by which a send error is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchKeys {
    /// Digits only.
    pub phone: String,
    /// Lower case.
    pub email: String,
    /// As told, normalised.
    pub sendid: String,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name on the wire; for a further parameter `parameters.NAME`.
    pub field: String,
    /// The kind of fault.
    pub kind: FaultKind,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Missing or empty.
    Required,
    /// Not of the JSON type that is asked for.
    WrongType,
    /// Longer than so many characters.
    TooLong(usize),
    /// More elements than so many.
    TooMany(usize),
    /// A number beyond its limits.
    OutOfRange,
    /// Not of the form that is asked for.
    InvalidFormat,
    /// No such field.
    UnknownField,
    /// The name belongs to a base parameter.
    ReservedName,
    /// The IP code does not exist, or the token has no right to it.
    UnknownIpCode,
    /// The endpoint's charset has no such character.
    NotInCharset(char),
}

impl FaultKind {
    /// The stable public code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::WrongType => "WRONG_TYPE",
            Self::TooLong(_) => "TOO_LONG",
            Self::TooMany(_) => "TOO_MANY",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::InvalidFormat => "INVALID_FORMAT",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::ReservedName => "RESERVED_NAME",
            Self::UnknownIpCode => "UNKNOWN_IP_CODE",
            Self::NotInCharset(_) => "NOT_IN_CHARSET",
        }
    }
}

impl FieldFault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, kind: FaultKind) -> Self {
        Self { field: field.into(), kind }
    }
}

/// Checks every field.
///
/// # Errors
/// All faults at once, so that the sender can mend them in one go.
pub fn parse_payment_result(raw: RawPaymentResult) -> Result<PaymentResult, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let ip_code = IpCode::parse(&raw.ip_code);
    if ip_code.is_err() {
        let kind = if raw.ip_code.is_empty() { FaultKind::Required } else { FaultKind::InvalidFormat };
        faults.push(FieldFault::new("ip_code", kind));
    }
    check_code(&mut faults, "order_no", &raw.order_no, ORDER_NO_CHARS_MAX);
    check_code(&mut faults, "carrier", &raw.carrier, CARRIER_CHARS_MAX);
    check_code(&mut faults, "status", &raw.status, STATUS_CHARS_MAX);
    check_text(&mut faults, "phone", &raw.phone, PHONE_CHARS_MAX);
    check_text(&mut faults, "email", &raw.email, EMAIL_CHARS_MAX);
    check_text(&mut faults, "sendid", &raw.sendid, SENDID_CHARS_MAX);
    check_text(&mut faults, "sendpoint", &raw.sendpoint, SHORT_TEXT_CHARS_MAX);
    check_text(&mut faults, "error_code", &raw.error_code, SHORT_TEXT_CHARS_MAX);
    let amount = if raw.amount <= AMOUNT_MAX { Yen::new(raw.amount).ok() } else { None };
    if amount.is_none() {
        faults.push(FieldFault::new("amount", FaultKind::OutOfRange));
    }
    let occurred_at = Timestamp::parse_rfc3339(&raw.occurred_at);
    if occurred_at.is_err() {
        let kind = if raw.occurred_at.is_empty() { FaultKind::Required } else { FaultKind::InvalidFormat };
        faults.push(FieldFault::new("occurred_at", kind));
    }
    faults.extend(faults_of_further_parameters(&raw.parameters));
    match (ip_code, amount, occurred_at) {
        (Ok(ip_code), Some(amount), Ok(occurred_at)) if faults.is_empty() => {
            Ok(assemble(raw, ip_code, amount, occurred_at))
        }
        _ => Err(faults),
    }
}

/// Checks the parameters of an edited resend: the same names and limits, IP code and order number unchanged
/// (docs/REQUIREMENTS.md, A.9).
pub fn faults_of_edited_parameters(stored: &[Parameter], edited: &[Parameter]) -> Vec<FieldFault> {
    let value_of = |parameters: &[Parameter], name: &str| {
        parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value.clone())
    };
    let mut faults = Vec::new();
    for fixed in ["clientip", "order_no"] {
        if value_of(stored, fixed) != value_of(edited, fixed) {
            faults.push(FieldFault::new(format!("parameters.{fixed}"), FaultKind::ReservedName));
        }
    }
    if edited.len() > PARAMETERS_MAX + BASE_PARAMETERS.len() {
        faults
            .push(FieldFault::new("parameters", FaultKind::TooMany(PARAMETERS_MAX + BASE_PARAMETERS.len())));
    }
    faults.extend(edited.iter().flat_map(faults_of_parameter));
    faults.extend(faults_of_repeated_names(edited));
    faults
}

/// The names of the parameters that an edit changes, adds or takes away.
pub fn changed_names<'a>(stored: &'a [Parameter], edited: &'a [Parameter]) -> Vec<&'a str> {
    let value_in = |list: &'a [Parameter], name: &str| {
        list.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value.as_str())
    };
    let mut names: Vec<&str> = stored.iter().chain(edited).map(|parameter| parameter.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| value_in(stored, name) != value_in(edited, name));
    names
}

fn assemble(raw: RawPaymentResult, ip_code: IpCode, amount: Yen, occurred_at: Timestamp) -> PaymentResult {
    let payment_id = PaymentId::of(&ip_code, &raw.order_no);
    let search_keys = SearchKeys {
        phone: text::normalise_phone(&raw.phone),
        email: text::normalise_email(&raw.email),
        sendid: text::normalise(&raw.sendid),
    };
    let values = [
        ip_code.as_str().to_owned(),
        amount.amount().to_string(),
        raw.phone,
        raw.email,
        raw.sendid,
        raw.sendpoint,
        raw.order_no.clone(),
        raw.status.clone(),
        raw.error_code.clone(),
    ];
    let base = BASE_PARAMETERS.into_iter().map(str::to_owned).zip(values);
    let parameters = base.map(|(name, value)| Parameter { name, value }).chain(raw.parameters).collect();
    PaymentResult {
        delivery_id: DeliveryId::of_result(payment_id, &raw.status),
        payment_id,
        ip_code,
        order_no: raw.order_no,
        carrier: raw.carrier,
        status: raw.status,
        amount,
        error_code: raw.error_code,
        occurred_at,
        parameters,
        search_keys,
    }
}

fn check_code(faults: &mut Vec<FieldFault>, field: &str, value: &str, chars_max: usize) {
    if value.is_empty() {
        faults.push(FieldFault::new(field, FaultKind::Required));
    } else if value.len() > chars_max {
        faults.push(FieldFault::new(field, FaultKind::TooLong(chars_max)));
    } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        faults.push(FieldFault::new(field, FaultKind::InvalidFormat));
    }
}

fn check_text(faults: &mut Vec<FieldFault>, field: &str, value: &str, chars_max: usize) {
    if value.chars().count() > chars_max {
        faults.push(FieldFault::new(field, FaultKind::TooLong(chars_max)));
    } else if value.chars().any(char::is_control) {
        faults.push(FieldFault::new(field, FaultKind::InvalidFormat));
    }
}

fn faults_of_further_parameters(parameters: &[Parameter]) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if parameters.len() > PARAMETERS_MAX {
        faults.push(FieldFault::new("parameters", FaultKind::TooMany(PARAMETERS_MAX)));
    }
    for parameter in parameters {
        if BASE_PARAMETERS.contains(&parameter.name.as_str()) {
            faults.push(FieldFault::new(format!("parameters.{}", parameter.name), FaultKind::ReservedName));
        }
        faults.extend(faults_of_parameter(parameter));
    }
    faults
}

fn faults_of_parameter(parameter: &Parameter) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let field = format!("parameters.{}", parameter.name);
    if parameter.name.is_empty() {
        faults.push(FieldFault::new("parameters", FaultKind::Required));
    }
    check_text(&mut faults, &field, &parameter.name, PARAMETER_NAME_CHARS_MAX);
    if parameter.value.chars().count() > PARAMETER_VALUE_CHARS_MAX {
        faults.push(FieldFault::new(field, FaultKind::TooLong(PARAMETER_VALUE_CHARS_MAX)));
    }
    faults
}

fn faults_of_repeated_names(parameters: &[Parameter]) -> Vec<FieldFault> {
    let repeated = parameters.iter().enumerate().filter(|(index, parameter)| {
        parameters.iter().take(*index).any(|earlier| earlier.name == parameter.name)
    });
    repeated
        .map(|(_, parameter)| {
            FieldFault::new(format!("parameters.{}", parameter.name), FaultKind::ReservedName)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_told_by_the_names_it_touches() {
        let list = |pairs: &[(&str, &str)]| -> Vec<Parameter> {
            let parameter = |(name, value): &(&str, &str)| Parameter {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            };
            pairs.iter().map(parameter).collect()
        };
        let stored = list(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert!(changed_names(&stored, &list(&[("c", "3"), ("a", "1"), ("b", "2")])).is_empty());
        assert_eq!(changed_names(&stored, &list(&[("a", "9"), ("b", "2"), ("d", "")])), ["a", "c", "d"]);
    }

    fn raw() -> RawPaymentResult {
        RawPaymentResult {
            ip_code: "2012000123".to_owned(),
            order_no: "2026-0317-10000012345".to_owned(),
            carrier: "docomo".to_owned(),
            status: "03".to_owned(),
            amount: 11_350,
            phone: "090-1234-5678".to_owned(),
            email: "Taro@example.jp".to_owned(),
            sendid: "mr192".to_owned(),
            occurred_at: "2026-03-17T16:29:58+09:00".to_owned(),
            parameters: vec![Parameter { name: "item".to_owned(), value: "春の福袋".to_owned() }],
            ..RawPaymentResult::default()
        }
    }

    #[test]
    fn parameters_stand_in_wire_order_and_keep_what_came() {
        let result = parse_payment_result(raw()).unwrap();
        let names: Vec<&str> = result.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(names.get(..9), Some(&BASE_PARAMETERS[..]));
        assert_eq!(names.get(9), Some(&"item"));
        assert_eq!(result.parameters[2].value, "090-1234-5678");
        assert_eq!(result.search_keys.phone, "09012345678");
        assert_eq!(result.search_keys.email, "taro@example.jp");
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let broken = RawPaymentResult {
            ip_code: "12a".to_owned(),
            order_no: String::new(),
            amount: -1,
            sendid: "x".repeat(21),
            occurred_at: "2026-03-17 16:29".to_owned(),
            parameters: vec![Parameter { name: "money".to_owned(), value: "1".to_owned() }],
            ..raw()
        };
        let faults = parse_payment_result(broken).unwrap_err();
        let told: Vec<(&str, &str)> =
            faults.iter().map(|fault| (fault.field.as_str(), fault.kind.code())).collect();
        assert_eq!(
            told,
            [
                ("ip_code", "INVALID_FORMAT"),
                ("order_no", "REQUIRED"),
                ("sendid", "TOO_LONG"),
                ("amount", "OUT_OF_RANGE"),
                ("occurred_at", "INVALID_FORMAT"),
                ("parameters.money", "RESERVED_NAME"),
            ]
        );
    }

    #[test]
    fn limits_hold_on_both_sides_of_their_edge() {
        let with = |change: fn(&mut RawPaymentResult)| {
            let mut result = raw();
            change(&mut result);
            parse_payment_result(result).is_ok()
        };
        assert!(with(|result| result.sendid = "x".repeat(20)));
        assert!(with(|result| result.amount = 0));
        assert!(with(|result| result.amount = AMOUNT_MAX));
        assert!(!with(|result| result.amount = AMOUNT_MAX + 1));
        assert!(with(|result| result.order_no = "9".repeat(64)));
        assert!(!with(|result| result.order_no = "9".repeat(65)));
        assert!(!with(|result| result.order_no = "12 34".to_owned()));
        assert!(!with(|result| result.phone = "090\n".to_owned()));
    }

    #[test]
    fn an_edit_may_change_all_but_ip_code_and_order_number() {
        let stored = parse_payment_result(raw()).unwrap().parameters;
        let edit = |name: &str, value: &str| {
            let mut edited = stored.clone();
            for parameter in edited.iter_mut().filter(|parameter| parameter.name == name) {
                value.clone_into(&mut parameter.value);
            }
            faults_of_edited_parameters(&stored, &edited)
        };
        assert!(edit("money", "100").is_empty());
        assert_eq!(edit("order_no", "1").len(), 1);
        assert_eq!(edit("clientip", "99999").len(), 1);
    }
}
