//! How values stand in columns: codes and JSON as text, times as milliseconds, counts as signed integers.

use std::fmt::Display;

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::store::StoreError;

/// A unit variant by its wire name, for example `in_review`.
pub(in crate::store) fn code<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        _ => Err(StoreError::Corrupt("a code that is not text".into())),
    }
}

pub(in crate::store) fn from_code<T: DeserializeOwned>(code: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(code)).map_err(corrupt)
}

pub(in crate::store) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(corrupt)
}

pub(in crate::store) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(corrupt)
}

pub(in crate::store) fn time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(corrupt)
}

/// Anything with a text form: ids, hashes, numbers, days.
pub(in crate::store) fn parsed<T: std::str::FromStr<Err: Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(corrupt)
}

pub(in crate::store) fn count<T: TryFrom<i64>>(value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| StoreError::Corrupt("a count out of range".into()))
}

/// For binding; sizes and counters never reach 2^63.
pub(in crate::store) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn corrupt(error: impl Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}
