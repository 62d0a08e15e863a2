//! Our functions in expressions. Each is total: what cannot be told is `null`.

#![expect(clippy::needless_pass_by_value, reason = "CEL hands its arguments over by value")]

use cel::{Context, Value};
use jiff::civil::Date;

use crate::kinds::id_number::holder;

/// Standard functions and macros that make sense for answers.
const STANDARD: [&str; 9] =
    ["size", "contains", "startsWith", "endsWith", "matches", "string", "int", "has", "bool"];

const OURS: [&str; 5] = ["age", "birth_date_of", "sex_of", "province_of", "within"];

/// Whether a catalogue may call it. Operators come as `_==_`, `!_`, `@in`.
pub(super) fn is_known(name: &str) -> bool {
    STANDARD.contains(&name) || OURS.contains(&name) || !name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Adds ours to a context.
pub(super) fn add_to(context: &mut Context<'_, '_>) {
    let added = [
        context.add_function("age", age),
        context.add_function("birth_date_of", birth_date_of),
        context.add_function("sex_of", sex_of),
        context.add_function("province_of", province_of),
        context.add_function("within", within),
    ];
    debug_assert!(added.iter().all(Result::is_ok), "none of our names is taken by the standard library");
}

/// The text of an argument, `None` for `null` and everything else.
fn text(argument: &Value) -> Option<&str> {
    match argument {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// `age(birth_date, today)`: full years; someone born on 29 February grows older on 1 March.
fn age(birth: Value, today: Value) -> Value {
    let years = || {
        let birth: Date = text(&birth)?.parse().ok()?;
        let today: Date = text(&today)?.parse().ok()?;
        let before_birthday = (today.month(), today.day()) < (birth.month(), birth.day());
        Some(i64::from(today.year()) - i64::from(birth.year()) - i64::from(before_birthday))
    };
    years().map_or(Value::Null, Value::Int)
}

/// `birth_date_of(id_number)`: positions 7–14 as a date.
fn birth_date_of(number: Value) -> Value {
    text(&number).and_then(holder).map_or(Value::Null, |holder| holder.birth.to_string().into())
}

/// `sex_of(id_number)`: `1` male, `2` female (GB/T 2261.1).
fn sex_of(number: Value) -> Value {
    text(&number).and_then(holder).map_or(Value::Null, |holder| holder.sex.into())
}

/// `province_of(region)`: the two digits of the province, of a region or an ID number.
fn province_of(code: Value) -> Value {
    text(&code).and_then(|code| code.get(..2)).map_or(Value::Null, Into::into)
}

/// `within(region, "4401")`: whether a region lies in the division whose code begins so.
fn within(code: Value, prefix: Value) -> bool {
    matches!((text(&code), text(&prefix)), (Some(code), Some(prefix)) if code.starts_with(prefix))
}
