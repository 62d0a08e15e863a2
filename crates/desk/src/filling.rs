//! 填写: starting an application, answering, agreeing, leaving and coming back.

use forms::Evaluation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What comes back from an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Filled {
    /// The form as it stands with this answer.
    pub evaluation: Evaluation,
    /// When it was saved on this desk.
    #[ts(type = "string")]
    pub saved_at: Timestamp,
}
