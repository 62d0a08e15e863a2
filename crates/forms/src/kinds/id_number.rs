//! 公民身份号码 (GB 11643-1999), with its relatives of the same shape: the residence permit of Hong Kong, Macao
//! and Taiwan residents (81/82/83) and the foreigner's permanent residence card of 2023 (begins with 9).
//!
//! Hard errors: length, characters, province, date, check digit. The county is not judged: real people hold
//! numbers with counties that no longer exist, or that are younger than they are.

use jiff::civil::Date;

use super::{Asked, Kind, Reading, date_in_words, wrong_length};
use crate::{Text, typing};

pub(super) struct IdNumber;

/// Nobody older has ever been documented.
const OLDEST: i16 = 130;

/// Province codes of GB/T 2260, and 83 for Taiwan residents' permits.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
    "83",
];

/// What a well-formed number says of its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Positions 7–14.
    pub(crate) birth: Date,
    /// GB/T 2261.1: `1` male, `2` female, from the parity of position 17.
    pub(crate) sex: &'static str,
}

/// The holder's facts, or `None` where the 18 characters do not have a date at its place.
pub(crate) fn holder(number: &str) -> Option<Holder> {
    if number.len() != 18 || !number.is_ascii() {
        return None;
    }
    let birth =
        Date::new(number[6..10].parse().ok()?, number[10..12].parse().ok()?, number[12..14].parse().ok()?);
    let sex = match number.as_bytes()[16] {
        b'1' | b'3' | b'5' | b'7' | b'9' => "1",
        b'0' | b'2' | b'4' | b'6' | b'8' => "2",
        _ => return None,
    };
    Some(Holder { birth: birth.ok()?, sex })
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check_character(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[usize::try_from(sum % 11).unwrap_or_default()]
}

/// Latin, Cyrillic and Greek look-alikes of X, and the multiplication sign.
fn upper_x(c: char) -> char {
    match c {
        'x' | 'х' | 'Х' | 'χ' | 'Χ' | '×' | '✕' | '✗' => 'X',
        _ => c,
    }
}

fn bad_character(number: &str) -> Option<Reading> {
    let last = number.chars().count() - 1;
    let (at, odd) =
        number.chars().enumerate().find(|&(at, c)| !(c.is_ascii_digit() || (c == 'X' && at == last)))?;
    Some(if odd == 'X' {
        Reading::wrong(
            "character",
            format!("第 {} 位是 X。X 只会在身份证号的最后一位，请对着证件看一遍", at + 1),
            format!(
                "Character {} is an X. An X can only be the last character; compare with the card",
                at + 1
            ),
        )
    } else {
        Reading::wrong(
            "character",
            format!("身份证号里有“{odd}”。请只写数字，最后一位可以是 X"),
            format!("The ID number contains “{odd}”. Write digits only; the last character may be X"),
        )
    })
}

fn bad_date(number: &str, today: Date) -> Option<Reading> {
    let (year, month, day) = (&number[6..10], &number[10..12], &number[12..14]);
    let Some(holder) = holder(number) else {
        return Some(Reading::wrong(
            "date",
            format!("第 7 到 14 位应该是出生日期，但没有 {year} 年 {month} 月 {day} 日。请对着证件看一遍"),
            format!(
                "Characters 7 to 14 should be the birth date, but {year}-{month}-{day} does not exist. Compare with the card"
            ),
        ));
    };
    let words = date_in_words(holder.birth);
    if holder.birth > today {
        return Some(Reading::wrong(
            "future",
            format!("按这个号码，出生日期是 {}，还没有到。请对着证件看第 7 到 14 位", words.zh),
            format!(
                "By this number the birth date is {}, which is yet to come. Compare characters 7 to 14 with the card",
                words.en
            ),
        ));
    }
    if today.year() - holder.birth.year() > OLDEST {
        return Some(Reading::wrong(
            "age",
            format!("按这个号码，出生日期是 {}，超过 {OLDEST} 岁了。请对着证件看第 7 到 14 位", words.zh),
            format!(
                "By this number the birth date is {}, more than {OLDEST} years ago. Compare characters 7 to 14 with the card",
                words.en
            ),
        ));
    }
    None
}

fn bad_province(number: &str) -> Option<Reading> {
    let (code, from, to) = if number.starts_with('9') { (&number[1..3], 2, 3) } else { (&number[..2], 1, 2) };
    if PROVINCES.contains(&code) {
        return None;
    }
    Some(Reading::wrong(
        "province",
        format!("没有以“{code}”为代码的省份。请对着证件看第 {from}、{to} 位"),
        format!("No province has the code “{code}”. Compare characters {from} and {to} with the card"),
    ))
}

impl Kind for IdNumber {
    fn codes(&self) -> &'static [&'static str] {
        &["length", "character", "province", "date", "future", "age", "checksum", "upgraded"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let typed: String = typing::code(typed).chars().map(upper_x).collect();
        if typed.is_empty() {
            return Reading::Empty;
        }
        if let Some(fault) = bad_character(&typed) {
            return fault;
        }
        let old = typed.len() == 15 && !typed.ends_with('X');
        let number = if old {
            let body = format!("{}19{}", &typed[..6], &typed[6..]);
            let check = check_character(&body);
            format!("{body}{check}")
        } else {
            typed
        };
        if number.len() != 18 {
            let text = wrong_length("身份证号", "The ID number", "位", number.len(), 18);
            return Reading::wrong("length", text.zh, text.en);
        }
        if let Some(fault) = bad_province(&number).or_else(|| bad_date(&number, asked.today)) {
            return fault;
        }
        if !number.ends_with(check_character(&number[..17])) {
            return Reading::wrong(
                "checksum",
                "身份证号最后一位对不上。请对着证件，从第一位起再看一遍",
                "The last character of the ID number does not fit the others. Compare it with the card from the first digit on",
            );
        }
        if old {
            let shown = typing::grouped(&number, &[6, 4]);
            return Reading::doubtful(
                number,
                "upgraded",
                format!("这是 15 位的旧号码，已经换成 18 位：{shown}。请对着新证件看一遍"),
                format!(
                    "This is an old 15-digit number; it was turned into 18 digits: {shown}. Compare it with the new card"
                ),
            );
        }
        Reading::right(number)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::grouped(value, &[6, 4]))
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::grouped(&typing::starred(value, 3, 4), &[6, 4]))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "110101199003078881".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, shown, value};
    use crate::FieldKind::IdNumber;

    #[test]
    fn true_numbers_of_every_sort() {
        for number in [
            "110101199003078881",
            "11010519491231002X",
            "810000199408230021",
            "820000199408230023",
            "830000199201300022",
            "911398199012310021",
            // Abolished counties, and counties younger than their people.
            "44040119580101000X",
            "140120197901010008",
            "500154199301135886",
            "411082198901010002",
        ] {
            assert_eq!(value(IdNumber, number).as_deref(), Ok(number));
        }
    }

    #[test]
    fn what_input_methods_do_is_undone() {
        for typed in [
            "１１０１０５１９４９１２３１００２ｘ",
            "110105 19491231 002х",
            "11010519491231002×",
            " 110105-1949-1231-002x\u{200B}",
        ] {
            assert_eq!(value(IdNumber, typed).as_deref(), Ok("11010519491231002X"));
        }
    }

    #[test]
    fn the_mission_sample_fails_its_check() {
        assert_eq!(value(IdNumber, "110101199003078888"), Err("checksum"));
        assert_eq!(
            message(IdNumber, "110101199003078888"),
            "身份证号最后一位对不上。请对着证件，从第一位起再看一遍"
        );
    }

    #[test]
    fn lengths_are_counted() {
        assert_eq!(message(IdNumber, "11010119900307888"), "身份证号少 1 位：现在 17 位，应为 18 位");
        assert_eq!(message(IdNumber, "11010119900307888111"), "身份证号多 2 位：现在 20 位，应为 18 位");
        assert_eq!(value(IdNumber, "99"), Err("length"));
    }

    #[test]
    fn dates_and_provinces_that_cannot_be() {
        assert_eq!(value(IdNumber, "110101199902301235"), Err("date"));
        assert_eq!(value(IdNumber, "110101209003078880"), Err("future"));
        assert_eq!(value(IdNumber, "110101189003078880"), Err("age"));
        assert_eq!(value(IdNumber, "990101199003078881"), Err("province"));
        assert_eq!(value(IdNumber, "010101199003078881"), Err("province"));
        assert_eq!(value(IdNumber, "1101051949123100X2"), Err("character"));
        assert_eq!(value(IdNumber, "11010519491231OO2X"), Err("character"));
    }

    #[test]
    fn fifteen_digits_become_eighteen_with_a_word_about_it() {
        assert_eq!(value(IdNumber, "610104620927690").as_deref(), Ok("610104196209276908"));
        assert!(message(IdNumber, "610104620927690").contains("610104 1962 0927 6908"));
    }

    #[test]
    fn shown_in_groups_and_masked_but_for_ends() {
        let (display, masked) = shown(IdNumber, "110101199003078881");
        assert_eq!((display.as_str(), masked.as_str()), ("110101 1990 0307 8881", "110*** **** **** 8881"));
    }
}
