//! A field of the file with its expressions compiled; a repeated group with those of its columns.

use super::{
    Constraint, FieldRules, RowsRules,
    compile::Compiler,
    source::{ConstraintSource, FieldSource, Otherwise, RowsSource},
    view,
};
use crate::Text;

impl Compiler<'_> {
    /// A field of the given section.
    pub(super) fn field(&mut self, section: usize, source: FieldSource) -> FieldRules {
        let path = source.id.clone();
        self.field_at(section, path, source)
    }

    fn field_at(&mut self, section: usize, path: String, source: FieldSource) -> FieldRules {
        let place = format!("fields.{path}");
        if source.otherwise == Otherwise::Ask && source.calculate.is_none() {
            self.complain(
                &place,
                Text::new(
                    "otherwise 只用在有 calculate 的栏目上",
                    "otherwise has a meaning only beside calculate",
                ),
                Text::new("请加上 calculate，或删掉 otherwise", "add calculate, or remove otherwise"),
            );
        }
        let view = view::field(&source);
        FieldRules {
            section,
            relevant: self.rule(&format!("{place}.relevant"), source.relevant),
            required: self.rule(&format!("{place}.required"), source.required),
            calculate: source
                .calculate
                .and_then(|text| self.expression(&format!("{place}.calculate"), &text)),
            constraints: source
                .constraints
                .into_iter()
                .filter_map(|source| self.constraint(&place, source))
                .collect(),
            texts: source.texts,
            max_chars: source.max_chars,
            personal: source.personal,
            document_number: source.document_number,
            min: source.min,
            max: source.max,
            example: source.example,
            consent_hash: source.consent.map(|_| view::text_hash(std::iter::once(&view.label))),
            rows: source.rows.map(|rows| self.rows(section, &path, rows)),
            path,
            view,
        }
    }

    fn constraint(&mut self, place: &str, source: ConstraintSource) -> Option<Constraint> {
        let ConstraintSource { code, expect, severity, message } = source;
        let expect = self.expression(&format!("{place}.{code}"), &expect)?;
        Some(Constraint { code, expect, severity, message })
    }

    fn rows(&mut self, section: usize, path: &str, source: RowsSource) -> RowsRules {
        let RowsSource { title, columns, min, max, counted, unique } = source;
        let column = |source: FieldSource| self.field_at(section, format!("{path}.{}", source.id), source);
        let columns: Vec<FieldRules> = columns.into_iter().map(column).collect();
        let counted = counted
            .unwrap_or_else(|| Text::new(format!("{}：{{n}} 项", title.zh), format!("{}: {{n}}", title.en)));
        RowsRules {
            order: self.order(&format!("fields.{path}"), &columns),
            columns,
            min: usize::try_from(min).unwrap_or(usize::MAX),
            max: usize::try_from(max).unwrap_or(usize::MAX),
            counted,
            unique,
        }
    }
}
