//! 统一社会信用代码 (GB 32100-2015): 18 characters, modulus 31 over an alphabet without I, O, S, V and Z. The
//! numbers it replaced are recognised and explained.

use super::{Asked, Kind, Reading, wrong_length};
use crate::{Text, typing};

pub(super) struct CreditCode;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const LENGTH: usize = 18;

fn value_of(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|&known| known == byte)
}

/// The character that the first seventeen ask for; `None` where one of them is not of the alphabet.
fn check_character(code: &str) -> Option<char> {
    let sum =
        code.bytes().zip(WEIGHTS).try_fold(0, |sum, (byte, weight)| Some(sum + value_of(byte)? * weight))?;
    Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// What an old number is and what replaced it.
fn old_number(code: &str) -> Option<Reading> {
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let (zh, en) = match code.len() {
        15 if digits => {
            ("15 位的营业执照注册号", "the 15-digit registration number of an old business licence")
        }
        9 if value_of(code.bytes().next()?).is_some()
            && code[1..8].bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            ("9 位的组织机构代码", "the 9-character organisation code")
        }
        _ => return None,
    };
    Some(Reading::wrong(
        "old",
        format!("这是{zh}，2015 年起换成了 18 位的统一社会信用代码。请看新营业执照或登记证书"),
        format!(
            "This is {en}; since 2015 there is a credit code of 18 characters instead. Look at the new licence or certificate"
        ),
    ))
}

fn bad_character(code: &str) -> Option<Reading> {
    let (at, odd) = code.chars().enumerate().find(|&(at, c)| {
        let region = (2..8).contains(&at);
        let known = u8::try_from(c).is_ok_and(|byte| value_of(byte).is_some());
        if region { !c.is_ascii_digit() } else { !known }
    })?;
    let at = at + 1;
    let hint = match odd {
        'I' => Some('1'),
        'O' => Some('0'),
        'S' => Some('5'),
        'Z' => Some('2'),
        'V' => Some('U'),
        _ => None,
    };
    Some(match hint {
        Some(likely) => Reading::wrong(
            "character",
            format!("第 {at} 位写了字母 {odd}，信用代码里没有这个字母。请看看是不是 {likely}"),
            format!("Character {at} is the letter {odd}, which credit codes do not use. Is it {likely}?"),
        ),
        None => Reading::wrong(
            "character",
            format!("第 {at} 位是“{odd}”。信用代码由数字和大写字母组成，第 3 到 8 位都是数字，请再看一遍"),
            format!(
                "Character {at} is “{odd}”. A credit code has digits and capital letters, characters 3 to 8 are digits. Look again"
            ),
        ),
    })
}

impl Kind for CreditCode {
    fn codes(&self) -> &'static [&'static str] {
        &["length", "old", "character", "checksum"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let code = typing::code(typed).to_ascii_uppercase();
        if code.is_empty() {
            return Reading::Empty;
        }
        if let Some(odd) = code.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Reading::wrong(
                "character",
                format!("信用代码里有“{odd}”。请只写数字和字母"),
                format!("The credit code contains “{odd}”. Write digits and letters only"),
            );
        }
        if let Some(explained) = old_number(&code) {
            return explained;
        }
        if code.len() != LENGTH {
            let text = wrong_length("统一社会信用代码", "The credit code", "位", code.len(), LENGTH);
            return Reading::wrong("length", text.zh, text.en);
        }
        if let Some(fault) = bad_character(&code) {
            return fault;
        }
        if check_character(&code).is_none_or(|check| !code.ends_with(check)) {
            return Reading::wrong(
                "checksum",
                "信用代码最后一位对不上。请对着营业执照，从第一位起再看一遍",
                "The last character of the credit code does not fit the others. Compare it with the licence from the first character on",
            );
        }
        Reading::right(code)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "91110000600037341L".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, shown, value};
    use crate::FieldKind::CreditCode;

    #[test]
    fn published_codes_check() {
        // The first stands in the tests of public validators, the second is their textbook example.
        for code in ["91110000600037341L", "91350100M000100Y43"] {
            assert_eq!(value(CreditCode, code).as_deref(), Ok(code));
        }
        assert_eq!(value(CreditCode, " 91350100-ｍ000100y43 ").as_deref(), Ok("91350100M000100Y43"));
        assert_eq!(value(CreditCode, "91110000600037342L"), Err("checksum"));
        assert_eq!(value(CreditCode, "91350100M000100Y44"), Err("checksum"));
    }

    #[test]
    fn a_remainder_of_nothing_checks_with_a_nought() {
        let code = (0..1000)
            .map(|count| format!("91440101MA5{count:03}001"))
            .find(|code| super::check_character(code) == Some('0'))
            .expect("one in 31");
        assert_eq!(value(CreditCode, &format!("{code}0")), Ok(format!("{code}0")));
    }

    #[test]
    fn old_numbers_are_explained() {
        assert_eq!(value(CreditCode, "110000012345678"), Err("old"));
        assert!(message(CreditCode, "110000012345678").contains("营业执照注册号"));
        assert!(message(CreditCode, "60003734-1").contains("组织机构代码"));
    }

    #[test]
    fn letters_that_are_never_used() {
        assert!(message(CreditCode, "9111000060003734IL").contains("是不是 1"));
        assert!(message(CreditCode, "91110O00600037341L").contains("是不是 0"));
        assert_eq!(value(CreditCode, "911100A0600037341L"), Err("character"));
        assert_eq!(value(CreditCode, "9111000060003734 号"), Err("character"));
        assert_eq!(value(CreditCode, "91110000600037341"), Err("length"));
    }

    #[test]
    fn nothing_personal_to_hide() {
        assert_eq!(shown(CreditCode, "91110000600037341L").1, "91110000600037341L");
    }
}
