//! Accounts that proved themselves lately. An account keeps its secret and is never deleted, so the store is asked about
//! the others only. It is asked again after a while, because a database that was put back behind a running office may
//! have forgotten an account: its desk is told, and opens it again.

use std::sync::Arc;

use protocol::{AccountId, ContentHash};
use tokio::sync::Semaphore;

use crate::{
    lately::Lately,
    store::{Store, StoreError},
};

/// Those whom nobody knows and who are looked for at the same time. Anybody can invent accounts by the thousand; where
/// the database is asked, they stand in a line of their own, and not before those who have work for it.
const STRANGERS: usize = 16;

/// Accounts with the hashes of their secrets. Cheap to clone.
#[derive(Clone)]
pub(crate) struct KnownAccounts {
    lately: Lately<AccountId, ContentHash>,
    strangers: Arc<Semaphore>,
}

impl Default for KnownAccounts {
    fn default() -> Self {
        Self { lately: Lately::default(), strangers: Arc::new(Semaphore::new(STRANGERS)) }
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
        if self.lately.get(&id) == Some(secret) {
            return Ok(true);
        }
        // It is never closed.
        let _place = self.strangers.acquire().await;
        let known = store.knows_account(id, secret).await?;
        if known {
            self.lately.put(id, secret);
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn another_secret_is_never_taken_for_the_right_one() {
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
        // A crowd of strangers is in nobody's way who is known.
        let crowd = known.strangers.acquire_many(u32::try_from(STRANGERS).expect("few")).await.expect("open");
        assert!(known.knows(&store, id, right).await.expect("remembers"));
        let stranger = known.knows(&store, AccountId::new(), wrong);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(50), stranger).await.is_err());
        drop(crowd);
        store.close().await;
        assert!(known.knows(&store, id, right).await.expect("remembers"));
        assert!(matches!(known.knows(&store, id, wrong).await, Err(StoreError::Busy)), "it is asked again");
    }
}
