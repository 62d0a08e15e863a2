//! 银行卡号: 12–19 digits. Luhn failing is wrong for UnionPay (62…) and doubtful otherwise, because some old
//! passbooks never obeyed it. The issuer's range is never judged: every list of them is out of date.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct BankCard;

/// The Luhn check; false for anything but digits.
pub(crate) fn passes_luhn(digits: &str) -> bool {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

impl Kind for BankCard {
    fn codes(&self) -> &'static [&'static str] {
        &["character", "length", "checksum", "unusual"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let number = typing::code(typed);
        if number.is_empty() {
            return Reading::Empty;
        }
        if let Some(odd) = number.chars().find(|c| !c.is_ascii_digit()) {
            return Reading::wrong(
                "character",
                format!("银行卡号里有“{odd}”。请只写卡正面的数字"),
                format!("The card number contains “{odd}”. Write only the digits on the front of the card"),
            );
        }
        let length = number.len();
        if !(12..=19).contains(&length) {
            return Reading::wrong(
                "length",
                format!("银行卡号现在 {length} 位，一般是 16 或 19 位。请对着卡再看一遍"),
                format!(
                    "The card number has {length} digits, usually it has 16 or 19. Compare it with the card"
                ),
            );
        }
        match (passes_luhn(&number), number.starts_with("62")) {
            (true, _) => Reading::right(number),
            (false, true) => Reading::wrong(
                "checksum",
                "银行卡号里有一位对不上。请对着卡，四位四位地再看一遍",
                "A digit of the card number does not fit. Compare it with the card, four digits at a time",
            ),
            (false, false) => Reading::doubtful(
                number,
                "unusual",
                "这个卡号和一般的银行卡号不一样。请对着卡或存折再看一遍，一样就不用改",
                "This number is unlike most card numbers. Compare it with the card or passbook; if it is the same, leave it",
            ),
        }
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::grouped(value, &[4]))
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(format!("**** {}", &value[value.len().saturating_sub(4)..]))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "6222020100123456780".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, shown, value};
    use crate::FieldKind;

    #[test]
    fn unionpay_numbers_must_check() {
        assert_eq!(
            value(FieldKind::BankCard, "6222 0201 0012 3456 780").as_deref(),
            Ok("6222020100123456780")
        );
        // The mission's own sample.
        assert_eq!(value(FieldKind::BankCard, "6222020100123456789"), Err("checksum"));
    }

    #[test]
    fn others_are_only_doubtful() {
        assert_eq!(value(FieldKind::BankCard, "4111111111111112").as_deref(), Ok("4111111111111112"));
        assert!(message(FieldKind::BankCard, "4111111111111112").contains("存折"));
        assert_eq!(message(FieldKind::BankCard, "4111111111111111"), "");
        assert_eq!(value(FieldKind::BankCard, "62220201001"), Err("length"));
    }

    #[test]
    fn masked_but_for_the_last_four() {
        assert_eq!(shown(FieldKind::BankCard, "6222020100123456780").1, "**** 6780");
    }
}
