//! 护照号: letters and digits. Every country has its own form, so only the plainly impossible is wrong.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct Passport;

/// The machine-readable zone has room for nine (ICAO 9303); a few countries print more.
const USUAL: usize = 9;
const FEWEST: usize = 5;
const MOST: usize = 15;

impl Kind for Passport {
    fn codes(&self) -> &'static [&'static str] {
        &["character", "length", "unusual"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let number = typing::code(typed).to_ascii_uppercase();
        if number.is_empty() {
            return Reading::Empty;
        }
        if let Some(odd) = number.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Reading::wrong(
                "character",
                format!("护照号里有“{odd}”。请只写字母和数字，例如 E12345678"),
                format!(
                    "The passport number contains “{odd}”. Write letters and digits only, for example E12345678"
                ),
            );
        }
        let length = number.len();
        if !(FEWEST..=MOST).contains(&length) {
            return Reading::wrong(
                "length",
                format!("护照号现在 {length} 位，一般是 {USUAL} 位。请对着资料页再看一遍"),
                format!(
                    "The passport number has {length} characters, usually it has {USUAL}. Compare it with the data page"
                ),
            );
        }
        if length > USUAL || number.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Reading::doubtful(
                number,
                "unusual",
                "这个号码和一般的护照号不一样。请对着资料页再看一遍，一样就不用改",
                "This number is unlike most passport numbers. Compare it with the data page; if it is the same, leave it",
            );
        }
        Reading::right(number)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::starred(value, 1, 3))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "E12345678".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{doubts, message, shown, value};
    use crate::FieldKind::Passport;

    #[test]
    fn numbers_of_many_countries() {
        for number in ["E12345678", "EA1234567", "G12345678", "123456789", "C01X00T47", "AB12345"] {
            assert_eq!(value(Passport, number).as_deref(), Ok(number));
            assert!(doubts(Passport, number).is_empty());
        }
        assert_eq!(value(Passport, " ｅ1234 5678 ").as_deref(), Ok("E12345678"));
    }

    #[test]
    fn the_impossible_and_the_unusual() {
        assert_eq!(value(Passport, "E123"), Err("length"));
        assert_eq!(value(Passport, "E123456789012345"), Err("length"));
        assert_eq!(value(Passport, "E1234567号"), Err("character"));
        assert_eq!(doubts(Passport, "E123456789"), ["unusual"]);
        assert!(message(Passport, "ABCDEFG").contains("资料页"));
    }

    #[test]
    fn masked_but_for_ends() {
        assert_eq!(shown(Passport, "E12345678").1, "E*****678");
    }
}
