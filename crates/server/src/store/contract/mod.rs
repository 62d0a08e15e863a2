//! What every [`Store`] promises, tried on each. The rules stand here once; an implementation adds only how it is
//! opened. What is particular to one of them is tested beside it.
//!
//! A test gets several copies of the office on one database, and speaks to whichever it likes: what one copy has
//! acknowledged, the next one knows.
#![allow(clippy::panic, reason = "tests say what they expect by failing")]

mod accounts;
mod cases;
mod completing;
mod crowds;
mod editions;
mod intake;
mod logins;
mod papers;
mod review;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use testkit::services::Postgres;

use super::{Store, postgres::PostgresStore, sqlite::SqliteStore};

/// Copies of an office on one database.
pub(super) struct Copies {
    stores: Vec<Arc<dyn Store>>,
    next: AtomicUsize,
    _kept: Box<dyn std::any::Any + Send + Sync>,
}

impl Copies {
    /// SQLite has one process, whose requests share a store.
    async fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(&dir.path().join("office.sqlite")).await.expect("opens");
        Self { stores: vec![Arc::new(store)], next: AtomicUsize::new(0), _kept: Box::new(dir) }
    }

    /// Three copies, each with connections of its own; `None` where no PostgreSQL is to be had.
    async fn postgres() -> Option<Self> {
        let database = Postgres::start()?;
        let mut stores: Vec<Arc<dyn Store>> = Vec::new();
        for _ in 0..3 {
            stores.push(Arc::new(PostgresStore::open(database.url()).await.expect("opens")));
        }
        Some(Self { stores, next: AtomicUsize::new(0), _kept: Box::new(database) })
    }

    /// A copy, each time the next one.
    fn any(&self) -> Arc<dyn Store> {
        let turn = self.next.fetch_add(1, Ordering::SeqCst);
        Arc::clone(&self.stores[turn % self.stores.len()])
    }

    async fn close(self) {
        let chain = self.any().verify_audit().await.expect("reads");
        chain.expect("whatever was done, the audit log is whole");
        for store in &self.stores {
            store.close().await;
        }
    }
}

/// Runs a subject on both implementations.
macro_rules! on_every_store {
    ($($subject:ident),* $(,)?) => { $(
        mod $subject {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let copies = super::Copies::sqlite().await;
                super::super::$subject::holds(&copies).await;
                copies.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(copies) = super::Copies::postgres().await else { return };
                super::super::$subject::holds(&copies).await;
                copies.close().await;
            }
        }
    )* };
}

mod holds {
    use super::Copies;

    on_every_store!(accounts, cases, completing, crowds, editions, intake, logins, review);
}
