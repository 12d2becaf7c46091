//! Reads typed answers out of parsed JSON, and does so in little code: every byte here is loaded by everybody.
//! serde_json's own way keeps, for each of some seventy types, a second reading as an array and the words of every
//! possible mismatch; the app needs neither, for a page that does not fit its server says just that.
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, Visitor};
use serde_json::Value;
use std::fmt;

/// The answer does not have the shape that the page expects.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the answer has another shape")
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

pub(crate) fn decode<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T, Mismatch> {
    T::deserialize(Node(value))
}

#[derive(Clone, Copy)]
struct Node<'de>(&'de Value);

impl<'de> IntoDeserializer<'de, Mismatch> for Node<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_bool(self.0.as_bool().ok_or(Mismatch)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_i64(self.0.as_i64().ok_or(Mismatch)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(self.0.as_str().ok_or(Mismatch)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let items = self.0.as_array().ok_or(Mismatch)?;
        visitor.visit_seq(SeqDeserializer::new(items.iter().map(Node)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let fields = self.0.as_object().ok_or(Mismatch)?;
        visitor
            .visit_map(MapDeserializer::new(fields.iter().map(|(name, value)| (name.as_str(), Node(value)))))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let word = self.0.as_str().ok_or(Mismatch)?;
        visitor.visit_enum(IntoDeserializer::<Mismatch>::into_deserializer(word))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::queries::send_errors::ResponseData;
    use crate::model::enums::Cause;

    const ANSWER: &str = r#"{"sendErrors":{"nodes":[{"id":"a","ipCode":"2012000123","orderNo":"1","carrier":"au","amount":650,
        "status":"UNPROCESSED","receipt":"MAYBE_RECEIVED","cause":"SUNSPOT","httpStatus":null,
        "occurredAt":"2026-11-21T00:00:00+09:00","attemptCount":1,"resending":false,"processedAt":null,"news":[1]}],
        "pageInfo":{"hasNextPage":false,"endCursor":null},"totalCount":1,"totalCountIsCapped":false}}"#;

    #[test]
    fn an_answer_is_read_even_where_the_server_says_more_or_something_newer() {
        let value: Value = serde_json::from_str(ANSWER).unwrap();
        let page = decode::<ResponseData>(&value).unwrap().send_errors;
        let row = page.nodes.first().unwrap();
        assert_eq!((row.amount, row.cause, row.http_status), (650, Cause::Unknown, None));
    }

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        let value: Value = serde_json::from_str(&ANSWER.replace("\"amount\":650,", "")).unwrap();
        assert_eq!(decode::<ResponseData>(&value), Err(Mismatch));
        assert_eq!(decode::<ResponseData>(&Value::Null), Err(Mismatch));
    }
}
