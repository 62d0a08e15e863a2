//! The manifest (清单): what is submitted. Small, sent first, and its arrival decides deadlines.

use std::collections::BTreeMap;

use forms::{Answers, SlotId, Supplied};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ApplicationId, ConsentRecord, ContentHash, Receipt};

/// What a stored document is, judged by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// `image/jpeg`.
    Jpeg,
    /// `application/pdf`.
    Pdf,
}

impl DocumentKind {
    /// Media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
        }
    }
}

/// One document in its place. The same bytes may stand in several places. Fields in alphabetical order: see
/// [`ReceiptBody`](crate::ReceiptBody).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestDocument {
    /// Its place within the slot, from 0.
    pub index: u32,
    /// JPG or PDF.
    pub kind: DocumentKind,
    /// SHA-256 of the bytes.
    pub sha256: ContentHash,
    /// Bytes, at most 2 000 000.
    pub size_bytes: u64,
    /// The slot.
    pub slot: SlotId,
}

/// An immutable revision of an application, as handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The application.
    pub application: ApplicationId,
    /// 1 for the first, 2 for the first supplement, …
    pub revision: u32,
    /// Canonical hash of the revision that this one replaces.
    pub parent: Option<ContentHash>,
    /// Service id.
    pub service: String,
    /// Version of the service's definition.
    pub service_version: u32,
    /// Normalised answers of relevant fields, and the chosen alternatives of materials.
    pub answers: Answers,
    /// In the order of slot and index.
    pub documents: Vec<ManifestDocument>,
    /// What was agreed to: exactly what is owed with these answers, the declaration included.
    pub consents: Vec<ConsentRecord>,
    /// When it was handed in by the desk's clock; evidence, never a deadline.
    pub prepared_at: Timestamp,
}

impl Manifest {
    /// SHA-256 over the canonical JSON (RFC 8785).
    #[must_use]
    pub fn canonical_hash(&self) -> ContentHash {
        let bytes = serde_jcs::to_vec(self).unwrap_or_default();
        debug_assert!(!bytes.is_empty(), "a manifest holds only strings, integers, lists and maps");
        ContentHash::of(&bytes)
    }

    /// How many documents stand in each slot, for the form engine.
    #[must_use]
    pub fn supplied(&self) -> Vec<Supplied> {
        let mut counts: BTreeMap<&SlotId, u32> = BTreeMap::new();
        for document in &self.documents {
            *counts.entry(&document.slot).or_default() += 1;
        }
        counts.into_iter().map(|(slot, count)| Supplied { slot: slot.clone(), count }).collect()
    }
}

/// `POST /v1/applications` with an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// What is submitted.
    pub manifest: Manifest,
}

/// 201 with the receipt, or 202 with what is still missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SubmissionReply {
    /// Everything is there and durable.
    Complete {
        /// The office's signed word.
        receipt: Box<Receipt>,
    },
    /// Send these, then ask again with the same key.
    Missing {
        /// Hashes not yet stored, each once.
        missing: Vec<ContentHash>,
        /// How many bytes from its beginning are here already of a missing one that broke off on its way; the
        /// rest goes behind them. Others have none.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        arrived: BTreeMap<ContentHash, u64>,
    },
}

#[cfg(test)]
mod tests {
    use forms::Answer;

    use super::*;

    fn claim(rows: Vec<Answers>) -> Manifest {
        let mut answers = Answers::default();
        answers.set("invoices", Some(Answer::Rows(rows)));
        Manifest {
            application: ApplicationId(uuid::Uuid::nil()),
            revision: 1,
            parent: None,
            service: "reimbursement".into(),
            service_version: 1,
            answers,
            documents: vec![],
            consents: vec![],
            prepared_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn row(cells: &[(&str, &str)]) -> Answers {
        let mut row = Answers::default();
        for (column, text) in cells {
            row.set(*column, Some(Answer::Text((*text).into())));
        }
        row
    }

    #[test]
    fn rows_count_for_the_hash_in_their_order_and_survive_json() {
        let (first, second) = (row(&[("number", "1"), ("amount", "2")]), row(&[("number", "3")]));
        let manifest = claim(vec![first.clone(), second.clone()]);
        let read: Manifest =
            serde_json::from_str(&serde_json::to_string(&manifest).expect("serialises")).expect("reads back");
        assert_eq!(read.canonical_hash(), manifest.canonical_hash());
        let filled_otherwise = row(&[("amount", "2"), ("number", "1")]);
        assert_eq!(
            claim(vec![filled_otherwise, second.clone()]).canonical_hash(),
            manifest.canonical_hash(),
            "in whatever order the cells were filled"
        );
        assert_ne!(claim(vec![second, first.clone()]).canonical_hash(), manifest.canonical_hash());
        assert_ne!(claim(vec![first]).canonical_hash(), manifest.canonical_hash());
    }
}
