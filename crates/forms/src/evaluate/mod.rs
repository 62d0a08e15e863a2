//! Judging answers: one pass for values in the order of dependence, one for rules in the order of the form.

mod answer;
mod elsewhere;
mod fee;
mod fields;
mod local;
mod materials;
mod rows;
mod sections;
mod waiting;
mod year;

use jiff::civil::Date;

use crate::{
    Answers, Catalogue, ConsentDue, Evaluation, FieldState, Finding, ServiceDefinition, Severity, Supplied,
    definition::{FieldRules, Rule},
    expression::Scope,
};

use local::Local;
pub(crate) use rows::CODES as ROWS_CODES;

pub(crate) fn evaluate(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    answers: &Answers,
    supplied: &[Supplied],
    today: Date,
) -> Evaluation {
    let names = definition.fields.iter().map(|field| field.view.id.as_str());
    let mut scope = Scope::new(today, today.year(), names);
    let setting = fields::Setting { catalogue, today };
    let until = definition.place.as_ref().map_or(0, |place| place.until);
    let (first, then) = definition.order.split_at(until);
    let mut states = fields::values(&definition.fields, first, answers, setting, &mut scope);
    let local = Local::new(definition, catalogue, &states);
    local.enter(definition, catalogue, today, &mut scope);
    fields::fill(&definition.fields, then, answers, setting, &mut scope, &mut states);
    fields::judge(&definition.fields, &mut states, &scope);
    year::judge(definition, catalogue, &local, &mut states, today);
    let (mut materials, about_materials) = materials::evaluate(definition, &local, answers, supplied, &scope);
    local.note(definition, &mut states);
    local.fill_in(&mut states, &mut materials);
    let sections = sections::count(definition, &states);
    let fee = fee::quote(definition, catalogue, &local.place, &states, today);
    let waiting = waiting::period(definition, catalogue, &local, &states, &scope, today);

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
        waiting,
        region: local.region(),
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

/// The same of one field, to be worded.
fn findings_mut(state: &mut FieldState) -> impl Iterator<Item = &mut Finding> {
    let cells = state.rows.iter_mut().flat_map(|row| row.fields.values_mut());
    state.findings.iter_mut().chain(cells.flat_map(|cell| &mut cell.findings))
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
