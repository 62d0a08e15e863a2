//! A whole number: years that were not paid, days in hospital. No decimals, no floats.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct Number;

/// More digits than anything that is counted here has.
const LONGEST: usize = 12;

/// Minus and digits, without leading zeros; `None` where it is no whole number.
fn normalise(plain: &str) -> Option<String> {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let significant = digits.trim_start_matches('0');
    match (digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()), significant) {
        (true, _) => None,
        (false, "") => Some("0".into()),
        (false, significant) => Some(format!("{sign}{significant}")),
    }
}

fn out_of_range(asked: &Asked<'_>, number: i64) -> Option<Reading> {
    let label = &asked.field.view.label;
    // What is counted is not negative unless the field says so.
    let (min, max) = (asked.field.min.unwrap_or(0), asked.field.max.unwrap_or(i64::MAX));
    if number < min {
        return Some(Reading::wrong(
            "small",
            format!("“{}”现在是 {number}，最小是 {min}", label.zh),
            format!("“{}” is {number}, it is at least {min}", label.en),
        ));
    }
    (number > max).then(|| {
        Reading::wrong(
            "large",
            format!("“{}”现在是 {number}，最大是 {max}", label.zh),
            format!("“{}” is {number}, it is at most {max}", label.en),
        )
    })
}

impl Kind for Number {
    fn codes(&self) -> &'static [&'static str] {
        &["number", "decimals", "small", "large"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let plain: String = typing::code_keeping_dashes(typed)
            .chars()
            .map(|c| if typing::is_dash(c) { '-' } else { c })
            .filter(|c| !matches!(c, ',' | '，'))
            .collect();
        if plain.is_empty() {
            return Reading::Empty;
        }
        let label = &asked.field.view.label;
        let (whole, rest) = plain.split_once(['.', '。']).unwrap_or((&plain, ""));
        if !rest.bytes().all(|byte| byte == b'0') && normalise(whole).is_some() {
            return Reading::wrong(
                "decimals",
                format!("“{}”只写整数，不要小数", label.zh),
                format!("“{}” is a whole number, without decimals", label.en),
            );
        }
        let Some(value) = normalise(whole).filter(|_| rest.bytes().all(|byte| byte == b'0')) else {
            return Reading::wrong(
                "number",
                format!("“{}”只写数字，例如 {}", label.zh, self.example(asked)),
                format!("Write “{}” in digits only, for example {}", label.en, self.example(asked)),
            );
        };
        match value.parse().ok().filter(|_| value.len() <= LONGEST) {
            Some(number) => out_of_range(asked, number).unwrap_or_else(|| Reading::right(value)),
            None => Reading::wrong(
                "large",
                format!("“{}”太大了，最多 {LONGEST} 位数字。请再看一遍", label.zh),
                format!("“{}” is too large, at most {LONGEST} digits. Look again", label.en),
            ),
        }
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn operand(&self, value: &str) -> cel::Value {
        value.parse().map_or(cel::Value::Null, cel::Value::Int)
    }

    fn example(&self, asked: &Asked<'_>) -> String {
        let least = asked.field.min.unwrap_or(0);
        least.max(1).min(asked.field.max.unwrap_or(i64::MAX)).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, value, value_between};
    use crate::FieldKind::Number;

    #[test]
    fn typed_numbers() {
        for typed in ["12", " １２ ", "012", "12.0", "1,2", "12."] {
            assert_eq!(value(Number, typed).as_deref(), Ok("12"), "{typed}");
        }
        assert_eq!(value(Number, "000").as_deref(), Ok("0"));
        assert_eq!(value(Number, " \u{200B}"), Err("empty"));
    }

    #[test]
    fn what_is_no_whole_number() {
        assert_eq!(value(Number, "1.5"), Err("decimals"));
        assert_eq!(value(Number, "三"), Err("number"));
        assert_eq!(value(Number, "."), Err("number"));
        assert_eq!(value(Number, "1.x"), Err("decimals"));
        assert_eq!(value(Number, &"9".repeat(40)), Err("large"));
        assert_eq!(message(Number, "x"), "“栏目”只写数字，例如 1");
    }

    #[test]
    fn bounds_are_the_fields() {
        assert_eq!(value_between(Number, Some(0), Some(40), "40").as_deref(), Ok("40"));
        assert_eq!(value_between(Number, Some(0), Some(40), "41"), Err("large"));
        assert_eq!(value_between(Number, Some(1), None, "0"), Err("small"));
        assert_eq!(value_between(Number, None, None, "-1"), Err("small"));
        assert_eq!(value_between(Number, Some(-5), None, "−5").as_deref(), Ok("-5"));
    }
}
