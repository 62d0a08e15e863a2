//! Documents that broke off on their way. What arrived of them stays for a day, so that the next try sends only the
//! rest. Never a document: nobody reads it but the upload that goes on, which proves the whole by its hash. It is
//! not synced, because losing it costs no more than sending it again; and it stays with the copy of the office that
//! received it. For the same reason it is bounded, and gives way where the disk is full.

mod sizes;

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use protocol::{AccountId, ContentHash};
use sizes::{Bounds, Sizes};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes that are gathered before they are written down; no more is lost where the office itself dies.
pub(crate) const GRAIN: usize = 256 * 1024;
/// How long a beginning is kept.
const KEPT: Duration = Duration::from_hours(24);
/// A desk sends one document at a time, so that eight of the largest are the leavings of a bad day; beyond the bounds
/// a document that breaks off begins anew.
const BOUNDS: Bounds = Bounds { of_account: 16_000_000, in_all: 1_000_000_000 };

/// Whose, and of which document.
type Key = (AccountId, ContentHash);

/// The beginnings, each in a file of its own. Clones share them.
#[derive(Clone)]
pub(crate) struct Partials(Arc<Shelf>);

struct Shelf {
    folder: PathBuf,
    sizes: Mutex<Sizes>,
    /// Those that uploads are at.
    under_way: Mutex<HashMap<Key, Weak<Beginning>>>,
}

/// The beginning of one document, the same for all uploads of it that are under way.
pub(crate) struct Beginning {
    shelf: Arc<Shelf>,
    key: Key,
    /// Held while the file is touched. What was forgotten is never written again: an upload that hung meanwhile would
    /// bring back the tail of a document that is whole by now.
    forgotten: Mutex<bool>,
}

impl Partials {
    /// In a folder that is there, with what an earlier run left behind.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        Self::within(folder, BOUNDS)
    }

    fn within(folder: &Path, bounds: Bounds) -> io::Result<Self> {
        let mut sizes = Sizes::new(bounds);
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if let Some(key) = key_of(&entry.file_name()) {
                sizes.set(key, entry.metadata()?.len());
            }
        }
        let under_way = Mutex::default();
        Ok(Self(Arc::new(Shelf { folder: folder.to_owned(), sizes: Mutex::new(sizes), under_way })))
    }

    /// How many bytes of a document an account has brought already.
    pub(crate) fn length(&self, account: AccountId, hash: ContentHash) -> u64 {
        held(&self.0.sizes).of((account, hash))
    }

    /// The same of several; those of which nothing is here are left out.
    pub(crate) fn lengths(&self, account: AccountId, hashes: &[ContentHash]) -> BTreeMap<ContentHash, u64> {
        let sizes = held(&self.0.sizes);
        let lengths = hashes.iter().map(|hash| (*hash, sizes.of((account, *hash))));
        lengths.filter(|(_, length)| *length > 0).collect()
    }

    /// For an upload that begins or goes on.
    pub(crate) fn beginning(&self, account: AccountId, hash: ContentHash) -> Arc<Beginning> {
        self.at((account, hash))
    }

    fn at(&self, key: Key) -> Arc<Beginning> {
        let mut under_way = held(&self.0.under_way);
        if let Some(known) = under_way.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        let new = Arc::new(Beginning { shelf: Arc::clone(&self.0), key, forgotten: Mutex::new(false) });
        under_way.insert(key, Arc::downgrade(&new));
        new
    }

    /// Removes what nobody went on with; answers how many.
    pub(crate) async fn sweep(&self) -> io::Result<u64> {
        let this = self.clone();
        blocking(spawn_blocking(move || this.sweep_now(KEPT))).await
    }

    fn sweep_now(&self, kept: Duration) -> io::Result<u64> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.0.folder)? {
            let entry = entry?;
            let facts = match entry.metadata() {
                // Its document became whole meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                facts => facts?,
            };
            if facts.modified()?.elapsed().unwrap_or_default() <= kept {
                continue;
            }
            match key_of(&entry.file_name()) {
                Some(key) => self.at(key).forget_now(),
                None => gone(fs::remove_file(entry.path()))?,
            }
            removed += 1;
        }
        Ok(removed)
    }

    /// The disk is full: all of them give way to what was asked for, and none is kept for a while.
    pub(crate) async fn give_way(&self) {
        let this = self.clone();
        let cleared = spawn_blocking(move || {
            let keys = {
                let mut sizes = held(&this.0.sizes);
                sizes.rest();
                sizes.keys()
            };
            if !keys.is_empty() {
                tracing::warn!(documents = keys.len(), "the disk is full: what broke off begins anew");
            }
            for key in keys {
                this.at(key).forget_now();
            }
        });
        let _ = cleared.await;
    }
}

impl Beginning {
    /// The first `length` bytes; `None` where fewer are here.
    pub(crate) async fn read(self: &Arc<Self>, length: u64) -> Option<Vec<u8>> {
        let this = Arc::clone(self);
        let read = spawn_blocking(move || {
            let mut bytes = Vec::new();
            let read = File::open(this.path()).and_then(|file| file.take(length).read_to_end(&mut bytes));
            let here = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if read.is_ok() && here == length {
                return Some(bytes);
            }
            // Somebody else touched the file: what is told of it is to be true again.
            this.measure();
            None
        });
        read.await.ok().flatten()
    }

    /// Writes down bytes that follow the first `at`, where those are here and there is room. Two uploads of the same
    /// document write the same bytes in the same places.
    ///
    /// Goes on to its end whether or not anybody waits for it. Answers whether they were written down.
    pub(crate) fn write(self: &Arc<Self>, at: u64, bytes: Bytes) -> JoinHandle<bool> {
        let this = Arc::clone(self);
        spawn_blocking(move || {
            this.write_now(at, &bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, "the beginning of a document was not written down");
                if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
                    held(&this.shelf.sizes).rest();
                    this.forget_now();
                }
                false
            })
        })
    }

    fn write_now(&self, at: u64, bytes: &[u8]) -> io::Result<bool> {
        let forgotten = held(&self.forgotten);
        let end = at.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let known = held(&self.shelf.sizes).of(self.key);
        // Behind bytes that are not here there would be a hole, which is taken for what has arrived.
        if *forgotten || known < at || !held(&self.shelf.sizes).admit(self.key, known.max(end)) {
            return Ok(false);
        }
        let written = (|| {
            let mut file =
                OpenOptions::new().create(at == 0).truncate(false).write(true).open(self.path())?;
            if file.metadata()?.len() < at {
                return Ok(false);
            }
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes)?;
            Ok(true)
        })();
        if !matches!(written, Ok(true)) {
            self.measure();
        }
        written
    }

    /// The document is whole, or what was brought of it is wrong.
    pub(crate) async fn forget(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let _ = spawn_blocking(move || this.forget_now()).await;
    }

    fn forget_now(&self) {
        let mut forgotten = held(&self.forgotten);
        *forgotten = true;
        if let Err(error) = gone(fs::remove_file(self.path())) {
            tracing::warn!(%error, "the beginning of a document stays behind");
        }
        held(&self.shelf.sizes).set(self.key, 0);
        // Whoever comes next begins with one that may be written.
        held(&self.shelf.under_way).remove(&self.key);
    }

    /// Notes what really is there.
    fn measure(&self) {
        let length = fs::metadata(self.path()).map_or(0, |facts| facts.len());
        held(&self.shelf.sizes).set(self.key, length);
    }

    fn path(&self) -> PathBuf {
        self.shelf.folder.join(format!("{}-{}", self.key.0, self.key.1))
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        let mut under_way = held(&self.shelf.under_way);
        // After it was forgotten another one may stand in its place.
        if under_way.get(&self.key).is_some_and(|known| known.strong_count() == 0) {
            under_way.remove(&self.key);
        }
    }
}

fn key_of(name: &std::ffi::OsStr) -> Option<Key> {
    let (account, hash) = name.to_str()?.rsplit_once('-')?;
    Some((AccountId(account.parse().ok()?), hash.parse().ok()?))
}

/// Removed by somebody else is removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn blocking<T>(task: JoinHandle<io::Result<T>>) -> io::Result<T> {
    task.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = AccountId(uuid::Uuid::nil());
    const ROOMY: Bounds = Bounds { of_account: 1_000_000, in_all: 1_000_000 };

    struct Ground {
        folder: tempfile::TempDir,
        partials: Partials,
        hash: ContentHash,
    }

    fn ground(bounds: Bounds) -> Ground {
        let folder = tempfile::tempdir().expect("a folder");
        let partials = Partials::within(folder.path(), bounds).expect("opens");
        Ground { folder, partials, hash: ContentHash::of(b"whole") }
    }

    impl Ground {
        fn beginning(&self) -> Arc<Beginning> {
            self.partials.beginning(ACCOUNT, self.hash)
        }

        fn length(&self) -> u64 {
            self.partials.length(ACCOUNT, self.hash)
        }

        fn files(&self) -> usize {
            fs::read_dir(self.folder.path()).expect("reads").count()
        }
    }

    async fn write(beginning: &Arc<Beginning>, at: u64, bytes: &'static [u8]) -> bool {
        beginning.write(at, Bytes::from_static(bytes)).await.expect("ends")
    }

    #[tokio::test]
    async fn nothing_is_written_behind_bytes_that_are_not_here() {
        let ground = ground(ROOMY);
        let beginning = ground.beginning();
        assert!(!write(&beginning, 3, b"le").await && ground.files() == 0);
        assert!(write(&beginning, 0, b"wh").await);
        assert!(!write(&beginning, 3, b"le").await, "a hole");
        assert!(write(&beginning, 2, b"o").await && write(&beginning, 0, b"w").await);
        assert_eq!((beginning.read(3).await.as_deref(), ground.length()), (Some(&b"who"[..]), 3));
        assert_eq!(beginning.read(4).await, None);
    }

    #[tokio::test]
    async fn an_upload_that_hung_while_its_document_became_whole_brings_nothing_back() {
        let ground = ground(ROOMY);
        let (hanging, going_on) = (ground.beginning(), ground.beginning());
        assert!(write(&going_on, 0, b"whole").await);
        going_on.forget().await;
        assert!(!write(&hanging, 0, b"wh").await && !write(&hanging, 5, b"!").await);
        assert_eq!((ground.files(), ground.length()), (0, 0));
        assert!(write(&ground.beginning(), 0, b"w").await, "who begins anew may");
        drop((hanging, going_on));
        assert!(held(&ground.partials.0.under_way).is_empty());
    }

    #[tokio::test]
    async fn what_is_too_much_is_not_written_and_a_full_disk_clears_all() {
        let ground = ground(Bounds { of_account: 4096, in_all: 8192 });
        assert!(write(&ground.beginning(), 0, b"wh").await);
        let second = ground.partials.beginning(ACCOUNT, ContentHash::of(b"second"));
        assert!(!write(&second, 0, b"se").await && ground.files() == 1);
        let other = ground.partials.beginning(AccountId(uuid::Uuid::from_u128(1)), ground.hash);
        assert!(write(&other, 0, b"wh").await);
        ground.partials.give_way().await;
        assert_eq!((ground.files(), ground.length()), (0, 0));
        assert!(!write(&ground.beginning(), 0, b"wh").await, "nor is it filled again at once");
    }

    #[tokio::test]
    async fn what_an_earlier_run_left_counts_and_is_swept_with_what_nobody_knows() {
        let before = ground(ROOMY);
        assert!(write(&before.beginning(), 0, b"who").await);
        fs::write(before.folder.path().join("strange"), "x").expect("writes");
        let partials = Partials::within(before.folder.path(), ROOMY).expect("opens");
        assert_eq!(partials.length(ACCOUNT, before.hash), 3);
        assert_eq!(partials.sweep().await.expect("sweeps"), 0, "both are young");
        assert_eq!(partials.sweep_now(Duration::ZERO).expect("sweeps"), 2);
        assert_eq!((before.files(), partials.length(ACCOUNT, before.hash)), (0, 0));
    }
}
