//! What a reviewer decides.

use forms::{Target, Text};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A reason that points at what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct ReviewFinding {
    /// Stable, for example `unreadable`, `missing`, `mismatch`, `other`.
    pub code: String,
    /// The field or slot to mend; the supplement opens exactly these.
    pub target: Target,
    /// What the applicant reads. A reviewer writes one language; the other repeats it.
    pub message: Text,
}

/// How a review ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// 通过: with an answer in `reason` where the service promises one in writing.
    Approve,
    /// 需补充材料: `findings` name at least one field or slot.
    RequestSupplement,
    /// 驳回: `reason` is not empty; `findings` may say which fields and slots it is about.
    Reject,
}

/// The console's word on a case. `revision` is the one the reviewer looked at; another one answers 412.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The revision the reviewer saw.
    pub revision: u32,
    /// How it ended.
    pub outcome: ReviewOutcome,
    /// What to mend, or what a rejection is about.
    pub findings: Vec<ReviewFinding>,
    /// Why, in plain words: of a rejection always; of an approval the answer in writing, where there is one.
    pub reason: Option<String>,
}
