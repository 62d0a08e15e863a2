//! What a person let go over the window. Only these files may be attached by their path: the page may name a path,
//! but never one that nobody has offered.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use desk::Explained;

/// More than anyone drops before attaching; the oldest are forgotten.
const REMEMBERED: usize = 256;

/// The files that were dropped last.
#[derive(Debug, Default)]
pub struct Offered(Mutex<VecDeque<PathBuf>>);

impl Offered {
    /// Files were dropped.
    pub(crate) fn add(&self, paths: &[PathBuf]) {
        let mut offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        offered.extend(paths.iter().cloned());
        let too_many = offered.len().saturating_sub(REMEMBERED);
        offered.drain(..too_many);
    }

    /// The paths, if all of them were offered.
    pub(crate) fn take_up(&self, paths: Vec<String>) -> Result<Vec<PathBuf>, Explained> {
        let offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |path: &Path| offered.iter().any(|one| one == path);
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        if paths.iter().all(|path| known(path)) { Ok(paths) } else { Err(not_offered()) }
    }
}

fn not_offered() -> Explained {
    Explained::new(
        "file_not_offered",
        "这个文件不是您刚才拖进来的，没有读取。",
        "This file was not dropped here just now, so it was not read.",
    )
    .hint("请把文件再拖进来一次，或用“选择文件”。", "Please drop it again, or use Choose file.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_dropped_may_be_read() {
        let offered = Offered::default();
        offered.add(&["/scans/a.jpg".into(), "/scans/b.jpg".into()]);
        assert!(offered.take_up(vec!["/scans/b.jpg".into(), "/scans/a.jpg".into()]).is_ok());
        assert!(offered.take_up(vec!["/scans/a.jpg".into(), "/home/secret.jpg".into()]).is_err());
        assert!(offered.take_up(vec!["/scans/../scans/../etc/x.jpg".into()]).is_err());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let offered = Offered::default();
        offered.add(&["/first.jpg".into()]);
        offered.add(&vec![PathBuf::from("/other.jpg"); REMEMBERED]);
        assert!(offered.take_up(vec!["/first.jpg".into()]).is_err());
        assert!(offered.take_up(vec!["/other.jpg".into()]).is_ok());
    }
}
