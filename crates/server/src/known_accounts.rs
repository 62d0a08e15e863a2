//! Accounts that proved themselves lately. An account keeps its secret and is never deleted, so the store is asked about
//! the others only. It is asked again after a while, because a database that was put back behind a running office may
//! have forgotten an account: its desk is told, and opens it again.

use protocol::{AccountId, ContentHash};

use crate::{
    lately::Lately,
    store::{Store, StoreError},
};

/// Accounts with the hashes of their secrets. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct KnownAccounts(Lately<AccountId, ContentHash>);

impl KnownAccounts {
    /// Whether this is the account's secret.
    pub(crate) async fn knows(
        &self,
        store: &dyn Store,
        id: AccountId,
        secret: ContentHash,
    ) -> Result<bool, StoreError> {
        if self.0.get(&id) == Some(secret) {
            return Ok(true);
        }
        let known = store.knows_account(id, secret).await?;
        if known {
            self.0.put(id, secret);
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
        store.close().await;
        assert!(known.knows(&store, id, right).await.expect("remembers"));
        assert!(matches!(known.knows(&store, id, wrong).await, Err(StoreError::Busy)), "it is asked again");
    }
}
