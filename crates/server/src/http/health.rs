//! Whether the process lives, and whether the office can work. Both answer at once however busy it is: who watches
//! must not take an office for dead because its line is long.

use std::{sync::Arc, time::Duration};

use axum::extract::State;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::problem::{Answer, Failure};
use crate::{
    office::Office,
    store::{Store, StoreError},
};

/// How long an answer about the store holds.
const FRESH: Duration = Duration::from_secs(1);
/// Longest that the store may take to say that it works.
const LONGEST_LOOK: Duration = Duration::from_secs(2);

/// What was last found about the store. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<(Instant, bool)>>>);

impl Readiness {
    /// One look serves everybody who asks meanwhile.
    async fn of(&self, store: &dyn Store) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, well)) = *last
            && at.elapsed() < FRESH
        {
            return well;
        }
        let well = match timeout(LONGEST_LOOK, store.ping()).await {
            // A full line is work enough, not a fault.
            Ok(Ok(()) | Err(StoreError::Busy)) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the store does not work");
                false
            }
            Err(_) => {
                tracing::warn!("the store does not answer");
                false
            }
        };
        *last = Some((Instant::now(), well));
        well
    }
}

/// The process answers; nothing else is asked.
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// The store can be read and written, and the office is not about to close.
pub(crate) async fn ready(State(office): State<Office>) -> Answer<&'static str> {
    if !office.stopping.is_cancelled() && office.readiness.of(&*office.store).await {
        Ok("ok")
    } else {
        Err(Failure::busy())
    }
}
