//! Our functions in expressions. Each is total: what cannot be told is `null`.

#![expect(clippy::needless_pass_by_value, reason = "CEL hands its arguments over by value")]

use cel::{Context, Value};

use super::{calendar, groups, patterns};
use crate::kinds::{begins_as_residence_permit, birth_date, holder, passes_luhn as luhn};

/// Standard functions and macros that make sense for answers.
pub(crate) const STANDARD: [&str; 9] =
    ["size", "contains", "startsWith", "endsWith", "matches", "string", "int", "has", "bool"];

/// Ours, in the order in which the authoring page of the documentation explains them.
pub(crate) const OURS: [&str; 15] = [
    "age",
    "birth_date_of",
    "sex_of",
    "province_of",
    "within",
    "days_between",
    "add_days",
    "add_months",
    "year_of",
    "total",
    "count",
    "yuan",
    "passes_luhn",
    "is_citizen_number",
    "is_residence_permit",
];

/// Whether a catalogue may call it. Operators come as `_==_`, `!_`, `@in`.
pub(super) fn is_known(name: &str) -> bool {
    STANDARD.contains(&name) || OURS.contains(&name) || !name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Adds ours to a context.
pub(super) fn add_to(context: &mut Context<'_, '_>) {
    let added = [
        context.add_function("age", calendar::age),
        context.add_function("days_between", calendar::days_between),
        context.add_function("add_days", calendar::add_days),
        context.add_function("add_months", calendar::add_months),
        context.add_function("year_of", calendar::year_of),
        context.add_function("total", Box::new(groups::total) as groups::Function),
        context.add_function("count", Box::new(groups::count) as groups::Function),
        context.add_function("matches", Box::new(patterns::matches) as groups::Function),
        context.add_function("yuan", yuan),
        context.add_function("passes_luhn", passes_luhn),
        context.add_function("is_citizen_number", is_citizen_number),
        context.add_function("is_residence_permit", is_residence_permit),
        context.add_function("birth_date_of", birth_date_of),
        context.add_function("sex_of", sex_of),
        context.add_function("province_of", province_of),
        context.add_function("within", within),
    ];
    debug_assert!(added.iter().all(Result::is_ok), "none of our names is taken by the standard library");
}

/// The text of an argument, `None` for `null` and everything else.
pub(super) fn text(argument: &Value) -> Option<&str> {
    match argument {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The whole number of an argument.
pub(super) fn number(argument: &Value) -> Option<i64> {
    match argument {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

/// `birth_date_of(id_number)`: positions 7–14 as a date; of an old permanent residence card its six digits, where
/// the century is certain.
fn birth_date_of(number: Value) -> Value {
    text(&number).and_then(birth_date).map_or(Value::Null, |birth| birth.to_string().into())
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

/// `yuan(fen)`: an amount as one would type it into a money field, `328640` → `3286.40`.
fn yuan(fen: Value) -> Value {
    let fen = number(&fen).filter(|fen| *fen >= 0);
    fen.map_or(Value::Null, |fen| format!("{}.{:02}", fen / 100, fen % 100).into())
}

/// `passes_luhn(card)`: whether the check digit of a card number is right.
fn passes_luhn(card: Value) -> Value {
    text(&card).map_or(Value::Null, |digits| luhn(digits).into())
}

/// `is_citizen_number(id)`: a resident identity card's; those of permanent residents begin with 9, those on the
/// residence permits of Hong Kong, Macao and Taiwan with 81, 82 and 83.
fn is_citizen_number(number: Value) -> Value {
    let number = text(&number).filter(|number| !number.is_empty());
    let is_citizens = |number: &str| {
        number.starts_with(|c| matches!(c, '1'..='8'))
            && !["81", "82", "83"].iter().any(|prefix| number.starts_with(prefix))
    };
    number.map_or(Value::Null, |number| is_citizens(number).into())
}

/// `is_residence_permit(id)`: that of a resident of Hong Kong, Macao or Taiwan, which begins with 810000, 820000 or
/// 830000. Numbers of foreign permanent residents are neither this nor a citizen's.
fn is_residence_permit(number: Value) -> Value {
    let number = text(&number).filter(|number| !number.is_empty());
    number.map_or(Value::Null, |number| begins_as_residence_permit(number).into())
}
