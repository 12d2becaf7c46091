//! Reading what the columns hold back into the domain's types. A row that does not parse is a defect of ours or of
//! somebody's hand in the database: it is reported, never guessed at.

use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use todoke_domain::{ids::IpCode, money::Yen, payment::Parameter};

/// The error for a column that does not hold what it must.
pub(crate) fn unreadable(column: &str, value: &str) -> DbErr {
    DbErr::Custom(format!("column {column} holds {value:?}, which is not readable"))
}

/// A value by its stored name.
pub(crate) fn named<T>(column: &str, name: &str, parse: fn(&str) -> Option<T>) -> Result<T, DbErr> {
    parse(name).ok_or_else(|| unreadable(column, name))
}

/// An IP code.
pub(crate) fn ip_code(text: &str) -> Result<IpCode, DbErr> {
    IpCode::parse(text).map_err(|_| unreadable("ip_code", text))
}

/// An amount.
pub(crate) fn yen(amount: i32) -> Result<Yen, DbErr> {
    Yen::new(i64::from(amount)).map_err(|_| unreadable("amount", &amount.to_string()))
}

/// A count that is never negative.
pub(crate) fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A count as its column has it.
pub(crate) fn to_i32(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A JSON column.
pub(crate) fn json<T: for<'de> Deserialize<'de>>(column: &str, text: &str) -> Result<T, DbErr> {
    serde_json::from_str(text)
        .map_err(|error| DbErr::Custom(format!("column {column} holds unreadable JSON: {error}")))
}

/// The text of a JSON column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, DbErr> {
    serde_json::to_string(value)
        .map_err(|error| DbErr::Custom(format!("a value cannot be stored as JSON: {error}")))
}

/// Parameters as JSON pairs, in wire order.
pub(crate) fn parameters_to_json(parameters: &[Parameter]) -> Result<String, DbErr> {
    let pairs: Vec<(&str, &str)> =
        parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.value.as_str())).collect();
    to_json(&pairs)
}

/// Parameters from JSON pairs.
pub(crate) fn parameters_from_json(text: &str) -> Result<Vec<Parameter>, DbErr> {
    let pairs: Vec<(String, String)> = json("parameters", text)?;
    Ok(pairs.into_iter().map(|(name, value)| Parameter { name, value }).collect())
}
