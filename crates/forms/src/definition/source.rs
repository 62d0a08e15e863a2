//! The shape of `services/*.toml`. Anything else in such a file is refused, never half-read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{ConsentClass, FieldId, FieldKind, Severity, SlotId, Text};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceFile {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) group: Text,
    pub(super) title: Text,
    pub(super) summary: Text,
    pub(super) minutes: u32,
    pub(super) bring: Text,
    pub(super) keywords: Vec<String>,
    pub(super) review: ReviewSource,
    pub(super) notice: NoticeSource,
    pub(super) sections: Vec<SectionSource>,
    pub(super) materials: Vec<MaterialSource>,
    #[serde(default)]
    pub(super) fee: Option<FeeSource>,
    #[serde(default)]
    pub(super) waiting: Option<WaitingSource>,
    /// The field that says where the person is or will be insured: it chooses regional rules.
    #[serde(default)]
    pub(super) place: Option<FieldId>,
    /// The fields that may hold the number of the person it is about, where those are not the first that ask for one.
    #[serde(default)]
    pub(super) about: Vec<FieldId>,
    /// Whole numbers that regions may change, by the name under which expressions and `{name}` in texts see them.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, ParameterSource>,
    #[serde(default)]
    pub(super) guides: Vec<GuideSource>,
    pub(super) declaration: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterSource {
    pub(super) value: i64,
    /// Where it was published.
    #[expect(dead_code, reason = "read by people, required of every parameter")]
    pub(super) source: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuideSource {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) steps: Vec<Text>,
    #[serde(default)]
    pub(super) channel: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WaitingSource {
    /// A file of `waiting/`.
    pub(super) rules: String,
    /// The number field that says how many years were not paid.
    pub(super) lapsed_years: FieldId,
    /// The number field that says how many of them are paid back.
    #[serde(default)]
    pub(super) repaid_years: Option<FieldId>,
    /// Who does not wait, with the reason; the first that holds.
    #[serde(default)]
    pub(super) exempt: Vec<ReasonSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewSource {
    /// Both or neither.
    #[serde(default)]
    pub(super) min_working_days: Option<u32>,
    #[serde(default)]
    pub(super) max_working_days: Option<u32>,
    /// There is nothing to review.
    #[serde(default)]
    pub(super) at_once: bool,
    /// What the applicant gets is what a reviewer writes.
    #[serde(default)]
    pub(super) written_answer: bool,
    pub(super) supplement_working_days: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeSource {
    pub(super) version: u32,
    pub(super) paragraphs: Vec<Text>,
    pub(super) consents: Vec<ConsentSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentSource {
    pub(super) id: String,
    pub(super) class: ConsentClass,
    pub(super) text: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionSource {
    pub(super) id: String,
    pub(super) title: Text,
    #[serde(default)]
    pub(super) hint: Option<Text>,
    pub(super) fields: Vec<FieldSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSource {
    pub(super) id: FieldId,
    pub(super) kind: FieldKind,
    pub(super) label: Text,
    #[serde(default)]
    pub(super) hint: Option<Text>,
    #[serde(default = "Condition::always")]
    pub(super) relevant: Condition,
    #[serde(default = "Condition::never")]
    pub(super) required: Condition,
    #[serde(default)]
    pub(super) calculate: Option<String>,
    /// What happens while `calculate` gives nothing.
    #[serde(default)]
    pub(super) otherwise: Otherwise,
    #[serde(default)]
    pub(super) constraints: Vec<ConstraintSource>,
    /// The field's own words for faults of its kind, by the fault's code.
    #[serde(default)]
    pub(super) texts: BTreeMap<String, Text>,
    #[serde(default)]
    pub(super) choices: Vec<ChoiceSource>,
    /// The choice that holds while nothing is chosen.
    #[serde(default)]
    pub(super) assumed: Option<String>,
    #[serde(default)]
    pub(super) table: Option<String>,
    #[serde(default)]
    pub(super) max_chars: Option<usize>,
    /// Text that is hidden where personal data is hidden.
    #[serde(default)]
    pub(super) personal: bool,
    /// Text that is the number of a paper.
    #[serde(default)]
    pub(super) document_number: bool,
    /// The smallest and largest value of a number; money in fen.
    #[serde(default)]
    pub(super) min: Option<i64>,
    #[serde(default)]
    pub(super) max: Option<i64>,
    /// The class of a consent.
    #[serde(default)]
    pub(super) consent: Option<ConsentClass>,
    #[serde(default)]
    pub(super) rows: Option<RowsSource>,
    /// A fitting answer, for trying the form out; the kind's own example where none is given.
    #[serde(default)]
    pub(super) example: Option<ExampleSource>,
}

/// Whether a person is asked where a calculation gives nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Otherwise {
    /// The field stays empty.
    #[default]
    Leave,
    /// The field is asked like any other.
    Ask,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowsSource {
    pub(super) title: Text,
    pub(super) columns: Vec<FieldSource>,
    #[serde(default = "one")]
    pub(super) min: u32,
    pub(super) max: u32,
    /// How many there are, `{n}`: 3 张发票.
    #[serde(default)]
    pub(super) counted: Option<Text>,
    /// Columns that must differ together from row to row.
    #[serde(default)]
    pub(super) unique: Vec<UniqueSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UniqueSource {
    pub(crate) columns: Vec<FieldId>,
    pub(crate) code: String,
    /// `{row}` and `{other}` are the numbers of the two rows, from 1.
    pub(crate) message: Text,
    /// They may also stand in one application of the service alone; `{row}` is the number of the row, `{case}` that of
    /// the application which has it already.
    #[serde(default)]
    pub(crate) elsewhere: Option<Text>,
}

/// A fitting answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum ExampleSource {
    Text(String),
    Truth(bool),
    /// A date so many days before the day of the trial.
    DaysAgo {
        days_ago: i32,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstraintSource {
    pub(super) code: String,
    /// What must hold, where the field has a value.
    pub(super) expect: String,
    #[serde(default = "wrong")]
    pub(super) severity: Severity,
    pub(super) message: Text,
}

fn wrong() -> Severity {
    Severity::Wrong
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceSource {
    pub(super) value: String,
    pub(super) label: Text,
    #[serde(default)]
    pub(super) hint: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaterialSource {
    pub(super) id: String,
    pub(super) title: Text,
    #[serde(default = "Condition::always")]
    pub(super) relevant: Condition,
    #[serde(default = "Condition::always")]
    pub(super) required: Condition,
    /// Why it is asked for; the first that holds is told.
    #[serde(default)]
    pub(super) reasons: Vec<ReasonSource>,
    pub(super) alternatives: Vec<AlternativeSource>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonSource {
    #[serde(default = "Condition::always")]
    pub(super) when: Condition,
    pub(super) text: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlternativeSource {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) slots: Vec<SlotSource>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotSource {
    pub(super) id: SlotId,
    pub(super) title: Text,
    #[serde(default)]
    pub(super) hint: Option<Text>,
    #[serde(default = "one")]
    pub(super) min: u32,
    #[serde(default = "one")]
    pub(super) max: u32,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeeSource {
    pub(super) tariff: String,
    pub(super) window: String,
    pub(super) category: FieldId,
    /// The `insurance_year` field, where the person chooses the year; otherwise it follows from the window.
    #[serde(default)]
    pub(super) year: Option<FieldId>,
}

/// `true`, `false`, or an expression.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Condition {
    Fixed(bool),
    When(String),
}

impl MaterialSource {
    pub(crate) fn id(&self) -> &String {
        &self.id
    }
}

impl Condition {
    pub(crate) fn always() -> Self {
        Self::Fixed(true)
    }

    fn never() -> Self {
        Self::Fixed(false)
    }
}
