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

fn malformed() -> Reading {
    Reading::wrong(
        "number",
        "金额只写数字，例如 3286.40",
        "Write the amount in digits only, for example 3286.40",
    )
}

impl Kind for Money {
    fn codes(&self) -> &'static [&'static str] {
        &["number", "decimals", "large"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
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
        match fen(&value) {
            Some(fen) if fen <= MOST_FEN => Reading::right(value),
            _ => Reading::wrong(
                "large",
                "金额太大了，最多 99999999.99 元。请看看小数点的位置",
                "The amount is too large, at most 99999999.99 yuan. Look at the decimal point",
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
    use super::super::trial::{message, shown, value};
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
    fn fen_and_display() {
        assert_eq!(super::fen("3286.40"), Some(328_640));
        assert_eq!(shown(FieldKind::Money, "1234567.8").0, "1,234,567.80 元");
        assert_eq!(shown(FieldKind::Money, "123").0, "123.00 元");
    }
}
