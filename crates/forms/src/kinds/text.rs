//! Free text, one line or several, and numbers of papers that have no kind of their own. Length is counted in
//! characters, never in bytes.

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

pub(super) struct OneLine;
pub(super) struct Lines;

fn judge(text: String, longest: usize, label: &Text) -> Reading {
    let length = text.chars().count();
    if length == 0 {
        return Reading::Empty;
    }
    if length > longest {
        return Reading::wrong(
            "long",
            format!("“{}”多 {} 个字：现在 {length} 个字，最多 {longest} 个字", label.zh, length - longest),
            format!(
                "“{}” is {} characters too long: {length} now, at most {longest}",
                label.en,
                length - longest
            ),
        );
    }
    Reading::right(text)
}

impl Kind for OneLine {
    fn codes(&self) -> &'static [&'static str] {
        &["long"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        let text = if asked.field.document_number {
            typing::code(typed).to_ascii_uppercase()
        } else {
            typing::line(typed)
        };
        judge(text, asked.field.max_chars.unwrap_or(100), &asked.field.view.label)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn masked(&self, value: &str, asked: &Asked<'_>) -> Text {
        Text::same(if asked.field.personal { typing::starred(value, 2, 0) } else { value.to_owned() })
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "1".into()
    }
}

impl Kind for Lines {
    fn codes(&self) -> &'static [&'static str] {
        &["long"]
    }

    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading {
        judge(typing::paragraphs(typed), asked.field.max_chars.unwrap_or(1000), &asked.field.view.label)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "1".into()
    }
}
