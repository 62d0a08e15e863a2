//! What the window draws of one application: shapes only. They are put together in `following` and `attaching`.

use std::collections::BTreeMap;

use documents::Area;
use forms::{Answers, Evaluation, FieldId, FieldState, SlotId, Text};
use jiff::{Timestamp, civil::Date};
use protocol::{
    ApplicationId, ApplicationNumber, ConsentRecord, DocumentKind, LocalNumber, ReviewFinding, Status,
    TimelineEntry,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{EarlierApplication, Explained};

/// An application (办件) as its pages draw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationView {
    /// Which one.
    pub id: ApplicationId,
    /// Service id.
    pub service: String,
    /// Version of the service it was started with.
    pub service_version: u32,
    /// Where it stands.
    pub status: Status,
    /// 暂存号, until there is a number.
    pub local_number: LocalNumber,
    /// 申请编号, once the office has issued it.
    pub number: Option<ApplicationNumber>,
    /// Numbers of before, where the office came back from a backup and gave another one; oldest first.
    pub earlier_numbers: Vec<ApplicationNumber>,
    /// The page and place where the person was; the window's own words.
    pub place: String,
    /// As typed.
    pub answers: Answers,
    /// Fields that are shown masked until somebody wants to see them: numbers of documents, cards and phones.
    pub hidden: Vec<FieldId>,
    /// What the form engine says of them today.
    pub evaluation: Evaluation,
    /// By slot and index.
    pub documents: Vec<DocumentView>,
    /// What was agreed to.
    pub consents: Vec<ConsentRecord>,
    /// What may be changed now: `null` = everything (a draft); otherwise exactly these items, none after
    /// handing in.
    pub editable: Option<Editable>,
    /// Applications for the same person, service and year that were handed in here, while this one may be changed:
    /// who hands it in all the same says so (`submit_application`, `beside`). Looked for when it is opened.
    pub earlier: Vec<EarlierApplication>,
    /// It was handed in, nothing of it has left this desk, and it may be taken back (`take_back_application`).
    pub may_take_back: bool,
    /// What the office wants mended.
    pub findings: Vec<ReviewFinding>,
    /// Why it was rejected, the answer that came with the approval, or why it cannot be sent.
    pub reason: Option<Text>,
    /// In quarantine: why it cannot be sent, with the way out; `details.findings` is what the office found, as in
    /// an evaluation.
    pub problem: Option<Explained>,
    /// What happened at the office that the person should know, for example that it came back from a backup.
    pub notice: Option<Explained>,
    /// Day by which a supplement must be in, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub supplement_by: Option<Date>,
    /// That day was counted without holidays that were not published yet.
    pub supplement_by_estimated: bool,
    /// Days until then at the office (UTC+8): 0 = today is the last one; only while a supplement is needed.
    pub supplement_days_left: Option<i32>,
    /// Day by which the office answers, `YYYY-MM-DD`; `null` where it promises none.
    #[ts(type = "string | null")]
    pub due_on: Option<Date>,
    /// As with the supplement's day.
    pub due_on_estimated: bool,
    /// Days since that day, where the office has not answered yet; `null` where it is not late.
    pub overdue_days: Option<i32>,
    /// What happened, oldest first: at the office, and here where the office does not know it yet.
    pub timeline: Vec<TimelineEntry>,
    /// When it was last saved on this desk.
    #[ts(type = "string")]
    pub saved_at: Timestamp,
    /// Revisions handed in so far; 0 = never.
    pub revision: u32,
    /// The newest of them; `null` while there is none.
    pub handed_in: Option<HandedIn>,
}

/// What was handed in, as it was frozen: whatever is filled now does not change it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct HandedIn {
    /// Which revision; from the second on a supplement.
    pub revision: u32,
    /// The office's signed receipt is here and was proved.
    pub receipted: bool,
    /// When it reached the office, by its receipt; until there is one, when it was handed in on this desk.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Documents, as the receipt lists them; until there is one, as they are to be sent.
    pub documents: u32,
    /// The fields with the name of the person it is about and, where that is somebody else, of the one who applies.
    pub names: Vec<FieldId>,
    /// What its answers say, field by field.
    pub fields: BTreeMap<FieldId, FieldState>,
}

/// The items that may be changed now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Editable {
    /// Fields, and `material.<id>` for the choice among alternatives.
    pub fields: Vec<FieldId>,
    /// Places for documents.
    pub slots: Vec<SlotId>,
}

impl Editable {
    /// Nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.slots.is_empty()
    }
}

/// A document (文件) in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct DocumentView {
    /// The slot.
    pub slot: SlotId,
    /// Its place within the slot, from 0.
    pub index: u32,
    /// Name of the file it came from.
    pub name: String,
    /// What it is now.
    pub kind: DocumentKind,
    /// Pages; 1 for a picture.
    pub pages: u32,
    /// Of the first page: pixels, or points of a PDF.
    pub width: u32,
    /// Of the first page: pixels, or points of a PDF.
    pub height: u32,
    /// Bytes now, at most 2 000 000.
    pub size_bytes: u64,
    /// Bytes of the file it came from.
    pub source_size_bytes: u64,
    /// Width of the file it came from.
    pub source_width: u32,
    /// Height of the file it came from.
    pub source_height: u32,
    /// What was done to it.
    pub change: DocumentChange,
    /// What might be hard to read; a warning, never an obstacle.
    pub findings: Vec<DocumentFinding>,
    /// The person said 就用这张 in spite of the findings.
    pub accepted: bool,
    /// `data:image/jpeg;base64,…`, at most 320 px on the long edge.
    pub thumbnail: String,
}

/// What preparing did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum DocumentChange {
    /// Byte for byte as it came.
    Kept,
    /// Only what does not belong to the picture was taken out (place, camera, …).
    Stripped,
    /// Made into a JPG or PDF.
    Converted,
    /// Made anew as the person turned, cut or hid it, and not made smaller to fit.
    Edited,
    /// Made smaller.
    Shrunk,
}

/// Something about a document that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct DocumentFinding {
    /// Stable, for example `incomplete`.
    pub code: String,
    /// What is wrong.
    pub message: Text,
    /// What to do about it.
    pub hint: Text,
    /// Which page it is about, from 1.
    pub page: u32,
    /// Where it is on that page, where that is known.
    pub area: Option<Area>,
    /// Clockwise quarter turns that would mend it.
    pub quarter_turns: Option<u8>,
}
