//! Whom an application is about and for which year: what a second one for the same has in common with the first.

use crate::{Answer, Evaluation, Field, FieldId, FieldKind, FieldState, Section, ServiceDefinition};

/// The person, by the number of a document, and the year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    kind: FieldKind,
    number: String,
    /// The insurance year, where the service has one.
    pub year: Option<i16>,
}

impl Subject {
    /// The same person, by the same document.
    #[must_use]
    pub fn is_person_of(&self, other: &Self) -> bool {
        self.kind == other.kind && self.number == other.number
    }

    /// The normalised number, as it is handed in. Personal: never for a log.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl ServiceDefinition {
    /// Whom it is about; `None` where no number of a person is asked for or none could be read.
    #[must_use]
    pub fn subject(&self, evaluation: &Evaluation) -> Option<Subject> {
        let year = evaluation.fee.as_ref().map(|fee| fee.year);
        self.about.iter().find_map(|id| {
            let kind = self.fields.iter().find(|field| field.view.id == *id)?.view.kind;
            let state = evaluation.fields.get(id).filter(|state| state.relevant)?;
            match &state.value {
                Some(Answer::Text(number)) => Some(Subject { kind, number: number.clone(), year }),
                _ => None,
            }
        })
    }

    /// The fields with the names of the person it is about and, where that is somebody else, of the one who applies:
    /// guardian, payer or holder of the account, the first who is named. One line suffices where both are one.
    #[must_use]
    pub fn names(&self, evaluation: &Evaluation) -> Vec<FieldId> {
        let sections = &self.view().sections;
        let of_the_person =
            sections.iter().find(|section| section.fields.iter().any(|field| self.about.contains(&field.id)));
        let insured = of_the_person.and_then(|section| named(section.fields.iter(), evaluation).next());
        let mut all = named(sections.iter().flat_map(|section| &section.fields), evaluation);
        let Some((insured, name)) = insured.or_else(|| all.next()) else { return vec![] };
        let mut everybody = named(sections.iter().flat_map(|section| &section.fields), evaluation);
        let other = everybody.find(|(_, state)| state.value != name.value);
        std::iter::once(insured).chain(other.map(|(id, _)| id)).cloned().collect()
    }

    /// The fields whose content is hidden until somebody wants to see it: numbers of documents, cards and phones.
    #[must_use]
    pub fn hidden(&self) -> Vec<FieldId> {
        let hidden = self.fields.iter().filter(|field| {
            is_document(field.view.kind)
                || matches!(field.view.kind, FieldKind::BankCard | FieldKind::Mobile)
                || (field.personal && field.view.kind == FieldKind::Text)
        });
        hidden.map(|field| field.view.id.clone()).collect()
    }
}

fn named<'a>(
    fields: impl Iterator<Item = &'a Field>,
    evaluation: &'a Evaluation,
) -> impl Iterator<Item = (&'a FieldId, &'a FieldState)> {
    fields.filter(|field| field.kind == FieldKind::PersonName).filter_map(|field| {
        let state = evaluation.fields.get(&field.id)?;
        (state.relevant && state.value.is_some()).then_some((&field.id, state))
    })
}

/// Those that the service names, else every number of a document in the first section that asks for one.
pub(super) fn about(named: Vec<FieldId>, sections: &[Section]) -> Vec<FieldId> {
    if !named.is_empty() {
        return named;
    }
    let numbers = |section: &Section| -> Vec<FieldId> {
        section.fields.iter().filter(|field| is_document(field.kind)).map(|field| field.id.clone()).collect()
    };
    sections.iter().map(numbers).find(|numbers| !numbers.is_empty()).unwrap_or_default()
}

/// Its number belongs to one person alone.
pub(super) const fn is_document(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::IdNumber
            | FieldKind::PermanentResidence
            | FieldKind::Passport
            | FieldKind::HomeReturnPermit
            | FieldKind::TaiwanPermit
            | FieldKind::BirthCertificate
    )
}
