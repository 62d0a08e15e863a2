//! 手机号 of the mainland: `1[3-9]` and nine more digits.

use super::{Asked, Kind, Reading, wrong_length};
use crate::{Text, typing};

pub(super) struct Mobile;

/// Ranges for machines (14x) and satellites (1349, 1740); few people are reached there.
const UNUSUAL: [&str; 8] = ["140", "141", "144", "146", "148", "149", "1349", "1740"];

fn normalise(typed: &str) -> String {
    let digits: String = typing::code(typed).chars().filter(|c| !matches!(c, '(' | ')' | '.')).collect();
    let local = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
    match local.strip_prefix("86") {
        Some(rest) if rest.len() == 11 => rest.to_owned(),
        _ => local.to_owned(),
    }
}

impl Kind for Mobile {
    fn codes(&self) -> &'static [&'static str] {
        &["character", "length", "range", "unusual"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let number = normalise(typed);
        if number.is_empty() {
            return Reading::Empty;
        }
        if let Some(odd) = number.chars().find(|c| !c.is_ascii_digit()) {
            return Reading::wrong(
                "character",
                format!("手机号里有“{odd}”。请只写 11 位数字"),
                format!("The mobile number contains “{odd}”. Write 11 digits only"),
            );
        }
        if number.len() != 11 {
            let text = wrong_length("手机号", "The mobile number", "位数字", number.len(), 11);
            return Reading::wrong("length", text.zh, text.en);
        }
        if !number.starts_with('1') || matches!(number.as_bytes()[1], b'0'..=b'2') {
            return Reading::wrong(
                "range",
                format!("手机号以 13 到 19 开头，现在以 {} 开头。请再看一遍", &number[..2]),
                format!(
                    "Mobile numbers begin with 13 to 19, this one with {}. Please look again",
                    &number[..2]
                ),
            );
        }
        if let Some(range) = UNUSUAL.iter().find(|range| number.starts_with(**range)) {
            return Reading::doubtful(
                number,
                "unusual",
                format!("{range} 开头的号码一般是物联网卡或卫星电话，可能打不通。确定是您的号码就不用改"),
                format!(
                    "Numbers beginning with {range} usually belong to devices or satellite phones and may not be reached. If it is yours, leave it"
                ),
            );
        }
        Reading::right(number)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::grouped(value, &[3, 4]))
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::grouped(&typing::starred(value, 3, 4), &[3, 4]))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "13800138000".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, shown, value};
    use crate::FieldKind::Mobile;

    #[test]
    fn prefixes_and_blanks_go() {
        for typed in [
            "13800138000",
            "+86 138 0013 8000",
            "0086-138-0013-8000",
            "８６１３８００１３８０００",
            "(138)00138000",
        ] {
            assert_eq!(value(Mobile, typed).as_deref(), Ok("13800138000"), "{typed}");
        }
    }

    #[test]
    fn faults_say_how_many_digits() {
        assert_eq!(message(Mobile, "1380013800"), "手机号少 1 位数字：现在 10 位，应为 11 位");
        assert_eq!(value(Mobile, "12800138000"), Err("range"));
        assert_eq!(value(Mobile, "1380013800a"), Err("character"));
    }

    #[test]
    fn numbers_of_devices_are_doubtful() {
        assert_eq!(value(Mobile, "14400138000").as_deref(), Ok("14400138000"));
        assert!(message(Mobile, "17400138000").contains("1740"));
        for range in ["140", "141", "144", "146", "148", "149", "1349", "1740"] {
            let number = format!("{range:0<11}");
            assert!(message(Mobile, &number).starts_with(range), "{number}");
        }
        for range in ["130", "1340", "1348", "145", "147", "150", "166", "170", "1741", "173", "192", "199"] {
            assert_eq!(message(Mobile, &format!("{range:0<11}")), "", "{range}");
        }
    }

    #[test]
    fn shown_in_groups() {
        assert_eq!(shown(Mobile, "13800138000"), ("138 0013 8000".into(), "138 **** 8000".into()));
    }
}
