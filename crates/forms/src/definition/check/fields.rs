//! Each field by itself: its words, whether it can be filled, its choices.

use std::collections::BTreeSet;

use super::Check;
use crate::{
    FieldKind,
    definition::{FieldRules, Rule},
};

impl Check<'_> {
    pub(super) fn fields(&mut self) {
        for field in &self.definition.fields {
            let place = format!("fields.{}", field.view.id);
            let codes = field.view.kind.rules().codes();
            if let Some(unknown) = field.texts.keys().find(|code| {
                !codes.contains(&code.as_str()) && *code != "missing" && *code != "contradiction"
            }) {
                self.complain(
                    &place,
                    format!("texts 里的“{unknown}”不是这种栏目的错误"),
                    format!("“{unknown}” in texts is no fault of this kind"),
                    (
                        "请看 kinds 里这种栏目的代码，或删掉这一句",
                        "see the codes of this kind, or remove the sentence",
                    ),
                );
            }
            let may_be_required = !matches!(field.required, Rule::Fixed(false));
            if may_be_required && !field.texts.contains_key("missing") {
                self.complain(
                    &place,
                    "必填的栏目没有写空着时的话",
                    "a required field has no words for being empty",
                    (
                        "请加 texts.missing = { zh = \"…\", en = \"…\" }",
                        "add texts.missing = { zh = \"…\", en = \"…\" }",
                    ),
                );
            }
            if may_be_required && field.view.calculated {
                self.complain(
                    &place,
                    "自动算出的栏目不能设为必填，因为没有人能填它",
                    "a calculated field cannot be required, because nobody can fill it",
                    ("请删掉 required", "remove required"),
                );
            }
            self.choices(field, &place);
        }
    }

    fn choices(&mut self, field: &FieldRules, place: &str) {
        let Self { catalogue, .. } = *self;
        let (inline, table) = (&field.view.choices, &field.view.table);
        let is_fit = match (field.view.kind, table) {
            (FieldKind::Choice, Some(table)) => inline.is_empty() && catalogue.has_table(table),
            (FieldKind::Choice, None) => !inline.is_empty(),
            (_, Some(table)) => inline.is_empty() && catalogue.has_table(table),
            (_, None) => inline.is_empty(),
        };
        let distinct: BTreeSet<_> = inline.iter().map(|choice| &choice.value).collect();
        if !is_fit || distinct.len() != inline.len() {
            self.complain(
                place,
                "选项不对：没有、重复，或者代码表不存在",
                "the choices are missing or repeated, or there is no such table",
                (
                    "choice 要么写 choices，要么写 tables/ 里有的 table；其他栏目都不写",
                    "a choice has either choices or a table that stands in tables/; other kinds have neither",
                ),
            );
        }
    }
}
