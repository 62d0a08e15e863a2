//! What a person let go over the window. Only these files may be attached by their path: the page may name a path,
//! but never one that nobody has offered.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use desk::Explained;

/// More than anyone drops before attaching; the oldest are forgotten.
const REMEMBERED: usize = 256;

/// The files that were dropped last, under the names by which the page knows them. A name reads like the path; where
/// the path is no Unicode, that alone would not lead back to the file.
#[derive(Debug, Default)]
pub struct Offered(Mutex<VecDeque<(String, PathBuf)>>);

impl Offered {
    /// Files were dropped; says under which names the page may ask for them.
    pub(crate) fn add(&self, paths: &[PathBuf]) -> Vec<String> {
        let mut offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names = Vec::with_capacity(paths.len());
        for path in paths {
            let mut name = path.to_string_lossy().into_owned();
            while offered.iter().any(|(known, other)| *known == name && other != path) {
                name.push('\u{fffd}');
            }
            offered.push_back((name.clone(), path.clone()));
            names.push(name);
        }
        let too_many = offered.len().saturating_sub(REMEMBERED);
        offered.drain(..too_many);
        names
    }

    /// The paths, if all of them were offered.
    pub(crate) fn take_up(&self, names: &[String]) -> Result<Vec<PathBuf>, Explained> {
        let offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let find = |name: &String| offered.iter().rev().find(|(known, _)| known == name);
        names.iter().map(|name| find(name).map(|(_, path)| path.clone()).ok_or_else(not_offered)).collect()
    }
}

fn not_offered() -> Explained {
    Explained::new(
        "file_not_offered",
        "这个文件不是您刚才拖进来的，没有读取。",
        "This file was not dropped here just now, so it was not read.",
    )
    .hint("请把文件再拖进来一次，或按“选文件”。", "Please drop it again, or press Choose a file.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_dropped_may_be_read() {
        let offered = Offered::default();
        offered.add(&["/scans/a.jpg".into(), "/scans/b.jpg".into()]);
        assert!(offered.take_up(&["/scans/b.jpg".into(), "/scans/a.jpg".into()]).is_ok());
        assert!(offered.take_up(&["/scans/a.jpg".into(), "/home/secret.jpg".into()]).is_err());
        assert!(offered.take_up(&["/scans/../scans/../etc/x.jpg".into()]).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn names_that_are_no_unicode_lead_back_to_their_files() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

        let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
        let (one, other) = (path(b"/scans/\xce\xd2.jpg"), path(b"/scans/\xc4\xe3.jpg"));
        let offered = Offered::default();
        let names = offered.add(&[one.clone(), other.clone(), one.clone()]);
        assert_ne!(names[0], names[1]);
        assert_eq!(offered.take_up(&names).unwrap(), [one.clone(), other, one]);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let offered = Offered::default();
        offered.add(&["/first.jpg".into()]);
        offered.add(&vec![PathBuf::from("/other.jpg"); REMEMBERED]);
        assert!(offered.take_up(&["/first.jpg".into()]).is_err());
        assert!(offered.take_up(&["/other.jpg".into()]).is_ok());
    }
}
