//! 上传材料: a file becomes a fit document in its slot; it is turned, edited, bound with others, moved, replaced,
//! removed, looked at. One file each.
//!
//! Pixels are worked on by the blocking pool (`preparing`), two files at a time, with progress and cancelling
//! (`tasks`); sentences about refused files are in `refusals`, about doubtful ones in `findings`.

mod arriving;
mod binding;
mod editing;
mod findings;
mod looking;
mod moving;
mod offering;
mod preparing;
mod refusals;
mod removing;
mod standing;
mod tasks;
mod turning;
mod undoing;
mod warning;

use documents::Edit;
use protocol::ApplicationId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use self::standing::Place;
pub(crate) use self::{offering::Offers, standing::document_view, tasks::Tasks};
use crate::{ApplicationView, Explained};

/// What came of attaching one or several files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct AttachOutcome {
    /// As it stands now, with those that were taken.
    pub application: ApplicationView,
    /// Those that were not, each with its reason.
    pub refused: Vec<RefusedFile>,
    /// The document that one of them replaced, if any.
    pub replaced: Option<Replaced>,
    /// More files came than there is room for, so none was taken yet: they could become one.
    pub offer: Option<BindingOffer>,
}

/// A document that another one took the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Replaced {
    /// For `restore_document`: brings it back in the place of the new one.
    pub undo: String,
    /// Its name, without the folder.
    pub name: String,
}

/// Files that could be bound into one PDF, because there is not room for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct BindingOffer {
    /// For `take_offer`.
    pub offer: String,
    /// Their names, without the folder, in their order.
    pub names: Vec<String>,
    /// How many of them could be taken singly.
    pub room: u32,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Its name, without the folder.
    pub name: String,
    /// Why, and the way out.
    pub error: Explained,
}

/// How far a file is; event `attaching_progress`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct AttachingProgress {
    /// For `cancel_attaching`.
    pub task: String,
    /// Which application.
    pub application_id: ApplicationId,
    /// Which slot.
    pub slot: String,
    /// Name of the file, without the folder.
    pub name: String,
    /// What is being done.
    pub stage: AttachingStage,
    /// 0 to 1, over all stages.
    pub fraction: f32,
}

/// What is being done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AttachingStage {
    /// Waiting for its turn.
    Waiting,
    /// Read from the disk.
    Reading,
    /// Opened and looked at.
    Decoding,
    /// Made fit: upright, small enough.
    Fitting,
    /// Saved on this desk.
    Saving,
    /// There is nothing more to come of this task: taken, refused or cancelled.
    Ended,
}

/// What it takes to undo a removal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// For `restore_document`.
    pub undo: String,
    /// As it stands without the document.
    pub application: ApplicationView,
}

/// What came of changing a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// For `restore_document`; `null` where it was cancelled and nothing changed.
    pub undo: Option<String>,
    /// As it stands now.
    pub application: ApplicationView,
}

/// A page as it was handed over, upright, before any edit; what an editor draws on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct OriginalPage {
    /// `data:image/png;base64,…`.
    pub picture: String,
    /// Of the picture, in pixels.
    pub width: u32,
    /// Of the picture, in pixels.
    pub height: u32,
    /// Pages of all that was handed over for this document.
    pub pages: u32,
    /// What was changed so far; no pages means nothing.
    pub edit: Edit,
}
