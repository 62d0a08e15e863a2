//! Each question by itself: its words, whether it can be filled, its bounds and choices.

use std::collections::BTreeSet;

use super::Check;
use crate::{
    FieldKind,
    definition::{FieldRules, Rule},
    evaluate::ROWS_CODES,
};

impl Check<'_> {
    pub(super) fn fields(&mut self) {
        for field in self.definition.questions() {
            let place = format!("fields.{}", field.path);
            self.words(field, &place);
            self.filling(field, &place);
            self.bounds(field, &place);
            self.choices(field, &place);
            self.assumed(field, &place);
            self.numbers_of_papers(field, &place);
        }
    }

    fn words(&mut self, field: &FieldRules, place: &str) {
        let codes = match field.view.kind {
            FieldKind::Rows => &ROWS_CODES[..],
            kind => kind.rules().codes(),
        };
        let is_known = |code: &str| codes.contains(&code) || ["missing", "contradiction"].contains(&code);
        if let Some(unknown) = field.texts.keys().find(|code| !is_known(code)) {
            self.complain(
                place,
                format!("texts 里的“{unknown}”不是这种栏目的错误"),
                format!("“{unknown}” in texts is no fault of this kind"),
                (
                    "请看 kinds 里这种栏目的代码，或删掉这一句",
                    "see the codes of this kind, or remove the sentence",
                ),
            );
        }
        if field.may_be_required() && !field.texts.contains_key("missing") {
            self.complain(
                place,
                "必填的栏目没有写空着时的话",
                "a required field has no words for being empty",
                (
                    "请加 texts.missing = { zh = \"…\", en = \"…\" }",
                    "add texts.missing = { zh = \"…\", en = \"…\" }",
                ),
            );
        }
        let codes: BTreeSet<_> = field.constraints.iter().map(|constraint| &constraint.code).collect();
        if codes.len() != field.constraints.len() {
            self.complain(
                place,
                "constraints 里有两条用了同一个 code",
                "two of the constraints share a code",
                ("请换一个 code", "choose another code"),
            );
        }
    }

    fn filling(&mut self, field: &FieldRules, place: &str) {
        if field.may_be_required() && field.view.calculated {
            self.complain(
                place,
                "自动算出的栏目不能设为必填，因为没有人能填它",
                "a calculated field cannot be required, because nobody can fill it",
                (
                    "请删掉 required；算不出时要让人填的，加 otherwise = \"ask\"",
                    "remove required; or add otherwise = \"ask\" to have it asked where nothing follows",
                ),
            );
        }
    }

    fn bounds(&mut self, field: &FieldRules, place: &str) {
        let has_bounds = field.min.is_some() || field.max.is_some();
        let may_have = matches!(field.view.kind, FieldKind::Number | FieldKind::Money);
        let in_order = field.min.zip(field.max).is_none_or(|(min, max)| min <= max);
        if (has_bounds && !may_have) || !in_order {
            self.complain(
                place,
                "min、max 只用在数字和金额上（金额以分计），而且 min 不能大于 max",
                "min and max belong to numbers and amounts (in fen), and min may not exceed max",
                ("请改 min、max；其他栏目用 constraints", "mend min and max; other kinds use constraints"),
            );
        }
    }

    fn numbers_of_papers(&mut self, field: &FieldRules, place: &str) {
        if field.document_number && field.view.kind != FieldKind::Text {
            self.complain(
                place,
                "document_number 只用在 text 上；证件有自己的 kind",
                "document_number belongs to text; identity documents have kinds of their own",
                ("请删掉 document_number，或改用 text", "remove document_number, or use text"),
            );
        }
    }

    /// What is assumed can be chosen, too; who is asked where nothing follows, and every row, answers for themselves.
    fn assumed(&mut self, field: &FieldRules, place: &str) {
        let Some(assumed) = &field.view.assumed else { return };
        let is_offered = field.view.choices.iter().any(|choice| choice.value == *assumed);
        let is_column = field.path != field.view.id.as_str();
        if !is_offered || field.calculate.is_some() || field.may_be_required() || is_column {
            self.complain(
                place,
                "assumed 只用在不必填的 choice 上，而且要是 choices 里的一项",
                "assumed belongs to a choice that need not be made, and is one of its choices",
                ("请改成 choices 里的一项，或删掉 assumed", "name one of the choices, or remove assumed"),
            );
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

impl FieldRules {
    fn may_be_required(&self) -> bool {
        !matches!(self.required, Rule::Fixed(false))
    }
}
