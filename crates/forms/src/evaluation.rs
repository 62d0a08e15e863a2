//! What the engine says of the answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Answer, Choice, ConsentDue, FieldId, SlotId, Text};

/// The documents that stand in a slot, as far as the form needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplied {
    /// The slot.
    pub slot: SlotId,
    /// How many documents stand in it.
    pub count: u32,
}

/// 核对结果: everything the window needs to draw a form and its materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// Every field of the service.
    pub fields: BTreeMap<FieldId, FieldState>,
    /// In the order of the form.
    pub sections: Vec<SectionState>,
    /// In the order of the catalogue.
    pub materials: Vec<MaterialState>,
    /// All that stands in the way of a submission, in the order of the pages; empty exactly when `ready`.
    pub blocking: Vec<Finding>,
    /// What should be looked at but does not stand in the way.
    pub warnings: Vec<Finding>,
    /// What it will cost, where the service costs something.
    pub fee: Option<FeeQuote>,
    /// When benefits begin, where the service asks what that needs.
    pub waiting: Option<WaitingPeriod>,
    /// The regional rules that apply at the place of enrolment, where there are any.
    pub region: Option<RegionalRules>,
    /// Consents owed with these answers besides those of the notice and the declaration: relevant consent fields.
    pub consents: Vec<ConsentDue>,
    /// May be submitted (可以提交).
    pub ready: bool,
}

/// What holds for one field now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FieldState {
    /// Asked at all.
    pub relevant: bool,
    /// Must be filled.
    pub required: bool,
    /// Follows from other answers; show as text, ask nothing.
    pub derived: bool,
    /// The normalised value, where the answer could be read; what is handed in.
    pub value: Option<Answer>,
    /// As a person reads it: ID 6-4-4-4, phone 3-4-4, dates in words, names of codes.
    pub display: Text,
    /// `display` with the personal part hidden.
    pub masked: Text,
    /// Wrong, missing or doubtful, in this order.
    pub findings: Vec<Finding>,
    /// What holds at the place of enrolment, shown below the hint.
    pub note: Option<Text>,
    /// The choices that depend on the day or the place; `None` where they are those of the definition.
    pub choices: Option<Vec<Choice>>,
    /// The rows of a repeated group, in order.
    pub rows: Vec<RowState>,
}

/// What holds for one row of a repeated group now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct RowState {
    /// Every column.
    pub fields: BTreeMap<FieldId, FieldState>,
}

/// The rules of a region where they differ from the national ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct RegionalRules {
    /// Six digits.
    pub code: String,
    /// 广东省.
    pub name: Text,
    /// Where the rules were published.
    pub source: Text,
}

/// 待遇等待期: how many months, and how that comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct WaitingPeriod {
    /// Months without benefits; 0 = none.
    pub months: u32,
    /// How it comes about, in order; they add up to `months`.
    pub lines: Vec<WaitingLine>,
    /// The day of the payment that this is worked out for, `YYYY-MM-DD`: today, or the next on which the window
    /// opens. `None` where no day can be named: late payments are not taken there, or nobody waits.
    #[ts(type = "string | null")]
    pub paid_on: Option<jiff::civil::Date>,
    /// The first day with benefits if paid on that day, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub benefits_from: Option<jiff::civil::Date>,
    /// A sentence that sums it up.
    pub summary: Text,
    /// Where the rule was published.
    pub source: Text,
}

/// A step of the working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct WaitingLine {
    /// What it is.
    pub label: Text,
    /// Months added, or taken away.
    pub months: i32,
}

/// How far a page of the form is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct SectionState {
    /// The section.
    pub id: String,
    /// Any of its fields is relevant.
    pub relevant: bool,
    /// Relevant fields that are filled and right.
    pub filled: u32,
    /// Fields with something wrong.
    pub to_mend: u32,
    /// Required fields still empty.
    pub missing: u32,
}

/// What holds for one material now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct MaterialState {
    /// The material.
    pub id: String,
    /// Asked for at all.
    pub relevant: bool,
    /// Must be shown.
    pub required: bool,
    /// Why it is asked for, for example 因为您选择了低保对象.
    pub reason: Option<Text>,
    /// The chosen alternative.
    pub chosen: String,
    /// The slots of the chosen alternative.
    pub slots: Vec<SlotState>,
}

/// What holds for one slot now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct SlotState {
    /// The slot.
    pub id: SlotId,
    /// Documents that stand in it.
    pub supplied: u32,
    /// Documents it still needs.
    pub missing: u32,
    /// Has room for another.
    pub room: bool,
}

/// Something to say about a field, a slot or the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stable, for example `id_number.checksum`; leads to the help entry.
    pub code: String,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about.
    pub target: Target,
    /// What is wrong, what is expected, how to get there.
    pub message: Text,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown at once, stands in the way.
    Wrong,
    /// Nothing there yet: shown when a person wants to go on, stands in the way.
    Missing,
    /// Shown at once, does not stand in the way.
    Doubtful,
}

/// What a finding points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Target {
    /// A field.
    Field {
        /// Its id.
        id: FieldId,
    },
    /// A question in one row of a repeated group.
    Cell {
        /// The repeated group.
        id: FieldId,
        /// The row, from 0.
        row: u32,
        /// The question.
        column: FieldId,
    },
    /// A place for documents.
    Slot {
        /// Its id.
        id: SlotId,
    },
    /// The application as a whole.
    Whole,
}

/// What it will cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FeeQuote {
    /// Insurance year.
    pub year: i16,
    /// Owed by the person, in fen; `None` where no tariff is published (标准未公布，请咨询).
    pub personal_fen: Option<i64>,
    /// How it comes about.
    pub lines: Vec<FeeLine>,
    /// Where the tariff was published.
    pub source: Option<Text>,
    /// A sentence about the window or the missing tariff.
    pub note: Option<Text>,
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FeeLine {
    /// What it is.
    pub label: Text,
    /// In fen.
    pub amount_fen: i64,
    /// Already contained in the line above (长期护理保险 in the 400 yuan), not to be added.
    pub included: bool,
}
