//! Reading a file within its limit and making it fit. Both block: they are for the blocking pool.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use documents::{Edit, Limits, Prepared, Refusal, Watch};

use super::refusals;
use crate::Explained;

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

/// `None` = cancelled. Blocks.
pub(super) fn make(
    sources: Vec<Arc<[u8]>>,
    edit: &Edit,
    watch: &dyn Watch,
) -> Result<Option<Fit>, Explained> {
    let limits = Limits::default();
    let prepared = match sources.as_slice() {
        [source] => documents::prepare(Arc::clone(source), edit, &limits, watch),
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
    // Before it is opened: opening a pipe waits for whoever writes into it.
    let facts = fs::metadata(path).map_err(|error| refusals::unreadable(&error))?;
    if !facts.is_file() {
        return Err(refusals::no_file());
    }
    let file = File::open(path).map_err(|error| refusals::unreadable(&error))?;
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
