//! One answer: read, calculated, or both and then in agreement.

use std::borrow::Cow;

use super::fields::finding;
use crate::{
    Answer, FieldState, Severity, Text,
    expression::Scope,
    kinds::{Asked, Fault, Reading},
};

/// What a message repeats at most of what was typed.
const REPEATED: usize = 40;

pub(super) fn irrelevant() -> FieldState {
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

/// The state of a relevant field, and its normalised value.
pub(super) fn read(
    asked: &Asked<'_>,
    typed: Option<&Answer>,
    scope: &Scope<'_>,
) -> (FieldState, Option<String>) {
    let Some(calculate) = &asked.field.calculate else { return answered(asked, typed) };
    match calculate.text(scope).and_then(|text| right(asked, &text)) {
        Some(value) => {
            let mut state = FieldState { derived: true, ..shown(asked, &value) };
            state
                .findings
                .extend(contradiction(asked, &state, &value, typed).map(|fault| finding(asked.field, fault)));
            (state, Some(value))
        }
        None if asked.field.view.calculated => {
            (FieldState { relevant: true, derived: true, ..irrelevant() }, None)
        }
        None => answered(asked, typed),
    }
}

/// A value a person gives, or what is assumed while none is given that can be read.
fn answered(asked: &Asked<'_>, answer: Option<&Answer>) -> (FieldState, Option<String>) {
    let unanswered = || match &asked.field.view.assumed {
        Some(value) => (shown(asked, value), Some(value.clone())),
        None => (FieldState { relevant: true, ..irrelevant() }, None),
    };
    let Some(answer) = answer else { return unanswered() };
    let Some(typed) = typed_text(answer) else {
        let findings = vec![finding(asked.field, unreadable(&asked.field.view.label))];
        let (state, value) = unanswered();
        return (FieldState { findings, ..state }, value);
    };
    match asked.field.view.kind.rules().read(&typed, asked) {
        Reading::Empty => unanswered(),
        Reading::Faulty(fault) => {
            let display = asked.field.view.kind.rules().unread(&typed, asked);
            let masked = Text::same("*".repeat(display.zh.chars().count().min(20)));
            let (state, value) = unanswered();
            (FieldState { display, masked, findings: vec![finding(asked.field, fault)], ..state }, value)
        }
        Reading::Read { value, doubts } => {
            let findings = doubts.into_iter().map(|doubt| finding(asked.field, doubt)).collect();
            (FieldState { findings, ..shown(asked, &value) }, Some(value))
        }
    }
}

/// An answer to what follows from others anyway must agree.
fn contradiction(
    asked: &Asked<'_>,
    state: &FieldState,
    value: &str,
    answer: Option<&Answer>,
) -> Option<Fault> {
    let typed = answer.and_then(typed_text).filter(|typed| !typed.trim().is_empty())?;
    let read = right(asked, &typed);
    if read.as_deref() == Some(value) {
        return None;
    }
    let here = read.map_or_else(
        || Text::same(typed.chars().take(REPEATED).collect::<String>()),
        |read| asked.field.view.kind.rules().display(&read, asked),
    );
    let label = &asked.field.view.label;
    let message = Text::new(
        format!(
            "“{}”前后对不上：从其他内容算出是 {}，这里是 {}。请看看哪一个写错了",
            label.zh, state.display.zh, here.zh
        ),
        format!(
            "“{}” contradicts the other answers: they say {}, here it is {}. See which one is mistaken",
            label.en, state.display.en, here.en
        ),
    );
    Some(Fault { code: "contradiction", severity: Severity::Wrong, message })
}

/// The normalised value of what can be read.
fn right(asked: &Asked<'_>, text: &str) -> Option<String> {
    match asked.field.view.kind.rules().read(text, asked) {
        Reading::Read { value, .. } => Some(value),
        Reading::Empty | Reading::Faulty(_) => None,
    }
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

/// An answer of another shape than the question's.
pub(super) fn unreadable(label: &Text) -> Fault {
    let message = Text::new(
        format!("“{}”读不出来。请清空后重新填写", label.zh),
        format!("“{}” cannot be read. Clear it and fill it in again", label.en),
    );
    Fault { code: "shape", severity: Severity::Wrong, message }
}

/// What kinds read.
pub(super) fn typed_text(answer: &Answer) -> Option<Cow<'_, str>> {
    match answer {
        Answer::Text(text) => Some(Cow::Borrowed(text)),
        Answer::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Answer::Rows(_) => None,
    }
}
