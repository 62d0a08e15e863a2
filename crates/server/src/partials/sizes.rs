//! How much is kept of documents that broke off: of each, of each account, and in all.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use protocol::AccountId;

use super::Key;

/// A file takes whole blocks of a disk, so that many tiny ones count, too.
const BLOCK: u64 = 4096;
/// How long nothing is kept after the disk was full.
const REST: Duration = Duration::from_mins(10);

/// What may be kept at most, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) of_account: u64,
    pub(super) in_all: u64,
}

/// The length of every beginning that is kept.
pub(super) struct Sizes {
    bounds: Bounds,
    files: HashMap<Key, u64>,
    /// What the files of each account take; only those that have any.
    accounts: HashMap<AccountId, u64>,
    all: u64,
    full_at: Option<Instant>,
}

impl Sizes {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, files: HashMap::new(), accounts: HashMap::new(), all: 0, full_at: None }
    }

    pub(super) fn of(&self, key: Key) -> u64 {
        self.files.get(&key).copied().unwrap_or(0)
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        self.files.keys().copied().collect()
    }

    /// Takes note that a beginning is to have this length; `false`, and nothing noted, where that is too much.
    pub(super) fn admit(&mut self, key: Key, length: u64) -> bool {
        if self.full_at.is_some_and(|at| at.elapsed() < REST) {
            return false;
        }
        let more = taken(length).saturating_sub(taken(self.of(key)));
        let account = self.accounts.get(&key.0).copied().unwrap_or(0);
        let admitted =
            more == 0 || (account + more <= self.bounds.of_account && self.all + more <= self.bounds.in_all);
        if admitted {
            self.set(key, length);
        }
        admitted
    }

    /// What is there, however much it is; 0 for nothing.
    pub(super) fn set(&mut self, key: Key, length: u64) {
        let before = if length == 0 { self.files.remove(&key) } else { self.files.insert(key, length) };
        let (before, now) = (taken(before.unwrap_or(0)), taken(length));
        self.all = (self.all + now).saturating_sub(before);
        let account = self.accounts.entry(key.0).or_insert(0);
        *account = (*account + now).saturating_sub(before);
        if *account == 0 {
            self.accounts.remove(&key.0);
        }
    }

    /// Nothing is admitted for a while.
    pub(super) fn rest(&mut self) {
        self.full_at = Some(Instant::now());
    }
}

const fn taken(length: u64) -> u64 {
    length.div_ceil(BLOCK) * BLOCK
}

#[cfg(test)]
mod tests {
    use protocol::ContentHash;

    use super::*;

    fn key(account: u128, document: u8) -> Key {
        (AccountId(uuid::Uuid::from_u128(account)), ContentHash::of(&[document]))
    }

    #[test]
    fn neither_one_account_nor_all_together_take_more_than_is_theirs() {
        let mut sizes = Sizes::new(Bounds { of_account: 4 * BLOCK, in_all: 6 * BLOCK });
        assert!(sizes.admit(key(1, 1), 3 * BLOCK));
        assert!(!sizes.admit(key(1, 2), BLOCK + 1), "a fifth block of one account");
        assert!(sizes.admit(key(1, 2), 1) && !sizes.admit(key(1, 3), 1), "a tiny one takes a block");
        assert!(sizes.admit(key(1, 2), BLOCK), "what stands in its block already");
        assert!(sizes.admit(key(2, 1), 2 * BLOCK) && !sizes.admit(key(3, 1), 1), "a seventh block in all");
        sizes.set(key(1, 1), 0);
        assert!(sizes.admit(key(3, 1), 3 * BLOCK));
        for key in sizes.keys() {
            sizes.set(key, 0);
        }
        assert!(sizes.accounts.is_empty() && sizes.all == 0, "nobody is remembered for nothing");
    }

    #[test]
    fn after_a_full_disk_nothing_is_kept_for_a_while() {
        let mut sizes = Sizes::new(Bounds { of_account: BLOCK, in_all: BLOCK });
        sizes.rest();
        assert!(!sizes.admit(key(1, 1), 1));
        sizes.full_at = Instant::now().checked_sub(REST);
        assert!(sizes.admit(key(1, 1), 1));
    }
}
