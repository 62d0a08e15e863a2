//! `backup.json`: what a backup is to hold.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use protocol::ContentHash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::keys::publish;

/// What a backup holds. Documents are not listed: each one's name is its hash, and the database, whose hash stands
/// here, names each.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description {
    pub(super) format: u32,
    pub(super) made_at: Timestamp,
    /// Version of the program that made it.
    pub(super) program: String,
    /// Id of the key that signs receipts.
    pub(super) receipt_key: String,
    pub(super) files: Vec<FileDescription>,
    pub(super) documents: u64,
    pub(super) document_bytes: u64,
    pub(super) audit_rows: u64,
    /// Hash of the last row of the audit log.
    pub(super) audit_head: String,
}

/// A file, by its path within the backup with `/` between folders.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileDescription {
    pub(super) path: String,
    pub(super) size_bytes: u64,
    pub(super) sha256: ContentHash,
}

impl FileDescription {
    pub(super) fn of(folder: &Path, path: &str) -> io::Result<Self> {
        let (sha256, size_bytes) = hash_of(&folder.join(path))?;
        Ok(Self { path: path.to_owned(), size_bytes, sha256 })
    }
}

impl Description {
    /// The shape of this file.
    pub(super) const FORMAT: u32 = 1;

    /// `None` where there is none, or none that this program reads.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let text = fs::read(path(folder)).ok()?;
        let read: Self = serde_json::from_slice(&text).ok()?;
        (read.format == Self::FORMAT).then_some(read)
    }

    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        publish(&path(folder), &serde_json::to_vec_pretty(self)?, 0o600)
    }
}

pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("backup.json")
}

fn hash_of(path: &Path) -> io::Result<(ContentHash, u64)> {
    let mut file = File::open(path)?;
    let (mut digest, mut size) = (Sha256::new(), 0_u64);
    let mut piece = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((ContentHash::from_digest(digest.finalize().into()), size));
        }
        digest.update(&piece[..read]);
        size += u64::try_from(read).unwrap_or_default();
    }
}
