//! Editions of the catalogue: what this office offers now, and all it ever offered. An application that was started
//! with an earlier version of a service is judged by that version, so nothing that was served is ever dropped.

mod fault;
mod folder;
mod versions;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use bytes::Bytes;
use forms::{Catalogue, Library};
use jiff::Timestamp;
use protocol::{CatalogueBundle, CatalogueOffer, LARGEST_BUNDLE, ReceiptSigner};

use crate::{
    running::StartError,
    store::{EditionRecord, Store},
};

pub use fault::CatalogueFault;

/// Path within the catalogue → text.
type Files = BTreeMap<String, String>;

/// What is offered, and what is judged by.
pub(crate) struct Editions {
    /// Every edition that some version of a service is known by.
    pub(crate) library: Library,
    /// For desks.
    pub(crate) offer: CatalogueOffer,
    /// The offered bundle.
    pub(crate) bundle: Bytes,
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
    let served = store.editions().await?;
    let served: Vec<(EditionRecord, CatalogueBundle)> = served
        .into_iter()
        .filter_map(|record| {
            let bundle = read(&record)?;
            Some((record, bundle))
        })
        .collect();
    versions::unchanged(&files, served.iter().map(|(_, bundle)| &bundle.files))?;
    let mut known: BTreeSet<_> = versions::of(&files).into_keys().collect();
    let bundle = CatalogueBundle { format: catalogue.format(), edition: catalogue.edition(), files };
    let bytes = Bytes::from(bundle.to_bytes());
    let offer = signer.offer(&bundle, &bytes);
    if offer.size_bytes > LARGEST_BUNDLE {
        return Err(CatalogueFault::TooLarge(offer.size_bytes).into());
    }
    store
        .serve_edition(
            &EditionRecord {
                sha256: offer.sha256,
                edition: offer.edition,
                bundle: String::from_utf8_lossy(&bytes).into_owned(),
            },
            at,
        )
        .await?;
    let mut library = Library::new(catalogue);
    for (record, bundle) in served {
        let versions: BTreeSet<_> = versions::of(&bundle.files).into_keys().collect();
        if record.sha256 == offer.sha256 || versions.is_subset(&known) {
            continue;
        }
        match bundle.read() {
            Ok(older) => {
                library = library.keeping(Arc::new(older));
                known.extend(versions);
            }
            Err(error) => tracing::error!(
                edition = record.edition,
                "an edition that was served before is not read by this version of the program; applications that were started with it cannot be judged: {error}"
            ),
        }
    }
    tracing::info!(edition = offer.edition, sha256 = %offer.sha256, "offering the catalogue");
    Ok(Editions { library, offer, bundle: bytes })
}

fn read(record: &EditionRecord) -> Option<CatalogueBundle> {
    serde_json::from_str(&record.bundle)
        .inspect_err(|error| tracing::error!(%error, edition = record.edition, "a kept edition is damaged"))
        .ok()
}
