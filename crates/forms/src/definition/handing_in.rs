//! What of the answers is handed in, and what must have been agreed to before.

use std::collections::BTreeSet;

use super::{ServiceDefinition, view};
use crate::{Answer, Answers, ConsentClass, ConsentDue, Evaluation, FieldId, Service};

/// Answers that choose an alternative are named `material.<id>`.
pub(crate) const MATERIAL_PREFIX: &str = "material.";

impl ServiceDefinition {
    /// Answers this service does not ask for, columns as `group.column`; an office refuses them.
    #[must_use]
    pub fn unknown_answers(&self, answers: &Answers) -> Vec<FieldId> {
        let mut unknown = BTreeSet::new();
        for (id, answer) in &answers.0 {
            if let Some(material) = id.strip_prefix(MATERIAL_PREFIX) {
                if !self.view.materials.iter().any(|known| known.id == material) {
                    unknown.insert(id.clone());
                }
                continue;
            }
            let Some(field) = self.fields.iter().find(|field| field.view.id == *id) else {
                unknown.insert(id.clone());
                continue;
            };
            if let (Some(rules), Answer::Rows(rows)) = (&field.rows, answer) {
                let is_column = |id: &str| rules.columns.iter().any(|column| column.view.id == id);
                let cells = rows.iter().flat_map(|row| row.0.keys());
                unknown.extend(cells.filter(|cell| !is_column(cell)).map(|cell| format!("{id}.{cell}")));
            }
        }
        unknown.into_iter().collect()
    }

    /// What is handed in: normalised answers of relevant fields, without what is calculated anyway and without
    /// empty rows, and the chosen alternative of every material that offers several. Evaluating it again changes
    /// nothing.
    #[must_use]
    pub fn answers_to_submit(&self, answers: &Answers, evaluation: &Evaluation) -> Answers {
        let mut handed_in = Answers::default();
        for field in self.fields.iter().map(|field| &field.view.id).filter(|id| answers.0.contains_key(*id)) {
            let state = evaluation.fields.get(field).filter(|state| state.relevant && !state.derived);
            handed_in.set(field, state.and_then(|state| state.value.clone()));
        }
        for (material, state) in self.view.materials.iter().zip(&evaluation.materials) {
            if state.relevant && material.alternatives.len() > 1 {
                let id = format!("{MATERIAL_PREFIX}{}", material.id);
                handed_in.set(id, Some(Answer::Text(state.chosen.clone())));
            }
        }
        handed_in
    }

    /// Every consent that must be on record before these answers may be handed in: the notice's, those of
    /// relevant consent fields, and the declaration.
    #[must_use]
    pub fn consents_due(&self, evaluation: &Evaluation) -> Vec<ConsentDue> {
        let Service { notice, declaration, version, .. } = &self.view;
        let of_notice = notice.consents.iter().map(|consent| ConsentDue {
            id: consent.id.clone(),
            class: consent.class,
            version: notice.version,
            hash: notice.hash.clone(),
            text: consent.text.clone(),
        });
        let declaration = ConsentDue {
            id: DECLARATION.to_owned(),
            class: ConsentClass::Declaration,
            version: *version,
            hash: view::text_hash(std::iter::once(declaration)),
            text: declaration.clone(),
        };
        of_notice.chain(evaluation.consents.iter().cloned()).chain([declaration]).collect()
    }
}

/// The id under which agreement to the declaration is recorded.
pub(super) const DECLARATION: &str = "declaration";
