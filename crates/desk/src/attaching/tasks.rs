//! What is being attached just now: who may work, and who was told to stop.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Semaphore;
use uuid::Uuid;

/// Files prepared at the same time. A photo of 12 megapixels takes some 100 MB while it is worked on.
const AT_A_TIME: usize = 2;

/// Every running task with its way to be stopped.
#[derive(Debug)]
pub(crate) struct Tasks {
    running: Arc<Mutex<HashMap<String, Arc<AtomicBool>>>>,
    workers: Arc<Semaphore>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self { running: Arc::default(), workers: Arc::new(Semaphore::new(AT_A_TIME)) }
    }
}

/// A running task; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) cancelled: Arc<AtomicBool>,
    running: Arc<Mutex<HashMap<String, Arc<AtomicBool>>>>,
}

impl Tasks {
    pub(crate) fn begin(&self) -> Task {
        let task = Task {
            id: Uuid::new_v4().to_string(),
            cancelled: Arc::default(),
            running: Arc::clone(&self.running),
        };
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(task.id.clone(), Arc::clone(&task.cancelled));
        drop(running);
        task
    }

    pub(crate) fn cancel(&self, id: &str) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cancelled) = running.get(id) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn workers(&self) -> Arc<Semaphore> {
        Arc::clone(&self.workers)
    }
}

impl Task {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.id);
    }
}
