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
    /// That day was counted by weekends alone: the holidays of a year on the way to it were not published yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supplement_by_estimated: bool,
    /// By when the office answers, where it promises a day.
    pub due_on: Option<Date>,
    /// As with the supplement's day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due_on_estimated: bool,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_of_before_and_a_desk_of_before_are_understood() {
        let said = r#"{"application":"0190b6ae-0000-7000-8000-000000000001","number":"202310150000012","revision":1,
            "status":"submitted","findings":[],"reason":null,"supplement_by":null,"due_on":"2027-01-04","timeline":[]}"#;
        let body = ApplicationNumber::issue(jiff::civil::date(2023, 10, 15), 1).expect("fits");
        let said = said.replace("202310150000012", body.as_str());
        let mut case: CaseState = serde_json::from_str(&said).expect("an office of before");
        assert!(!case.due_on_estimated && !case.supplement_by_estimated);
        let told = serde_json::to_string(&case).expect("serialises");
        assert!(!told.contains("estimated"), "what a desk of before has always read: {told}");
        case.due_on_estimated = true;
        let told = serde_json::to_string(&case).expect("serialises");
        assert_eq!(serde_json::from_str::<CaseState>(&told).expect("reads"), case);
    }
}
