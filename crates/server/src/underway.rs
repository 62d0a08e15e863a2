//! What was accepted lately and is not complete yet. Its documents come next, and then its receipt is asked for: for
//! these the database need not say again what it has just written. It is a memory of this process alone: whoever completes
//! a revision proves everything inside the transaction, and where other copies take documents, too, the database says
//! which of them are still to come.

use protocol::{AccountId, ApplicationId, ContentHash, DocumentKind, Manifest};

use crate::{
    lately::Lately,
    store::{Asked, Declared},
};

/// Submissions under way and their documents. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Underway {
    accepted: Lately<(AccountId, ApplicationId, u32), Asked>,
    /// `None` where other copies take documents.
    declared: Option<Lately<(AccountId, ContentHash), (u64, DocumentKind)>>,
}

impl Underway {
    /// `alone`: every document is taken by this copy of the office.
    pub(crate) fn new(alone: bool) -> Self {
        Self { accepted: Lately::default(), declared: alone.then(Lately::default) }
    }

    /// The store has accepted it; these of its documents are still to come.
    pub(crate) fn begins(&self, asked: &Asked, manifest: &Manifest, missing: &[ContentHash]) {
        if let Some(declared) = &self.declared {
            for document in manifest.documents.iter().filter(|document| missing.contains(&document.sha256)) {
                declared.put((asked.account, document.sha256), (document.size_bytes, document.kind));
            }
        }
        self.accepted.put(name(asked), asked.clone());
    }

    /// Whether the store has accepted this very content under this key, and has not completed it here since.
    pub(crate) fn has(&self, asked: &Asked) -> bool {
        self.accepted.get(&name(asked)).as_ref() == Some(asked)
    }

    /// What the newest manifest that names it says of a document that has not come. Older ones may have said something
    /// else, so nothing is refused because of this.
    pub(crate) fn declared(&self, account: AccountId, document: ContentHash) -> Option<Declared> {
        let said = self.declared.as_ref()?.get(&(account, document))?;
        Some(Declared { declarations: vec![said], held: None })
    }

    /// A document has come.
    pub(crate) fn holds(&self, account: AccountId, document: ContentHash) {
        if let Some(declared) = &self.declared {
            declared.forget(&(account, document));
        }
    }

    /// It is complete, or stands otherwise than is known here.
    pub(crate) fn ends(&self, asked: &Asked) {
        self.accepted.forget(&name(asked));
    }
}

/// One for each revision, under whatever keys it comes.
fn name(asked: &Asked) -> (AccountId, ApplicationId, u32) {
    (asked.account, asked.application, asked.revision)
}

#[cfg(test)]
mod tests {
    use protocol::ManifestDocument;

    use super::*;

    #[test]
    fn only_the_very_content_is_under_way_and_only_what_has_not_come_is_declared() {
        let (alone, shared) = (Underway::new(true), Underway::new(false));
        let account = AccountId::new();
        let document = |of: &[u8]| ManifestDocument {
            slot: "portrait".into(),
            index: 0,
            sha256: ContentHash::of(of),
            size_bytes: 1_000,
            kind: DocumentKind::Jpeg,
        };
        let (here, to_come) = (document(b"here"), document(b"to come"));
        let manifest = Manifest {
            application: ApplicationId::new(),
            revision: 1,
            parent: None,
            service: "resident-enrolment".into(),
            service_version: 1,
            answers: forms::Answers::default(),
            documents: vec![here.clone(), to_come.clone()],
            consents: Vec::new(),
            prepared_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let asked = Asked {
            account,
            key: "a key".into(),
            hash: manifest.canonical_hash(),
            application: manifest.application,
            revision: 1,
        };
        for underway in [&alone, &shared] {
            assert!(!underway.has(&asked));
            underway.begins(&asked, &manifest, &[to_come.sha256]);
            assert!(underway.has(&asked));
            assert!(!underway.has(&Asked { hash: ContentHash::of(b"other"), ..asked.clone() }));
            assert!(!underway.has(&Asked { account: AccountId::new(), ..asked.clone() }));
        }
        let declared = |underway: &Underway, document: &ManifestDocument| {
            underway.declared(account, document.sha256).map(|declared| declared.declarations)
        };
        assert_eq!(declared(&alone, &to_come), Some(vec![(1_000, DocumentKind::Jpeg)]));
        assert_eq!(declared(&alone, &here), None);
        assert_eq!(declared(&shared, &to_come), None, "another copy may have taken it");
        alone.holds(account, to_come.sha256);
        assert_eq!(declared(&alone, &to_come), None);
        alone.ends(&asked);
        assert!(!alone.has(&asked));
    }
}
