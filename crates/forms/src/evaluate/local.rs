//! What holds at the place of enrolment: parameters, notes, materials. The place is known before anything that
//! depends on it is looked at.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::findings_mut;
use crate::{
    Answer, Catalogue, FieldState, MaterialState, RegionalRules, ServiceDefinition, Text,
    catalogue::{LocalRules, Overlay, Place},
    definition::MaterialRules,
    expression::Scope,
};

/// A place and its rules.
pub(super) struct Local<'a> {
    pub(super) place: Place<'a>,
    /// The most specific first.
    rules: Vec<(&'a Overlay, &'a LocalRules)>,
    parameters: BTreeMap<&'a str, i64>,
}

impl<'a> Local<'a> {
    /// At the place that was answered; the whole country's rules where it is not known.
    pub(super) fn new(
        definition: &'a ServiceDefinition,
        catalogue: &'a Catalogue,
        states: &[FieldState],
    ) -> Self {
        let fields = definition.fields.iter().zip(states);
        let code = definition.place.as_ref().and_then(|place| {
            let (_, state) = fields.into_iter().find(|(field, _)| field.view.id == place.field)?;
            match state.value.as_ref()? {
                Answer::Text(code) => Some(code.as_str()),
                Answer::Bool(_) | Answer::Rows(_) => None,
            }
        });
        let place = catalogue.place(code);
        let rules = catalogue.local_rules(&definition.view().id, &place);
        let value = |name: &str| rules.iter().find_map(|(_, local)| local.parameters.get(name)).copied();
        let parameters = definition.parameters.iter();
        let parameters =
            parameters.map(|(name, national)| (name.as_str(), value(name).unwrap_or(*national))).collect();
        Self { place, rules, parameters }
    }

    /// Lets expressions see what holds here.
    pub(super) fn enter(
        &self,
        definition: &ServiceDefinition,
        catalogue: &Catalogue,
        today: Date,
        scope: &mut Scope<'_>,
    ) {
        self.parameters.iter().for_each(|(name, value)| scope.set(name, (*value).into()));
        let year = definition.insurance_year(catalogue, &self.place, today);
        scope.set("insurance_year", i64::from(year).into());
    }

    /// Whether a material may be asked for here at all.
    pub(super) fn asks_for(&self, material: &MaterialRules) -> bool {
        let here = material.region.as_ref().is_none_or(|region| self.place.lies_in(region));
        here && !self.rules.iter().any(|(_, local)| local.without.contains(&material.view.id))
    }

    /// Notes of relevant fields.
    pub(super) fn note(&self, definition: &ServiceDefinition, states: &mut [FieldState]) {
        for (field, state) in definition.fields.iter().zip(states).filter(|(_, state)| state.relevant) {
            let note = self.rules.iter().find_map(|(_, local)| local.notes.get(&field.view.id));
            state.note = note.cloned().or(state.note.take());
        }
    }

    /// Puts the parameters into everything that was worded.
    pub(super) fn fill_in(&self, states: &mut [FieldState], materials: &mut [MaterialState]) {
        if self.parameters.is_empty() {
            return;
        }
        for state in states {
            state.note.iter_mut().for_each(|note| self.fill(note));
            findings_mut(state).for_each(|finding| self.fill(&mut finding.message));
        }
        materials.iter_mut().filter_map(|state| state.reason.as_mut()).for_each(|reason| self.fill(reason));
    }

    fn fill(&self, text: &mut Text) {
        for sentence in [&mut text.zh, &mut text.en] {
            if sentence.contains('{') {
                for (name, value) in &self.parameters {
                    *sentence = sentence.replace(&format!("{{{name}}}"), &value.to_string());
                }
            }
        }
    }

    /// The most specific region that changes anything.
    pub(super) fn region(&self) -> Option<RegionalRules> {
        let (Overlay { region, name, source, .. }, _) = self.rules.first()?;
        Some(RegionalRules { code: region.clone(), name: name.clone(), source: source.clone() })
    }
}
