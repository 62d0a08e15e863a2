//! One program per data directory: a lock that dies with the process, so that nothing stale ever blocks.

use std::{
    fs::{File, OpenOptions},
    path::Path,
};

use fs4::{FileExt, TryLockError};

use crate::StoreError;

const LOCK_FILE: &str = "yiban.lock";

/// Held as long as the store is open.
#[derive(Debug)]
pub(crate) struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    pub(crate) fn take(directory: &Path) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(directory.join(LOCK_FILE))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
