//! A date that is known and typed in parts: 年 月 日. `1958--` is half typed, not wrong.

use jiff::civil::Date;

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct TypedDate;

/// 1958 年 3 月 12 日, 12 March 1958.
pub(crate) fn in_words(date: Date) -> Text {
    Text::new(
        format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day()),
        date.strftime("%-d %B %Y").to_string(),
    )
}

/// How old someone is: full years; who was born on 29 February grows older on 1 March. Negative before the birth.
pub(crate) fn full_years(birth: Date, today: Date) -> i16 {
    let before_birthday = (today.month(), today.day()) < (birth.month(), birth.day());
    today.year() - birth.year() - i16::from(before_birthday)
}

/// Year, month and day as typed; missing parts are empty.
fn parts(typed: &str) -> Option<[String; 3]> {
    let plain: String = typed.chars().map(typing::narrow).filter(|&c| !typing::is_invisible(c)).collect();
    let plain = plain.trim();
    if plain.len() == 8 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some([plain[..4].into(), plain[4..6].into(), plain[6..].into()]);
    }
    let mut parts = plain
        .split(|c: char| typing::is_dash(c) || matches!(c, '/' | '.' | '年' | '月' | '日'))
        .map(|part| part.trim().to_owned());
    let three = [(); 3].map(|()| parts.next().unwrap_or_default());
    let rest_empty = parts.all(|part| part.is_empty());
    (rest_empty && three.iter().flat_map(|part| part.chars()).all(|c| c.is_ascii_digit())).then_some(three)
}

fn unfinished([year, month, day]: &[String; 3], label: &Text) -> Option<Reading> {
    let missing: Vec<(&str, &str)> = [(year, "年", "year"), (month, "月", "month"), (day, "日", "day")]
        .into_iter()
        .filter(|(part, ..)| part.is_empty())
        .map(|(_, zh, en)| (zh, en))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let (zh, en): (Vec<_>, Vec<_>) = missing.into_iter().unzip();
    Some(Reading::incomplete(
        "part",
        format!("“{}”还差{}，请补上", label.zh, zh.join("、")),
        format!("“{}” still needs its {}", label.en, en.join(" and ")),
    ))
}

fn judge(parts: &[String; 3]) -> Result<Date, Reading> {
    let [year, month, day] = parts;
    if year.len() != 4 || year == "0000" {
        return Err(Reading::wrong(
            "year",
            "年份要写 4 位数字，例如 1958",
            "Write the year with 4 digits, for example 1958",
        ));
    }
    let number = |part: &str| part.parse::<i16>().unwrap_or(i16::MAX);
    let (y, m, d) = (number(year), number(month), number(day));
    let Ok(first) = i8::try_from(m).map_err(drop).and_then(|m| Date::new(y, m, 1).map_err(drop)) else {
        return Err(Reading::wrong(
            "month",
            format!("没有 {month} 月，月份是 1 到 12。请改月份"),
            format!("There is no month {month}; months run from 1 to 12"),
        ));
    };
    i8::try_from(d).map_err(drop).and_then(|d| Date::new(y, first.month(), d).map_err(drop)).map_err(|()| {
        let leap = if m == 2 && d == 29 { format!("{y} 年 ") } else { String::new() };
        Reading::wrong(
            "day",
            format!("{leap}{m} 月没有 {d} 日，请改日期"),
            format!("{} has no day {d}; please change the date", first.strftime("%B %Y")),
        )
    })
}

impl Kind for TypedDate {
    fn codes(&self) -> &'static [&'static str] {
        &["character", "part", "year", "month", "day"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let Some(parts) = parts(typed) else {
            return Reading::wrong(
                "character",
                "日期只写数字：年、月、日，例如 1958 年 3 月 12 日",
                "Write the date in digits: year, month and day, for example 1958-03-12",
            );
        };
        if parts.iter().all(String::is_empty) {
            return Reading::Empty;
        }
        if let Some(unfinished) = unfinished(&parts, &asked.field.view.label) {
            return unfinished;
        }
        judge(&parts).map_or_else(|fault| fault, |date| Reading::right(date.to_string()))
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        value.parse().map_or_else(|_| Text::same(value), in_words)
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        let year = value.get(..4).unwrap_or_default();
        Text::new(format!("{year} 年 ** 月 ** 日"), format!("** *** {year}"))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "1990-03-07".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, read, shown, value};
    use crate::{FieldKind::Date, Severity, kinds::Reading};

    #[test]
    fn many_ways_to_type_a_date() {
        for typed in [
            "1958-03-12",
            "1958-3-12",
            "1958/3/12",
            "1958.3.12",
            "１９５８年３月１２日",
            "19580312",
            " 1958 - 3 - 12 ",
        ] {
            assert_eq!(value(Date, typed).as_deref(), Ok("1958-03-12"), "{typed}");
        }
    }

    #[test]
    fn impossible_dates_say_why() {
        assert_eq!(message(Date, "1990-02-30"), "2 月没有 30 日，请改日期");
        assert_eq!(message(Date, "2023-02-29"), "2023 年 2 月没有 29 日，请改日期");
        assert_eq!(message(Date, "1990-13-01"), "没有 13 月，月份是 1 到 12。请改月份");
        assert_eq!(value(Date, "58-03-12"), Err("year"));
        assert_eq!(value(Date, "1990-02-999999"), Err("day"));
        assert_eq!(value(Date, "昨天"), Err("character"));
    }

    #[test]
    fn half_typed_is_not_wrong() {
        let Reading::Faulty(fault) = read(Date, "1958--") else { panic!("no value yet") };
        assert_eq!(
            (fault.severity, fault.message.zh.as_str()),
            (Severity::Missing, "“栏目”还差月、日，请补上")
        );
        assert_eq!(value(Date, "--"), Err("empty"));
    }

    #[test]
    fn shown_in_words() {
        assert_eq!(shown(Date, "1958-03-12"), ("1958 年 3 月 12 日".into(), "1958 年 ** 月 ** 日".into()));
    }
}
