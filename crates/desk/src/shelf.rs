//! The editions of the catalogue that this desk works with: what the office offered last (else what the program was
//! built with) is what can be started; older ones stay for applications that were started with them.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use forms::{Catalogue, CatalogueError, Library};
use jiff::Timestamp;
use protocol::{CatalogueBundle, CatalogueOffer, ContentHash};
use serde_json::json;
use store::{KeptEdition, NewEdition, Store, StoreError};

use crate::Explained;

/// The shelf. Whoever asks holds on to what stood there then.
#[derive(Debug)]
pub(crate) struct Shelf(RwLock<Standing>);

#[derive(Debug, Clone)]
struct Standing {
    library: Arc<Library>,
    /// The bundle of the current edition; `None` while it is the one the program was built with and nobody
    /// offered it.
    current: Option<ContentHash>,
    /// What the office offered and this program could not read.
    problem: Option<Explained>,
}

impl Shelf {
    /// With what the program was built with.
    ///
    /// # Errors
    /// Only where that does not read; the tests of `forms` keep it from shipping.
    pub(crate) fn embedded() -> Result<Self, &'static CatalogueError> {
        let library = Arc::new(Library::new(Arc::clone(Catalogue::embedded()?)));
        Ok(Self(RwLock::new(Standing { library, current: None, problem: None })))
    }

    pub(crate) fn library(&self) -> Arc<Library> {
        self.standing().library
    }

    /// What keeps the office's newest edition out.
    pub(crate) fn problem(&self) -> Option<Explained> {
        self.standing().problem
    }

    /// Whether an offer would change anything.
    pub(crate) fn holds(&self, offered: ContentHash) -> bool {
        self.standing().current == Some(offered)
    }

    /// Puts up what was kept. Reading takes a moment and happens on another thread.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn restore(&self, store: &Store) -> Result<(), StoreError> {
        let kept = store.editions().await?;
        if kept.is_empty() {
            return Ok(());
        }
        if let Ok(Ok(standing)) = tokio::task::spawn_blocking(move || put_up(&kept)).await {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = standing;
        }
        Ok(())
    }

    /// Takes in what the office offers: whole, or not at all.
    ///
    /// # Errors
    /// `catalogue_damaged`, `catalogue_needs_newer_program`, the store's; all stays as it was then.
    pub(crate) async fn take_in(
        &self,
        store: &Store,
        offer: &CatalogueOffer,
        bytes: &[u8],
        at: Timestamp,
    ) -> Result<(), Explained> {
        let bundle = offer.open(bytes).map_err(|error| {
            tracing::warn!(%error, "the office's catalogue");
            damaged()
        })?;
        let read = tokio::task::spawn_blocking(move || read(&bundle)).await.map_err(|_| damaged())?;
        let catalogue = read.inspect_err(|problem| tracing::warn!(code = %problem, "kept out"))?;
        let offered =
            NewEdition { sha256: offer.sha256, bundle: bytes, services: services(&catalogue), offered: true };
        store.keep_edition(&offered, at).await?;
        self.restore(store).await?;
        tracing::info!(edition = offer.edition, "a new edition of the catalogue");
        Ok(())
    }

    /// Before an application is started: the edition it is started with will still be there after the program was
    /// replaced by a newer one.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn keep_current(&self, store: &Store, at: Timestamp) -> Result<(), StoreError> {
        let standing = self.standing();
        if standing.current.is_some() {
            return Ok(());
        }
        let (sha256, bundle) = built_in(standing.library.current());
        let services = services(standing.library.current());
        store.keep_edition(&NewEdition { sha256: *sha256, bundle, services, offered: false }, at).await
    }

    fn standing(&self) -> Standing {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Newest first: the one that was offered last counts, all others are only kept.
fn put_up(kept: &[KeptEdition]) -> Result<Standing, &'static CatalogueError> {
    let embedded = Catalogue::embedded()?;
    let built_in = built_in(embedded).0;
    let read = |edition: &KeptEdition| {
        if edition.sha256 == built_in {
            return Ok(Arc::clone(embedded));
        }
        let bundle = serde_json::from_slice(&edition.bundle).map_err(|_| damaged())?;
        read(&bundle).map(Arc::new)
    };
    let offered = kept.iter().find(|edition| edition.offered);
    let (current, problem) = match offered.map(read).transpose() {
        Ok(current) => (current, None),
        Err(problem) => (None, Some(problem)),
    };
    let sha256 = offered.filter(|_| current.is_some()).map(|edition| edition.sha256);
    let mut library = Library::new(current.unwrap_or_else(|| Arc::clone(embedded)));
    for edition in kept.iter().filter(|edition| Some(edition.sha256) != sha256) {
        match read(edition) {
            Ok(older) => library = library.keeping(older),
            Err(problem) => tracing::error!(code = %problem, "a kept edition does not read"),
        }
    }
    let library = Arc::new(library.keeping(Arc::clone(embedded)));
    Ok(Standing { library, current: sha256, problem })
}

fn read(bundle: &CatalogueBundle) -> Result<Catalogue, Explained> {
    // Whatever the office's own program found fit and this one does not is too new for it.
    bundle.read().map_err(|error| needs_newer_program(bundle, &error))
}

fn services(catalogue: &Catalogue) -> Vec<(String, u32)> {
    catalogue.versions().map(|(id, version)| (id.to_owned(), version)).collect()
}

/// What the program was built with, as it would travel; the same bytes as from an office of the same version.
fn built_in(embedded: &Catalogue) -> &'static (ContentHash, Vec<u8>) {
    static BUNDLE: OnceLock<(ContentHash, Vec<u8>)> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let bytes = CatalogueBundle::of(embedded, Catalogue::embedded_files(), false).to_bytes();
        (ContentHash::of(&bytes), bytes)
    })
}

fn needs_newer_program(bundle: &CatalogueBundle, error: &CatalogueError) -> Explained {
    let first = error.complaints.first();
    Explained::new(
        "catalogue_needs_newer_program",
        "受理机构换了新的事项目录，这个版本的程序还读不了，所以没有采用。您现在能办的照常办理。",
        "The office has a new catalogue that this version of the program cannot read, so it was not used. What you could do before still works.",
    )
    .hint(
        "请安装新版本的程序，装好以后新目录会自动换上；已经填的都还在。",
        "Please install the newer version of the program; the new catalogue then follows by itself. What you filled in is kept.",
    )
    .details(json!({
        "format": bundle.format,
        "edition": bundle.edition,
        "knownFormat": Catalogue::FORMAT,
        "file": first.map(|complaint| complaint.file.as_str()),
        "place": first.map(|complaint| complaint.place.as_str()),
    }))
}

fn damaged() -> Explained {
    Explained::new(
        "catalogue_damaged",
        "受理机构的新事项目录收到时已经损坏，没有采用。您现在能办的照常办理。",
        "The office's new catalogue arrived damaged and was not used. What you could do before still works.",
    )
    .hint("不用做什么，过一会儿会自动再取一次。", "Nothing to do: it is fetched again by itself in a while.")
}
