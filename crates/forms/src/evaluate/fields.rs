//! Relevance, value and rules of every field, of the service or of one row.

use jiff::civil::Date;

use super::{
    answer::{self, irrelevant},
    rows,
};
use crate::{
    Answers, Catalogue, FieldState, Finding, Severity, Target, Text,
    definition::FieldRules,
    expression::Scope,
    kinds::{Asked, Fault},
};

/// What every question may look at.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) today: Date,
}

/// States in the order of the form, without the rules that need all values; leaves every value in `scope`.
pub(super) fn values(
    fields: &[FieldRules],
    order: &[usize],
    answers: &Answers,
    setting: Setting<'_>,
    scope: &mut Scope<'_>,
) -> Vec<FieldState> {
    let mut states: Vec<FieldState> = fields.iter().map(|_| irrelevant()).collect();
    fill(fields, order, answers, setting, scope, &mut states);
    states
}

/// As [`values`] for a part of the order.
pub(super) fn fill(
    fields: &[FieldRules],
    order: &[usize],
    answers: &Answers,
    setting: Setting<'_>,
    scope: &mut Scope<'_>,
    states: &mut [FieldState],
) {
    for &at in order {
        let field = &fields[at];
        if !field.relevant.holds(scope) {
            continue;
        }
        let typed = answers.0.get(&field.view.id);
        states[at] = if let Some(rules) = &field.rows {
            let state = rows::read(field, rules, typed, setting, scope);
            if state.value.is_some() {
                scope.set_rows(&field.view.id, rows::operands(rules, &state));
            }
            state
        } else {
            let asked = Asked { field, catalogue: setting.catalogue, today: setting.today };
            let (state, value) = answer::read(&asked, typed, scope);
            if let Some(value) = value {
                scope.set(&field.view.id, field.view.kind.rules().operand(&value));
            }
            state
        };
    }
}

/// Required, constraints and the rules of rows, once all values are known.
pub(super) fn judge(fields: &[FieldRules], states: &mut [FieldState], scope: &Scope<'_>) {
    for (field, state) in fields.iter().zip(states).filter(|(_, state)| state.relevant) {
        state.required = field.required.holds(scope);
        apply_rules(field, state, scope);
        if let Some(rules) = &field.rows {
            rows::judge(field, rules, state, scope);
        }
    }
}

/// A field's own rules; whether it is required is known.
pub(super) fn apply_rules(field: &FieldRules, state: &mut FieldState, scope: &Scope<'_>) {
    if state.value.is_none() {
        // Whoever wrote something into a row that cannot be read yet has not left the group empty.
        let begun = state.rows.iter().any(|row| !rows::is_blank(row));
        if state.required && state.findings.is_empty() && !begun {
            let fault = Fault { code: "missing", severity: Severity::Missing, message: Text::default() };
            state.findings.push(finding(field, fault));
        }
        return;
    }
    for constraint in &field.constraints {
        if constraint.expect.holds(scope) == Some(false) {
            state.findings.push(Finding {
                code: format!("{}.{}", field.path, constraint.code),
                severity: constraint.severity,
                target: Target::Field { id: field.view.id.clone() },
                message: constraint.message.clone(),
            });
        }
    }
    state.findings.sort_by_key(|finding| finding.severity);
}

/// A fault as a finding, in the field's own words where it has some.
pub(super) fn finding(field: &FieldRules, fault: Fault) -> Finding {
    Finding {
        code: format!("{}.{}", field.view.kind.name(), fault.code),
        severity: fault.severity,
        target: Target::Field { id: field.view.id.clone() },
        message: field.texts.get(fault.code).cloned().unwrap_or(fault.message),
    }
}
