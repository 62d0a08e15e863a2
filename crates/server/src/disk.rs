//! Whether the disk of a data directory still takes what the office would acknowledge. A full one is found out before
//! somebody's document is refused, and by whoever watches.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::PathBuf,
    sync::Arc,
};

use tokio::{sync::Mutex, task::spawn_blocking};

use crate::keys::DataDir;

/// Free bytes with which an office may call itself ready: one of the largest documents and the rows of many.
pub(crate) const LEAST_FREE: u64 = 4 * 1024 * 1024;
/// What is written on trial; a file system keeps very small files where no block is needed.
const TRIAL: [u8; 8192] = [0x5a; 8192];

/// The disks of a data directory. Clones share them.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Inside>);

struct Inside {
    trial: PathBuf,
    /// Documents may lie on another one.
    folders: [PathBuf; 2],
    least_free: u64,
    /// Held during a look: a disk that hangs must not take one thread after the other.
    looking: Arc<Mutex<()>>,
}

impl Disk {
    /// Of a directory that is there.
    pub(crate) fn of(data: &DataDir, least_free: u64) -> Self {
        let folders = [data.root().to_owned(), data.blobs()];
        let looking = Arc::default();
        Self(Arc::new(Inside { trial: data.root().join("trial"), folders, least_free, looking }))
    }

    /// Writes a small file durably and removes it, where enough is free.
    ///
    /// # Errors
    /// [`ErrorKind::StorageFull`] where too little is free, [`ErrorKind::ResourceBusy`] where an earlier look has not
    /// ended, otherwise what the disk says.
    pub(crate) async fn takes_more(&self) -> io::Result<()> {
        let inside = Arc::clone(&self.0);
        let looking = Arc::clone(&inside.looking)
            .try_lock_owned()
            .map_err(|_| io::Error::new(ErrorKind::ResourceBusy, "the disk has not answered yet"))?;
        let look = spawn_blocking(move || {
            let looked = inside.look();
            drop(looking);
            looked
        });
        look.await.map_err(io::Error::other)?
    }
}

impl Inside {
    fn look(&self) -> io::Result<()> {
        for folder in &self.folders {
            if fs4::available_space(folder)? < self.least_free {
                return Err(io::Error::new(ErrorKind::StorageFull, "less is free than one document needs"));
            }
        }
        let written = File::create(&self.trial).and_then(|mut file| {
            file.write_all(&TRIAL)?;
            file.sync_all()
        });
        let removed = fs::remove_file(&self.trial);
        written.and(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_disk_with_room_takes_more_and_keeps_nothing_of_the_trial() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataDir::prepare(folder.path()).expect("prepared");
        let names = || fs::read_dir(folder.path()).expect("reads").count();
        let before = names();
        let disk = Disk::of(&data, 1);
        for _ in 0..2 {
            disk.takes_more().await.expect("has room");
        }
        assert_eq!(names(), before);
    }

    #[tokio::test]
    async fn too_little_is_a_full_disk_and_one_that_hangs_is_asked_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataDir::prepare(folder.path()).expect("prepared");
        let full = Disk::of(&data, u64::MAX).takes_more().await.expect_err("is full");
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        let hangs = Disk::of(&data, 1);
        let _looking = Arc::clone(&hangs.0.looking).try_lock_owned().expect("free");
        assert_eq!(hangs.takes_more().await.expect_err("waits").kind(), ErrorKind::ResourceBusy);
    }

    #[tokio::test]
    async fn a_disk_that_does_not_take_the_file_is_no_disk_to_promise_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataDir::prepare(folder.path()).expect("prepared");
        // In the way, whoever this test runs as.
        fs::create_dir(folder.path().join("trial")).expect("made");
        assert!(Disk::of(&data, 1).takes_more().await.is_err());
    }
}
