//! Days in expressions, `YYYY-MM-DD` as dates are handed in.

#![expect(clippy::needless_pass_by_value, reason = "CEL hands its arguments over by value")]

use cel::Value;
use jiff::{Span, civil::Date};

use super::functions::{number, text};
use crate::kinds::full_years;

fn date(argument: &Value) -> Option<Date> {
    text(argument)?.parse().ok()
}

fn or_null<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}

/// `age(birth_date, today)`: full years; someone born on 29 February grows older on 1 March.
pub(super) fn age(birth: Value, today: Value) -> Value {
    let years = || Some(i64::from(full_years(date(&birth)?, date(&today)?)));
    or_null(years())
}

/// `days_between(a, b)`: whole days from `a` to `b`, negative where `b` comes first.
pub(super) fn days_between(from: Value, to: Value) -> Value {
    let days = || Some(i64::from(date(&from)?.until(date(&to)?).ok()?.get_days()));
    or_null(days())
}

/// `add_days(date, n)`.
pub(super) fn add_days(from: Value, days: Value) -> Value {
    let day = || date(&from)?.checked_add(Span::new().try_days(number(&days)?).ok()?).ok();
    or_null(day().map(|day| day.to_string()))
}

/// `add_months(date, n)`: the same day of the month, or its last where it has no such day.
pub(super) fn add_months(from: Value, months: Value) -> Value {
    let day = || date(&from)?.checked_add(Span::new().try_months(number(&months)?).ok()?).ok();
    or_null(day().map(|day| day.to_string()))
}

/// `year_of(date)`.
pub(super) fn year_of(day: Value) -> Value {
    or_null(date(&day).map(|day| i64::from(day.year())))
}
