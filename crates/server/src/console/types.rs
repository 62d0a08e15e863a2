//! What the console page reads and writes. Exported to `ui/src/host/bindings`.

use forms::{ConsentClass, Evaluation, Service, Text};
use jiff::{Timestamp, civil::Date};
use protocol::{
    ApplicationId, ApplicationNumber, ContentHash, DocumentKind, ReviewFinding, Status, TimelineEntry,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `POST /console/api/login`.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The reviewer's name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Who is logged in. The token goes into `X-CSRF-Token` of every POST.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ReviewerSession {
    /// The reviewer's name.
    pub name: String,
    /// Bound to the session.
    pub csrf_token: String,
}

/// A row of the queue.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct QueueItem {
    /// The application.
    pub application_id: ApplicationId,
    /// Its number.
    pub number: ApplicationNumber,
    /// Service id.
    pub service: String,
    /// What the service is called.
    pub service_title: Text,
    /// Where it stands.
    pub status: Status,
    /// The newest revision.
    pub revision: u32,
    /// The applicant's name, masked.
    pub applicant: String,
    /// When the first manifest arrived.
    #[ts(type = "string")]
    pub received_at: Timestamp,
    /// By when the office answers, where it promises a day.
    #[ts(type = "string | null")]
    pub due_on: Option<Date>,
    /// Not decided by then.
    pub overdue: bool,
    /// Who is looking at it.
    pub claimed_by: Option<String>,
}

/// Which cases the queue lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum QueueView {
    /// Those that wait for the office, the oldest first.
    Open,
    /// Those that wait for the applicant, the oldest first.
    Waiting,
    /// Those that are over, the newest first.
    Closed,
    /// All, the newest first.
    All,
}

/// A page of the queue.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct QueuePage {
    /// Rows, in order.
    pub items: Vec<QueueItem>,
    /// What to ask the next page after; none where this is the last one. Opaque.
    pub next: Option<String>,
    /// How many cases wait for the office.
    pub open: u64,
    /// How many wait for the applicant.
    pub waiting: u64,
}

/// One case, as the newest revision has it, with the earlier ones.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CaseDetail {
    /// The application.
    pub application_id: ApplicationId,
    /// Its number.
    pub number: ApplicationNumber,
    /// Where it stands.
    pub status: Status,
    /// The newest revision; send it back with the decision.
    pub revision: u32,
    /// Who is looking at it.
    pub claimed_by: Option<String>,
    /// The service, for headings and for pointing at fields and slots.
    pub service: Service,
    /// The newest revision as the form engine sees it on the day it arrived.
    pub evaluation: Evaluation,
    /// Relevant answers of the newest revision, in the order of the form.
    pub answers: Vec<CaseAnswer>,
    /// Documents of the newest revision, in the order of the catalogue.
    pub documents: Vec<CaseDocument>,
    /// What was agreed to with the newest revision, by class.
    pub consents: Vec<CaseConsent>,
    /// What was asked for last, while a supplement is needed, or why it was rejected.
    pub findings: Vec<ReviewFinding>,
    /// Why it was rejected, or the answer that came with the approval.
    pub reason: Option<String>,
    /// By when a supplement must be in.
    #[ts(type = "string | null")]
    pub supplement_by: Option<Date>,
    /// That day was counted without holidays that were not published yet.
    pub supplement_by_estimated: bool,
    /// By when the office answers, where it promises a day.
    #[ts(type = "string | null")]
    pub due_on: Option<Date>,
    /// As with the supplement's day.
    pub due_on_estimated: bool,
    /// When the newest revision arrived.
    #[ts(type = "string")]
    pub received_at: Timestamp,
    /// Everything that happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Earlier revisions, newest first.
    pub earlier: Vec<CaseRevision>,
}

/// An answer as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CaseAnswer {
    /// The section it stands in.
    pub section: String,
    /// The field.
    pub field: String,
    /// What the field is called.
    pub label: Text,
    /// The answer in full.
    pub display: Text,
    /// The answer with the personal part hidden.
    pub masked: Text,
    /// Different from the revision before.
    pub changed: bool,
}

/// A consent on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CaseConsent {
    /// Id of the consent.
    pub consent: String,
    /// The class of data it is about.
    pub class: ConsentClass,
    /// The sentence agreed to.
    pub text: Text,
    /// Version of the text.
    pub version: u32,
    /// When, by the desk's clock.
    #[ts(type = "string")]
    pub given_at: Timestamp,
}

/// A document in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CaseDocument {
    /// The slot.
    pub slot: String,
    /// Its place within the slot, from 0.
    pub index: u32,
    /// What the slot is called.
    pub title: Text,
    /// JPG or PDF.
    pub kind: DocumentKind,
    /// Pages to look at, numbered from 0.
    pub pages: u32,
    /// Bytes.
    pub size_bytes: u64,
    /// SHA-256 of the bytes.
    pub sha256: ContentHash,
    /// Different from the revision before.
    pub changed: bool,
}

/// An earlier revision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CaseRevision {
    /// Its number.
    pub revision: u32,
    /// When it arrived.
    #[ts(type = "string")]
    pub received_at: Timestamp,
    /// Its relevant answers.
    pub answers: Vec<CaseAnswer>,
    /// Its documents.
    pub documents: Vec<CaseDocument>,
}
