//! How protocol's types stand in columns: ids and times as text, everything composite as JSON.

use std::str::FromStr;

use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// A column that holds the text form of an id, hash, number or time.
pub(crate) fn parse<T: FromStr>(column: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { column })
}

/// A column that holds JSON.
pub(crate) fn from_json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable { column })
}

/// For a column that holds JSON.
pub(crate) fn to_json<T: Serialize + ?Sized>(column: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { column })
}

/// A column that holds the snake_case word of an enum.
pub(crate) fn from_word<T: DeserializeOwned>(column: &'static str, word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(|_| StoreError::Unreadable { column })
}

/// For a column that holds the snake_case word of an enum.
pub(crate) fn to_word<T: Serialize>(column: &'static str, value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Unreadable { column }),
    }
}

/// SQLite's integers are signed; sizes and counts of ours fit.
pub(crate) fn count<T: TryFrom<i64>>(column: &'static str, value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| StoreError::Unreadable { column })
}

/// For an integer column.
pub(crate) fn integer<T: TryInto<i64>>(column: &'static str, value: T) -> Result<i64, StoreError> {
    value.try_into().map_err(|_| StoreError::Unreadable { column })
}
