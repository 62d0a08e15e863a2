//! 出生医学证明编号: one letter and nine digits. No check digit was ever published; the first two digits are
//! usually those of the province, which is only doubtful where they are not.

use super::{Asked, Kind, Reading, eighteen::is_province, wrong_length};
use crate::{Text, typing};

pub(super) struct BirthCertificate;

const LENGTH: usize = 10;

impl Kind for BirthCertificate {
    fn codes(&self) -> &'static [&'static str] {
        &["prefix", "character", "length", "province"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let number = typing::code(typed).to_ascii_uppercase();
        if number.is_empty() {
            return Reading::Empty;
        }
        if !number.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Reading::wrong(
                "prefix",
                "出生医学证明编号以一个字母开头，例如 U440123456。请对着证明右上角看一遍",
                "The certificate number begins with a letter, for example U440123456. Compare it with the top right of the certificate",
            );
        }
        if let Some(odd) = number.chars().skip(1).find(|c| !c.is_ascii_digit()) {
            return Reading::wrong(
                "character",
                format!("出生医学证明编号里有“{odd}”。第一位字母之后只有数字，例如 U440123456"),
                format!(
                    "The certificate number contains “{odd}”. After the first letter there are digits only, for example U440123456"
                ),
            );
        }
        if number.len() != LENGTH {
            let text = wrong_length("出生医学证明编号", "The certificate number", "位", number.len(), LENGTH);
            return Reading::wrong("length", text.zh, text.en);
        }
        let province = &number[1..3];
        if is_province(province) {
            return Reading::right(number);
        }
        let (zh, en) = (
            format!("字母后面两位一般是省份代码，这里是“{province}”。请对着证明看一遍，一样就不用改"),
            format!(
                "The two digits after the letter are usually those of a province, here “{province}”. Compare with the certificate; if it is the same, leave it"
            ),
        );
        Reading::doubtful(number, "province", zh, en)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::starred(value, 1, 3))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "U440123456".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{doubts, message, shown, value};
    use crate::FieldKind::BirthCertificate;

    #[test]
    fn a_letter_and_nine_digits() {
        assert_eq!(value(BirthCertificate, " ｕ440 123 456 ").as_deref(), Ok("U440123456"));
        assert!(doubts(BirthCertificate, "U440123456").is_empty());
        assert_eq!(doubts(BirthCertificate, "A990123456"), ["province"]);
    }

    #[test]
    fn what_it_is_not() {
        assert_eq!(value(BirthCertificate, "440123456"), Err("prefix"));
        assert_eq!(value(BirthCertificate, "UU40123456"), Err("character"));
        assert_eq!(message(BirthCertificate, "U44012345"), "出生医学证明编号少 1 位：现在 9 位，应为 10 位");
    }

    #[test]
    fn masked_but_for_ends() {
        assert_eq!(shown(BirthCertificate, "U440123456").1, "U******456");
    }
}
