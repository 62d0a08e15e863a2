//! What a person filled in, exactly as typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names a field within a service, for example `id_number`.
pub type FieldId = String;
/// Names a place for a document within a service, for example `id_card_front`.
pub type SlotId = String;

/// One value as the window sent it. Everything typed is text: kinds parse it.
///
/// Dates are `YYYY-MM-DD`, a half-typed date keeps its dashes (`1958--`). Regions are the six-digit code.
/// Money is yuan as typed. A choice is the code of the chosen row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(untagged)]
pub enum Answer {
    /// A yes or no, for example a ticked box.
    Bool(bool),
    /// Anything typed or chosen.
    Text(String),
    /// The rows of a repeated group, for example invoices.
    Rows(Vec<Answers>),
}

/// Field id → value. Ids that the service does not know are refused by the server and ignored by the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<FieldId, Answer>);

impl Answers {
    /// The text of a field; `None` where it is absent or of another shape.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.0.get(field) {
            Some(Answer::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets a field, or clears it with `None`.
    pub fn set(&mut self, field: impl Into<FieldId>, answer: Option<Answer>) {
        let field = field.into();
        match answer {
            Some(answer) => self.0.insert(field, answer),
            None => self.0.remove(&field),
        };
    }
}
