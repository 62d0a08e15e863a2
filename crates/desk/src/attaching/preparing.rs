//! Reading a file within its limit and making it fit, on the blocking pool, with progress.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use documents::{Edit, Limits, Prepared, Refusal, Stage, Watch};

use super::{AttachingProgress, AttachingStage, refusals};
use crate::{DeskEvent, Events, Explained};

/// Where a file comes from.
pub(crate) enum Source {
    Path(PathBuf),
    Bytes(Vec<u8>),
}

/// A file that was made fit.
pub(super) struct Fit {
    pub(super) sources: Vec<Arc<[u8]>>,
    pub(super) prepared: Prepared,
}

/// More than twenty times a second nobody sees.
const BETWEEN_TWO_REPORTS: Duration = Duration::from_millis(50);

/// Tells how far one file is.
pub(super) struct Reporter {
    events: Events,
    progress: AttachingProgress,
    last: Mutex<Option<(AttachingStage, Instant)>>,
}

impl Reporter {
    pub(super) fn new(events: Events, progress: AttachingProgress) -> Self {
        Self { events, progress, last: Mutex::new(None) }
    }

    pub(super) fn report(&self, stage: AttachingStage, fraction: f32) {
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

/// Passes progress on, and looks whether somebody cancelled.
pub(super) struct Watching<'a> {
    pub(super) reporter: &'a Reporter,
    pub(super) cancelled: &'a AtomicBool,
}

impl Watch for Watching<'_> {
    fn progress(&self, stage: Stage, fraction: f32) {
        let stage = match stage {
            Stage::Reading => AttachingStage::Reading,
            Stage::Decoding => AttachingStage::Decoding,
            Stage::Fitting | Stage::Finishing => AttachingStage::Fitting,
        };
        // The rest is for saving.
        self.reporter.report(stage, fraction * 0.95);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// `None` = cancelled. Blocks.
pub(super) fn make(
    sources: Vec<Arc<[u8]>>,
    edit: &Edit,
    watch: &dyn Watch,
) -> Result<Option<Fit>, Explained> {
    let limits = Limits::default();
    let prepared = match sources.as_slice() {
        [source] => documents::prepare(source, edit, &limits, watch),
        _ => documents::bind(sources.clone(), edit, &limits, watch),
    };
    match prepared {
        Ok(prepared) => Ok(Some(Fit { sources, prepared })),
        Err(Refusal::Cancelled) => Ok(None),
        Err(refusal) => Err(refusals::explain(&refusal)),
    }
}

/// The bytes of a file, within the limit. Blocks.
pub(super) fn read(source: Source) -> Result<Arc<[u8]>, Explained> {
    match source {
        Source::Bytes(bytes) => Ok(bytes.into()),
        Source::Path(path) => read_path(&path, &Limits::default()).map(Arc::from),
    }
}

/// Never more than the limit, even where the file grows while it is read.
fn read_path(path: &Path, limits: &Limits) -> Result<Vec<u8>, Explained> {
    let file = File::open(path).map_err(|error| refusals::unreadable(&error))?;
    let facts = file.metadata().map_err(|error| refusals::unreadable(&error))?;
    if !facts.is_file() {
        return Err(refusals::no_file());
    }
    let too_large = |bytes| refusals::explain(&Refusal::TooLarge { bytes, max: limits.max_input_bytes });
    if facts.len() > limits.max_input_bytes {
        return Err(too_large(facts.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or_default());
    let read = file.take(limits.max_input_bytes + 1).read_to_end(&mut bytes);
    let length = read.map_err(|error| refusals::unreadable(&error))?;
    match u64::try_from(length) {
        Ok(length) if length <= limits.max_input_bytes => Ok(bytes),
        _ => Err(too_large(limits.max_input_bytes + 1)),
    }
}
