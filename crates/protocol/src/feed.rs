//! `GET /v1/feed?after=cursor&wait=seconds`: what changed at the office.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ApplicationId, ApplicationNumber, ReviewFinding, Status};

/// The full state of an application at the office; replays are harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseState {
    /// The application.
    pub application: ApplicationId,
    /// Its number.
    pub number: ApplicationNumber,
    /// The newest revision at the office.
    pub revision: u32,
    /// Where it stands.
    pub status: Status,
    /// What to mend, while a supplement is needed; what it is about, where it was rejected.
    pub findings: Vec<ReviewFinding>,
    /// Why, where it was rejected; the answer in writing, where one came with the approval.
    pub reason: Option<String>,
    /// By when a supplement must be in.
    pub supplement_by: Option<Date>,
    /// By when the office answers, where it promises a day.
    pub due_on: Option<Date>,
    /// Everything that happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// Something that happened to an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TimelineEntry {
    /// When, by the office's clock.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Where it stood from then on.
    pub status: Status,
    /// A short remark.
    pub note: Option<String>,
}

/// One page of the feed, oldest change first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// Changed applications, each at most once.
    pub changes: Vec<CaseState>,
    /// Opaque; store it in the same transaction as the changes.
    pub cursor: String,
}
