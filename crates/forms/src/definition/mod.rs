//! A service's definition: what its file says, checked and ready to evaluate.

mod check;
mod compile;
mod source;
mod view;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    Answers, Catalogue, Evaluation, Field, FieldId, Material, Service, ServiceSummary, Severity, Supplied,
    Text, evaluate, expression::Expression,
};

pub(crate) use compile::compile;
pub(crate) use source::ServiceFile;

/// A service as the engine works with it.
#[derive(Debug)]
pub struct ServiceDefinition {
    view: Service,
    search_words: Vec<String>,
    /// In the order of the form.
    pub(crate) fields: Vec<FieldRules>,
    /// Indices of `fields`, each after all that its relevance and calculation look at.
    pub(crate) order: Vec<usize>,
    pub(crate) materials: Vec<MaterialRules>,
    pub(crate) fee: Option<FeeRules>,
}

/// A field with its rules.
#[derive(Debug)]
pub(crate) struct FieldRules {
    pub(crate) view: Field,
    /// The section it stands in.
    pub(crate) section: usize,
    pub(crate) relevant: Rule,
    pub(crate) required: Rule,
    pub(crate) calculate: Option<Expression>,
    pub(crate) constraints: Vec<Constraint>,
    /// The field's own words for faults of its kind, by code; `missing` for an empty one.
    pub(crate) texts: BTreeMap<String, Text>,
    pub(crate) max_chars: Option<usize>,
    /// The smallest and largest value: of a number itself, of money in fen.
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    /// Hide it where personal data is hidden.
    pub(crate) personal: bool,
}

/// A rule between fields.
#[derive(Debug)]
pub(crate) struct Constraint {
    pub(crate) code: String,
    pub(crate) expect: Expression,
    pub(crate) severity: Severity,
    pub(crate) message: Text,
}

/// A material with its rules.
#[derive(Debug)]
pub(crate) struct MaterialRules {
    pub(crate) view: Material,
    pub(crate) relevant: Rule,
    pub(crate) required: Rule,
    pub(crate) reasons: Vec<(Rule, Text)>,
}

/// Where the fee comes from.
#[derive(Debug)]
pub(crate) struct FeeRules {
    pub(crate) tariff: String,
    pub(crate) window: String,
    /// The field whose answer chooses the rate.
    pub(crate) category: FieldId,
}

/// Whether something holds.
#[derive(Debug)]
pub(crate) enum Rule {
    /// `true` or `false` as written.
    Fixed(bool),
    /// An expression.
    When(Expression),
}

impl ServiceDefinition {
    /// What the window draws.
    #[must_use]
    pub fn view(&self) -> &Service {
        &self.view
    }

    /// A row of the catalogue page.
    #[must_use]
    pub fn summary(&self) -> ServiceSummary {
        let Service { id, version, group, title, summary, minutes, bring, .. } = self.view.clone();
        ServiceSummary { id, version, group, title, summary, minutes, bring }
    }

    /// Judges answers. Total and deterministic: the same arguments always give the same result.
    #[must_use]
    pub fn evaluate(
        &self,
        catalogue: &Catalogue,
        answers: &Answers,
        supplied: &[Supplied],
        today: Date,
    ) -> Evaluation {
        evaluate::evaluate(self, catalogue, answers, supplied, today)
    }

    /// Answers this service does not ask for; an office refuses them.
    #[must_use]
    pub fn unknown_answers(&self, answers: &Answers) -> Vec<FieldId> {
        let known = |id: &str| match id.strip_prefix(MATERIAL_PREFIX) {
            Some(material) => self.view.materials.iter().any(|known| known.id == material),
            None => self.fields.iter().any(|field| field.view.id == id),
        };
        answers.0.keys().filter(|id| !known(id)).cloned().collect()
    }

    /// What is handed in: normalised answers of relevant fields, without what is calculated anyway, and the
    /// chosen alternative of every material that offers several. Evaluating it again changes nothing.
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
                handed_in.set(id, Some(crate::Answer::Text(state.chosen.clone())));
            }
        }
        handed_in
    }

    pub(crate) fn search_words(&self) -> &[String] {
        &self.search_words
    }

    /// The insurance year of someone who applies today.
    pub(crate) fn insurance_year(&self, catalogue: &Catalogue, today: Date) -> i16 {
        let window = self.fee.as_ref().and_then(|fee| catalogue.window(&fee.window));
        window.map_or(today.year(), |window| window.insurance_year(today))
    }
}

/// Answers that choose an alternative are named `material.<id>`.
pub(crate) const MATERIAL_PREFIX: &str = "material.";
