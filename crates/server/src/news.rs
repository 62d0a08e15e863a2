//! Who waits for news of an account, and how they hear: at once of what this copy of the office did, within a second
//! of what another one did.
//!
//! Copies tell each other through the database alone. Each asks once a second, in one query by primary key, where the
//! accounts stand whose desks wait *here*. `LISTEN`/`NOTIFY` would be faster by less than that second and costs more:
//! every `NOTIFY` takes a lock that the whole database shares until its commit, listening needs a connection that no
//! pooler may take away, and engines other than PostgreSQL lack it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use protocol::AccountId;
use tokio::{sync::broadcast, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// How often the others' work is looked for while somebody waits.
const LOOK: Duration = Duration::from_secs(1);
/// Accounts that are asked about in one query.
const TOGETHER: usize = 1000;

/// Spreads news. Cheap to clone.
#[derive(Clone)]
pub(crate) struct News {
    changes: broadcast::Sender<AccountId>,
    waiting: Arc<Mutex<HashMap<AccountId, Stands>>>,
}

/// How many wait for an account here, and how far its feed was when they last looked.
struct Stands {
    waiting: u32,
    at: u64,
}

impl Default for News {
    fn default() -> Self {
        Self { changes: broadcast::channel(1024).0, waiting: Arc::default() }
    }
}

impl News {
    /// Wakes those who wait for an account.
    pub(crate) fn tell(&self, account: AccountId) {
        // Nobody listening is fine.
        let _ = self.changes.send(account);
    }

    /// Hears of all accounts from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<AccountId> {
        self.changes.subscribe()
    }

    /// Has the others' work looked for, too, as long as the answer lives: the feed stood at `at` when it was read.
    pub(crate) fn wait_for(&self, account: AccountId, at: u64) -> Waiting {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let stands = waiting.entry(account).or_insert(Stands { waiting: 0, at });
        stands.waiting += 1;
        // Of several who wait, the one that read least is told soonest.
        stands.at = stands.at.min(at);
        Waiting { news: self.clone(), account }
    }

    fn stand(&self) -> Vec<(AccountId, u64)> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().map(|(account, stands)| (*account, stands.at)).collect()
    }
}

/// Somebody waits for an account.
pub(crate) struct Waiting {
    news: News,
    account: AccountId,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waiting = self.news.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stands) = waiting.get_mut(&self.account) {
            stands.waiting -= 1;
            if stands.waiting == 0 {
                waiting.remove(&self.account);
            }
        }
    }
}

/// Looks for what other copies did, until the office stops. Ends at once where there are none.
pub(crate) async fn follow_others(news: News, store: Arc<dyn Store>, stopping: CancellationToken) {
    while store.shared() {
        tokio::select! {
            () = sleep(LOOK) => {}
            () = stopping.cancelled() => return,
        }
        for stood in news.stand().chunks(TOGETHER) {
            match store.moved(stood.to_vec()).await {
                Ok(moved) => moved.into_iter().for_each(|account| news.tell(account)),
                // They are told when their wait is over.
                Err(error) => tracing::warn!(%error, "other copies' news could not be read"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_known_as_long_as_they_wait() {
        let news = News::default();
        let account = AccountId::new();
        let first = news.wait_for(account, 5);
        let second = news.wait_for(account, 3);
        assert_eq!(news.stand(), [(account, 3)]);
        drop(first);
        assert_eq!(news.stand(), [(account, 3)]);
        drop(second);
        assert!(news.stand().is_empty());
    }
}
