//! How far each page of the form is.

use super::findings;
use crate::{FieldState, SectionState, ServiceDefinition, Severity, definition::FieldRules};

pub(super) fn count(definition: &ServiceDefinition, states: &[FieldState]) -> Vec<SectionState> {
    let sections = definition.view().sections.iter().enumerate();
    sections
        .map(|(at, section)| {
            let mut state =
                SectionState { id: section.id.clone(), relevant: false, filled: 0, to_mend: 0, missing: 0 };
            let fields = definition.fields.iter().zip(states).filter(|(field, _)| field.section == at);
            for (field, now) in fields.filter(|(_, now)| now.relevant) {
                state.relevant = true;
                add(&mut state, field, now);
            }
            state
        })
        .collect()
}

/// A field counts once where it is right, and each thing to mend or to add counts, in every row.
fn add(section: &mut SectionState, field: &FieldRules, now: &FieldState) {
    let cells = now.rows.iter().flat_map(|row| row.fields.values());
    for question in std::iter::once(now).chain(cells) {
        let has = |severity| question.findings.iter().any(|finding| finding.severity == severity);
        let (wrong, missing) = (has(Severity::Wrong), has(Severity::Missing));
        section.to_mend += u32::from(wrong);
        section.missing += u32::from(missing && !wrong);
    }
    let is_right = findings(field, now).all(|finding| finding.severity == Severity::Doubtful);
    section.filled += u32::from(is_right && now.value.is_some());
}
