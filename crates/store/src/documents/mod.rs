//! Documents in their slots: what is known of them, their fit bytes and what the person handed over.
//! Positions within a slot have no gaps: taking one out moves the later ones up, putting it back moves them down.

mod binding;
mod changing;
mod placing;
mod reading;
mod row;
mod tables;
mod warning;

use std::sync::Arc;

use protocol::{ApplicationId, DocumentKind};

pub use self::row::{DocumentKey, DocumentRow};
pub(crate) use self::{tables::drop_unused_blobs, warning::forget_warnings};

/// Brings a removed document, or the earlier state of a changed one, back, until the program is started again.
pub type UndoToken = String;

/// A prepared document with everything that is kept of it.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Of which application.
    pub application: ApplicationId,
    /// The slot.
    pub slot: String,
    /// File name as the person knows it.
    pub source_name: String,
    /// Exactly what was handed over: one file, or several that were bound, in their order.
    pub sources: Vec<Arc<[u8]>>,
    /// Pixels of the source (points for a PDF).
    pub source_width: u32,
    /// Pixels of the source (points for a PDF).
    pub source_height: u32,
    /// What the person changed, as JSON; applied to the sources.
    pub edit: serde_json::Value,
    /// The fit bytes; their hash and size are computed here.
    pub bytes: Vec<u8>,
    /// JPG or PDF.
    pub kind: DocumentKind,
    /// Pages.
    pub pages: u32,
    /// Of the first page, in pixels or points.
    pub width: u32,
    /// Of the first page, in pixels or points.
    pub height: u32,
    /// What preparing did, in snake_case.
    pub change: String,
    /// What preparing found, as JSON.
    pub findings: serde_json::Value,
    /// JPEG for lists.
    pub thumbnail: Vec<u8>,
    /// The person wants it in spite of the findings.
    pub accepted: bool,
    /// Somebody is warned of its findings: it counts among the warnings of its slot.
    pub warns: bool,
}
