//! Days in expressions, `YYYY-MM-DD` as dates are handed in.

#![expect(clippy::needless_pass_by_value, reason = "CEL hands its arguments over by value")]

use cel::Value;
use jiff::{Span, civil::Date};

use super::functions::{number, text};

fn date(argument: &Value) -> Option<Date> {
    text(argument)?.parse().ok()
}

fn or_null<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}

/// `age(birth_date, today)`: full years; someone born on 29 February grows older on 1 March.
pub(super) fn age(birth: Value, today: Value) -> Value {
    let years = || {
        let (birth, today) = (date(&birth)?, date(&today)?);
        let before_birthday = (today.month(), today.day()) < (birth.month(), birth.day());
        Some(i64::from(today.year()) - i64::from(birth.year()) - i64::from(before_birthday))
    };
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
