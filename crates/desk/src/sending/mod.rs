//! Sending (上传): carries out what `sync` decides, over HTTP, as long as the desk is open.
//!
//! Here are runtime, clock, randomness and network; no decision about order, waiting or giving up. What the
//! window shows ([`Connection`]) is what really happened: 已提交 only after the store proved the receipt.
//!
//! Waits: after a failure up to 2, 4, 8, 10 s while the office does not answer at all, up to 15 min while it
//! answers with 5xx or 429 (both drawn at random below that), so an office that comes up is found in seconds.
//! What each answer leads to stands in `docs/sync.md`.
//! The feed is a long poll of 25 s; a decision arrives as soon as it is made.

mod address;
mod carrying;
mod catalogue;
mod office;
mod progress;
mod quarantined;
mod runner;
mod trouble;

use std::sync::Arc;

use forms::SlotId;
use jiff::Timestamp;
use protocol::ApplicationId;
use serde::{Deserialize, Serialize};
use store::Store;
use sync::Network;
use tokio::{
    sync::{Mutex, Notify, mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

pub use address::{AddressError, ServerAddress};
pub use quarantined::explain_quarantine;

use crate::{Events, Explained, shelf::Shelf};
use catalogue::KeepingUp;
use runner::{Message, Runner};

/// How this desk stands with the office.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The office was reached at the last try.
    pub online: bool,
    /// Applications that wait to be sent.
    pub waiting: u32,
    /// Those of them whose documents wait for a network that costs nothing; the office has their manifest.
    pub held_back: Vec<ApplicationId>,
    /// The one on its way.
    pub sending: Option<SendingNow>,
    /// What stood in the way at the last try.
    pub last_problem: Option<Explained>,
    /// Why the office's newest catalogue is not used, for example `catalogue_needs_newer_program`.
    pub catalogue_problem: Option<Explained>,
    /// When desk and office last agreed.
    #[ts(type = "string | null")]
    pub last_synced_at: Option<Timestamp>,
}

/// How far the application on its way is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct SendingNow {
    /// Which one.
    pub application: ApplicationId,
    /// Bytes that went out; the office may not have them yet.
    pub sent_bytes: u64,
    /// Bytes of all its documents; one that stands in two slots goes once.
    pub total_bytes: u64,
    /// Each of them, in the order of the manifest.
    pub documents: Vec<SendingDocument>,
}

/// How far one document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct SendingDocument {
    /// The slot.
    pub slot: SlotId,
    /// Its place within the slot, from 0.
    pub index: u32,
    /// Bytes that went out; the office may not have them yet.
    pub sent_bytes: u64,
    /// Bytes in all.
    pub size_bytes: u64,
    /// The office said that it has it.
    pub arrived: bool,
}

/// Sending, under way. Dropping it stops it; what was not receipted is sent after the next start.
#[derive(Debug)]
pub struct Sending {
    inbox: mpsc::UnboundedSender<Message>,
    connection: watch::Receiver<Connection>,
    catalogue_asked: Arc<Notify>,
    stop: CancellationToken,
    running: Mutex<Option<JoinHandle<()>>>,
}

impl Sending {
    /// Starts; must be called within a tokio runtime. An address that may not be used is told in
    /// [`Connection::last_problem`], and nothing is sent.
    #[must_use]
    pub(crate) fn start(
        store: Store,
        server: ServerAddress,
        events: Events,
        shelf: Arc<Shelf>,
        network: watch::Receiver<Network>,
    ) -> Self {
        let (inbox, messages) = mpsc::unbounded_channel();
        let (telling, connection) = watch::channel(Connection { online: true, ..Connection::default() });
        let stop = CancellationToken::new();
        let catalogue_asked = Arc::new(Notify::new());
        let keeping_up = KeepingUp {
            store: store.clone(),
            shelf,
            events: events.clone(),
            runner: inbox.clone(),
            connection: connection.clone(),
            network: network.clone(),
            asked: Arc::clone(&catalogue_asked),
        };
        let runner = Runner::new(store, events, telling, inbox.clone(), network);
        let stopped = stop.clone();
        let running = tokio::spawn(async move {
            match office::Office::at(&server) {
                Ok(office) => {
                    let catalogue = keeping_up.run(office.clone(), stopped.clone());
                    tokio::join!(runner.run(office, messages, stopped), catalogue);
                }
                Err(error) => {
                    tracing::error!(code = error.code(), "the office's address cannot be used");
                    runner.refuse(error.into(), messages, stopped).await;
                }
            }
        });
        Self { inbox, connection, catalogue_asked, stop, running: Mutex::new(Some(running)) }
    }

    /// Something new was handed in, a person asked for it, or the network came back: look at the outbox again
    /// and do not wait any longer.
    pub fn nudge(&self) {
        // An error only means that sending was stopped.
        let _ = self.inbox.send(Message::Nudge);
    }

    /// A person does not want to wait for a network that costs nothing; holds until the network changes.
    pub fn send_despite_cost(&self) {
        let _ = self.inbox.send(Message::DespiteCost);
    }

    /// A person asks for what is new: look at the office's catalogue, too.
    pub fn look_at_catalogue(&self) {
        self.catalogue_asked.notify_one();
    }

    /// How this desk stands with the office, now and from now on.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<Connection> {
        self.connection.clone()
    }

    /// Stops and waits until nothing touches the store any more.
    pub async fn stop(&self) {
        self.stop.cancel();
        if let Some(running) = self.running.lock().await.take()
            && let Err(error) = running.await
        {
            tracing::error!(%error, "sending ended badly");
        }
    }
}

/// A random number, uniform over all of `u32`; the middle one where there is no randomness.
fn jitter() -> u32 {
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_or(u32::MAX / 2, |()| u32::from_le_bytes(random))
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
