//! What can go wrong between the app and the server, as data; the words for it come from the locale files.
//! It does no input or output: an answer is read from its status and text, and tested natively.
use crate::i18n::Lang;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    Offline,
    TimedOut,
    Unauthenticated,
    NotFound,
    BadInput,
    RateLimited,
    TooComplex,
    Conflict,
    Internal,
    /// The answer is not what this page expects: it is older than the server, or something stands between.
    Unreadable,
}

/// A fault in one field of a search or an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldFault {
    /// `period.from`: the path joined by dots.
    pub(crate) field: String,
    pub(crate) message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) kind: ErrorKind,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) fields: Vec<FieldFault>,
}

impl ApiError {
    pub(crate) fn of(kind: ErrorKind) -> Self {
        Self { kind, message: None, request_id: None, fields: Vec::new() }
    }

    /// What failed, for the person who reads the page.
    pub(crate) fn text(&self, l: Lang) -> String {
        let own = match self.kind {
            ErrorKind::Offline => l.error_offline(),
            ErrorKind::TimedOut => l.error_timed_out(),
            ErrorKind::Unauthenticated => l.error_unauthenticated(),
            ErrorKind::NotFound => l.error_not_found(),
            ErrorKind::BadInput => l.error_bad_input(),
            ErrorKind::RateLimited => l.error_rate_limited(),
            ErrorKind::TooComplex => l.error_too_complex(),
            ErrorKind::Conflict => l.error_conflict(),
            ErrorKind::Internal => l.error_internal(),
            ErrorKind::Unreadable => l.error_unreadable(),
        };
        let tells_more =
            matches!(self.kind, ErrorKind::BadInput | ErrorKind::Conflict | ErrorKind::RateLimited);
        match &self.message {
            Some(message) if tells_more => message.clone(),
            _ => own.to_owned(),
        }
    }
}

/// The `data` of a GraphQL answer, or its first error.
pub(crate) fn read_answer(status: u16, request_id: Option<String>, text: &str) -> Result<Value, ApiError> {
    let mut answer: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    if let Some(error) = answer.pointer("/errors/0") {
        return Err(read_error(error, request_id));
    }
    match answer.get_mut("data").map(Value::take) {
        Some(data @ Value::Object(_)) if (200..300).contains(&status) => Ok(data),
        _ => Err(ApiError { request_id, ..ApiError::of(kind_of_status(status)) }),
    }
}

/// Also for the `error` message of a subscription, which carries the same objects.
pub(crate) fn read_error(error: &Value, request_id: Option<String>) -> ApiError {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let fields = error.pointer("/extensions/fields").and_then(Value::as_array);
    ApiError {
        kind: kind_of_code(error.pointer("/extensions/code").and_then(Value::as_str).unwrap_or_default()),
        message: text(error.get("message")),
        request_id: text(error.pointer("/extensions/requestId")).or(request_id),
        fields: fields.into_iter().flatten().map(read_field).collect(),
    }
}

fn read_field(fault: &Value) -> FieldFault {
    let field = match fault.get("field") {
        Some(Value::String(path)) => path.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."),
        _ => String::new(),
    };
    let message = fault.get("message").and_then(Value::as_str).unwrap_or_default();
    FieldFault { field: field.trim_start_matches("filter.").to_owned(), message: message.to_owned() }
}

fn kind_of_code(code: &str) -> ErrorKind {
    match code {
        "UNAUTHENTICATED" => ErrorKind::Unauthenticated,
        "NOT_FOUND" => ErrorKind::NotFound,
        "BAD_USER_INPUT" => ErrorKind::BadInput,
        "RATE_LIMITED" => ErrorKind::RateLimited,
        "TOO_COMPLEX" => ErrorKind::TooComplex,
        "CONFLICT" => ErrorKind::Conflict,
        _ => ErrorKind::Internal,
    }
}

fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::Internal,
        _ => ErrorKind::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_handed_on() {
        let data = read_answer(200, None, r#"{"data":{"viewer":null}}"#).unwrap();
        assert!(data.get("viewer").is_some());
    }

    #[test]
    fn an_error_keeps_its_code_request_id_and_fields() {
        let text = r#"{"data":null,"errors":[{"message":"期間を指定してください","extensions":{"code":"BAD_USER_INPUT",
            "requestId":"r-1","fields":[{"field":["filter","period"],"code":"REQUIRED","message":"必須"}]}}]}"#;
        let error = read_answer(400, Some("header".to_owned()), text).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadInput);
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        assert_eq!(error.fields, [FieldFault { field: "period".to_owned(), message: "必須".to_owned() }]);
        assert_eq!(error.text(Lang::Ja), "期間を指定してください");
    }

    #[test]
    fn an_answer_that_is_no_graphql_is_told_by_its_status() {
        let kinds = [(503, ErrorKind::Internal), (429, ErrorKind::RateLimited), (200, ErrorKind::Unreadable)];
        for (status, kind) in kinds {
            let error = read_answer(status, Some("r-2".to_owned()), "<html>").unwrap_err();
            assert_eq!((error.kind, error.request_id.as_deref()), (kind, Some("r-2")));
        }
    }
}
