//! Scalars of the contract. Days and months stay text here: whether they are any is a rule with a field beside it.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use todoke_domain::time::Timestamp;

/// An instant, RFC 3339 with offset (`2026-03-17T16:29:58+09:00`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DateTime(pub Timestamp);

/// An instant, RFC 3339 with offset (`2026-03-17T16:29:58+09:00`).
#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        Timestamp::parse_rfc3339(text).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339())
    }
}

/// A day in Asia/Tokyo, `2026-11-21`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub String);

/// A day in Asia/Tokyo, `2026-11-21`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else {
            return Err(InputValueError::expected_type(value));
        };
        Ok(Self(text))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A calendar month in Asia/Tokyo, `2026-11`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YearMonth(pub String);

/// A calendar month in Asia/Tokyo, `2026-11`.
#[Scalar(name = "YearMonth")]
impl ScalarType for YearMonth {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else {
            return Err(InputValueError::expected_type(value));
        };
        Ok(Self(text))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
