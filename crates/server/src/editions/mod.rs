//! Editions of the catalogue: what this office offers now, and all it ever offered. An application that was started
//! with an earlier version of a service is judged by that version, so nothing that was served is ever dropped.

mod fault;
mod folder;
mod versions;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, PoisonError, RwLock, Weak},
};

use bytes::Bytes;
use forms::{Catalogue, Library};
use jiff::Timestamp;
use protocol::{CatalogueBundle, CatalogueOffer, ContentHash, LARGEST_BUNDLE, ReceiptSigner};
use tokio::sync::Mutex;

use crate::{
    config::StartError,
    store::{EditionRecord, Store, StoreError},
};

pub use fault::CatalogueFault;

/// Path within the catalogue → text.
type Files = BTreeMap<String, String>;

/// The editions, as far as this copy of the office knows them. Clones share them.
#[derive(Clone)]
pub(crate) struct Editions(Arc<Shelf>);

struct Shelf {
    signer: ReceiptSigner,
    known: RwLock<Arc<Known>>,
    /// Held by who looks for what other copies served.
    looking: Mutex<()>,
    /// Older bundles that somebody is reading. Anybody may ask for one by the hundred and take it slowly: it is in memory
    /// once.
    older: Mutex<BTreeMap<ContentHash, Weak<[u8]>>>,
}

/// What is offered, and what is judged by.
pub(crate) struct Known {
    /// Every edition that some version of a service is known by.
    pub(crate) library: Library,
    /// For desks.
    pub(crate) offer: CatalogueOffer,
    /// The offered bundle.
    pub(crate) bundle: Bytes,
    /// All that were served when this was read, the last one first.
    served: Vec<ContentHash>,
}

impl Editions {
    /// What is known now.
    pub(crate) fn now(&self) -> Arc<Known> {
        Arc::clone(&self.0.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The bundle of an edition that was ever offered; `None` where none has this hash.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) async fn bundle(
        &self,
        store: &dyn Store,
        sha256: ContentHash,
    ) -> Result<Option<Bytes>, StoreError> {
        let known = self.now();
        if sha256 == known.offer.sha256 {
            return Ok(Some(known.bundle.clone()));
        }
        // What was never served is not read for, and holds up nobody.
        if !known.served.contains(&sha256) && !store.served().await?.contains(&sha256) {
            return Ok(None);
        }
        let mut older = self.0.older.lock().await;
        if let Some(bundle) = older.get(&sha256).and_then(Weak::upgrade) {
            return Ok(Some(Bytes::from_owner(bundle)));
        }
        let Some(kept) = store.edition(sha256).await? else { return Ok(None) };
        let bundle: Arc<[u8]> = kept.bundle.into_bytes().into();
        older.insert(sha256, Arc::downgrade(&bundle));
        Ok(Some(Bytes::from_owner(bundle)))
    }

    /// Reads what other copies of the office have served since. The one served last is what all of them offer.
    ///
    /// # Errors
    /// Those of reading; what is known stays.
    pub(crate) async fn catch_up(&self, store: &dyn Store) -> Result<(), StoreError> {
        let _looking = self.0.looking.lock().await;
        // Asked often by whoever names services that nobody knows: one short query, unless there is something new.
        let served = store.served().await?;
        if served == self.now().served {
            return Ok(());
        }
        let mut kept = read_all(store).await?;
        let newest = kept.iter().enumerate().find_map(|(at, (record, bundle))| {
            let read = bundle.read().inspect_err(|error| not_read(record, error)).ok()?;
            Some((at, Arc::new(read)))
        });
        let Some((at, catalogue)) = newest else { return Ok(()) };
        let (record, bundle) = kept.remove(at);
        let offer = self.0.signer.offer(&bundle, record.bundle.as_bytes());
        let known = Known {
            library: library(catalogue, &bundle, kept),
            offer,
            bundle: Bytes::from(record.bundle),
            served,
        };
        tracing::info!(edition = known.offer.edition, "another copy of the office has served an edition");
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        Ok(())
    }
}

/// A catalogue that was read and found fit, with its text.
#[derive(Debug)]
pub(crate) struct Chosen {
    files: Files,
    catalogue: Arc<Catalogue>,
}

/// Reads the catalogue of a folder, or the one this program was built with.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn choose(folder: Option<&Path>, example_regions: bool) -> Result<Chosen, CatalogueFault> {
    let files = match folder {
        Some(folder) => CatalogueBundle::files(folder::read(folder)?, example_regions),
        None => CatalogueBundle::files(Catalogue::embedded_files(), example_regions),
    };
    let catalogue = Arc::new(Catalogue::read_with_examples(&files)?);
    Ok(Chosen { files, catalogue })
}

/// Says of a folder whether an office could serve it: how many services of which edition.
///
/// # Errors
/// Everything that is wrong with it, each with file, line and remedy.
pub fn check_catalogue(folder: &Path) -> Result<(u32, usize), CatalogueFault> {
    // Examples lie in the way of nobody, but when they are there they are to be right.
    choose(Some(folder), true)?;
    let chosen = choose(Some(folder), false)?;
    Ok((chosen.catalogue.edition(), chosen.catalogue.services().len()))
}

/// Offers a catalogue from now on and remembers it for ever.
///
/// # Errors
/// Where it changes a service without raising its version, is too large, or cannot be kept.
pub(crate) async fn publish(
    store: &dyn Store,
    signer: &ReceiptSigner,
    chosen: Chosen,
    at: Timestamp,
) -> Result<Editions, StartError> {
    let Chosen { files, catalogue } = chosen;
    let bundle = CatalogueBundle { format: catalogue.format(), edition: catalogue.edition(), files };
    let bytes = bundle.to_bytes();
    let offer = signer.offer(&bundle, &bytes);
    if offer.size_bytes > LARGEST_BUNDLE {
        return Err(CatalogueFault::TooLarge(offer.size_bytes).into());
    }
    let record = EditionRecord {
        sha256: offer.sha256,
        edition: offer.edition,
        bundle: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let (mut served, kept) = loop {
        // In this order: what another copy serves in between is then not among those compared, and is, next time.
        let compared = store.served().await?;
        let kept = read_all(store).await?;
        versions::unchanged(&bundle.files, kept.iter().map(|(_, bundle)| &bundle.files))?;
        if store.serve_edition(&record, &compared, at).await? {
            break (compared, kept);
        }
    };
    served.retain(|other| *other != offer.sha256);
    served.insert(0, offer.sha256);
    let older = kept.into_iter().filter(|(record, _)| record.sha256 != offer.sha256).collect();
    tracing::info!(edition = offer.edition, sha256 = %offer.sha256, "offering the catalogue");
    let library = library(catalogue, &bundle, older);
    let known = Known { library, offer, bundle: Bytes::from(bytes), served };
    let shelf = Shelf {
        signer: signer.clone(),
        known: RwLock::new(Arc::new(known)),
        looking: Mutex::new(()),
        older: Mutex::default(),
    };
    Ok(Editions(Arc::new(shelf)))
}

/// Every edition that was ever served and is not damaged, the last one first.
async fn read_all(store: &dyn Store) -> Result<Vec<(EditionRecord, CatalogueBundle)>, StoreError> {
    let records = store.editions().await?;
    let read = records.into_iter().filter_map(|record| {
        let bundle = serde_json::from_str(&record.bundle).inspect_err(
            |error| tracing::error!(%error, edition = record.edition, "a kept edition is damaged"),
        );
        Some((record, bundle.ok()?))
    });
    Ok(read.collect())
}

/// The edition that is offered, and of the older ones those that some version of a service is known by alone.
fn library(
    catalogue: Arc<Catalogue>,
    offered: &CatalogueBundle,
    older: Vec<(EditionRecord, CatalogueBundle)>,
) -> Library {
    let mut known: BTreeSet<_> = versions::of(&offered.files).into_keys().collect();
    let mut library = Library::new(catalogue);
    for (record, bundle) in older {
        let versions: BTreeSet<_> = versions::of(&bundle.files).into_keys().collect();
        if versions.is_subset(&known) {
            continue;
        }
        match bundle.read() {
            Ok(older) => {
                library = library.keeping(Arc::new(older));
                known.extend(versions);
            }
            Err(error) => not_read(&record, &error),
        }
    }
    library
}

fn not_read(record: &EditionRecord, error: &impl std::fmt::Display) {
    tracing::error!(
        edition = record.edition,
        "an edition that was served is not read by this version of the program; applications that were started with it cannot be judged: {error}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{keys::receipt_signer, store::sqlite::SqliteStore};

    #[tokio::test]
    async fn an_older_bundle_is_in_memory_once_however_many_read_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(&dir.path().join("office.sqlite")).await.expect("opens");
        let signer = receipt_signer(&"5a".repeat(32)).expect("a key");
        let mut published = Vec::new();
        for example_regions in [false, true] {
            let chosen = choose(None, example_regions).expect("fit");
            published.push(publish(&store, &signer, chosen, Timestamp::UNIX_EPOCH).await.expect("publishes"));
        }
        let [before, now] = &published[..] else { unreachable!("two were published") };
        let older = before.now().offer.sha256;
        assert_ne!(older, now.now().offer.sha256);
        let read = async || now.bundle(&store, older).await.expect("reads").expect("was served");
        let (one, other) = (read().await, read().await);
        assert_eq!(one.as_ptr(), other.as_ptr());
        assert_eq!(ContentHash::of(&one), older);
        drop((one, other));
        assert_eq!(ContentHash::of(&read().await), older, "and again, when nobody had it any more");
        assert!(now.bundle(&store, ContentHash::of(b"never served")).await.expect("reads").is_none());
    }
}
