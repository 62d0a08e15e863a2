//! Those who read: a few connections, each of one reader at a time. A whole unit of reads is handed to a thread that may
//! wait for the disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::{At, PATIENCE, breaks, statement::command};
use crate::store::StoreError;

/// Who reads at the same time.
const TOGETHER: u32 = 4;

/// Connections that read. Cheap to clone.
#[derive(Clone)]
pub(super) struct Readers(Arc<Shared>);

struct Shared {
    at: At,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// None is opened before it is needed.
    pub(super) fn new(at: At) -> Self {
        Self(Arc::new(Shared {
            at,
            places: Arc::new(Semaphore::new(TOGETHER as usize)),
            idle: Mutex::new(Vec::new()),
        }))
    }

    pub(super) fn at(&self) -> &At {
        &self.0.at
    }

    /// Runs several reads on one consistent view.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let place = timeout(PATIENCE, Arc::clone(&self.0.places).acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or(StoreError::Busy)?;
        let shared = Arc::clone(&self.0);
        let reading = spawn_blocking(move || {
            let outcome = shared.read(work);
            drop(place);
            outcome
        });
        reading.await.unwrap_or(Err(StoreError::Unfinished))
    }

    /// Nobody reads afterwards; whoever reads now ends first, unless that takes so long that the writer could not end in
    /// time.
    pub(super) async fn close(&self) {
        let _all = timeout(PATIENCE / 2, self.0.places.acquire_many(TOGETHER)).await;
        self.0.places.close();
        self.0.idle().clear();
    }
}

impl Shared {
    /// A connection that broke, or whose work fell over, is not used again.
    fn read<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let waiting = self.idle().pop();
        let mut connection = waiting.map_or_else(|| self.at.connect(), Ok)?;
        let begun = command(&connection, "BEGIN");
        let outcome = begun.and_then(|()| work(&mut connection));
        let ended = command(&connection, "ROLLBACK");
        let broken = ended.is_err() || outcome.as_ref().is_err_and(breaks);
        if !broken && !self.places.is_closed() {
            self.idle().push(connection);
        }
        outcome
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "panics on purpose")]

    use std::sync::mpsc;

    use super::*;

    fn readers() -> (tempfile::TempDir, Readers) {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("read.db");
        let made = Connection::open(&file).expect("opens");
        made.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE read (number INTEGER) STRICT")
            .expect("made");
        let readers = Readers::new(At::reading(&file));
        (dir, readers)
    }

    async fn idle_after<T: Send + 'static>(
        readers: &Readers,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> usize {
        let _ = readers.run(work).await;
        readers.0.idle().len()
    }

    #[tokio::test]
    async fn a_connection_is_used_again_unless_it_broke_or_its_work_fell_over() {
        let (_dir, readers) = readers();
        assert_eq!(idle_after(&readers, |_| Ok(())).await, 1);
        let refused = |connection: &mut Connection| Ok(connection.execute_batch("SELECT nothing")?);
        assert_eq!(idle_after(&readers, refused).await, 1, "what was asked was wrong, not the connection");
        let gone = |connection: &mut Connection| Ok(connection.execute_batch("ROLLBACK")?);
        assert_eq!(idle_after(&readers, gone).await, 0, "its view is gone");
        let fell: Result<(), _> = readers.run(|_| panic!("a unit fell over")).await;
        assert!(matches!(fell, Err(StoreError::Unfinished)), "{fell:?}");
        assert_eq!(readers.0.idle().len(), 0);
        // And their places are free again.
        assert_eq!(readers.0.places.available_permits(), TOGETHER as usize);
    }

    #[tokio::test]
    async fn closing_waits_for_who_reads_and_lets_nobody_in() {
        let (_dir, readers) = readers();
        let (go, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let reading = tokio::spawn({
            let readers = readers.clone();
            async move {
                readers
                    .run(move |_| {
                        let _ = begun.send(());
                        let _ = wait.recv();
                        Ok(())
                    })
                    .await
            }
        });
        has_begun.await.expect("begins");
        let closing = tokio::spawn({
            let readers = readers.clone();
            async move { readers.close().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        go.send(()).expect("goes on");
        reading.await.expect("ends").expect("is read");
        closing.await.expect("closes");
        assert_eq!(readers.0.idle().len(), 0);
        assert!(matches!(readers.run(|_| Ok(())).await, Err(StoreError::Busy)));
    }
}
