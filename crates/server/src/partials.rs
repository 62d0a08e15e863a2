//! Documents that broke off on their way. What arrived of them stays for a day, so that the next try sends only the
//! rest. Never a document: nobody reads it but the upload that goes on, which proves the whole by its hash. It is
//! not synced, because losing it costs no more than sending it again; and it stays with the copy of the office that
//! received it.

use std::{
    collections::BTreeMap,
    io::{ErrorKind, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

use protocol::{AccountId, ContentHash};
use tokio::{
    fs::{self, OpenOptions},
    io::{AsyncSeekExt, AsyncWriteExt},
};

/// Bytes that are gathered before they are written down; no more is lost where the office itself dies.
pub(crate) const GRAIN: usize = 256 * 1024;
/// How long a beginning is kept.
const KEPT: Duration = Duration::from_hours(24);

/// The beginnings, each in a file of its own.
#[derive(Debug, Clone)]
pub(crate) struct Partials(PathBuf);

impl Partials {
    /// In a folder; made where absent.
    pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// How many bytes of a document an account has brought already.
    pub(crate) async fn length(&self, account: AccountId, hash: ContentHash) -> u64 {
        fs::metadata(self.path(account, hash)).await.map_or(0, |facts| facts.len())
    }

    /// The same of several; those of which nothing is here are left out.
    pub(crate) async fn lengths(
        &self,
        account: AccountId,
        hashes: &[ContentHash],
    ) -> BTreeMap<ContentHash, u64> {
        let mut lengths = BTreeMap::new();
        for hash in hashes {
            let length = self.length(account, *hash).await;
            if length > 0 {
                lengths.insert(*hash, length);
            }
        }
        lengths
    }

    /// These bytes; `None` where there are none.
    pub(crate) async fn read(&self, account: AccountId, hash: ContentHash) -> Option<Vec<u8>> {
        fs::read(self.path(account, hash)).await.ok()
    }

    /// Writes down bytes that follow the first `at`. Two uploads of the same document write the same bytes in the
    /// same places.
    pub(crate) async fn write(
        &self,
        account: AccountId,
        hash: ContentHash,
        at: u64,
        bytes: &[u8],
    ) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).truncate(false).write(true).open(self.path(account, hash)).await?;
        file.seek(SeekFrom::Start(at)).await?;
        file.write_all(bytes).await?;
        file.flush().await
    }

    /// The document is whole, or what was brought of it is wrong.
    pub(crate) async fn forget(&self, account: AccountId, hash: ContentHash) {
        if let Err(error) = fs::remove_file(self.path(account, hash)).await
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, "the beginning of a document stays behind");
        }
    }

    /// Removes what nobody went on with; answers how many.
    pub(crate) async fn sweep(&self) -> std::io::Result<u64> {
        let mut removed = 0;
        let mut entries = fs::read_dir(&self.0).await?;
        while let Some(entry) = entries.next_entry().await? {
            let age = entry.metadata().await?.modified()?.elapsed().unwrap_or_default();
            if age > KEPT {
                fs::remove_file(entry.path()).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn path(&self, account: AccountId, hash: ContentHash) -> PathBuf {
        self.0.join(format!("{account}-{hash}"))
    }
}
