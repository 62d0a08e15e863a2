//! The 18 characters that citizen numbers, residence permits and permanent residence cards share: six of origin,
//! eight of birth, three in sequence, one to check (GB 11643-1999, ISO 7064 MOD 11-2).

use jiff::civil::Date;

use super::{Reading, date_in_words, full_years};
use crate::Text;

/// In full years. Nobody older has ever been documented.
const OLDEST: i16 = 130;

/// Province codes of GB/T 2260, and 83 for Taiwan residents' permits.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
    "83",
];

/// How the numbers on the residence permits of residents of Hong Kong, Macao and Taiwan begin.
const RESIDENCE_PERMITS: [&str; 3] = ["810000", "820000", "830000"];

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

/// Whether a number is that of a 港澳台居民居住证, by its first six digits.
pub(crate) fn is_residence_permit(number: &str) -> bool {
    RESIDENCE_PERMITS.iter().any(|origin| number.starts_with(origin))
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
pub(super) fn check_character(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[usize::try_from(sum % 11).unwrap_or_default()]
}

/// Latin, Cyrillic and Greek look-alikes of X, and the multiplication sign.
pub(super) fn upper_x(c: char) -> char {
    match c {
        'x' | 'х' | 'Х' | 'χ' | 'Χ' | '×' | '✕' | '✗' => 'X',
        _ => c,
    }
}

/// Digits, and an X at the very end.
pub(super) fn bad_character(number: &str, subject: &Text) -> Option<Reading> {
    let last = number.chars().count() - 1;
    let (at, odd) =
        number.chars().enumerate().find(|&(at, c)| !(c.is_ascii_digit() || (c == 'X' && at == last)))?;
    Some(if odd == 'X' {
        Reading::wrong(
            "character",
            format!("第 {} 位是 X。X 只会在{}的最后一位，请对着证件看一遍", at + 1, subject.zh),
            format!(
                "Character {} is an X. An X can only be the last character; compare with the card",
                at + 1
            ),
        )
    } else {
        Reading::wrong(
            "character",
            format!("{}里有“{odd}”。请只写数字，最后一位可以是 X", subject.zh),
            format!("{} contains “{odd}”. Write digits only; the last character may be X", subject.en),
        )
    })
}

/// Whether GB/T 2260 has a province with these two digits, or Taiwan residents' permits do.
pub(super) fn is_province(code: &str) -> bool {
    PROVINCES.contains(&code)
}

/// The province at the given place, counted from 1.
pub(super) fn bad_province(number: &str, at: usize) -> Option<Reading> {
    let code = number.get(at - 1..=at)?;
    if is_province(code) {
        return None;
    }
    Some(Reading::wrong(
        "province",
        format!("没有以“{code}”为代码的省份。请对着证件看第 {at}、{} 位", at + 1),
        format!("No province has the code “{code}”. Compare characters {at} and {} with the card", at + 1),
    ))
}

/// Whether the eight digits of birth make a day that can have been.
pub(super) fn bad_date(number: &str, today: Date) -> Option<Reading> {
    let (year, month, day) = (&number[6..10], &number[10..12], &number[12..14]);
    match holder(number) {
        Some(holder) => cannot_be(holder.birth, "7 到 14", "7 to 14", today),
        None => Some(Reading::wrong(
            "date",
            format!("第 7 到 14 位应该是出生日期，但没有 {year} 年 {month} 月 {day} 日。请对着证件看一遍"),
            format!(
                "Characters 7 to 14 should be the birth date, but {year}-{month}-{day} does not exist. Compare with the card"
            ),
        )),
    }
}

/// A day of birth yet to come, or too long ago.
pub(super) fn cannot_be(birth: Date, places: &str, places_en: &str, today: Date) -> Option<Reading> {
    let words = date_in_words(birth);
    if birth > today {
        return Some(Reading::wrong(
            "future",
            format!("按这个号码，出生日期是 {}，还没有到。请对着证件看第 {places} 位", words.zh),
            format!(
                "By this number the birth date is {}, which is yet to come. Compare characters {places_en} with the card",
                words.en
            ),
        ));
    }
    (full_years(birth, today) > OLDEST).then(|| {
        Reading::wrong(
            "age",
            format!("按这个号码，出生日期是 {}，超过 {OLDEST} 岁了。请对着证件看第 {places} 位", words.zh),
            format!(
                "By this number the birth date is {}, which makes the person older than {OLDEST}. Compare characters {places_en} with the card",
                words.en
            ),
        )
    })
}

/// The last character against the seventeen before it.
pub(super) fn bad_check(number: &str, subject: &Text) -> Option<Reading> {
    (!number.ends_with(check_character(&number[..17]))).then(|| {
        Reading::wrong(
            "checksum",
            format!("{}最后一位对不上。请对着证件，从第一位起再看一遍", subject.zh),
            format!(
                "The last character of {} does not fit the others. Compare it with the card from the first digit on",
                lower_first(&subject.en)
            ),
        )
    })
}

/// “The ID number” within a sentence.
fn lower_first(subject: &str) -> String {
    subject.strip_prefix("The ").map_or_else(|| subject.to_owned(), |rest| format!("the {rest}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Date, Reading, cannot_be};

    fn fault(birth: Date, today: Date) -> Option<&'static str> {
        match cannot_be(birth, "7 到 14", "7 to 14", today)? {
            Reading::Faulty(fault) => Some(fault.code),
            other => unreachable!("{other:?}"),
        }
    }

    /// Whoever is 130 stays so until the next birthday, whatever the calendar year.
    #[test]
    fn age_is_judged_by_the_birthday() {
        let today = date(2026, 11, 21);
        assert_eq!(fault(date(1895, 11, 21), today), Some("age"));
        assert_eq!(fault(date(1895, 11, 22), today), None);
        assert_eq!(fault(date(1895, 12, 31), date(2026, 1, 1)), None);
        assert_eq!(fault(date(1896, 2, 29), date(2027, 2, 28)), None);
        assert_eq!(fault(date(1896, 2, 29), date(2027, 3, 1)), Some("age"));
        assert_eq!(fault(today, today), None);
        assert_eq!(fault(date(2026, 11, 22), today), Some("future"));
    }
}
