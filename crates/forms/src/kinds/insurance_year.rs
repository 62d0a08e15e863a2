//! The insurance year that is paid for. Which years are open and have a
//! published tariff depends on the day and the place, and is judged there.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct InsuranceYear;

impl Kind for InsuranceYear {
    fn codes(&self) -> &'static [&'static str] {
        &["year", "late", "closed", "unpublished"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let year = typing::code(typed);
        let year = year.strip_suffix("年度").or_else(|| year.strip_suffix('年')).unwrap_or(&year);
        if year.is_empty() {
            return Reading::Empty;
        }
        if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) && year > "1999" {
            return Reading::right(year);
        }
        let label = &asked.field.view.label;
        Reading::wrong(
            "year",
            format!("“{}”要写 4 位数字的年份，例如 2027", label.zh),
            format!("“{}” is a year of 4 digits, for example 2027", label.en),
        )
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::new(format!("{value} 年度"), value)
    }

    fn operand(&self, value: &str) -> cel::Value {
        value.parse::<i64>().map_or(cel::Value::Null, Into::into)
    }

    fn example(&self, asked: &Asked<'_>) -> String {
        asked.today.year().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{shown, value};
    use crate::FieldKind::InsuranceYear;

    #[test]
    fn years_are_read_as_people_write_them() {
        assert_eq!(value(InsuranceYear, " ２０２７ 年度 "), Ok("2027".into()));
        assert_eq!(value(InsuranceYear, "2027年"), Ok("2027".into()));
        assert_eq!(shown(InsuranceYear, "2027").0, "2027 年度");
        for typed in ["27", "20270", "明年", "1958"] {
            assert_eq!(value(InsuranceYear, typed), Err("year"), "{typed}");
        }
        assert_eq!(value(InsuranceYear, " "), Err("empty"));
    }
}
