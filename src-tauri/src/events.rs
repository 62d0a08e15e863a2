//! What the window is told without asking. Payloads carry ids and places on the page, never personal data
//! (except the paths of files that a person has just dropped there).

use desk::{AttachingProgress, Connection};
use protocol::ApplicationId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `application_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationChanged {
    /// Open it again.
    pub application_id: ApplicationId,
}

/// `catalogue_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueChanged {
    /// The edition that counts now.
    pub edition: u32,
}

/// `files_dropped`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FilesDropped {
    /// For `attach_files`, exactly as they came.
    pub paths: Vec<String>,
    /// How far from the left, as a part of the window's width: the page alone knows how far it is zoomed.
    pub x: f64,
    /// How far from the top, as a part of the window's height: the page alone knows how far it is zoomed.
    pub y: f64,
}

/// `files_hovering`: files are being dragged over the window; `null` when they have left or were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct FilesHovering {
    /// How far from the left, as a part of the window's width: the page alone knows how far it is zoomed.
    pub x: f64,
    /// How far from the top, as a part of the window's height: the page alone knows how far it is zoomed.
    pub y: f64,
}

/// `closing`: the window is about to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct WindowClosing {
    /// Files that are still being prepared, and would be lost.
    pub files: u32,
}

/// Name → payload of every event; the page listens to these and no others.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct HostEvents {
    /// An application stands elsewhere than before.
    pub application_changed: ApplicationChanged,
    /// The office was reached or lost, or the outbox moved.
    pub connection_changed: Connection,
    /// The office has another edition of the catalogue: ask for services, tables and help again.
    pub catalogue_changed: CatalogueChanged,
    /// A file is on its way into its slot.
    pub attaching_progress: AttachingProgress,
    /// Files were dropped on the window.
    pub files_dropped: FilesDropped,
    /// Files are being dragged over the window.
    pub files_hovering: Option<FilesHovering>,
    /// The window is about to close: send what was typed, then `answer_closing`. Without an answer it closes after a
    /// second.
    pub closing: WindowClosing,
}
