//! Yuan as typed, at most two decimals; fen inside expressions. No floats anywhere.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct Money;

/// Nobody applies about more than this: 99 999 999.99 yuan.
const MOST_FEN: i64 = 9_999_999_999;

/// `3286.40` → 328640. Only for normalised values.
fn fen(value: &str) -> Option<i64> {
    let (yuan, decimals) = value.split_once('.')?;
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(decimals.parse().ok()?)
}

fn yuan_of(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn malformed() -> Reading {
    Reading::wrong(
        "number",
        "金额只写数字，例如 3286.40",
        "Write the amount in digits only, for example 3286.40",
    )
}

impl Kind for Money {
    fn codes(&self) -> &'static [&'static str] {
        &["number", "decimals", "small", "large"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let plain: String = typing::code_keeping_dashes(typed)
            .chars()
            .map(|c| if c == '。' { '.' } else { c })
            .filter(|c| !matches!(c, ',' | '，' | '¥' | '￥' | '元'))
            .collect();
        if plain.is_empty() {
            return Reading::Empty;
        }
        let (yuan, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if yuan.is_empty() || !digits(yuan) || !digits(decimals) {
            return malformed();
        }
        if decimals.len() > 2 {
            return Reading::wrong(
                "decimals",
                "金额最多两位小数，例如 3286.40",
                "An amount has at most two decimals, for example 3286.40",
            );
        }
        let yuan = yuan.trim_start_matches('0');
        let value = format!("{}.{decimals:0<2}", if yuan.is_empty() { "0" } else { yuan });
        let most = asked.field.max.unwrap_or(MOST_FEN).min(MOST_FEN);
        let least = asked.field.min.unwrap_or(0);
        match fen(&value) {
            Some(fen) if fen < least => Reading::wrong(
                "small",
                format!("金额至少 {} 元。请再看一遍", yuan_of(least)),
                format!("The amount is at least {} yuan. Look again", yuan_of(least)),
            ),
            Some(fen) if fen <= most => Reading::right(value),
            _ => Reading::wrong(
                "large",
                format!("金额太大了，最多 {} 元。请看看小数点的位置", yuan_of(most)),
                format!("The amount is too large, at most {} yuan. Look at the decimal point", yuan_of(most)),
            ),
        }
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        let (yuan, decimals) = value.split_once('.').unwrap_or((value, "00"));
        let first = (yuan.len() + 2) % 3 + 1;
        let yuan = typing::grouped(yuan, &[first, 3]).replace(' ', ",");
        Text::new(format!("{yuan}.{decimals} 元"), format!("¥{yuan}.{decimals}"))
    }

    fn operand(&self, value: &str) -> cel::Value {
        fen(value).map_or(cel::Value::Null, Into::into)
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "3286.40".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, shown, value, value_between};
    use crate::FieldKind;

    #[test]
    fn typed_amounts() {
        for typed in ["3286.4", "3,286.40", "￥3286.40元", "３２８６．４０", "003286.4"] {
            assert_eq!(value(FieldKind::Money, typed).as_deref(), Ok("3286.40"), "{typed}");
        }
        assert_eq!(value(FieldKind::Money, "0").as_deref(), Ok("0.00"));
    }

    #[test]
    fn faults() {
        assert_eq!(message(FieldKind::Money, "3286.405"), "金额最多两位小数，例如 3286.40");
        assert_eq!(value(FieldKind::Money, "-5"), Err("number"));
        assert_eq!(value(FieldKind::Money, "1.2.3"), Err("number"));
        assert_eq!(value(FieldKind::Money, &"9".repeat(40)), Err("large"));
    }

    #[test]
    fn bounds_are_the_fields_in_fen() {
        assert_eq!(value_between(FieldKind::Money, Some(1), None, "0"), Err("small"));
        assert_eq!(value_between(FieldKind::Money, Some(1), None, "0.01").as_deref(), Ok("0.01"));
        assert_eq!(value_between(FieldKind::Money, None, Some(50_000), "500.01"), Err("large"));
    }

    #[test]
    fn fen_and_display() {
        assert_eq!(super::fen("3286.40"), Some(328_640));
        assert_eq!(shown(FieldKind::Money, "1234567.8").0, "1,234,567.80 元");
        assert_eq!(shown(FieldKind::Money, "123").0, "123.00 元");
    }
}
