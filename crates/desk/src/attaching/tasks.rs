//! What is being attached just now: who may work, how far it is, and who was told to stop.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use documents::{Stage, Watch};
use protocol::ApplicationId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{AttachingProgress, AttachingStage};
use crate::{Desk, DeskEvent, Events, Explained};

/// Files prepared at the same time. An ordinary one takes 20 to 120 MB while it is worked on, none more than 256 MB
/// (`documents`, tests/memory).
const AT_A_TIME: usize = 2;

/// More than twenty times a second nobody sees.
const BETWEEN_TWO_REPORTS: Duration = Duration::from_millis(50);

/// How much of a task is preparing; the rest is for saving.
const PREPARING: f32 = 0.95;

/// By the task's id.
type Running = Arc<Mutex<HashMap<String, Known>>>;

/// What is known of a running task: whose it is, and the way to stop it.
#[derive(Clone)]
struct Known {
    application: ApplicationId,
    life: Arc<Life>,
    reporter: Arc<Reporter>,
}

/// A task is stopped or it is saved, whichever comes first.
#[derive(Default)]
struct Life {
    state: AtomicU8,
    /// For those that wait.
    stopped: CancellationToken,
}

impl Life {
    const GOING: u8 = 0;
    const STOPPED: u8 = 1;
    const SAVING: u8 = 2;

    /// Whether it came to that, and not to the other.
    fn ends(&self, by: u8) -> bool {
        self.state.compare_exchange(Self::GOING, by, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn is_stopped(&self) -> bool {
        self.state.load(Ordering::Acquire) == Self::STOPPED
    }
}

/// Every running task with its way to be stopped.
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
    /// It is gone at once, whatever is being done for it; what comes of that is thrown away. One that is being saved
    /// stays.
    pub(super) fn cancel(&self, id: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let stopped = running.get(id).filter(|known| known.life.ends(Life::STOPPED)).cloned();
        if let Some(Known { life, reporter, .. }) = stopped {
            running.remove(id);
            drop(running);
            life.stopped.cancel();
            reporter.report(AttachingStage::Ended, 1.0);
        }
    }

    /// How many files of an application are on their way into it.
    pub(crate) fn of(&self, id: ApplicationId) -> usize {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().filter(|known| known.application == id).count()
    }

    fn count(&self) -> usize {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(super) fn workers(&self) -> Arc<Semaphore> {
        Arc::clone(&self.workers)
    }
}

/// A running task. It ends when it is cancelled or this is dropped, however that comes about: the window shows it until
/// then.
pub(super) struct Task {
    life: Arc<Life>,
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
        let (running, life) = (Arc::clone(&self.0.tasks.running), Arc::<Life>::default());
        let task = progress.task.clone();
        let reporter = Reporter { events: self.0.events.clone(), progress, last: Mutex::new(None) };
        let reporter = Arc::new(reporter);
        let known = Known { application: id, life: Arc::clone(&life), reporter: Arc::clone(&reporter) };
        running.lock().unwrap_or_else(PoisonError::into_inner).insert(task, known);
        reporter.report(AttachingStage::Waiting, 0.0);
        Task { life, reporter, running }
    }

    /// Works on a task off the async threads; `None` as soon as it is cancelled, even where it still waits for a worker.
    /// A worker that is left ends by itself.
    pub(super) async fn work_on<T: Send + 'static>(
        &self,
        task: &Task,
        work: impl FnOnce(&Watching) -> Result<Option<T>, Explained> + Send + 'static,
    ) -> Result<Option<T>, Explained> {
        let watching = task.watching();
        let done = self.on_the_pool(move || work(&watching));
        task.life.stopped.run_until_cancelled(done).await.unwrap_or(Ok(None))
    }
}

impl Task {
    /// For whoever works on it: passes progress on, and looks whether somebody cancelled.
    fn watching(&self) -> Watching {
        Watching { reporter: Arc::clone(&self.reporter), life: Arc::clone(&self.life) }
    }

    /// From here on it cannot be cancelled any more; `false` where it was.
    #[must_use]
    pub(super) fn saving(&self) -> bool {
        let saves = self.life.ends(Life::SAVING);
        if saves {
            self.reporter.report(AttachingStage::Saving, PREPARING);
        }
        saves
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
        // Whoever still works on it has nothing more to tell.
        if last.is_some_and(|(before, _)| before == AttachingStage::Ended) {
            return;
        }
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
    life: Arc<Life>,
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
        self.life.is_stopped()
    }
}
