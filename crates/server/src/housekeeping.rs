//! What the office does by itself, as long as it runs: ends supplements that did not come in time, throws away the
//! beginnings of documents that nobody went on with, and looks for editions that another copy served.

use std::time::Duration;

use crate::{numbering::office_day, office::Office};

/// How often deadlines are looked at.
const BETWEEN: Duration = Duration::from_secs(600);

/// Begins; ends with the office.
pub(crate) fn begin(office: Office) {
    tokio::spawn(async move {
        loop {
            keep_deadlines(&office).await;
            if office.store.shared()
                && let Err(error) = office.editions.catch_up(&*office.store).await
            {
                tracing::warn!(%error, "other copies' editions could not be read");
            }
            if let Err(error) = office.partials.sweep().await {
                tracing::warn!(%error, "old beginnings of documents could not be removed");
            }
            tokio::select! {
                () = tokio::time::sleep(BETWEEN) => {}
                () = office.stopping.cancelled() => return,
            }
        }
    });
}

async fn keep_deadlines(office: &Office) {
    let now = office.now();
    match office.store.expire_supplements(office_day(now), now).await {
        Ok(accounts) => accounts.into_iter().for_each(|account| office.announce(account)),
        Err(error) => tracing::warn!(%error, "deadlines could not be looked at"),
    }
}
