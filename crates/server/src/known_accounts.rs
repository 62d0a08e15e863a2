//! Accounts that proved themselves lately. An account keeps its secret and is never deleted, so whoever was known once
//! is known, and the store is asked about the others only.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{AccountId, ContentHash};

use crate::store::{Store, StoreError};

/// How many are remembered, in some 10 MB: more than hand in within the same hour.
const MOST: usize = 100_000;

/// Accounts with the hashes of their secrets. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct KnownAccounts(Arc<Mutex<HashMap<AccountId, ContentHash>>>);

impl KnownAccounts {
    /// Whether this is the account's secret.
    pub(crate) async fn knows(
        &self,
        store: &dyn Store,
        id: AccountId,
        secret: ContentHash,
    ) -> Result<bool, StoreError> {
        if self.lately().get(&id) == Some(&secret) {
            return Ok(true);
        }
        let known = store.knows_account(id, secret).await?;
        if known {
            let mut lately = self.lately();
            if lately.len() >= MOST {
                lately.clear();
            }
            lately.insert(id, secret);
        }
        Ok(known)
    }

    fn lately(&self) -> MutexGuard<'_, HashMap<AccountId, ContentHash>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
