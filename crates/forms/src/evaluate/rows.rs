//! A repeated group: each row judged by its columns' rules, the rows together by the group's.
//!
//! What is looked at is bounded by the group's `max`, whatever was handed in. An empty row says nothing: it is
//! neither counted nor handed in, and nothing is missing in it.

use std::collections::HashMap;

use super::{
    answer::{irrelevant, typed_text, unreadable},
    fields::{self, Setting, finding},
};
use crate::{
    Answer, Answers, FieldState, Finding, RowState, Severity, Target, Text,
    definition::{FieldRules, RowsRules},
    expression::Scope,
    kinds::Fault,
};

/// Faults of a group besides those of its columns.
pub(crate) const CODES: [&str; 2] = ["few", "many"];

/// Rows with their values, and what is handed in of them.
pub(super) fn read(
    field: &FieldRules,
    rules: &RowsRules,
    answer: Option<&Answer>,
    setting: Setting<'_>,
    scope: &Scope<'_>,
) -> FieldState {
    let empty = FieldState { relevant: true, ..irrelevant() };
    let rows = match answer {
        None => &[][..],
        Some(Answer::Rows(rows)) => rows,
        Some(Answer::Text(text)) if text.trim().is_empty() => &[],
        Some(_) => {
            let findings = vec![finding(field, unreadable(&field.view.label))];
            return FieldState { findings, ..empty };
        }
    };
    let rows_now = rows.len();
    let rows: Vec<RowState> =
        rows.iter().take(rules.max).map(|row| values(rules, row, setting, scope)).collect();
    let handed_in: Vec<Answers> = rows.iter().filter_map(handed_in).collect();
    let mut state = FieldState { rows, ..empty };
    if rows_now > rules.max {
        state.findings.push(finding(field, too_many(rules.max, rows_now, &field.view.label)));
    }
    if !handed_in.is_empty() {
        let count = handed_in.len().to_string();
        state.display =
            Text::new(rules.counted.zh.replace("{n}", &count), rules.counted.en.replace("{n}", &count));
        state.masked = state.display.clone();
        state.value = Some(Answer::Rows(handed_in));
    }
    state
}

fn values(rules: &RowsRules, row: &Answers, setting: Setting<'_>, scope: &Scope<'_>) -> RowState {
    let mut own = scope.row(names(rules));
    let states = fields::values(&rules.columns, &rules.order, row, setting, &mut own);
    RowState { fields: names(rules).map(str::to_owned).zip(states).collect() }
}

fn names(rules: &RowsRules) -> impl Iterator<Item = &str> {
    rules.columns.iter().map(|column| column.view.id.as_str())
}

/// What is handed in of a row; `None` where that is nothing.
fn handed_in(row: &RowState) -> Option<Answers> {
    let given = row.fields.iter().filter(|(_, state)| !state.derived);
    let values = given.filter_map(|(column, state)| Some((column.clone(), state.value.clone()?)));
    let answers = Answers(values.collect());
    (!answers.0.is_empty()).then_some(answers)
}

/// Nothing was written into it.
pub(super) fn is_blank(row: &RowState) -> bool {
    row.fields.values().all(|state| state.findings.is_empty() && (state.derived || state.value.is_none()))
}

/// The rows as expressions see them: those that are handed in, calculated columns included.
pub(super) fn operands<'a>(
    rules: &'a RowsRules,
    state: &'a FieldState,
) -> impl Iterator<Item = Vec<(&'a str, cel::Value)>> {
    let says_anything =
        |row: &&RowState| row.fields.values().any(|state| !state.derived && state.value.is_some());
    let cell = |column: &'a FieldRules, row: &'a RowState| (column.view.id.as_str(), operand(column, row));
    state
        .rows
        .iter()
        .filter(says_anything)
        .map(move |row| rules.columns.iter().map(|column| cell(column, row)).collect())
}

fn operand(column: &FieldRules, row: &RowState) -> cel::Value {
    let value = row.fields.get(&column.view.id).and_then(|state| state.value.as_ref());
    let value = value.and_then(typed_text);
    value.map_or(cel::Value::Null, |value| column.view.kind.rules().operand(&value))
}

/// The columns' own rules in every row, what must differ from row to row, and how many there are.
pub(super) fn judge(field: &FieldRules, rules: &RowsRules, state: &mut FieldState, scope: &Scope<'_>) {
    for row in &mut state.rows {
        judge_row(rules, row, scope);
    }
    let id = &field.view.id;
    for unique in &rules.unique {
        let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
        for (at, row) in state.rows.iter_mut().enumerate() {
            let Some(key) = unique.columns.iter().map(|column| text(row, column)).collect() else { continue };
            let Some(other) = seen.get(&key) else {
                seen.insert(key, at);
                continue;
            };
            let told = |sentence: &str| {
                sentence.replace("{row}", &(at + 1).to_string()).replace("{other}", &(other + 1).to_string())
            };
            let message = Text::new(told(&unique.message.zh), told(&unique.message.en));
            if let Some(cell) = unique.columns.first().and_then(|column| row.fields.get_mut(column)) {
                cell.findings.push(Finding {
                    code: format!("{id}.{}", unique.code),
                    severity: Severity::Wrong,
                    target: Target::Field { id: id.clone() },
                    message,
                });
            }
        }
    }
    for (at, row) in state.rows.iter_mut().enumerate() {
        let row_number = u32::try_from(at).unwrap_or(u32::MAX);
        for (column, cell) in &mut row.fields {
            for finding in &mut cell.findings {
                finding.target = Target::Cell { id: id.clone(), row: row_number, column: column.clone() };
            }
            cell.findings.sort_by_key(|finding| finding.severity);
        }
    }
    let filled = state.rows.iter().filter(|row| !is_blank(row)).count();
    if state.required && filled > 0 && filled < rules.min {
        state.findings.push(finding(field, too_few(rules.min, filled, &field.view.label)));
        state.findings.sort_by_key(|finding| finding.severity);
    }
}

fn judge_row(rules: &RowsRules, row: &mut RowState, scope: &Scope<'_>) {
    let mut own = scope.row(names(rules));
    for column in &rules.columns {
        own.set(&column.view.id, operand(column, row));
    }
    let blank = is_blank(row);
    for column in &rules.columns {
        let Some(cell) = row.fields.get_mut(&column.view.id).filter(|cell| cell.relevant) else { continue };
        cell.required = column.required.holds(&own);
        if !blank {
            fields::apply_rules(column, cell, &own);
        }
    }
}

fn text(row: &RowState, column: &str) -> Option<String> {
    row.fields.get(column)?.value.as_ref().and_then(typed_text).map(std::borrow::Cow::into_owned)
}

fn too_many(max: usize, now: usize, label: &Text) -> Fault {
    let message = Text::new(
        format!("“{}”最多 {max} 项，现在 {now} 项。请删掉多余的", label.zh),
        format!("“{}”: at most {max}, now {now}. Remove the surplus", label.en),
    );
    Fault { code: "many", severity: Severity::Wrong, message }
}

fn too_few(min: usize, now: usize, label: &Text) -> Fault {
    let message = Text::new(
        format!("“{}”至少 {min} 项，现在 {now} 项，还差 {} 项", label.zh, min - now),
        format!("“{}”: at least {min}, now {now}; add {} more", label.en, min - now),
    );
    Fault { code: "few", severity: Severity::Missing, message }
}
