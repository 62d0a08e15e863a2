//! Those who read: a few connections, each of one reader at a time. A whole unit of reads is handed to a thread that may
//! wait for the disk.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

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
    pub(super) fn of(file: &Path) -> Self {
        let at = At { file: file.to_owned(), writes: false };
        Self(Arc::new(Shared {
            at,
            places: Arc::new(Semaphore::new(TOGETHER as usize)),
            idle: Mutex::new(Vec::new()),
        }))
    }

    /// A consistent view of everything, on a connection of its own.
    pub(super) fn view(&self) -> Result<Connection, StoreError> {
        let connection = self.0.at.connect()?;
        connection.execute_batch("BEGIN")?;
        Ok(connection)
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

    /// Nobody reads afterwards; whoever reads now ends first.
    pub(super) async fn close(&self) {
        let _all = timeout(PATIENCE, self.0.places.acquire_many(TOGETHER)).await;
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
