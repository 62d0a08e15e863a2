//! The questions of a section: label, hint, choices, what is asked only when, what stands there, what is said of it.

use forms::{Catalogue, Choice, Evaluation, Field, FieldKind, FieldState, Section, Text};
use serde_json::Value;

use super::{super::written::Written, frame::mark, sheet::Sheet};

/// Longer lists are only named.
const FEW: usize = 20;

/// One page of the form.
pub(super) fn section(
    sheet: &mut Sheet,
    number: usize,
    section: &Section,
    catalogue: &Catalogue,
    written: &Written,
    evaluation: &Evaluation,
) {
    sheet.heading(&format!("{number}. {}  [{}]", sheet.say(&section.title), section.id));
    if let Some(hint) = &section.hint {
        sheet.line(1, sheet.say(hint));
    }
    for field in &section.fields {
        let Some(state) = evaluation.fields.get(&field.id) else { continue };
        let look = |key: &str| written.of_field(&field.id, key);
        question(sheet, 1, field, state, catalogue, &look);
        let Some(rows) = &field.rows else { continue };
        sheet.line(
            3,
            sheet.own(
                format!("每一行（{}），{} 至 {} 行：", rows.title.zh, rows.min, rows.max),
                format!("each row ({}), {} to {}:", rows.title.en, rows.min, rows.max),
            ),
        );
        for column in &rows.columns {
            let state = blank(column, state);
            let look = |key: &str| written.of_column(&field.id, &column.id, key);
            question(sheet, 4, column, &state, catalogue, &look);
        }
        for (at, row) in state.rows.iter().enumerate() {
            let cells = rows.columns.iter().filter_map(|column| {
                let shown = sheet.say(&row.fields.get(&column.id)?.display);
                (!shown.is_empty()).then(|| format!("{} {shown}", sheet.say(&column.label)))
            });
            let cells: Vec<String> = cells.collect();
            sheet.line(3, format!("{} {}: {}", sheet.say(&rows.title), at + 1, cells.join(" · ")));
            for column in &rows.columns {
                findings(sheet, 4, row.fields.get(&column.id));
            }
        }
    }
}

/// A column as its question stands in every row: without what was answered in one of them.
fn blank(column: &Field, group: &FieldState) -> FieldState {
    let first = group.rows.first().and_then(|row| row.fields.get(&column.id));
    let state = first.unwrap_or(group).clone();
    FieldState { value: None, display: Text::default(), findings: vec![], rows: vec![], ..state }
}

fn question<'a>(
    sheet: &mut Sheet,
    depth: usize,
    field: &Field,
    state: &FieldState,
    catalogue: &Catalogue,
    written: &impl Fn(&str) -> Option<&'a str>,
) {
    let mut about = vec![field.id.clone(), name_of(field.kind)];
    if state.required {
        about.push(sheet.own("必填", "required"));
    }
    let sign = if state.relevant { "•" } else { "·" };
    sheet.line(depth, format!("{sign} {}  [{}]", sheet.say(&field.label), about.join(" · ")));
    let depth = depth + 2;
    if let Some(condition) = written("relevant") {
        let now = if state.relevant {
            sheet.own("现在问", "asked now")
        } else {
            sheet.own("现在不问", "not asked now")
        };
        sheet.line(
            depth,
            sheet.own(
                format!("只在这时问：{condition}（{now}）"),
                format!("asked only when: {condition} ({now})"),
            ),
        );
    }
    if let Some(condition) = written("required") {
        sheet.line(depth, sheet.own(format!("这时必填：{condition}"), format!("required when: {condition}")));
    }
    if let Some(calculation) = written("calculate") {
        let asked = if field.calculated {
            sheet.own("不问", "never asked")
        } else {
            sheet.own("算不出时才问", "asked where nothing follows")
        };
        sheet.line(
            depth,
            sheet.own(
                format!("由其他答案得出：{calculation}（{asked}）"),
                format!("follows from: {calculation} ({asked})"),
            ),
        );
    }
    if let Some(hint) = &field.hint {
        sheet.line(depth, sheet.say(hint));
    }
    if let Some(note) = &state.note {
        sheet.line(depth, sheet.own("当地：", "Here: ") + sheet.say(note));
    }
    choices(sheet, depth, field, state, catalogue);
    if !sheet.say(&state.display).is_empty() {
        sheet.line(depth, format!("= {}", sheet.say(&state.display)));
    }
    findings(sheet, depth, Some(state));
}

fn choices(sheet: &mut Sheet, depth: usize, field: &Field, state: &FieldState, catalogue: &Catalogue) {
    let table = field.table.as_deref();
    let of_table = || table.map_or(&[][..], |table| catalogue.choices(table));
    let offered: &[Choice] = match &state.choices {
        Some(choices) => choices,
        None if field.choices.is_empty() => of_table(),
        None => &field.choices,
    };
    if offered.len() > FEW {
        let count = offered.len();
        let table = table.unwrap_or_default();
        sheet.line(
            depth,
            sheet.own(
                format!("从 {count} 项里选（代码表 {table}）"),
                format!("one of {count} (table {table})"),
            ),
        );
        return;
    }
    for choice in offered {
        let hint = choice.hint.as_ref().map(|hint| format!(" — {}", sheet.say(hint))).unwrap_or_default();
        sheet.line(depth, format!("◦ {}{hint}  [{}]", sheet.say(&choice.label), choice.value));
    }
}

fn findings(sheet: &mut Sheet, depth: usize, state: Option<&FieldState>) {
    for finding in state.into_iter().flat_map(|state| &state.findings) {
        sheet.line(
            depth,
            format!("{} {}  [{}]", mark(finding.severity), sheet.say(&finding.message), finding.code),
        );
    }
}

/// A kind as the catalogue writes it.
fn name_of(kind: FieldKind) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
