//! Province, city, county: the six-digit code of GB/T 2260.
//!
//! A county younger than the table can be typed: `653200/和安县` is 和安县 below the division 653200.

use super::{Asked, Kind, Reading};
use crate::{Text, catalogue::Regions, typing};

pub(super) struct Division;

const LONGEST_NAME: usize = 30;

fn name(regions: &Regions, value: &str) -> Option<String> {
    let (code, typed) = value.split_once('/').map_or((value, ""), |(code, typed)| (code, typed));
    Some(regions.path(code)?.name + typed)
}

impl Kind for Division {
    fn codes(&self) -> &'static [&'static str] {
        &["unknown", "part", "name", "by_hand"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let regions = asked.catalogue.divisions();
        let (code, by_hand) = typed.split_once('/').map_or((typed, None), |(code, name)| (code, Some(name)));
        let code = typing::code(code);
        if code.is_empty() {
            return Reading::Empty;
        }
        let Some(path) = regions.path(&code) else {
            return Reading::wrong(
                "unknown",
                format!("区划表里没有代码“{code}”。请从列表里选省、市、区县"),
                format!(
                    "The table of divisions has no code “{code}”. Choose province, city and county from the lists"
                ),
            );
        };
        let leaf = path.path.last().is_some_and(|region| region.leaf);
        match by_hand.map(typing::line).filter(|name| !name.is_empty()) {
            None if leaf => Reading::right(code),
            None => {
                let (zh, en) = if path.path.len() == 1 {
                    ("市和区县", "city and county")
                } else {
                    ("区县", "county")
                };
                let label = &asked.field.view.label;
                Reading::incomplete(
                    "part",
                    format!("请再选“{}”的{zh}", label.zh),
                    format!("“{}”: please also choose the {en}", label.en),
                )
            }
            Some(name) if leaf || name.chars().count() > LONGEST_NAME => Reading::wrong(
                "name",
                format!("区县名称最多 {LONGEST_NAME} 个字，写在所选的市后面。请再看一遍"),
                format!(
                    "The county's name has at most {LONGEST_NAME} characters and follows the chosen city"
                ),
            ),
            Some(name) => {
                let vintage = regions.vintage();
                Reading::doubtful(
                    format!("{code}/{name}"),
                    "by_hand",
                    format!("“{name}”不在本机的区划表里（{}）。可以提交，工作人员会核对", vintage.zh),
                    format!(
                        "“{name}” is not in this table of divisions ({}). You may submit; the office will check it",
                        vintage.en
                    ),
                )
            }
        }
    }

    fn display(&self, value: &str, asked: &Asked<'_>) -> Text {
        Text::same(name(asked.catalogue.divisions(), value).unwrap_or_else(|| value.to_owned()))
    }

    fn unread(&self, typed: &str, asked: &Asked<'_>) -> Text {
        self.display(typed.trim(), asked)
    }

    fn example(&self, asked: &Asked<'_>) -> String {
        asked.catalogue.divisions().first_leaf().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, read, shown, value};
    use crate::{FieldKind::Region, Severity, kinds::Reading};

    #[test]
    fn counties_and_cities_without_counties() {
        assert_eq!(shown(Region, "330106").0, "浙江省杭州市西湖区");
        assert_eq!(shown(Region, "441900").0, "广东省东莞市");
        assert_eq!(value(Region, "330199"), Err("unknown"));
    }

    #[test]
    fn half_chosen_is_not_wrong() {
        let Reading::Faulty(fault) = read(Region, "330100") else { panic!("no value yet") };
        assert_eq!((fault.severity, fault.message.zh.as_str()), (Severity::Missing, "请再选“栏目”的区县"));
        assert_eq!(message(Region, "330000"), "请再选“栏目”的市和区县");
    }

    #[test]
    fn a_new_county_may_be_typed() {
        assert_eq!(shown(Region, "653200/ 和安县 ").0, "新疆维吾尔自治区和田地区和安县");
        assert!(message(Region, "653200/和安县").contains("工作人员会核对"));
        assert_eq!(value(Region, "330106/某区"), Err("name"));
        assert_eq!(value(Region, "653200/"), Err("part"));
    }
}
