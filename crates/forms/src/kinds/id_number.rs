//! 公民身份号码 (GB 11643-1999), with its relatives of the same shape: the residence permit of Hong Kong, Macao
//! and Taiwan residents (81/82/83) and the foreigner's permanent residence card of 2023 (begins with 9).
//!
//! Hard errors: length, characters, province, date, check digit. The county is only ever doubtful: real people hold
//! numbers with counties that no list has, or that are younger than they are. A county that was abolished after
//! the birth is as it should be and gets no word.

use super::{
    Asked, Fault, Kind, Reading,
    eighteen::{
        bad_character, bad_check, bad_date, bad_province, check_character, holder, is_residence_permit,
        upper_x,
    },
    wrong_length,
};
use crate::{
    Severity, Text,
    catalogue::{Regions, Standing},
    typing,
};

pub(super) struct IdNumber;

fn subject() -> Text {
    Text::new("身份证号", "The ID number")
}

fn upgraded(number: &str) -> Fault {
    let shown = typing::grouped(number, &[6, 4]);
    Fault {
        code: "upgraded",
        severity: Severity::Doubtful,
        message: Text::new(
            format!("这是 15 位的旧号码，已经换成 18 位：{shown}。请对着新证件看一遍"),
            format!(
                "This is an old 15-digit number; it was turned into 18 digits: {shown}. Compare it with the new card"
            ),
        ),
    }
}

/// Whether the six digits of origin go with the year of birth.
fn doubtful_county(number: &str, regions: &Regions) -> Option<Fault> {
    // Residence permits and permanent residence cards have no county.
    if number.starts_with('9') || is_residence_permit(number) {
        return None;
    }
    let code = &number[..6];
    let year = holder(number)?.birth.year();
    let place = regions.name_in(code, year).unwrap_or_default();
    let (zh, en) = match regions.standing(code, year) {
        Some(Standing::Fits) => return None,
        Some(Standing::Since(since)) => (
            format!("是{place}，这个代码 {since} 年才有，比出生日期晚"),
            format!("are {place}; the code came up in {since}, after the birth"),
        ),
        Some(Standing::Until(until)) => (
            format!("是{place}，这个代码 {until} 年就不用了，比出生日期早"),
            format!("are {place}; the code was given up in {until}, before the birth"),
        ),
        None if place.is_empty() => {
            ("在历年的区划表里没有".to_owned(), "are in no list of divisions".to_owned())
        }
        None => (
            format!("在历年的区划表里没有（前几位是{place}）"),
            format!("are in no list of divisions (they begin as {place})"),
        ),
    };
    Some(Fault {
        code: "county",
        severity: Severity::Doubtful,
        message: Text::new(
            format!("前 6 位“{code}”{zh}。请对着证件看一遍，一样就不用改"),
            format!(
                "The first 6 digits “{code}” {en}. Compare them with the card; if they are the same, leave them"
            ),
        ),
    })
}

impl Kind for IdNumber {
    fn codes(&self) -> &'static [&'static str] {
        &["length", "character", "province", "date", "future", "age", "checksum", "upgraded", "county"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let typed: String = typing::code(typed).chars().map(upper_x).collect();
        if typed.is_empty() {
            return Reading::Empty;
        }
        if let Some(fault) = bad_character(&typed, &subject()) {
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
        let province_at = if number.starts_with('9') { 2 } else { 1 };
        let fault = bad_province(&number, province_at)
            .or_else(|| bad_date(&number, asked.today))
            .or_else(|| bad_check(&number, &subject()));
        if let Some(fault) = fault {
            return fault;
        }
        let upgraded = old.then(|| upgraded(&number));
        let county = doubtful_county(&number, asked.catalogue.divisions());
        let doubts = upgraded.into_iter().chain(county).collect();
        Reading::Read { value: number, doubts }
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
    use super::super::trial::{doubts, message, shown, value};
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
    fn counties_are_only_doubtful_and_named() {
        for fine in ["110101199003078881", "44040119580101000X", "810000199408230021", "911398199012310021"] {
            assert_eq!(message(IdNumber, fine), "");
        }
        assert_eq!(
            message(IdNumber, "500154199301135886"),
            "前 6 位“500154”是重庆市开州区，这个代码 2016 年才有，比出生日期晚。请对着证件看一遍，一样就不用改"
        );
        assert!(message(IdNumber, "411082198901010002").contains("河南省许昌市长葛市"));
        assert!(message(IdNumber, "140120197901010008").contains("山西省太原市"));
        // 崇文区 was dissolved in 2010: born before it is right, born after it is odd.
        let number = |body: &str| format!("{body}{}", super::check_character(body));
        assert_eq!(message(IdNumber, &number("11010319750101001")), "");
        assert_eq!(doubts(IdNumber, &number("11010320150101001")), ["county"]);
        assert!(message(IdNumber, &number("11010320150101001")).contains("2010 年就不用了"));
        assert_eq!(doubts(IdNumber, &number("71010119750101001")), ["county"]);
        assert_eq!(doubts(IdNumber, "140120790101000"), ["upgraded", "county"]);
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
