//! A form filled in rightly, for previews, trials and tests.

use jiff::{Span, civil::Date};

use super::{ExampleSource, FieldRules, RowsRules, ServiceDefinition};
use crate::{
    Answer, Answers, Catalogue, Evaluation, FieldKind, FieldState, RowState, Supplied, kinds::Asked,
};

/// What someone could have handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What they filled in.
    pub answers: Answers,
    /// What they attached.
    pub supplied: Vec<Supplied>,
    /// What the engine says of it.
    pub evaluation: Evaluation,
}

/// Who fills in, where and when.
struct Filling<'a> {
    catalogue: &'a Catalogue,
    today: Date,
    place: Option<(&'a str, &'a str)>,
}

impl ServiceDefinition {
    /// Fills in what is required, by the example of the field or of its kind, until nothing more is missing; at
    /// `place`, a division's code, where the service asks for one.
    #[must_use]
    pub fn example(&self, catalogue: &Catalogue, today: Date, place: Option<&str>) -> Example {
        let filling = Filling {
            catalogue,
            today,
            place: self.place.as_ref().map(|place| place.field.as_str()).zip(place),
        };
        let (mut answers, mut supplied) = (Answers::default(), vec![]);
        let mut evaluation = self.evaluate(catalogue, &answers, &supplied, today);
        // Each round answers at least one more question, in a group one of each row.
        for _ in 0..=2 * self.questions().count() {
            let before = (answers.clone(), supplied);
            self.fill(&filling, &evaluation, &mut answers);
            supplied = owed(&evaluation);
            if (&answers, &supplied) == (&before.0, &before.1) {
                break;
            }
            evaluation = self.evaluate(catalogue, &answers, &supplied, today);
        }
        answers
            .0
            .retain(|id, _| evaluation.fields.get(id).is_some_and(|state| state.relevant && !state.derived));
        Example { answers, supplied, evaluation }
    }

    /// Answers what is asked and empty. What may follow from other answers waits until these are given.
    fn fill(&self, filling: &Filling<'_>, evaluation: &Evaluation, answers: &mut Answers) {
        let before = answers.clone();
        for follows in [false, true] {
            for field in self.fields.iter().filter(|field| field.calculate.is_some() == follows) {
                let id = &field.view.id;
                let Some(state) = evaluation.fields.get(id).filter(|state| state.relevant) else { continue };
                match (&field.rows, filling.place) {
                    (Some(rules), _) if state.required => filling.fill_rows(rules, id, state, answers),
                    (None, Some((place, code))) if place == id => {
                        answers.set(id, Some(Answer::Text(code.to_owned())));
                    }
                    (None, _) if is_open(state) => answers.set(id, Some(filling.answer(field, state, 0))),
                    _ => {}
                }
            }
            if *answers != before {
                return;
            }
        }
    }
}

fn is_open(state: &FieldState) -> bool {
    state.relevant && state.required && !state.derived && state.value.is_none()
}

impl Filling<'_> {
    fn answer(&self, field: &FieldRules, state: &FieldState, row: usize) -> Answer {
        if let Some(first) = state.choices.iter().flatten().next() {
            return Answer::Text(first.value.clone());
        }
        let kind = field.view.kind.rules();
        let text = field.example.as_ref().map_or_else(
            || kind.example(&Asked { field, catalogue: self.catalogue, today: self.today }),
            |example| example.text(self.today),
        );
        match (kind.answer(&text), field.view.kind) {
            // Rows must differ where the group says so, and words may.
            (Answer::Text(text), FieldKind::Text) if row > 0 => Answer::Text(format!("{text}{row}")),
            (answer, _) => answer,
        }
    }

    fn fill_rows(&self, rules: &RowsRules, id: &str, state: &FieldState, answers: &mut Answers) {
        let mut rows = match answers.0.get(id) {
            Some(Answer::Rows(rows)) => rows.clone(),
            _ => vec![Answers::default(); rules.min],
        };
        for (at, (row, now)) in rows.iter_mut().zip(&state.rows).enumerate() {
            let states =
                rules.columns.iter().filter_map(|column| Some((column, now.fields.get(&column.view.id)?)));
            let open = states.clone().filter(|(_, state)| is_open(state));
            let (asked, following): (Vec<_>, Vec<_>) =
                open.partition(|(column, _)| column.calculate.is_none());
            let mut next = if asked.is_empty() { following } else { asked };
            if next.is_empty() && is_empty(now) {
                let may_be_filled =
                    |(column, state): &(&FieldRules, &FieldState)| state.relevant && !column.view.calculated;
                next = states.filter(may_be_filled).take(1).collect();
            }
            for (column, state) in next {
                row.set(&column.view.id, Some(self.answer(column, state, at)));
            }
        }
        answers.set(id, Some(Answer::Rows(rows)));
    }
}

fn is_empty(row: &RowState) -> bool {
    row.fields.values().all(|state| state.derived || state.value.is_none())
}

/// As many documents as are owed, and no more.
fn owed(evaluation: &Evaluation) -> Vec<Supplied> {
    let slots = evaluation.materials.iter().filter(|material| material.required).flat_map(|m| &m.slots);
    slots
        .map(|slot| Supplied { slot: slot.id.clone(), count: slot.supplied + slot.missing })
        .filter(|supplied| supplied.count > 0)
        .collect()
}

impl ExampleSource {
    /// What one would type on `today`.
    pub(crate) fn text(&self, today: Date) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Truth(truth) => truth.to_string(),
            Self::DaysAgo { days_ago } => {
                let days = Span::new().try_days(i64::from(*days_ago));
                let day = days.and_then(|days| today.checked_sub(days));
                day.unwrap_or(today).to_string()
            }
        }
    }
}
