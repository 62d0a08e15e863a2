//! Judging answers: one pass for values in the order of dependence, one for rules in the order of the form.

mod fee;
mod fields;
mod materials;

use jiff::civil::Date;

use crate::{
    Answers, Catalogue, Evaluation, FieldState, Finding, SectionState, ServiceDefinition, Severity, Supplied,
    definition::Rule, expression::Scope,
};

pub(crate) fn evaluate(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    answers: &Answers,
    supplied: &[Supplied],
    today: Date,
) -> Evaluation {
    let names = definition.fields.iter().map(|field| field.view.id.as_str());
    let mut scope = Scope::new(today, definition.insurance_year(catalogue, today), names);
    let states = fields::evaluate(definition, catalogue, answers, today, &mut scope);
    let sections = sections(definition, &states);
    let (materials, about_materials) = materials::evaluate(definition, answers, supplied, &scope);
    let fee = fee::quote(definition, catalogue, &states, today);

    let about_fields = states.iter().flat_map(|state| &state.findings).cloned();
    let (warnings, blocking): (Vec<Finding>, Vec<Finding>) =
        about_fields.chain(about_materials).partition(|finding| finding.severity == Severity::Doubtful);
    let ids = definition.fields.iter().map(|field| field.view.id.clone());
    let ready = blocking.is_empty();
    Evaluation {
        fields: ids.zip(states).collect(),
        sections,
        materials,
        blocking,
        warnings,
        fee,
        waiting: None,
        region: None,
        consents: vec![],
        ready,
    }
}

impl Rule {
    /// A condition without a truth value does not hold.
    pub(crate) fn holds(&self, scope: &Scope) -> bool {
        match self {
            Self::Fixed(truth) => *truth,
            Self::When(expression) => expression.holds(scope).unwrap_or(false),
        }
    }
}

fn sections(definition: &ServiceDefinition, states: &[FieldState]) -> Vec<SectionState> {
    let sections = definition.view().sections.iter().enumerate();
    sections
        .map(|(at, section)| {
            let mut state =
                SectionState { id: section.id.clone(), relevant: false, filled: 0, to_mend: 0, missing: 0 };
            let fields = definition.fields.iter().zip(states).filter(|(field, _)| field.section == at);
            for (_, field) in fields.filter(|(_, field)| field.relevant) {
                state.relevant = true;
                let has = |severity| field.findings.iter().any(|finding| finding.severity == severity);
                let (wrong, missing) = (has(Severity::Wrong), has(Severity::Missing));
                state.to_mend += u32::from(wrong);
                state.missing += u32::from(missing && !wrong);
                state.filled += u32::from(!wrong && !missing && field.value.is_some());
            }
            state
        })
        .collect()
}
