//! Repeated groups: what a column may be, how many rows, what must differ.

use std::collections::BTreeSet;

use super::{Check, ids::is_usable};
use crate::{
    FieldKind,
    definition::{FieldRules, RowsRules},
    expression::Expression,
};

/// More rows than this nobody types, and evaluation must stay quick.
const MOST_ROWS: usize = 200;

impl Check<'_> {
    pub(super) fn rows(&mut self) {
        for group in &self.definition.fields {
            let place = format!("fields.{}", group.path);
            let Some(rules) = group.rows.as_ref().filter(|_| group.view.kind == FieldKind::Rows) else {
                if group.rows.is_some() || group.view.kind == FieldKind::Rows {
                    self.complain(
                        &place,
                        "kind = \"rows\" 和 rows 要一起写",
                        "kind = \"rows\" and rows belong together",
                        (
                            "请加 [sections.fields.rows] 和它的 columns，或者改 kind",
                            "add [sections.fields.rows] with its columns, or change the kind",
                        ),
                    );
                }
                continue;
            };
            self.group(group, rules, &place);
            rules.columns.iter().for_each(|column| self.column(group, rules, column));
        }
    }

    fn group(&mut self, group: &FieldRules, rules: &RowsRules, place: &str) {
        if rules.min == 0 || rules.min > rules.max || rules.max > MOST_ROWS {
            self.complain(
                place,
                format!("行数不对：min 是 {}，max 是 {}", rules.min, rules.max),
                format!("the numbers of rows do not fit: min is {}, max is {}", rules.min, rules.max),
                (
                    "min 至少 1，max 不小于 min、不超过 200；不必填的不写 required 就可以",
                    "min is at least 1, max at least min and at most 200; leave out required where no row is needed",
                ),
            );
        }
        if rules.columns.iter().all(|column| column.view.calculated) {
            self.complain(
                place,
                "这一组没有要填的列",
                "the group has no column to fill in",
                ("请在 columns 里加要填的列", "add a column that is asked"),
            );
        }
        if group.calculate.is_some() {
            self.complain(
                place,
                "一组行不能自动算出",
                "a repeated group cannot be calculated",
                ("calculate 请写在列上", "put calculate into a column"),
            );
        }
        let mut codes = BTreeSet::new();
        for unique in &rules.unique {
            let is_column = |id: &String| rules.columns.iter().any(|column| column.view.id == *id);
            let unknown = unique.columns.iter().find(|id| !is_column(id));
            let is_taken = group.constraints.iter().any(|constraint| constraint.code == unique.code);
            if unique.columns.is_empty() || unknown.is_some() || is_taken || !codes.insert(&unique.code) {
                self.complain(
                    &format!("{place}.{}", unique.code),
                    "unique 里的列不存在，或者 code 用了两次",
                    "unique names no column of the group, or its code is used twice",
                    (
                        "columns 里写这一组的列，code 各不相同",
                        "name columns of this group, and give each rule a code of its own",
                    ),
                );
            }
        }
    }

    fn column(&mut self, group: &FieldRules, rules: &RowsRules, column: &FieldRules) {
        let place = format!("fields.{}", column.path);
        let id = &column.view.id;
        let twice = rules.columns.iter().filter(|other| other.view.id == *id).count() > 1;
        let is_taken = self.definition.fields.iter().any(|field| field.view.id == *id);
        if !is_usable(id) || twice || is_taken {
            self.complain(
                &place,
                format!("列的编号“{id}”不能用，或者已经用过"),
                format!("the column's id “{id}” cannot be used or is taken"),
                (
                    "请换一个：小写字母、数字和下划线，和本事项其他栏目、本组其他列都不同",
                    "choose another: lower-case letters, digits and underscores, unlike every field and column",
                ),
            );
        }
        let kind = column.view.kind;
        if matches!(kind, FieldKind::Rows | FieldKind::Consent | FieldKind::InsuranceYear) {
            self.complain(
                &place,
                format!("{} 不能作为列", kind.name()),
                format!("{} cannot be a column", kind.name()),
                ("请把它写成单独的栏目", "make it a field of its own"),
            );
        }
        // Every row looking at all rows would cost the square of their number.
        let rules = column.rules().flat_map(Expression::variables);
        if rules.into_iter().any(|name| *name == group.view.id) {
            self.complain(
                &place,
                format!("列的规则不能看整组 {}", group.view.id),
                format!("a column's rules cannot look at the whole group {}", group.view.id),
                (
                    "对整组的要求请写在这一组自己的 constraints 里",
                    "what holds for the whole group belongs to the group's own constraints",
                ),
            );
        }
    }
}

impl FieldRules {
    /// Every expression of a question.
    fn rules(&self) -> impl Iterator<Item = &Expression> {
        let conditions = [&self.relevant, &self.required].into_iter().filter_map(|rule| rule.expression());
        conditions.chain(&self.calculate).chain(self.constraints.iter().map(|constraint| &constraint.expect))
    }
}
