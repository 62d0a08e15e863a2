//! Backups: a copy of everything the office keeps, made beside a running server, proven, and brought back.
//!
//! A backup has the layout of a data directory and a `backup.json` that is written last: without it the copy is not
//! whole. It holds the key that signs receipts and what people handed in: keep it as you keep the office itself.

mod description;
mod making;
mod proving;
mod restoring;

use std::{io, path::PathBuf};

use crate::{attachments::AttachmentError, store::StoreError};

pub use making::{BackedUp, back_up};
pub use proving::{Soundness, verify, verify_backup};
pub(crate) use restoring::feed_epoch;
pub use restoring::restore;

/// Why a backup was not made, is not sound or was not brought back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Files cannot be read or written.
    #[error("{0}: {1}")]
    Files(PathBuf, #[source] io::Error),
    /// The folder holds something already.
    #[error("{0} is not empty; name a new folder")]
    NotEmpty(PathBuf),
    /// No backup is there, or one that was broken off.
    #[error("{0} holds no whole backup: backup.json, which is written last, is missing or cannot be read")]
    NotWhole(PathBuf),
    /// The database cannot be used.
    #[error("the database cannot be used: {0}")]
    Database(String),
    /// Something is not as it was.
    #[error("not sound: {0}")]
    Unsound(String),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt(what) => Self::Unsound(what),
            other => Self::Database(other.to_string()),
        }
    }
}

impl BackupError {
    fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::Files(path, error)
    }

    fn attachment(folder: PathBuf) -> impl Fn(AttachmentError) -> Self {
        move |error| Self::Files(folder.clone(), io::Error::other(error))
    }
}
