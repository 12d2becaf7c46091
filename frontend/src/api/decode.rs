//! Reads typed answers out of JSON, and does so in little code: every byte here is loaded by everybody.
//! The fields of a type are fetched in the order in which it names them, so that no type needs a search of its own for
//! each name that comes. serde_json's way keeps, for each of some seventy types, that search, a second reading as an
//! array and the words of every possible mismatch; a page that does not fit its server says just that.
use super::json::Json;
use serde::de::value::SeqDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, SeqAccess,
    VariantAccess, Visitor,
};
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

pub(crate) fn decode<'de, T: Deserialize<'de>>(value: &'de Json) -> Result<T, Mismatch> {
    T::deserialize(Node(value))
}

/// A word of an enumeration that stands within a text.
pub(crate) fn word<'de, T: Deserialize<'de>>(word: &'de str) -> Option<T> {
    T::deserialize(IntoDeserializer::<Mismatch>::into_deserializer(word)).ok()
}

#[derive(Clone, Copy)]
struct Node<'de>(&'de Json);

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
        if let Json::Bool(value) = self.0 { visitor.visit_bool(*value) } else { Err(Mismatch) }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if let Json::Whole(value) = self.0 { visitor.visit_i64(*value) } else { Err(Mismatch) }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(self.0.text().ok_or(Mismatch)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if *self.0 == Json::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Json::List(items) = self.0 else { return Err(Mismatch) };
        visitor.visit_seq(SeqDeserializer::new(items.iter().map(Node)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let Json::Object(_) = self.0 else { return Err(Mismatch) };
        visitor.visit_seq(Fields { object: self.0, names })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            Json::Text(word) => visitor.visit_enum(Variant { word, content: &Json::Null }),
            Json::Object(fields) => {
                let (word, content) = fields.first().ok_or(Mismatch)?;
                visitor.visit_enum(Variant { word, content })
            }
            Json::Null | Json::Bool(_) | Json::Whole(_) | Json::List(_) => Err(Mismatch),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map
    }
}

/// The fields of a type, fetched by name; one that is missing counts as null.
struct Fields<'de> {
    object: &'de Json,
    names: &'static [&'static str],
}

impl<'de> SeqAccess<'de> for Fields<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some((name, rest)) = self.names.split_first() else { return Ok(None) };
        self.names = rest;
        seed.deserialize(Node(self.object.get(name))).map(Some)
    }
}

/// A word of an enumeration; what the app keeps for itself may have content under the word.
struct Variant<'de> {
    word: &'de str,
    content: &'de Json,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Mismatch;
    type Variant = Node<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Node<'de>), Mismatch> {
        let word = seed.deserialize(IntoDeserializer::<Mismatch>::into_deserializer(self.word))?;
        Ok((word, Node(self.content)))
    }
}

impl<'de> VariantAccess<'de> for Node<'de> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mismatch> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_struct("", names, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::json::read;
    use crate::api::queries::send_errors::ResponseData;
    use crate::model::enums::Cause;

    const ANSWER: &str = r#"{"sendErrors":{"nodes":[{"id":"a","ipCode":"2012000123","orderNo":"1","carrier":"au","amount":650,
        "status":"UNPROCESSED","receipt":"MAYBE_RECEIVED","cause":"SUNSPOT","httpStatus":null,
        "occurredAt":"2026-11-21T00:00:00+09:00","attemptCount":1,"resending":false,"processedAt":null,"news":[1]}],
        "pageInfo":{"hasNextPage":false,"endCursor":null},"totalCount":1,"totalCountIsCapped":false}}"#;

    #[test]
    fn an_answer_is_read_even_where_the_server_says_more_or_something_newer() {
        let value = read(ANSWER);
        let page = decode::<ResponseData>(&value).unwrap().send_errors;
        let row = page.nodes.first().unwrap();
        assert_eq!((row.amount, row.cause, row.http_status), (650, Cause::Unknown, None));
    }

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        let value = read(&ANSWER.replace("\"amount\":650,", ""));
        assert_eq!(decode::<ResponseData>(&value), Err(Mismatch));
        assert_eq!(decode::<ResponseData>(&Json::Null), Err(Mismatch));
    }
}
