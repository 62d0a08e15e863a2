//! What is being attached just now: who may work, how far it is, and who was told to stop.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use documents::{Stage, Watch};
use protocol::ApplicationId;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{AttachingProgress, AttachingStage};
use crate::{Desk, DeskEvent, Events};

/// Files prepared at the same time. A photo of 12 megapixels takes some 100 MB while it is worked on.
const AT_A_TIME: usize = 2;

/// More than twenty times a second nobody sees.
const BETWEEN_TWO_REPORTS: Duration = Duration::from_millis(50);

/// How much of a task is preparing; the rest is for saving.
const PREPARING: f32 = 0.95;

/// By the task's id: whose it is, and the way to stop it.
type Running = Arc<Mutex<HashMap<String, (ApplicationId, Arc<AtomicBool>)>>>;

/// Every running task with its way to be stopped.
#[derive(Debug)]
pub(crate) struct Tasks {
    running: Running,
    workers: Arc<Semaphore>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self { running: Arc::default(), workers: Arc::new(Semaphore::new(AT_A_TIME)) }
    }
}

impl Tasks {
    pub(super) fn cancel(&self, id: &str) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cancelled)) = running.get(id) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// How many files of an application are on their way into it.
    pub(crate) fn of(&self, id: ApplicationId) -> usize {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().filter(|(whose, _)| *whose == id).count()
    }

    fn count(&self) -> usize {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(super) fn workers(&self) -> Arc<Semaphore> {
        Arc::clone(&self.workers)
    }
}

/// A running task. It ends when this is dropped, however that comes about: the window shows it until then.
pub(super) struct Task {
    cancelled: Arc<AtomicBool>,
    reporter: Arc<Reporter>,
    running: Running,
}

impl Desk {
    /// How many files are being prepared now, of all applications: what would be lost if the program ended.
    #[must_use]
    pub fn files_on_their_way(&self) -> usize {
        self.0.tasks.count()
    }

    /// A task that waits for its turn and can be cancelled from now on.
    pub(super) fn begin_task(&self, id: ApplicationId, slot: &str, name: &str) -> Task {
        let progress = AttachingProgress {
            task: Uuid::new_v4().to_string(),
            application_id: id,
            slot: slot.to_owned(),
            name: name.to_owned(),
            stage: AttachingStage::Waiting,
            fraction: 0.0,
        };
        let running = Arc::clone(&self.0.tasks.running);
        let cancelled = Arc::<AtomicBool>::default();
        running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(progress.task.clone(), (id, Arc::clone(&cancelled)));
        let reporter = Reporter { events: self.0.events.clone(), progress, last: Mutex::new(None) };
        reporter.report(AttachingStage::Waiting, 0.0);
        Task { cancelled, reporter: Arc::new(reporter), running }
    }
}

impl Task {
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// For whoever works on it: passes progress on, and looks whether somebody cancelled.
    pub(super) fn watching(&self) -> Watching {
        Watching { reporter: Arc::clone(&self.reporter), cancelled: Arc::clone(&self.cancelled) }
    }

    pub(super) fn saving(&self) {
        self.reporter.report(AttachingStage::Saving, PREPARING);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.reporter.progress.task);
        drop(running);
        self.reporter.report(AttachingStage::Ended, 1.0);
    }
}

/// Tells how far one file is.
struct Reporter {
    events: Events,
    progress: AttachingProgress,
    last: Mutex<Option<(AttachingStage, Instant)>>,
}

impl Reporter {
    fn report(&self, stage: AttachingStage, fraction: f32) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let soon =
            last.is_some_and(|(before, at)| before == stage && now.duration_since(at) < BETWEEN_TWO_REPORTS);
        if soon {
            return;
        }
        *last = Some((stage, now));
        let progress =
            AttachingProgress { stage, fraction: fraction.clamp(0.0, 1.0), ..self.progress.clone() };
        self.events.send(DeskEvent::Attaching(progress));
    }
}

/// What the work on a task tells and asks.
pub(super) struct Watching {
    reporter: Arc<Reporter>,
    cancelled: Arc<AtomicBool>,
}

impl Watching {
    /// The file is being read, before there is anything to prepare.
    pub(super) fn reading(&self) {
        self.reporter.report(AttachingStage::Reading, 0.0);
    }
}

impl Watch for Watching {
    fn progress(&self, stage: Stage, fraction: f32) {
        let stage = match stage {
            Stage::Reading => AttachingStage::Reading,
            Stage::Decoding => AttachingStage::Decoding,
            Stage::Fitting | Stage::Finishing => AttachingStage::Fitting,
        };
        self.reporter.report(stage, fraction * PREPARING);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
