//! Judging answers: one pass for values in the order of dependence, one for rules in the order of the form.

mod answer;
mod fee;
mod fields;
mod materials;
mod rows;
mod sections;

use jiff::civil::Date;

use crate::{
    Answers, Catalogue, ConsentDue, Evaluation, FieldState, Finding, ServiceDefinition, Severity, Supplied,
    definition::{FieldRules, Rule},
    expression::Scope,
};

pub(crate) use rows::CODES as ROWS_CODES;

pub(crate) fn evaluate(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    answers: &Answers,
    supplied: &[Supplied],
    today: Date,
) -> Evaluation {
    let names = definition.fields.iter().map(|field| field.view.id.as_str());
    let mut scope = Scope::new(today, definition.insurance_year(catalogue, today), names);
    let setting = fields::Setting { catalogue, today };
    let mut states = fields::values(&definition.fields, &definition.order, answers, setting, &mut scope);
    fields::judge(&definition.fields, &mut states, &scope);
    let sections = sections::count(definition, &states);
    let (materials, about_materials) = materials::evaluate(definition, answers, supplied, &scope);
    let fee = fee::quote(definition, catalogue, &states, today);

    let consents = consents(definition, &states);

    let with_rules = definition.fields.iter().zip(&states);
    let about_fields = with_rules.flat_map(|(field, state)| findings(field, state)).cloned();
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
        consents,
        ready,
    }
}

impl Rule {
    /// A condition without a truth value does not hold.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Self::Fixed(truth) => *truth,
            Self::When(expression) => expression.holds(scope).unwrap_or(false),
        }
    }
}

/// About a field, then about its rows, question by question.
fn findings<'a>(field: &'a FieldRules, state: &'a FieldState) -> impl Iterator<Item = &'a Finding> {
    let columns = field.rows.as_ref().map_or(&[][..], |rules| &rules.columns);
    let cells = state
        .rows
        .iter()
        .flat_map(move |row| columns.iter().filter_map(|column| row.fields.get(&column.view.id)));
    state.findings.iter().chain(cells.flat_map(|cell| &cell.findings))
}

/// Those of relevant consent fields.
fn consents(definition: &ServiceDefinition, states: &[FieldState]) -> Vec<ConsentDue> {
    let relevant = definition.fields.iter().zip(states).filter(|(_, state)| state.relevant);
    relevant
        .filter_map(|(field, _)| {
            Some(ConsentDue {
                id: field.view.id.clone(),
                class: field.view.consent?,
                version: definition.view().version,
                hash: field.consent_hash.clone()?,
                text: field.view.label.clone(),
            })
        })
        .collect()
}
