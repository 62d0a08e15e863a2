//! A service's definition: what its file says, checked and ready to evaluate.

mod check;
mod compile;
mod example;
mod fields;
mod handing_in;
mod order;
mod questionnaire;
mod regional;
mod source;
mod subject;
mod view;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    Answers, Catalogue, Evaluation, Field, FieldId, Material, Service, ServiceSummary, Severity, Supplied,
    Text, catalogue::Place, evaluate, expression::Expression,
};

pub(crate) use compile::compile;
pub use example::Example;
use handing_in::DECLARATION;
pub(crate) use handing_in::MATERIAL_PREFIX;
pub(crate) use questionnaire::{questionnaire, rule};
pub(crate) use regional::{add_materials, unknown_names};
pub(crate) use source::{Condition, ExampleSource, FieldSource, MaterialSource, ServiceFile, UniqueSource};
pub use subject::Subject;

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
    pub(crate) place: Option<PlaceRules>,
    /// The fields that may hold the number of the person it is about, in the order of the form.
    pub(crate) about: Vec<FieldId>,
    /// The national values of what regions may change.
    pub(crate) parameters: BTreeMap<String, i64>,
    pub(crate) waiting: Option<WaitingRules>,
}

/// A field with its rules.
#[derive(Debug)]
pub(crate) struct FieldRules {
    pub(crate) view: Field,
    /// Its id, that of a column after its group's: what findings of its own rules are called.
    pub(crate) path: String,
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
    /// Text that is the number of a paper: blanks, dashes, width and case do not tell two of them apart.
    pub(crate) document_number: bool,
    /// A fitting answer, where the kind's own does not do.
    pub(crate) example: Option<ExampleSource>,
    /// SHA-256 of the sentence of a consent.
    pub(crate) consent_hash: Option<String>,
    /// The questions of a repeated group.
    pub(crate) rows: Option<RowsRules>,
}

/// The rows of a repeated group.
#[derive(Debug)]
pub(crate) struct RowsRules {
    /// In the order of the form.
    pub(crate) columns: Vec<FieldRules>,
    /// Indices of `columns`, each after those that its relevance and calculation look at.
    pub(crate) order: Vec<usize>,
    /// Rows at least, where the field is required.
    pub(crate) min: usize,
    /// Rows at most; nothing beyond is looked at.
    pub(crate) max: usize,
    /// `{n}` is how many rows say anything.
    pub(crate) counted: Text,
    pub(crate) unique: Vec<UniqueSource>,
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
    /// The only region where it is asked for; everywhere where `None`.
    pub(crate) region: Option<String>,
}

/// Where the fee comes from.
#[derive(Debug)]
pub(crate) struct FeeRules {
    pub(crate) tariff: String,
    pub(crate) window: String,
    /// The field whose answer chooses the rate.
    pub(crate) category: FieldId,
    /// The field whose answer is the year; it follows from the window where `None`.
    pub(crate) year: Option<FieldId>,
}

/// Where the person is or will be insured.
#[derive(Debug)]
pub(crate) struct PlaceRules {
    pub(crate) field: FieldId,
    /// So many fields of the order are evaluated before anything that depends on the place.
    pub(crate) until: usize,
}

/// What a waiting period follows from.
#[derive(Debug)]
pub(crate) struct WaitingRules {
    pub(crate) rules: String,
    pub(crate) lapsed_years: FieldId,
    pub(crate) repaid_years: Option<FieldId>,
    /// Who does not wait, with the reason.
    pub(crate) exempt: Vec<(Rule, Text)>,
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

    /// Whether a field has a rule of its own with this code.
    pub(crate) fn has_constraint(&self, field: &str, code: &str) -> bool {
        let mut fields = self.fields.iter().filter(|known| known.view.id == field);
        fields.any(|field| field.constraints.iter().any(|constraint| constraint.code == code))
    }

    /// Every field, and every column after its group.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &FieldRules> {
        self.fields.iter().flat_map(|field| {
            let columns = field.rows.iter().flat_map(|rows| &rows.columns);
            std::iter::once(field).chain(columns)
        })
    }

    pub(crate) fn search_words(&self) -> &[String] {
        &self.search_words
    }

    /// The insurance year of someone who applies today at a place.
    pub(crate) fn insurance_year(&self, catalogue: &Catalogue, place: &Place<'_>, today: Date) -> i16 {
        let window = self.fee.as_ref().and_then(|fee| catalogue.window_at(&fee.window, place));
        window.map_or(today.year(), |window| window.insurance_year(today))
    }
}
