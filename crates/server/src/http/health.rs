//! Whether the process lives, and whether the office can work. Both answer at once however busy it is: who watches
//! must not take an office for dead because its line is long.

use std::{io::ErrorKind, sync::Arc, time::Duration};

use axum::extract::State;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::problem::{Answer, Failure};
use crate::{office::Office, store::StoreError};

/// How long an answer about store and disk holds.
const FRESH: Duration = Duration::from_secs(1);
/// Longest that both may take to say that they work.
const LONGEST_LOOK: Duration = Duration::from_secs(2);

/// What was last found about store and disk. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<(Instant, bool)>>>);

impl Readiness {
    /// One look serves everybody who asks meanwhile.
    async fn of(&self, office: &Office) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, well)) = *last
            && at.elapsed() < FRESH
        {
            return well;
        }
        let well = timeout(LONGEST_LOOK, look(office)).await.unwrap_or_else(|_| {
            tracing::warn!("store or disk do not answer");
            false
        });
        *last = Some((Instant::now(), well));
        well
    }
}

async fn look(office: &Office) -> bool {
    match office.store.ping().await {
        // A full line is work enough, not a fault.
        Ok(()) | Err(StoreError::Busy) => {}
        Err(error) => {
            tracing::warn!(%error, "the store does not work");
            return false;
        }
    }
    let Some(disk) = &office.disk else { return true };
    let Err(error) = disk.takes_more().await else { return true };
    tracing::warn!(%error, "the disk takes nothing more");
    // As where a request met the full disk: what is kept for comfort gives way.
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        office.partials.give_way().await;
    }
    false
}

/// The process answers; nothing else is asked.
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// The store can be read and written, the disk takes more, and the office is not about to close.
pub(crate) async fn ready(State(office): State<Office>) -> Answer<&'static str> {
    if !office.stopping.is_cancelled() && office.readiness.of(&office).await {
        Ok("ok")
    } else {
        Err(Failure::busy())
    }
}
