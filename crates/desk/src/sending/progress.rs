//! How far the application under way is, document by document: what went out, and what the office said it has. Bytes
//! that went out prove nothing; only the office's answer does.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{ContentHash, Manifest, ManifestDocument};
use sync::Task;

use super::{SendingDocument, SendingNow};

/// By content, because one that stands in two slots goes once.
pub(super) struct Progress {
    task: Task,
    documents: Vec<ManifestDocument>,
    sent: BTreeMap<ContentHash, u64>,
    arrived: BTreeSet<ContentHash>,
}

impl Progress {
    /// After the office's answer to a manifest: what it does not miss it has, and of some it has a beginning.
    pub(super) fn of(
        manifest: &Manifest,
        missing: &[ContentHash],
        begun: &BTreeMap<ContentHash, u64>,
    ) -> Self {
        let contents = manifest.documents.iter().map(|document| document.sha256);
        Self {
            task: Task { application: manifest.application, revision: manifest.revision },
            documents: manifest.documents.clone(),
            sent: begun.clone(),
            arrived: contents.filter(|sha256| !missing.contains(sha256)).collect(),
        }
    }

    pub(super) const fn task(&self) -> Task {
        self.task
    }

    /// A document goes from this byte on; what went out of it before does not count.
    pub(super) fn begins(&mut self, sha256: ContentHash, from: u64) {
        self.sent.insert(sha256, from);
    }

    pub(super) fn went_out(&mut self, sha256: ContentHash, bytes: u64) {
        *self.sent.entry(sha256).or_default() += bytes;
    }

    /// The office answered that it has a document, or did not.
    pub(super) fn answered(&mut self, sha256: ContentHash, has_it: bool) {
        if has_it {
            self.arrived.insert(sha256);
        } else {
            self.sent.remove(&sha256);
        }
    }

    /// For the window.
    pub(super) fn now(&self) -> SendingNow {
        let documents: Vec<SendingDocument> =
            self.documents.iter().map(|document| self.of_document(document)).collect();
        let contents: BTreeMap<ContentHash, &SendingDocument> =
            self.documents.iter().map(|document| document.sha256).zip(&documents).collect();
        SendingNow {
            application: self.task.application,
            sent_bytes: contents.values().map(|document| document.sent_bytes).sum(),
            total_bytes: contents.values().map(|document| document.size_bytes).sum(),
            documents,
        }
    }

    fn of_document(&self, document: &ManifestDocument) -> SendingDocument {
        let arrived = self.arrived.contains(&document.sha256);
        let sent = self.sent.get(&document.sha256).copied().unwrap_or(0);
        SendingDocument {
            slot: document.slot.clone(),
            index: document.index,
            // An office that promised a longer beginning than there is does not make more of it.
            sent_bytes: if arrived { document.size_bytes } else { sent.min(document.size_bytes) },
            size_bytes: document.size_bytes,
            arrived,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three places, two contents: the first stands in two of them.
    fn manifest() -> (Manifest, ContentHash, ContentHash) {
        let (photo, page) = (ContentHash::of(b"photo"), ContentHash::of(b"page"));
        let documents = [("front", photo, 100), ("back", photo, 100), ("portrait", page, 40)];
        let manifest = Manifest {
            application: protocol::ApplicationId::new(),
            revision: 1,
            parent: None,
            service: "resident-enrolment".into(),
            service_version: 1,
            answers: forms::Answers::default(),
            documents: documents
                .map(|(slot, sha256, size_bytes)| ManifestDocument {
                    slot: slot.into(),
                    index: 0,
                    sha256,
                    size_bytes,
                    kind: protocol::DocumentKind::Jpeg,
                })
                .into(),
            consents: vec![],
            prepared_at: jiff::Timestamp::UNIX_EPOCH,
        };
        (manifest, photo, page)
    }

    fn shown(progress: &Progress) -> Vec<(u64, bool)> {
        progress.now().documents.iter().map(|document| (document.sent_bytes, document.arrived)).collect()
    }

    #[test]
    fn a_document_has_arrived_when_the_office_says_so() {
        let (manifest, photo, page) = manifest();
        let mut progress = Progress::of(&manifest, &[photo, page], &BTreeMap::new());
        progress.begins(photo, 0);
        progress.went_out(photo, 60);
        progress.went_out(photo, 40);
        assert_eq!(shown(&progress), [(100, false), (100, false), (0, false)], "all out, nothing answered");
        progress.answered(photo, true);
        assert_eq!(shown(&progress), [(100, true), (100, true), (0, false)]);
        assert_eq!((progress.now().sent_bytes, progress.now().total_bytes), (100, 140));
    }

    #[test]
    fn what_the_office_does_not_miss_has_arrived() {
        let (manifest, photo, _) = manifest();
        let progress = Progress::of(&manifest, &[photo], &BTreeMap::new());
        assert_eq!(shown(&progress), [(0, false), (0, false), (40, true)]);
        let whole = BTreeMap::from([(photo, 900)]);
        let progress = Progress::of(&manifest, &[photo], &whole);
        assert_eq!(shown(&progress)[0], (100, false), "a whole beginning is no answer");
    }

    #[test]
    fn what_the_office_did_not_take_goes_out_again_from_the_beginning() {
        let (manifest, photo, page) = manifest();
        let mut progress = Progress::of(&manifest, &[photo, page], &BTreeMap::from([(photo, 30)]));
        progress.begins(photo, 30);
        progress.went_out(photo, 70);
        progress.answered(photo, false);
        assert_eq!(shown(&progress)[0], (0, false));
        progress.begins(photo, 0);
        progress.went_out(photo, 10);
        assert_eq!(shown(&progress)[0], (10, false));
    }
}
