//! Relevance, value, faults and rules of every field.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::{
    Answer, Answers, Catalogue, FieldState, Finding, ServiceDefinition, Severity, Target, Text,
    definition::FieldRules,
    expression::Scope,
    kinds::{Asked, Fault, Reading},
};

/// States in the order of the form; leaves every value in `scope`.
pub(super) fn evaluate(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    answers: &Answers,
    today: Date,
    scope: &mut Scope,
) -> Vec<FieldState> {
    let mut states: Vec<FieldState> = definition.fields.iter().map(|_| irrelevant()).collect();
    for &at in &definition.order {
        let field = &definition.fields[at];
        if !field.relevant.holds(scope) {
            continue;
        }
        let asked = Asked { field, catalogue, today };
        let typed = answers.0.get(&field.view.id);
        let (state, value) = match field.calculate.as_ref() {
            Some(calculate) => calculated(&asked, calculate.text(scope), typed),
            None => answered(&asked, typed),
        };
        if let Some(value) = value {
            scope.set(&field.view.id, field.view.kind.rules().operand(&value));
        }
        states[at] = state;
    }
    for (field, state) in definition.fields.iter().zip(&mut states).filter(|(_, state)| state.relevant) {
        apply_rules(field, state, scope);
    }
    states
}

fn irrelevant() -> FieldState {
    FieldState {
        relevant: false,
        required: false,
        derived: false,
        value: None,
        display: Text::default(),
        masked: Text::default(),
        findings: vec![],
        note: None,
        choices: None,
        rows: vec![],
    }
}

/// The state of a field whose value a person gives, and its normalised value.
fn answered(asked: &Asked<'_>, answer: Option<&Answer>) -> (FieldState, Option<String>) {
    let empty = FieldState { relevant: true, ..irrelevant() };
    let Some(answer) = answer else { return (empty, None) };
    let Some(typed) = typed_text(answer) else {
        let label = &asked.field.view.label;
        let fault = Fault {
            code: "shape",
            severity: Severity::Wrong,
            message: Text::new(
                format!("“{}”读不出来。请清空后重新填写", label.zh),
                format!("“{}” cannot be read. Clear it and fill it in again", label.en),
            ),
        };
        return (FieldState { findings: vec![finding(asked.field, fault)], ..empty }, None);
    };
    match asked.field.view.kind.rules().read(&typed, asked) {
        Reading::Empty => (empty, None),
        Reading::Faulty(fault) => {
            let display = asked.field.view.kind.rules().unread(&typed, asked);
            let masked = Text::same("*".repeat(display.zh.chars().count().min(20)));
            (FieldState { display, masked, findings: vec![finding(asked.field, fault)], ..empty }, None)
        }
        Reading::Read { value, doubts } => {
            let findings = doubts.into_iter().map(|doubt| finding(asked.field, doubt)).collect();
            (FieldState { findings, ..shown(asked, &value) }, Some(value))
        }
    }
}

/// The state of a field that follows from others. An answer all the same must agree.
fn calculated(
    asked: &Asked<'_>,
    text: Option<String>,
    answer: Option<&Answer>,
) -> (FieldState, Option<String>) {
    let read = |text: &str| match asked.field.view.kind.rules().read(text, asked) {
        Reading::Read { value, .. } => Some(value),
        Reading::Empty | Reading::Faulty(_) => None,
    };
    let Some(value) = text.and_then(|text| read(&text)) else {
        return (FieldState { relevant: true, derived: true, ..irrelevant() }, None);
    };
    let mut state = FieldState { derived: true, ..shown(asked, &value) };
    let typed = answer.and_then(typed_text).filter(|typed| !typed.trim().is_empty());
    if let Some(typed) = typed.filter(|typed| read(typed).as_ref() != Some(&value)) {
        let label = &asked.field.view.label;
        let message = Text::new(
            format!(
                "“{}”前后对不上：从其他内容算出是 {}，这里是 {typed}。请看看哪一个写错了",
                label.zh, state.display.zh
            ),
            format!(
                "“{}” contradicts the other answers: they say {}, here it is {typed}. See which one is mistaken",
                label.en, state.display.en
            ),
        );
        let fault = Fault { code: "contradiction", severity: Severity::Wrong, message };
        state.findings.push(finding(asked.field, fault));
    }
    (state, Some(value))
}

fn shown(asked: &Asked<'_>, value: &str) -> FieldState {
    let kind = asked.field.view.kind.rules();
    FieldState {
        relevant: true,
        value: Some(kind.answer(value)),
        display: kind.display(value, asked),
        masked: kind.masked(value, asked),
        ..irrelevant()
    }
}

/// Required and constraints, once all values are known.
fn apply_rules(field: &FieldRules, state: &mut FieldState, scope: &Scope) {
    state.required = field.required.holds(scope);
    if state.value.is_none() {
        if state.required && state.findings.is_empty() {
            let fault = Fault { code: "missing", severity: Severity::Missing, message: Text::default() };
            state.findings.push(finding(field, fault));
        }
        return;
    }
    for constraint in &field.constraints {
        if constraint.expect.holds(scope) == Some(false) {
            state.findings.push(Finding {
                code: format!("{}.{}", field.view.id, constraint.code),
                severity: constraint.severity,
                target: Target::Field { id: field.view.id.clone() },
                message: constraint.message.clone(),
            });
        }
    }
    state.findings.sort_by_key(|finding| finding.severity);
}

/// A fault as a finding, in the field's own words where it has some.
fn finding(field: &FieldRules, fault: Fault) -> Finding {
    Finding {
        code: format!("{}.{}", field.view.kind.name(), fault.code),
        severity: fault.severity,
        target: Target::Field { id: field.view.id.clone() },
        message: field.texts.get(fault.code).cloned().unwrap_or(fault.message),
    }
}

fn typed_text(answer: &Answer) -> Option<Cow<'_, str>> {
    match answer {
        Answer::Text(text) => Some(Cow::Borrowed(text)),
        Answer::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Answer::Rows(_) => None,
    }
}
