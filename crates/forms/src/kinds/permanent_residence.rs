//! 外国人永久居留身份证: the 18 characters of 2023 (9, province, nationality by number, birth, sequence, MOD 11-2),
//! and the 15 of the cards before (nationality by letters, place, birth, sequence, ICAO 7-3-1 check digit).

use jiff::civil::Date;

use super::{
    Asked, Fault, Kind, Reading,
    eighteen::{bad_character, bad_check, bad_date, bad_province, cannot_be, holder, upper_x},
    nationality,
};
use crate::{Severity, Text, typing};

pub(super) struct PermanentResidence;

/// Cards of the old form were given out from 2004 to 2023: two digits of a year above this are of the 1900s,
/// the others may be of either century.
const LAST_OLD_CARD: i16 = 23;

fn subject() -> Text {
    Text::new("永久居留身份证号", "The card number")
}

/// The holder's birth date, where a number of either form tells it.
pub(crate) fn birth_date(number: &str) -> Option<Date> {
    if number.len() == 18 {
        return holder(number).map(|holder| holder.birth);
    }
    if !is_old(number) {
        return None;
    }
    let year: i16 = number[7..9].parse().ok()?;
    if year <= LAST_OLD_CARD {
        return None;
    }
    born_in(number, 1900 + year)
}

/// Three letters and twelve digits.
fn is_old(number: &str) -> bool {
    number.len() == 15
        && number.bytes().take(3).all(|byte| byte.is_ascii_uppercase())
        && number.bytes().skip(3).all(|byte| byte.is_ascii_digit())
}

fn born_in(old: &str, year: i16) -> Option<Date> {
    Date::new(year, old[9..11].parse().ok()?, old[11..13].parse().ok()?).ok()
}

/// ICAO 9303: weights 7, 3, 1; letters count from 10.
fn icao_check(text: &str) -> u32 {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    text.bytes().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| value(byte) * weight).sum::<u32>()
        % 10
}

fn unknown_nationality(code: &str) -> Fault {
    Fault {
        code: "nationality",
        severity: Severity::Doubtful,
        message: Text::new(
            format!("“{code}”不在国籍代码表里。请对着证件看一遍，一样就不用改"),
            format!(
                "“{code}” is not a known nationality. Compare it with the card; if it is the same, leave it"
            ),
        ),
    }
}

fn read_new(number: String, today: Date) -> Reading {
    let fault = bad_character(&number, &subject())
        .or_else(|| bad_province(&number, 2))
        .or_else(|| bad_date(&number, today))
        .or_else(|| bad_check(&number, &subject()));
    if let Some(fault) = fault {
        return fault;
    }
    let nationality = &number[3..6];
    let doubts =
        if nationality::is_number(nationality) { vec![] } else { vec![unknown_nationality(nationality)] };
    Reading::Read { value: number, doubts }
}

fn read_old(number: String, today: Date) -> Reading {
    if !is_old(&number) {
        return Reading::wrong(
            "character",
            "15 位的号码是 3 个字母和 12 个数字，例如 KAZ110090123105。请对着证件看一遍",
            "A number of 15 characters is 3 letters and 12 digits, for example KAZ110090123105. Compare it with the card",
        );
    }
    if let Some(fault) = bad_province(&number, 4) {
        return fault;
    }
    let year: i16 = number[7..9].parse().unwrap_or_default();
    // Whichever century makes a real day that has been.
    let days = [1900 + year, 2000 + year].map(|year| born_in(&number, year));
    let Some(earliest) = days.into_iter().flatten().next() else {
        return Reading::wrong(
            "date",
            format!("第 8 到 13 位“{}”应该是出生的年月日，但没有这一天。请对着证件看一遍", &number[7..13]),
            format!(
                "Characters 8 to 13, “{}”, should be the birth date, but there is no such day. Compare with the card",
                &number[7..13]
            ),
        );
    };
    if let Some(fault) = cannot_be(earliest, "8 到 13", "8 to 13", today) {
        return fault;
    }
    let expected = icao_check(&number[..14]);
    if !number.ends_with(|last: char| last.to_digit(10) == Some(expected)) {
        return Reading::wrong(
            "checksum",
            "永久居留证号最后一位对不上。请对着证件，从第一位起再看一遍",
            "The last digit of the card number does not fit the others. Compare it with the card from the first letter on",
        );
    }
    let letters = &number[..3];
    let doubts = if nationality::is_letters(letters) { vec![] } else { vec![unknown_nationality(letters)] };
    Reading::Read { value: number, doubts }
}

impl Kind for PermanentResidence {
    fn codes(&self) -> &'static [&'static str] {
        &["length", "character", "form", "province", "date", "future", "age", "checksum", "nationality"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let number: String =
            typing::code(typed).chars().map(upper_x).collect::<String>().to_ascii_uppercase();
        if number.is_empty() {
            return Reading::Empty;
        }
        let length = number.chars().count();
        if length == 15 {
            return read_old(number, asked.today);
        }
        if length != 18 {
            return Reading::wrong(
                "length",
                format!("永久居留身份证号现在 {length} 位，新证 18 位，旧证 15 位。请对着证件看一遍"),
                format!(
                    "The card number has {length} characters; new cards have 18, old ones 15. Compare it with the card"
                ),
            );
        }
        if !number.starts_with('9') {
            return Reading::wrong(
                "form",
                "新版永久居留身份证号以 9 开头。中国居民的身份证号和港澳台居民居住证号请写在身份证号一栏",
                "Numbers of the new card begin with 9. Numbers of Chinese citizens and of Hong Kong, Macao and Taiwan residents belong into the ID number field",
            );
        }
        read_new(number, asked.today)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(grouped(value, value))
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(grouped(&typing::starred(value, 3, 4), value))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "911398199012310021".into()
    }
}

/// In the groups of the form that `value` has.
fn grouped(shown: &str, value: &str) -> String {
    typing::grouped(shown, if value.len() == 15 { &[3, 4, 6, 2] } else { &[6, 4] })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{
        super::trial::{doubts, message, shown, value},
        birth_date,
    };
    use crate::FieldKind::PermanentResidence;

    #[test]
    fn both_forms() {
        for number in ["911398199012310021", "KAZ110090123105"] {
            assert_eq!(value(PermanentResidence, number).as_deref(), Ok(number));
            assert!(doubts(PermanentResidence, number).is_empty());
        }
        assert_eq!(value(PermanentResidence, " kaz 1100 901231 05 ").as_deref(), Ok("KAZ110090123105"));
        assert_eq!(value(PermanentResidence, "KAZ110090123107"), Err("checksum"));
        assert_eq!(value(PermanentResidence, "911398199012310022"), Err("checksum"));
    }

    #[test]
    fn the_last_character_may_be_an_x() {
        let number = (0..1000)
            .map(|sequence| format!("93184019850520{sequence:03}"))
            .find(|body| super::super::eighteen::check_character(body) == 'X')
            .expect("one in eleven");
        assert_eq!(value(PermanentResidence, &format!("{number}x")), Ok(format!("{number}X")));
    }

    #[test]
    fn what_cannot_be() {
        assert_eq!(value(PermanentResidence, "110101199003078881"), Err("form"));
        assert_eq!(value(PermanentResidence, "KAZ11009012310"), Err("length"));
        assert_eq!(value(PermanentResidence, "KA1110090123105"), Err("character"));
        assert_eq!(value(PermanentResidence, "KAZ990090123105"), Err("province"));
        assert_eq!(value(PermanentResidence, "KAZ110090023105"), Err("date"));
        assert_eq!(value(PermanentResidence, "911398199002310021"), Err("date"));
        assert_eq!(value(PermanentResidence, "999398199012310021"), Err("province"));
        assert_eq!(value(PermanentResidence, "911398209012310021"), Err("future"));
        assert_eq!(value(PermanentResidence, "911398189012310021"), Err("age"));
    }

    #[test]
    fn unknown_nationalities_are_only_doubtful() {
        let body = "91100019901231002";
        let number = format!("{body}{}", super::super::eighteen::check_character(body));
        assert_eq!(doubts(PermanentResidence, &number), ["nationality"]);
        let old = "QQQ11009012310";
        let old = format!("{old}{}", super::icao_check(old));
        assert_eq!(doubts(PermanentResidence, &old), ["nationality"]);
        assert!(message(PermanentResidence, &old).contains("QQQ"));
    }

    #[test]
    fn the_birth_date_where_it_can_be_told() {
        assert_eq!(birth_date("911398199012310021"), Some(date(1990, 12, 31)));
        assert_eq!(birth_date("KAZ110090123105"), Some(date(1990, 12, 31)));
        assert_eq!(birth_date("KAZ110010123105"), None);
        assert_eq!(birth_date("KAZ11009012310"), None);
    }

    #[test]
    fn shown_in_groups_and_masked_but_for_ends() {
        let (display, masked) = shown(PermanentResidence, "KAZ110090123105");
        assert_eq!((display.as_str(), masked.as_str()), ("KAZ 1100 901231 05", "KAZ **** ****31 05"));
        assert_eq!(shown(PermanentResidence, "911398199012310021").1, "911*** **** **** 0021");
    }
}
