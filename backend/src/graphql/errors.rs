//! From the application's error to GraphQL's: the public code, a text in the reader's language, the request id.
//! What is internal goes to the log and no further.

use std::sync::Arc;

use async_graphql::{
    ErrorExtensionValues, ErrorExtensions, Response, ServerError, SimpleObject, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextRequest, NextSubscribe},
};
use futures_util::stream::{BoxStream, StreamExt};

use super::scalars::DateTime;
use crate::{
    app::{Error, FieldError},
    messages::Language,
};

/// Something that the person who asked can mend.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UserError {
    /// The path of the input's field, for example `["phone"]` or `["period", "from"]`.
    pub field: Vec<String>,
    /// The stable code.
    pub code: String,
    /// The text, Japanese or English by `Accept-Language`.
    pub message: String,
}

impl UserError {
    /// In the reader's language.
    pub(crate) fn of(error: &FieldError, language: Language) -> Self {
        Self {
            field: error.field.clone(),
            code: error.message.code().to_owned(),
            message: error.message.text(language),
        }
    }
}

/// What a mutation tells: its result, or what the person can mend. Anything else is a GraphQL error.
pub(crate) fn split_user_errors<T>(
    result: Result<T, Error>,
    language: Language,
) -> Result<Result<T, Vec<UserError>>, Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Error::BadInput(faults)) => {
            Ok(Err(faults.iter().map(|fault| UserError::of(fault, language)).collect()))
        }
        Err(other) => Err(other),
    }
}

/// The GraphQL error.
pub(crate) fn to_graphql(
    error: Error,
    language: Language,
    request_id: Option<String>,
) -> async_graphql::Error {
    if let Error::Internal(detail) | Error::Unavailable(detail) = &error {
        tracing::error!(detail, request_id, "a GraphQL request failed");
    }
    let message = text_of(&error, language);
    async_graphql::Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", error.code());
        if let Some(request_id) = request_id {
            extensions.set("requestId", request_id);
        }
        match &error {
            Error::BadInput(faults) => {
                let fields: Vec<Value> = faults.iter().map(|fault| field_value(fault, language)).collect();
                extensions.set("fields", Value::List(fields));
            }
            Error::Conflict(conflict) => {
                extensions.set("reason", conflict.reason.code());
                if let Some(by) = &conflict.by {
                    extensions.set("by", by.clone());
                }
                if let Some(at) = conflict.at {
                    extensions.set("at", async_graphql::ScalarType::to_value(&DateTime(at)));
                }
            }
            Error::Unauthenticated | Error::NotFound | Error::Unavailable(_) | Error::Internal(_) => {}
        }
    })
}

fn field_value(fault: &FieldError, language: Language) -> Value {
    let user_error = UserError::of(fault, language);
    Value::Object(
        [
            ("field", Value::List(user_error.field.into_iter().map(Value::String).collect())),
            ("code", Value::String(user_error.code)),
            ("message", Value::String(user_error.message)),
        ]
        .into_iter()
        .map(|(name, value)| (async_graphql::Name::new(name), value))
        .collect(),
    )
}

fn text_of(error: &Error, language: Language) -> String {
    let (japanese, english) = match error {
        Error::Unauthenticated => ("サインインしてください。", "Sign in first."),
        Error::NotFound => ("見つかりません。", "Not found."),
        Error::BadInput(faults) => {
            let texts: Vec<String> = faults.iter().map(|fault| fault.message.text(language)).collect();
            return texts.join(" ");
        }
        Error::Conflict(conflict) => return conflict.reason.text(language).to_owned(),
        Error::Unavailable(_) => (
            "現在処理できません。しばらくしてからお試しください。",
            "The service is not available at the moment. Try again shortly.",
        ),
        Error::Internal(_) => ("内部エラーが発生しました。", "An internal error occurred."),
    };
    match language {
        Language::Japanese => japanese.to_owned(),
        Language::English => english.to_owned(),
    }
}

/// Gives the errors of the library a public code too: what is over a limit, and what is no good request.
pub(crate) struct RequestErrorCodes;

impl ExtensionFactory for RequestErrorCodes {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for RequestErrorCodes {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        with_codes(next.run(ctx).await)
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        next.run(ctx, stream).map(with_codes).boxed()
    }
}

fn with_codes(mut response: Response) -> Response {
    for error in &mut response.errors {
        let code = code_of_request_error(error);
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", code);
        }
    }
    response
}

/// The library tells its limits by text only.
fn code_of_request_error(error: &ServerError) -> &'static str {
    match error.message.as_str() {
        "Query is nested too deep." | "Query is too complex." | "recursion limit exceeded." => "TOO_COMPLEX",
        _ => "BAD_USER_INPUT",
    }
}
