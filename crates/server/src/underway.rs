//! What was accepted lately and is not complete yet. Its documents come next, and then its receipt is asked for: for
//! these the database need not say again what it has just written. It is a memory of this process alone: whoever completes
//! a revision proves everything inside the transaction, and where other copies take documents, too, the database says
//! which of them are still to come.

use protocol::{AccountId, ApplicationId, ContentHash, DocumentKind, Manifest};

use crate::{
    lately::Lately,
    store::{Asked, Declared, Store, StoreError},
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

    /// What an account declared of a document: of one that is to come what the newest manifest says that names it, of any
    /// other what the store knows. Older manifests may have said something else, so nothing is refused because of this.
    pub(crate) async fn declared(
        &self,
        store: &dyn Store,
        account: AccountId,
        document: ContentHash,
    ) -> Result<Option<Declared>, StoreError> {
        match self.to_come(account, document) {
            Some(said) => Ok(Some(Declared { declarations: vec![said], held: None })),
            None => store.blob_declared(account, document).await,
        }
    }

    fn to_come(&self, account: AccountId, document: ContentHash) -> Option<(u64, DocumentKind)> {
        self.declared.as_ref()?.get(&(account, document))
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
    use testkit::handing::Papers;

    use super::*;

    #[test]
    fn only_the_very_content_is_under_way_and_only_what_has_not_come_is_declared() {
        let (alone, shared) = (Underway::new(true), Underway::new(false));
        let (account, manifest) = (AccountId::new(), Papers::resident().manifest);
        let [here, to_come, ..] = &manifest.documents[..] else { panic!("documents") };
        let asked = Asked {
            account,
            key: "a key".into(),
            hash: manifest.canonical_hash(),
            application: manifest.application,
            revision: manifest.revision,
            earlier: None,
        };
        for underway in [&alone, &shared] {
            assert!(!underway.has(&asked));
            underway.begins(&asked, &manifest, &[to_come.sha256]);
            assert!(underway.has(&asked));
            assert!(!underway.has(&Asked { hash: ContentHash::of(b"other"), ..asked.clone() }));
            assert!(!underway.has(&Asked { key: "other".into(), ..asked.clone() }));
            assert!(!underway.has(&Asked { account: AccountId::new(), ..asked.clone() }));
        }
        let said = Some((to_come.size_bytes, to_come.kind));
        assert_eq!(alone.to_come(account, to_come.sha256), said);
        assert_eq!(alone.to_come(account, here.sha256), None);
        assert_eq!(shared.to_come(account, to_come.sha256), None, "another copy may have taken it");
        alone.holds(account, to_come.sha256);
        assert_eq!(alone.to_come(account, to_come.sha256), None);
        alone.ends(&asked);
        assert!(!alone.has(&asked));
    }
}
