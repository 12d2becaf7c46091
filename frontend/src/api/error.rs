//! What can go wrong between the app and the server, as data; the words for it come from the locale files.
//! It does no input or output: an answer is read from its status and text, and tested natively.
use super::decode::decode;
use super::json::Json;
use crate::i18n::Lang;
use crate::model::decisions::Conflict;
use crate::model::status;

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
    /// A part of the app did not load: no connection, or a newer version has replaced it.
    PartUnavailable,
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
    /// Who was first, and when.
    pub(crate) conflict: Option<Box<Conflict>>,
}

impl ApiError {
    pub(crate) fn of(kind: ErrorKind) -> Self {
        Self { kind, message: None, request_id: None, fields: Vec::new(), conflict: None }
    }

    /// What failed, for the person who reads the page.
    pub(crate) fn text(&self, l: Lang) -> String {
        if let Some(conflict) = &self.conflict {
            return status::conflict(l, conflict);
        }
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
            ErrorKind::PartUnavailable => l.error_part_unavailable(),
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
pub(crate) fn read_answer(status: u16, request_id: Option<String>, answer: Json) -> Result<Json, ApiError> {
    if let Some(error) = answer.get("errors").items().first() {
        return Err(read_error(error, request_id));
    }
    let Json::Object(fields) = answer else { return Err(unreadable(status, request_id)) };
    let data = fields.into_iter().find(|(name, _)| name == "data").map(|(_, data)| data);
    data.filter(|data| matches!(data, Json::Object(_)) && (200..300).contains(&status))
        .ok_or_else(|| unreadable(status, request_id))
}

fn unreadable(status: u16, request_id: Option<String>) -> ApiError {
    ApiError { request_id, ..ApiError::of(kind_of_status(status)) }
}

fn read_error(error: &Json, request_id: Option<String>) -> ApiError {
    let extensions = error.get("extensions");
    let own_id = extensions.get("requestId").text().map(str::to_owned);
    ApiError {
        kind: kind_of_code(extensions.get("code").text().unwrap_or_default()),
        message: error.get("message").text().map(str::to_owned),
        request_id: own_id.or(request_id),
        fields: extensions.get("fields").items().iter().map(read_field).collect(),
        conflict: decode(extensions).ok().map(Box::new),
    }
}

fn read_field(fault: &Json) -> FieldFault {
    let path = fault.get("field");
    let parts: Vec<&str> = path.items().iter().chain([path]).filter_map(Json::text).collect();
    let message = fault.get("message").text().unwrap_or_default();
    FieldFault {
        field: parts.join(".").trim_start_matches("filter.").to_owned(),
        message: message.to_owned(),
    }
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
    use crate::api::json::read;
    use crate::model::enums::ConflictReason;

    #[test]
    fn data_is_handed_on() {
        let data = read_answer(200, None, read(r#"{"data":{"viewer":"x"}}"#)).unwrap();
        assert_eq!(data.get("viewer").text(), Some("x"));
    }

    #[test]
    fn who_comes_second_is_told_who_was_first_and_when() {
        let text = r#"{"errors":[{"message":"x","extensions":{"code":"CONFLICT","reason":"ALREADY_PROCESSED",
            "by":"hanako","at":"2026-11-21T09:00:05+09:00"}}]}"#;
        let error = read_answer(200, None, read(text)).unwrap_err();
        assert_eq!(
            error.conflict.as_ref().map(|conflict| conflict.reason),
            Some(ConflictReason::AlreadyProcessed)
        );
        for (lang, word) in [(Lang::Ja, "処理済"), (Lang::En, "closed")] {
            let told = error.text(lang);
            for part in [word, "hanako", "2026/11/21 09:00:05"] {
                assert!(told.contains(part), "{told}");
            }
        }
    }

    #[test]
    fn an_error_keeps_its_code_request_id_and_fields() {
        let text = r#"{"data":null,"errors":[{"message":"期間を指定してください","extensions":{"code":"BAD_USER_INPUT",
            "requestId":"r-1","fields":[{"field":["filter","period"],"code":"REQUIRED","message":"必須"}]}}]}"#;
        let error = read_answer(400, Some("header".to_owned()), read(text)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadInput);
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        assert_eq!(error.fields, [FieldFault { field: "period".to_owned(), message: "必須".to_owned() }]);
        assert_eq!(error.text(Lang::Ja), "期間を指定してください");
    }

    #[test]
    fn an_answer_that_is_no_graphql_is_told_by_its_status() {
        let kinds = [(503, ErrorKind::Internal), (429, ErrorKind::RateLimited), (200, ErrorKind::Unreadable)];
        for (status, kind) in kinds {
            let error = read_answer(status, Some("r-2".to_owned()), read("<html>")).unwrap_err();
            assert_eq!((error.kind, error.request_id.as_deref()), (kind, Some("r-2")));
        }
    }
}
