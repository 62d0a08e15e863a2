//! 我适合哪种医保: a few questions, the insurance that fits, and the kinds of insurance side by side.
//!
//! The questions are fields like those of a service and are judged by the same engine.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Catalogue, Complaints, TomlFile, reading::Filed};
use crate::{
    Answer, Answers, Evaluation, Field, FieldId, FieldKind, FieldState, ServiceDefinition, Text,
    definition::{self, Condition, FieldSource, Rule},
    expression::{GIVEN, Scope},
};

/// The questions of the adviser and its comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Adviser {
    /// 我适合哪种医保.
    pub title: Text,
    /// What it does and does not.
    pub intro: Text,
    /// In order.
    pub questions: Vec<Field>,
    /// Kinds of insurance side by side.
    pub comparison: Comparison,
}

/// Kinds of insurance side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Comparison {
    /// The kinds of insurance.
    pub columns: Vec<Text>,
    /// What is compared.
    pub rows: Vec<ComparisonRow>,
}

/// What is compared: one line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComparisonRow {
    /// 谁缴费.
    pub label: Text,
    /// One for each kind of insurance.
    pub cells: Vec<Text>,
    /// Where it was published.
    pub source: Text,
}

/// What the answers come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// Every question.
    pub fields: BTreeMap<FieldId, FieldState>,
    /// What fits; `None` until enough is answered.
    pub outcome: Option<Outcome>,
}

/// An insurance that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// `resident`.
    pub id: String,
    /// 城乡居民医保.
    pub title: Text,
    /// Why, and how to go on.
    pub text: Text,
    /// Services to begin with.
    pub services: Vec<String>,
}

/// A file of `advisers/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdviserFile {
    id: String,
    title: Text,
    intro: Text,
    questions: Vec<FieldSource>,
    /// The first whose `when` holds is told.
    outcomes: Vec<OutcomeSource>,
    comparison: Comparison,
}

impl Filed for AdviserFile {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeSource {
    id: String,
    #[serde(default = "Condition::always")]
    when: Condition,
    title: Text,
    text: Text,
    services: Vec<String>,
}

/// The adviser as the engine works with it.
#[derive(Debug, Default)]
pub(super) struct AdviserRules {
    view: Adviser,
    questions: Option<ServiceDefinition>,
    outcomes: Vec<(Rule, Outcome)>,
}

pub(super) fn read(
    file: &TomlFile,
    source: AdviserFile,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) -> AdviserRules {
    let AdviserFile { id: _, title, intro, questions, outcomes, comparison } = source;
    let questions = definition::questionnaire(file, questions, catalogue, complaints);
    let sections = questions.iter().flat_map(|questions| &questions.view().sections);
    let fields: Vec<Field> = sections.flat_map(|section| section.fields.clone()).collect();
    let mut rules = vec![];
    let mut ids = BTreeSet::new();
    for OutcomeSource { id, when, title, text, services } in outcomes {
        let place = format!("outcomes.{id}");
        let rule = definition::rule(file, &format!("{place}.when"), when, complaints);
        let names = rule.expression().map_or(&[][..], |expression| expression.variables());
        let known = |name: &str| GIVEN.contains(&name) || fields.iter().any(|field| field.id == name);
        let unknown_name = names.iter().find(|name| !known(name));
        let unknown_service = services.iter().find(|service| catalogue.service(service, None).is_none());
        let twice = !ids.insert(id.clone());
        let mistakes = [
            unknown_name.map(|name| (format!("when 里的 {name} 不是问题"), format!("{name} is no question"))),
            unknown_service
                .map(|name| (format!("没有“{name}”这个事项"), format!("there is no service “{name}”"))),
            twice.then(|| (format!("编号“{id}”用了两次"), format!("the id “{id}” is used twice"))),
        ];
        for (zh, en) in mistakes.into_iter().flatten() {
            let remedy = Text::new(
                "请改成已有的问题、services/ 里有的事项、没有用过的编号",
                "name a question, a service that stands in services/, an id that is free",
            );
            complaints.about(file, &place, Text::new(zh, en), remedy);
        }
        rules.push((rule, Outcome { id, title, text, services }));
    }
    check_comparison(file, &comparison, complaints);
    AdviserRules { view: Adviser { title, intro, questions: fields, comparison }, questions, outcomes: rules }
}

fn check_comparison(file: &TomlFile, comparison: &Comparison, complaints: &mut Complaints) {
    let columns = comparison.columns.len();
    for (at, row) in comparison.rows.iter().enumerate().filter(|(_, row)| row.cells.len() != columns) {
        let cells = row.cells.len();
        complaints.about(
            file,
            &format!("comparison.rows.{}", at + 1),
            Text::new(
                format!("“{}”一行有 {cells} 格，应为 {columns} 格", row.label.zh),
                format!("the line “{}” has {cells} cells instead of {columns}", row.label.en),
            ),
            Text::new("每行的格数和 columns 一样多", "write one cell for each of columns"),
        );
    }
}

impl AdviserRules {
    pub(super) fn view(&self) -> &Adviser {
        &self.view
    }

    pub(super) fn advise(&self, catalogue: &Catalogue, answers: &Answers, today: Date) -> Advice {
        let Some(questions) = &self.questions else {
            return Advice { fields: BTreeMap::new(), outcome: None };
        };
        let evaluation = questions.evaluate(catalogue, answers, &[], today);
        let outcome = if is_answered(questions, &evaluation) {
            let scope = scope(questions, &evaluation, catalogue, today);
            self.outcomes.iter().find(|(when, _)| when.holds(&scope)).map(|(_, outcome)| outcome.clone())
        } else {
            None
        };
        Advice { fields: evaluation.fields, outcome }
    }
}

/// Every relevant question has a fit answer; a box that is not ticked is an answer, too.
fn is_answered(questions: &ServiceDefinition, evaluation: &Evaluation) -> bool {
    let open = |field: &Field| {
        let state = &evaluation.fields.get(&field.id);
        let unanswered = |state: &FieldState| state.relevant && !state.derived && state.value.is_none();
        field.kind != FieldKind::Checkbox && state.is_some_and(unanswered)
    };
    let mut fields = questions.view().sections.iter().flat_map(|section| &section.fields);
    evaluation.ready && !fields.any(open)
}

fn scope(
    questions: &ServiceDefinition,
    evaluation: &Evaluation,
    catalogue: &Catalogue,
    today: Date,
) -> Scope<'static> {
    let fields = || questions.fields.iter().map(|field| &field.view);
    let year = questions.insurance_year(catalogue, &catalogue.place(None), today);
    let mut scope = Scope::new(today, year, fields().map(|field| field.id.as_str()));
    for field in fields() {
        let value = match evaluation.fields.get(&field.id).and_then(|state| state.value.as_ref()) {
            Some(Answer::Text(text)) => text.clone(),
            Some(Answer::Bool(truth)) => truth.to_string(),
            Some(Answer::Rows(_)) | None => continue,
        };
        scope.set(&field.id, field.kind.rules().operand(&value));
    }
    scope
}
