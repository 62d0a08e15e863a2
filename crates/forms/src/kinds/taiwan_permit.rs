//! 台湾居民来往大陆通行证 (台胞证): eight digits on the card; the booklet before it had ten and a letter in
//! brackets. There is no check digit.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct TaiwanPermit;

const CARD: usize = 8;
const BOOKLET: usize = 10;

/// Without the letter of the old booklets, `(A)`.
fn normalise(typed: &str) -> String {
    let code = typing::code(typed).to_ascii_uppercase();
    let mut end = code.chars().rev();
    match (end.next(), end.next(), end.next()) {
        (Some(')' | '）'), Some('A'..='Z'), Some('(' | '（')) => {
            code.rsplit_once(['(', '（']).map_or_else(String::new, |(digits, _)| digits.to_owned())
        }
        _ => code,
    }
}

impl Kind for TaiwanPermit {
    fn codes(&self) -> &'static [&'static str] {
        &["character", "length", "old"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let number = normalise(typed);
        if number.is_empty() {
            return Reading::Empty;
        }
        if let Some(odd) = number.chars().find(|c| !c.is_ascii_digit()) {
            return Reading::wrong(
                "character",
                format!("台胞证号里有“{odd}”。请只写 8 位数字"),
                format!("The permit number contains “{odd}”. Write its 8 digits only"),
            );
        }
        match number.len() {
            CARD => Reading::right(number),
            BOOKLET => Reading::doubtful(
                number,
                "old",
                "这是 10 位的旧台胞证号。已经换了卡式证件的，请写卡上的 8 位数字",
                "This is the 10-digit number of the old booklet. If you have the card, write its 8 digits",
            ),
            length => Reading::wrong(
                "length",
                format!("台胞证号现在 {length} 位，应为 {CARD} 位数字（旧证 {BOOKLET} 位）"),
                format!(
                    "The permit number has {length} digits, it should have {CARD} (old booklets {BOOKLET})"
                ),
            ),
        }
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::starred(value, 1, 3))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "12345678".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{doubts, shown, value};
    use crate::FieldKind::TaiwanPermit;

    #[test]
    fn card_and_booklet() {
        assert_eq!(value(TaiwanPermit, "1234 5678").as_deref(), Ok("12345678"));
        assert!(doubts(TaiwanPermit, "12345678").is_empty());
        assert_eq!(value(TaiwanPermit, "1234567890（b）").as_deref(), Ok("1234567890"));
        assert_eq!(doubts(TaiwanPermit, "1234567890"), ["old"]);
    }

    #[test]
    fn what_it_is_not() {
        assert_eq!(value(TaiwanPermit, "1234567"), Err("length"));
        assert_eq!(value(TaiwanPermit, "123456789"), Err("length"));
        assert_eq!(value(TaiwanPermit, "A1234567"), Err("character"));
        assert_eq!(value(TaiwanPermit, "(A)"), Err("empty"));
    }

    #[test]
    fn masked_but_for_ends() {
        assert_eq!(shown(TaiwanPermit, "12345678").1, "1****678");
    }
}
