//! Reading a file within its limit and making it fit. Both block: they are for the blocking pool.

use std::{
    fs::File,
    io::{Read, Seek},
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
    Ok(unless_cancelled(prepared)?.map(|prepared| Fit { sources, prepared }))
}

/// A file as it arrives, not edited yet. One from the disk is read as it is decoded, and once more to be kept for later
/// edits: so a large one and what becomes of it never stand in memory together. `None` = cancelled. Blocks.
pub(super) fn make_arrived(source: Source, watch: &dyn Watch) -> Result<Option<Fit>, Explained> {
    let Source::Path(path) = &source else { return make(vec![read(source)?], &Edit::default(), watch) };
    let limits = Limits::default();
    let unreadable = |error| refusals::unreadable(&error);
    let mut file = open(path, &limits)?;
    let before = file.metadata().map_err(unreadable)?;
    let decoded = file.try_clone().map_err(unreadable)?;
    let prepared = documents::prepare_file(decoded, &Edit::default(), &limits, watch);
    // What cannot be read any more is taken for damaged there; reading it all tells which it is.
    if !matches!(prepared, Ok(_) | Err(Refusal::Damaged)) {
        return unless_cancelled(prepared).map(|_| None);
    }
    file.rewind().map_err(unreadable)?;
    let source: Arc<[u8]> = take_in(&file, &limits)?.into();
    let after = file.metadata().map_err(unreadable)?;
    let same = before.len() == after.len() && before.modified().ok() == after.modified().ok();
    match prepared {
        Ok(prepared) if same => Ok(Some(Fit { sources: vec![source], prepared })),
        // Somebody wrote to it: what is kept is what counts.
        _ => make(vec![source], &Edit::default(), watch),
    }
}

fn unless_cancelled(prepared: Result<Prepared, Refusal>) -> Result<Option<Prepared>, Explained> {
    match prepared {
        Ok(prepared) => Ok(Some(prepared)),
        Err(Refusal::Cancelled) => Ok(None),
        Err(refusal) => Err(refusals::explain(&refusal)),
    }
}

/// The bytes of a file, within the limit. Blocks.
pub(super) fn read(source: Source) -> Result<Arc<[u8]>, Explained> {
    match source {
        Source::Bytes(bytes) => Ok(bytes.into()),
        Source::Path(path) => {
            let limits = Limits::default();
            take_in(&open(&path, &limits)?, &limits).map(Arc::from)
        }
    }
}

/// A file whose size is within the limit.
fn open(path: &Path, limits: &Limits) -> Result<File, Explained> {
    let file = File::open(path).map_err(|error| refusals::unreadable(&error))?;
    let facts = file.metadata().map_err(|error| refusals::unreadable(&error))?;
    if !facts.is_file() {
        return Err(refusals::no_file());
    }
    if facts.len() > limits.max_input_bytes {
        return Err(too_large(facts.len(), limits));
    }
    Ok(file)
}

/// Never more than the limit, even where the file grows while it is read.
fn take_in(file: &File, limits: &Limits) -> Result<Vec<u8>, Explained> {
    let expected = file.metadata().map_or(0, |facts| facts.len()).min(limits.max_input_bytes);
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
    let read = file.take(limits.max_input_bytes + 1).read_to_end(&mut bytes);
    let length = read.map_err(|error| refusals::unreadable(&error))?;
    match u64::try_from(length) {
        Ok(length) if length <= limits.max_input_bytes => Ok(bytes),
        _ => Err(too_large(limits.max_input_bytes + 1, limits)),
    }
}

fn too_large(bytes: u64, limits: &Limits) -> Explained {
    refusals::explain(&Refusal::TooLarge { bytes, max: limits.max_input_bytes })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::unwrap_used)]

    use std::{fs, sync::Mutex};

    use documents::Stage;
    use testkit::papers;

    use super::*;

    /// Writes another picture into the file while it is being read.
    struct Overwrites(PathBuf, Mutex<Option<Vec<u8>>>);

    impl Watch for Overwrites {
        fn progress(&self, _: Stage, _: f32) {
            if let Some(other) = self.1.lock().unwrap().take() {
                fs::write(&self.0, other).unwrap();
            }
        }

        fn is_cancelled(&self) -> bool {
            false
        }
    }

    #[test]
    fn what_is_kept_of_a_file_that_changes_meanwhile_is_what_was_made_fit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("证件照.jpg");
        fs::write(&path, papers::id_card_front_photo()).unwrap();
        let other = papers::better_portrait_jpeg();
        let watch = Overwrites(path.clone(), Mutex::new(Some(other.clone())));
        let fit = make_arrived(Source::Path(path), &watch);
        let fit = fit.map_err(|error| error.code).unwrap().expect("not cancelled");
        assert!(fit.sources[0][..] == other[..], "what stands there now");
        let alone = make(vec![other.into()], &Edit::default(), &()).map_err(|error| error.code).unwrap();
        assert!(fit.prepared.bytes == alone.expect("not cancelled").prepared.bytes);
    }

    #[test]
    fn a_file_from_the_disk_becomes_what_its_bytes_become() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("photo.jpg", papers::id_card_front_photo()),
            ("scan.png", papers::id_card_back_png()),
            ("book.tiff", papers::household_head_tiff()),
            ("book.pdf", papers::household_person_pdf()),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, &bytes).unwrap();
            let fit = make_arrived(Source::Path(path), &()).map_err(|error| error.code).unwrap().expect(name);
            assert!(fit.sources[0][..] == bytes[..], "{name}");
            let of_bytes = make_arrived(Source::Bytes(bytes), &()).map_err(|error| error.code).unwrap();
            assert!(fit.prepared.bytes == of_bytes.expect(name).prepared.bytes, "{name}");
        }
    }
}
