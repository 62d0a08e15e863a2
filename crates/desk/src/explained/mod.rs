//! The face of every failure: a stable code for programs, a sentence and a way out for people, in both languages.
//! Errors of the store and of its key get their words in the files beside; refused files in `attaching`.

mod keys;
mod store;

use std::fmt;

use forms::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub(crate) use self::store::{already_handed_in, documents_on_their_way};

/// What went wrong, what a person can do about it.
///
/// `message` says what is wrong and that nothing is lost where that is so, `hint` how to get on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// Stable, snake_case, for example `already_handed_in`; leads to the help entry.
    pub code: String,
    /// What is wrong, in one sentence.
    #[ts(as = "Text")]
    pub message: Box<Text>,
    /// How to get on.
    #[ts(as = "Text")]
    pub hint: Box<Text>,
    /// Figures and names for the page, never needed to understand the sentence.
    #[ts(type = "unknown")]
    pub details: Option<Box<Value>>,
}

impl Explained {
    /// A failure with its sentence in Chinese and English.
    pub fn new(code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: code.into(), message: Box::new(Text::new(zh, en)), hint: Box::default(), details: None }
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Box::new(Text::new(zh, en));
        self
    }

    /// Adds figures for the page.
    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }
}

impl fmt::Display for Explained {
    /// The code alone: sentences may quote a file's name, and this goes to the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl std::error::Error for Explained {}
