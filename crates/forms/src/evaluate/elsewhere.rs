//! What may stand in one application of a service alone, for example the number of a bill: the desk knows the other
//! applications, the rule is here.

use std::collections::BTreeMap;

use super::sections;
use crate::{
    Answer, Answers, Evaluation, FieldState, Finding, RowState, ServiceDefinition, Severity, Target, Text,
    definition::{RowsRules, UniqueSource},
};

impl ServiceDefinition {
    /// Anything of it may stand in one application alone.
    #[must_use]
    pub fn has_what_stands_once(&self) -> bool {
        self.fields.iter().any(|field| field.rows.as_ref().is_some_and(stands_once))
    }

    /// Makes it wrong to hand in what other applications have already: `others` are their numbers and answers as they
    /// were handed in. Nothing changes where they have nothing of it.
    pub fn refuse_what_stands_elsewhere(&self, evaluation: &mut Evaluation, others: &[(String, &Answers)]) {
        let mut found = Vec::new();
        for (place, field) in self.fields.iter().enumerate() {
            let Some(rules) = field.rows.as_ref().filter(|rules| stands_once(rules)) else { continue };
            let Some(state) = evaluation.fields.get_mut(&field.view.id) else { continue };
            let told = refuse(&field.view.id, rules, state, others);
            found.extend(told.into_iter().map(|finding| (place, finding)));
        }
        if found.is_empty() {
            return;
        }
        for (place, finding) in found {
            let behind = |known: &Finding| self.place_of(&known.target) > place;
            let at = evaluation.blocking.iter().position(behind).unwrap_or(evaluation.blocking.len());
            evaluation.blocking.insert(at, finding);
        }
        evaluation.ready = false;
        let states = self.fields.iter().filter_map(|field| evaluation.fields.get(&field.view.id).cloned());
        evaluation.sections = sections::count(self, &states.collect::<Vec<_>>());
    }

    /// The field that a finding is about, in the order of the form; documents come after all of them.
    fn place_of(&self, target: &Target) -> usize {
        let (Target::Field { id } | Target::Cell { id, .. }) = target else { return usize::MAX };
        self.fields.iter().position(|field| field.view.id == *id).unwrap_or(usize::MAX)
    }
}

fn stands_once(rules: &RowsRules) -> bool {
    rules.unique.iter().any(|unique| unique.elsewhere.is_some())
}

fn refuse(
    group: &str,
    rules: &RowsRules,
    state: &mut FieldState,
    others: &[(String, &Answers)],
) -> Vec<Finding> {
    let mut found = Vec::new();
    for unique in &rules.unique {
        let Some(sentence) = &unique.elsewhere else { continue };
        let taken = taken(group, unique, others);
        for (row, number) in state.rows.iter_mut().zip(1_u32..) {
            let Some(case) = key(unique, row).and_then(|key| taken.get(&key)) else { continue };
            let Some(column) = unique.columns.first() else { continue };
            let Some(cell) = row.fields.get_mut(column) else { continue };
            let told = |text: &str| text.replace("{row}", &number.to_string()).replace("{case}", case);
            let finding = Finding {
                code: format!("{group}.{}", unique.code),
                severity: Severity::Wrong,
                target: Target::Cell { id: group.to_owned(), row: number - 1, column: column.clone() },
                message: Text::new(told(&sentence.zh), told(&sentence.en)),
            };
            cell.findings.insert(0, finding.clone());
            found.push(finding);
        }
    }
    found
}

/// What the others have, and which of them.
fn taken<'a>(
    group: &str,
    unique: &UniqueSource,
    others: &'a [(String, &Answers)],
) -> BTreeMap<Vec<String>, &'a str> {
    let mut taken = BTreeMap::new();
    for (case, answers) in others {
        let Some(Answer::Rows(rows)) = answers.0.get(group) else { continue };
        for row in rows {
            let cells = unique.columns.iter().map(|column| row.text(column).map(str::to_owned));
            if let Some(key) = cells.collect() {
                taken.entry(key).or_insert(case.as_str());
            }
        }
    }
    taken
}

/// The normalised cells of a row; `None` where one of them is empty or cannot be read.
fn key(unique: &UniqueSource, row: &RowState) -> Option<Vec<String>> {
    let cell = |column: &String| match row.fields.get(column)?.value.as_ref()? {
        Answer::Text(text) => Some(text.clone()),
        Answer::Bool(_) | Answer::Rows(_) => None,
    };
    unique.columns.iter().map(cell).collect()
}
