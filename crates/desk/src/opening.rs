//! The desk itself: what it is made of, and how it comes up. Whatever stands between it and the vault, it comes
//! up; every use case then answers `vault_locked` until [`Desk::unlock`] or a retry has opened it.

use std::{path::PathBuf, sync::Arc};

use forms::{Catalogue, Service, ServiceDefinition};
use serde_json::json;
use store::{
    DatabaseKey, Store,
    keys::{KeyRing, Keychain},
};
use sync::Network;
use tokio::sync::{Mutex, RwLock, watch};
use tokio_util::sync::DropGuard;

use crate::{
    Clock, DeskEvent, Events, Explained, Vault,
    attaching::{Offers, Tasks},
    sending::{Sending, ServerAddress},
    shelf::Shelf,
};

/// What a desk needs from outside.
pub struct Configuration {
    /// Where the encrypted database and the key file live; made where absent.
    pub data_dir: PathBuf,
    /// The office's server.
    pub server: ServerAddress,
    /// Where the key is kept.
    pub keychain: Arc<dyn Keychain>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// The desk. Clones are the same desk.
#[derive(Clone)]
pub struct Desk(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) data_dir: PathBuf,
    pub(crate) server: ServerAddress,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) events: Events,
    pub(crate) door: RwLock<Door>,
    /// One try at a time: two would make two keys at a first start.
    pub(crate) trying: Mutex<()>,
    pub(crate) tasks: Tasks,
    pub(crate) offers: Offers,
    pub(crate) network: watch::Sender<Network>,
}

/// Open, or why not.
pub(crate) enum Door {
    Open(Arc<Opened>),
    Closed(Vault),
}

/// What there is once the vault is open.
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) sending: Sending,
    pub(crate) key: DatabaseKey,
    /// Held from reading what stands to writing what follows from it, so that the last word shown is the last
    /// word saved. Never held while pixels are worked on for a new document.
    pub(crate) editing: Mutex<()>,
    /// Ends with it.
    _reminding: DropGuard,
}

impl Desk {
    /// Comes up with the door closed; the first [`Desk::vault`] tries it. So a window can already be seen while a
    /// keychain asks for its own password.
    ///
    /// # Errors
    /// Only where the catalogue that was built in does not read; the tests of `forms` keep that from shipping.
    pub fn new(configuration: Configuration) -> Result<Self, Explained> {
        let shelf = Shelf::embedded().map_err(|error| {
            tracing::error!(%error, "the catalogue does not read");
            Explained::new(
                "catalogue_unreadable",
                "事项目录读不出来，程序没有装好。",
                "The catalogue cannot be read; the program is not installed correctly.",
            )
            .hint("请重新安装本程序。", "Please install this program again.")
        })?;
        let keys = Arc::new(KeyRing::new(&configuration.data_dir, configuration.keychain));
        Ok(Self(Arc::new(Inner {
            data_dir: configuration.data_dir,
            server: configuration.server,
            keys,
            clock: configuration.clock,
            shelf: Arc::new(shelf),
            events: Events::default(),
            door: RwLock::new(Door::Closed(Vault::untried())),
            trying: Mutex::new(()),
            tasks: Tasks::default(),
            offers: Offers::default(),
            network: watch::Sender::new(Network::Free),
        })))
    }

    /// Opens the store with a key and starts sending. An open door stays as it is.
    pub(crate) async fn open_with(&self, key: DatabaseKey) -> Result<(), Explained> {
        let mut door = self.0.door.write().await;
        if matches!(*door, Door::Open(_)) {
            return Ok(());
        }
        match Store::open(&self.0.data_dir, &key).await {
            Ok(store) => {
                // Before anything is shown: a view is judged by the edition that the application was started with.
                if let Err(error) = self.0.shelf.restore(&store).await {
                    tracing::error!(code = error.code(), "the kept editions of the catalogue cannot be read");
                }
                let Inner { server, events, shelf, network, .. } = &*self.0;
                let sending = Sending::start(
                    store.clone(),
                    server.clone(),
                    events.clone(),
                    Arc::clone(shelf),
                    network.subscribe(),
                );
                self.pass_on_connection(&sending);
                let opened = Opened {
                    store,
                    sending,
                    key,
                    editing: Mutex::new(()),
                    _reminding: self.keep_reminding(),
                };
                *door = Door::Open(Arc::new(opened));
                Ok(())
            }
            Err(error) => {
                tracing::warn!(code = error.code(), "the vault did not open");
                let vault = Vault::from_store(error);
                let problem = vault.problem.clone();
                *door = Door::Closed(vault);
                problem.map_or(Ok(()), Err)
            }
        }
    }

    fn pass_on_connection(&self, sending: &Sending) {
        let mut state = sending.state();
        let events = self.0.events.clone();
        tokio::spawn(async move {
            while state.changed().await.is_ok() {
                let connection = state.borrow_and_update().clone();
                events.send(DeskEvent::ConnectionChanged(connection));
            }
        });
    }

    /// What happens from now on.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.0.events
    }

    /// What can be applied for now, and its tables.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(self.0.shelf.library().current())
    }

    /// One service as the window draws it; the newest version where none is named.
    ///
    /// # Errors
    /// `service_unknown`.
    pub fn service(&self, id: &str, version: Option<u32>) -> Result<Service, Explained> {
        self.definition(id, version).map(|(_, definition)| definition.view().clone())
    }

    pub(crate) fn definition(
        &self,
        id: &str,
        version: Option<u32>,
    ) -> Result<(Arc<Catalogue>, Arc<ServiceDefinition>), Explained> {
        self.0.shelf.library().service(id, version).ok_or_else(|| {
            Explained::new(
                "service_unknown",
                "这个程序里没有这个事项，可能是用更新的版本开始办理的。",
                "This program does not know this service; it may have been started with a newer version.",
            )
            .hint("请安装新版本后再打开。", "Please install the newer version and open it again.")
            .details(json!({ "service": id, "version": version }))
        })
    }

    pub(crate) async fn opened(&self) -> Result<Arc<Opened>, Explained> {
        match &*self.0.door.read().await {
            Door::Open(opened) => Ok(Arc::clone(opened)),
            Door::Closed(_) => Err(Explained::new(
                "vault_locked",
                "您保存的内容还没有打开。",
                "What you saved is not open yet.",
            )
            .hint("请先按页面上的提示打开。", "Please open it first, as the page says.")),
        }
    }

    /// Stops sending and folds everything into the file. Whatever was acknowledged is safe even without it.
    pub async fn close(&self) {
        let door = std::mem::replace(&mut *self.0.door.write().await, Door::Closed(Vault::untried()));
        if let Door::Open(opened) = door {
            opened.sending.stop().await;
            if let Err(error) = opened.store.close().await {
                tracing::warn!(code = error.code(), "closing the store");
            }
        }
    }
}
