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
    pub(super) declaration: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewSource {
    pub(super) min_working_days: u32,
    pub(super) max_working_days: u32,
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
pub(super) struct FieldSource {
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
    #[serde(default)]
    pub(super) constraints: Vec<ConstraintSource>,
    /// The field's own words for faults of its kind, by the fault's code.
    #[serde(default)]
    pub(super) texts: BTreeMap<String, Text>,
    #[serde(default)]
    pub(super) choices: Vec<ChoiceSource>,
    #[serde(default)]
    pub(super) table: Option<String>,
    #[serde(default)]
    pub(super) max_chars: Option<usize>,
    /// Text that is hidden where personal data is hidden.
    #[serde(default)]
    pub(super) personal: bool,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaterialSource {
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonSource {
    #[serde(default = "Condition::always")]
    pub(super) when: Condition,
    pub(super) text: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlternativeSource {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) slots: Vec<SlotSource>,
}

#[derive(Debug, Deserialize)]
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
}

/// `true`, `false`, or an expression.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Condition {
    Fixed(bool),
    When(String),
}

impl Condition {
    fn always() -> Self {
        Self::Fixed(true)
    }

    fn never() -> Self {
        Self::Fixed(false)
    }
}
