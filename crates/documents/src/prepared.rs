//! What comes out of a successful run.

use serde::{Deserialize, Serialize};

use crate::{Format, PageFinding};

/// What a fit file is, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One picture.
    Jpeg,
    /// One or more pages.
    Pdf,
}

/// What happened to the file on the way; the strongest that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The same bytes.
    Kept,
    /// Only metadata (place, device, author …) was taken out; the picture's own bytes are untouched.
    Stripped,
    /// Another format, turned upright, or another colour space; as many pixels as before.
    Converted,
    /// Fewer pixels or bytes than the original, so that it fits.
    Shrunk,
}

/// The file as it was handed to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// Format by magic bytes.
    pub format: Format,
    /// Length in bytes.
    pub size_bytes: u64,
    /// Width of page 1 as stored (before turning), pixels or points.
    pub width: u32,
    /// Height of page 1 as stored, pixels or points.
    pub height: u32,
    /// Number of pages; 1 for pictures.
    pub pages: u32,
}

/// A fit file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The bytes to hand in; never more than [`crate::Limits::max_output_bytes`].
    pub bytes: Vec<u8>,
    /// What they are.
    pub kind: Kind,
    /// Number of pages; 1 for a JPEG.
    pub pages: u32,
    /// Width of page 1: pixels of a JPEG, points (1/72 inch) of a PDF.
    pub width: u32,
    /// Height of page 1, same unit.
    pub height: u32,
    /// What came in.
    pub source: SourceFacts,
    /// What was done.
    pub change: Change,
    /// What a person should look at before handing it in, page by page; empty when nothing stood out. Of a PDF, pages
    /// that are one picture are looked at, thirty at most.
    pub findings: Vec<PageFinding>,
    /// JPEG of page 1, long edge at most 320 px.
    pub thumbnail: Vec<u8>,
}
