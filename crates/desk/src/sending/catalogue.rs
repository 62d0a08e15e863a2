//! Keeps the catalogue up with the office: looks at the offer when the office is reached, then every few hours, and
//! when a person asks to synchronise. Beside the runner, because nothing that is sent waits for it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use protocol::LARGEST_BUNDLE;
use store::Store;
use sync::{Network, Pace};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{Connection, carrying, jitter, office::Office, runner::Message, trouble::Trouble};
use crate::{DeskEvent, Events, Explained, shelf::Shelf};

/// After a look that came through.
const AGAIN: Duration = Duration::from_secs(4 * 3600);
/// After those that did not, like everything that is asked of an office; a network that comes back cuts it short.
const PACE: Pace = Pace { base_ms: 60_000, cap_ms: 4 * 3_600_000, cap_unreachable_ms: 900_000 };
/// Desks that find their office again in the same moment look at the catalogue within this time, in milliseconds: what
/// waits to be sent goes first.
const SPREAD_MS: u64 = 20_000;

/// What it needs.
pub(super) struct KeepingUp {
    pub(super) store: Store,
    pub(super) shelf: Arc<Shelf>,
    pub(super) events: Events,
    pub(super) runner: mpsc::UnboundedSender<Message>,
    pub(super) connection: watch::Receiver<Connection>,
    pub(super) network: watch::Receiver<Network>,
    /// A person asks.
    pub(super) asked: Arc<Notify>,
}

/// How a look ended.
enum Looked {
    Nothing,
    Changed,
    Refused(Explained),
}

impl KeepingUp {
    pub(super) async fn run(mut self, office: Office, stop: CancellationToken) {
        let mut problem = self.shelf.problem();
        let mut failures = 0;
        loop {
            self.tell(problem.clone());
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                looked = self.look(&office) => looked,
            };
            let wait = match looked {
                Ok(Looked::Refused(refused)) => {
                    problem = Some(refused);
                    AGAIN
                }
                Ok(looked) => {
                    problem = None;
                    if matches!(looked, Looked::Changed) {
                        let edition = self.shelf.library().current().edition();
                        self.events.send(DeskEvent::CatalogueChanged { edition });
                    }
                    AGAIN
                }
                Err(trouble) => {
                    tracing::debug!(code = trouble.code(), "the catalogue was not looked at");
                    failures += 1;
                    Duration::from_millis(PACE.wait_beside(failures, (&trouble).into(), jitter()))
                }
            };
            if wait == AGAIN {
                failures = 0;
            }
            self.tell(problem.clone());
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(wait) => {}
                () = self.asked.notified() => {}
                () = back_online(&mut self.connection) => {}
                () = becomes_free(&mut self.network) => {}
            }
        }
    }

    /// The runner tells the window how desk and office stand.
    fn tell(&self, problem: Option<Explained>) {
        // An error only means that sending was stopped.
        let _ = self.runner.send(Message::Catalogue(problem));
    }

    async fn look(&self, office: &Office) -> Result<Looked, Trouble> {
        let account = self.store.office_account().await.map_err(carrying::here)?;
        let key = match account.receipt_key {
            Some(key) => key,
            // The key that proves the offer comes with the account.
            None => {
                carrying::open_account(&self.store, office).await?;
                let account = self.store.office_account().await.map_err(carrying::here)?;
                account.receipt_key.ok_or(Trouble::OtherOffice)?
            }
        };
        let offer = match office.catalogue_offer().await {
            // An office of an earlier version serves none.
            Err(Trouble::Refused { problem, .. }) if problem.status == 404 => return Ok(Looked::Nothing),
            offer => offer?,
        };
        if self.shelf.holds(offer.sha256) {
            return Ok(Looked::Nothing);
        }
        if offer.verify(&key).is_err() || offer.size_bytes > LARGEST_BUNDLE {
            tracing::error!(edition = offer.edition, "an offer that does not come from the office");
            return Ok(Looked::Refused(unproven()));
        }
        // A megabyte that nobody asked for; the editions at hand do meanwhile.
        if *self.network.borrow() == Network::Metered {
            return Ok(Looked::Nothing);
        }
        let bytes = office.catalogue_bundle(&offer).await?;
        match self.shelf.take_in(&self.store, &offer, &bytes, Timestamp::now()).await {
            Ok(()) => Ok(Looked::Changed),
            Err(refused) => Ok(Looked::Refused(refused)),
        }
    }
}

/// Waits until the office was lost and is reached again, and then for a time of one's own.
async fn back_online(connection: &mut watch::Receiver<Connection>) {
    let lost = connection.wait_for(|connection| !connection.online).await.is_ok();
    if !lost || connection.wait_for(|connection| connection.online).await.is_err() {
        // Nobody tells any more; the other ways to wake remain.
        std::future::pending::<()>().await;
    }
    sleep(Duration::from_millis(u64::from(jitter()) % SPREAD_MS)).await;
}

/// Waits until a network that costs something gives way to one that does not.
async fn becomes_free(network: &mut watch::Receiver<Network>) {
    let costly = network.wait_for(|network| *network == Network::Metered).await.is_ok();
    if !costly || network.wait_for(|network| *network == Network::Free).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn unproven() -> Explained {
    Explained::new(
        "catalogue_unproven",
        "收到的事项目录证明不了来自受理机构，所以没有采用。您现在能办的照常办理。",
        "The catalogue that arrived does not prove that it comes from the office, so it was not used. What you could do before still works.",
    )
    .hint(
        "请告诉管理这台电脑的人，或拨打 12393 核实。",
        "Please tell whoever looks after this computer, or call 12393 to check.",
    )
}
