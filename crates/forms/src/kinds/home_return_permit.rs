//! 港澳居民来往内地通行证 (回乡证): H for Hong Kong or M for Macao and eight digits; older cards print two more,
//! which count how often the card was renewed. There is no check digit.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct HomeReturnPermit;

const LENGTHS: [usize; 2] = [9, 11];

impl Kind for HomeReturnPermit {
    fn codes(&self) -> &'static [&'static str] {
        &["prefix", "character", "length"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let number = typing::code(typed).to_ascii_uppercase();
        if number.is_empty() {
            return Reading::Empty;
        }
        let Some(digits) = number.strip_prefix(['H', 'M']) else {
            return Reading::wrong(
                "prefix",
                "回乡证号以字母 H（香港）或 M（澳门）开头，例如 H12345678",
                "The permit number begins with H (Hong Kong) or M (Macao), for example H12345678",
            );
        };
        if let Some(odd) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Reading::wrong(
                "character",
                format!("回乡证号里有“{odd}”。第一位字母之后只有数字，例如 H12345678"),
                format!(
                    "The permit number contains “{odd}”. After the first letter there are digits only, for example H12345678"
                ),
            );
        }
        if !LENGTHS.contains(&number.len()) {
            let length = number.len();
            return Reading::wrong(
                "length",
                format!("回乡证号现在 {length} 位，应为 1 个字母和 8 个数字（旧证后面还有 2 个数字）"),
                format!(
                    "The permit number has {length} characters; it is a letter and 8 digits (older cards have 2 more)"
                ),
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
        "H12345678".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{shown, value};
    use crate::FieldKind::HomeReturnPermit;

    #[test]
    fn hong_kong_and_macao() {
        for number in ["H12345678", "M12345678", "H1234567801"] {
            assert_eq!(value(HomeReturnPermit, number).as_deref(), Ok(number));
        }
        assert_eq!(value(HomeReturnPermit, " ｈ1234 5678 ").as_deref(), Ok("H12345678"));
    }

    #[test]
    fn what_it_is_not() {
        assert_eq!(value(HomeReturnPermit, "T12345678"), Err("prefix"));
        assert_eq!(value(HomeReturnPermit, "12345678"), Err("prefix"));
        assert_eq!(value(HomeReturnPermit, "HA2345678"), Err("character"));
        assert_eq!(value(HomeReturnPermit, "H1234567"), Err("length"));
        assert_eq!(value(HomeReturnPermit, "H123456780"), Err("length"));
    }

    #[test]
    fn masked_but_for_ends() {
        assert_eq!(shown(HomeReturnPermit, "H12345678").1, "H*****678");
    }
}
