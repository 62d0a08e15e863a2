//! One of a few, or one of a code table (sex, ethnic group): the code is stored, the name is shown.

use super::{Asked, Kind, Reading};
use crate::{Choice, Text, typing};

pub(super) struct OneOf;

fn choices<'a>(asked: &Asked<'a>) -> &'a [Choice] {
    match &asked.field.view.table {
        Some(table) => asked.catalogue.choices(table),
        None => &asked.field.view.choices,
    }
}

impl Kind for OneOf {
    fn codes(&self) -> &'static [&'static str] {
        &["unknown"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let value = typing::line(typed);
        if value.is_empty() {
            return Reading::Empty;
        }
        if choices(asked).iter().any(|choice| choice.value == value) {
            return Reading::right(value);
        }
        let label = &asked.field.view.label;
        Reading::wrong(
            "unknown",
            format!("“{}”要从列表里选，没有“{value}”这一项", label.zh),
            format!("Choose “{}” from the list; it has no “{value}”", label.en),
        )
    }

    fn display(&self, value: &str, asked: &Asked<'_>) -> Text {
        let choice = choices(asked).iter().find(|choice| choice.value == value);
        choice.map_or_else(|| Text::same(value), |choice| choice.label.clone())
    }

    fn example(&self, asked: &Asked<'_>) -> String {
        choices(asked).first().map(|choice| choice.value.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{shown, value};
    use crate::FieldKind;

    #[test]
    fn codes_are_shown_by_name() {
        assert_eq!(shown(FieldKind::EthnicGroup, "01").0, "汉族");
        assert_eq!(shown(FieldKind::Sex, "2").0, "女");
        assert_eq!(value(FieldKind::EthnicGroup, "57"), Err("unknown"));
        assert_eq!(value(FieldKind::Choice, "maybe"), Err("unknown"));
    }
}
