//! One row of the table `documents`, read.

use std::{fmt, num::ParseIntError, str::FromStr};

use protocol::{ContentHash, DocumentKind};
use sqlx::FromRow;

use crate::{
    StoreError,
    columns::{count, from_json, from_word, parse},
};

/// Names one document for as long as the program runs, wherever it moves within its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentKey(pub(super) i64);

impl fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DocumentKey {
    type Err = ParseIntError;
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// A document without its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRow {
    /// Names it; positions move.
    pub key: DocumentKey,
    /// The slot.
    pub slot: String,
    /// Its place within the slot, from 0.
    pub index: u32,
    /// File name as the person knows it.
    pub source_name: String,
    /// Bytes that were handed over, all parts together.
    pub source_size_bytes: u64,
    /// Pixels of the source.
    pub source_width: u32,
    /// Pixels of the source.
    pub source_height: u32,
    /// What the person changed, as JSON; applied to the source.
    pub edit: serde_json::Value,
    /// JPG or PDF.
    pub kind: DocumentKind,
    /// Pages.
    pub pages: u32,
    /// Of the first page, in pixels or points.
    pub width: u32,
    /// Of the first page, in pixels or points.
    pub height: u32,
    /// Of the fit bytes.
    pub sha256: ContentHash,
    /// Of the fit bytes.
    pub size_bytes: u64,
    /// What preparing did.
    pub change: String,
    /// What preparing found.
    pub findings: serde_json::Value,
    /// JPEG for lists.
    pub thumbnail: Vec<u8>,
    /// The person wants it in spite of the findings.
    pub accepted: bool,
}

#[derive(FromRow)]
pub(super) struct Columns {
    id: i64,
    slot: String,
    position: i64,
    source_name: String,
    source_size_bytes: i64,
    source_width: i64,
    source_height: i64,
    edit: String,
    kind: String,
    pages: i64,
    width: i64,
    height: i64,
    sha256: String,
    size_bytes: i64,
    change: String,
    findings: String,
    thumbnail: Vec<u8>,
    accepted: bool,
}

impl TryFrom<Columns> for DocumentRow {
    type Error = StoreError;
    fn try_from(columns: Columns) -> Result<Self, StoreError> {
        Ok(Self {
            key: DocumentKey(columns.id),
            slot: columns.slot,
            index: count("position", columns.position)?,
            source_name: columns.source_name,
            source_size_bytes: count("source_size_bytes", columns.source_size_bytes)?,
            source_width: count("source_width", columns.source_width)?,
            source_height: count("source_height", columns.source_height)?,
            edit: from_json("edit", &columns.edit)?,
            kind: from_word("kind", &columns.kind)?,
            pages: count("pages", columns.pages)?,
            width: count("width", columns.width)?,
            height: count("height", columns.height)?,
            sha256: parse("sha256", &columns.sha256)?,
            size_bytes: count("size_bytes", columns.size_bytes)?,
            change: columns.change,
            findings: from_json("findings", &columns.findings)?,
            thumbnail: columns.thumbnail,
            accepted: columns.accepted,
        })
    }
}
