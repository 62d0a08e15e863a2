//! An example is something the question itself would take.

use super::{Check, SOME_DAY};
use crate::{
    FieldKind,
    definition::{ExampleSource, FieldRules},
    kinds::{Asked, Reading},
};

impl Check<'_> {
    pub(super) fn examples(&mut self) {
        for field in self.definition.questions() {
            let Some(example) = &field.example else { continue };
            if !self.fits(field, example) {
                self.complain(
                    &format!("fields.{}", field.path),
                    "example 不是这个栏目能填的内容",
                    "the example is nothing that this field takes",
                    (
                        "请写一个能通过的例子：日期写 \"2024-03-05\" 或 { days_ago = 20 }，勾选写 true，自动算出的和 rows 不写",
                        "write one that passes: a date as \"2024-03-05\" or { days_ago = 20 }, a box as true, none for what is calculated and for rows",
                    ),
                );
            }
        }
    }

    fn fits(&self, field: &FieldRules, example: &ExampleSource) -> bool {
        let kind = field.view.kind;
        let shape_fits = match example {
            ExampleSource::Text(_) => !matches!(kind, FieldKind::Checkbox | FieldKind::Consent),
            ExampleSource::Truth(truth) => *truth && matches!(kind, FieldKind::Checkbox | FieldKind::Consent),
            ExampleSource::DaysAgo { .. } => kind == FieldKind::Date,
        };
        let asked = Asked { field, catalogue: self.catalogue, today: SOME_DAY };
        let is_read = || matches!(kind.rules().read(&example.text(SOME_DAY), &asked), Reading::Read { .. });
        shape_fits && kind != FieldKind::Rows && !field.view.calculated && is_read()
    }
}
