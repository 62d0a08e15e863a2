//! What every request needs: store, documents, keys, catalogue, clock, and who wants to hear of changes.

use std::{ops::Deref, sync::Arc};

use jiff::Timestamp;
use protocol::{AccountId, Manifest, ReceiptSigner};
use tokio_util::sync::CancellationToken;

use crate::{
    attachments::Attachments,
    checking::Inspector,
    disk::Disk,
    editions::Editions,
    http::{admission::Rooms, health::Readiness, peer::Proxies, sparing::Sparing},
    known_accounts::KnownAccounts,
    news::News,
    partials::Partials,
    passwords::Passwords,
    store::{Store, StoreError},
    underway::Underway,
};

/// Where the office reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The office. Cheap to clone: every request does so several times.
#[derive(Clone)]
pub(crate) struct Office(Arc<Inside>);

/// What is in it.
pub(crate) struct Inside {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) attachments: Attachments,
    pub(crate) partials: Partials,
    /// Where it keeps database and documents itself.
    pub(crate) disk: Option<Disk>,
    pub(crate) inspector: Inspector,
    pub(crate) passwords: Passwords,
    pub(crate) signer: ReceiptSigner,
    pub(crate) editions: Editions,
    pub(crate) feed_epoch: Arc<str>,
    pub(crate) known_accounts: KnownAccounts,
    pub(crate) underway: Underway,
    pub(crate) rooms: Rooms,
    pub(crate) readiness: Readiness,
    pub(crate) stopping: CancellationToken,
    /// Cookies travel over TLS only.
    pub(crate) secure_cookies: bool,
    pub(crate) proxies: Proxies,
    pub(crate) sparing: Sparing,
    clock: Clock,
    pub(crate) news: News,
}

/// The parts that differ from office to office.
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) attachments: Attachments,
    pub(crate) partials: Partials,
    pub(crate) disk: Option<Disk>,
    pub(crate) inspector: Inspector,
    pub(crate) passwords: Passwords,
    pub(crate) signer: ReceiptSigner,
    pub(crate) editions: Editions,
    pub(crate) feed_epoch: Arc<str>,
    pub(crate) secure_cookies: bool,
    pub(crate) proxies: Proxies,
    pub(crate) clock: Clock,
}

impl Deref for Office {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

impl Office {
    pub(crate) fn new(parts: Parts) -> Self {
        let alone = !parts.store.shared();
        Self(Arc::new(Inside {
            store: parts.store,
            attachments: parts.attachments,
            partials: parts.partials,
            disk: parts.disk,
            inspector: parts.inspector,
            passwords: parts.passwords,
            signer: parts.signer,
            editions: parts.editions,
            feed_epoch: parts.feed_epoch,
            known_accounts: KnownAccounts::default(),
            underway: Underway::new(alone),
            rooms: Rooms::default(),
            readiness: Readiness::default(),
            stopping: CancellationToken::new(),
            secure_cookies: parts.secure_cookies,
            proxies: parts.proxies,
            sparing: Sparing::default(),
            clock: parts.clock,
            news: News::new(alone),
        }))
    }

    /// Now, to the millisecond, which is what the store keeps.
    pub(crate) fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Where copies share the store, a desk may have the service from another one: its editions are read, where this
    /// one does not know the service.
    pub(crate) async fn know_service_of(&self, manifest: &Manifest) -> Result<(), StoreError> {
        let version = Some(manifest.service_version);
        if self.store.shared() && self.editions.now().library.service(&manifest.service, version).is_none() {
            self.editions.catch_up(&*self.store).await?;
        }
        Ok(())
    }

    /// Wakes those who wait for news of an account; after the transaction, never within.
    pub(crate) fn announce(&self, account: AccountId) {
        self.news.tell(account);
    }

    /// A change and the news of it, also where whoever asked for it has gone meanwhile: what is committed is told.
    pub(crate) async fn announcing<T: Send + 'static>(
        &self,
        whose: impl FnOnce(&T) -> Option<AccountId> + Send + 'static,
        change: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let office = self.clone();
        let changing = tokio::spawn(async move {
            let changed = change.await?;
            if let Some(account) = whose(&changed) {
                office.announce(account);
            }
            Ok(changed)
        });
        changing.await.unwrap_or(Err(StoreError::Unfinished))
    }
}
