//! Accounts that proved themselves lately. An account keeps its secret and is never deleted, so the store is asked about
//! the others only. It is asked again after a while, because a database that was put back behind a running office may
//! have forgotten an account: its desk is told, and opens it again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use protocol::{AccountId, ContentHash};

use crate::store::{Store, StoreError};

/// How many are remembered, in some 10 MB: more than hand in within the same hour.
const MOST: usize = 100_000;
/// How long they are remembered.
const LATELY: Duration = Duration::from_secs(600);

/// Accounts with the hashes of their secrets. Cheap to clone.
#[derive(Clone)]
pub(crate) struct KnownAccounts(Arc<Mutex<Lately>>);

struct Lately {
    since: Instant,
    secrets: HashMap<AccountId, ContentHash>,
}

impl Default for KnownAccounts {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Lately { since: Instant::now(), secrets: HashMap::new() })))
    }
}

impl KnownAccounts {
    /// Whether this is the account's secret.
    pub(crate) async fn knows(
        &self,
        store: &dyn Store,
        id: AccountId,
        secret: ContentHash,
    ) -> Result<bool, StoreError> {
        if self.lately(Instant::now()).secrets.get(&id) == Some(&secret) {
            return Ok(true);
        }
        let known = store.knows_account(id, secret).await?;
        if known {
            self.lately(Instant::now()).secrets.insert(id, secret);
        }
        Ok(known)
    }

    /// Without those that are not to be remembered any longer.
    fn lately(&self, now: Instant) -> MutexGuard<'_, Lately> {
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lately.secrets.len() >= MOST || now.saturating_duration_since(lately.since) >= LATELY {
            *lately = Lately { since: now, secrets: HashMap::new() };
        }
        lately
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn another_secret_is_never_taken_for_the_right_one_and_nobody_is_remembered_for_ever() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(&dir.path().join("office.sqlite")).await.expect("opens");
        let known = KnownAccounts::default();
        let (id, right, wrong) = (AccountId::new(), ContentHash::of(b"right"), ContentHash::of(b"wrong"));
        assert!(!known.knows(&store, id, right).await.expect("reads"), "it is not open yet");
        store.open_account(id, right, Timestamp::UNIX_EPOCH).await.expect("opens");
        for _ in 0..2 {
            assert!(!known.knows(&store, id, wrong).await.expect("reads"));
            assert!(known.knows(&store, id, right).await.expect("reads"));
        }
        assert_eq!(known.lately(Instant::now()).secrets.len(), 1);
        assert!(known.lately(Instant::now() + LATELY).secrets.is_empty());
        for _ in 0..MOST {
            known.lately(Instant::now()).secrets.insert(AccountId::new(), wrong);
        }
        assert!(known.lately(Instant::now()).secrets.is_empty());
        store.close().await;
        assert!(matches!(known.knows(&store, id, right).await, Err(StoreError::Busy)), "it is asked again");
    }
}
