//! Making a backup, beside a running server or without one.

use std::{
    fs::{self, File},
    path::Path,
};

use futures::{TryStreamExt, stream};
use jiff::Timestamp;

use super::{
    BackupError,
    description::{Description, FileDescription},
};
use crate::{
    attachments::Attachments,
    keys::{DataDir, publish},
    store::{
        HeldFile,
        sqlite::snapshot::{self, Snapshot},
    },
};

/// Documents copied at the same time: enough to keep a disk busy, each at most 2 MB in memory.
const TOGETHER: usize = 8;

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// Documents, each once.
    pub documents: u64,
    /// Their bytes.
    pub document_bytes: u64,
    /// Bytes of the database.
    pub database_bytes: u64,
}

/// Copies everything an office keeps in `data_dir` into the new or empty folder `to`. The database is the one of this
/// moment; every document that it names is copied after it, proven by its hash and flushed to the disk.
///
/// # Errors
/// See [`BackupError`]; what was copied until then stays, without the `backup.json` that would make it a backup.
pub async fn back_up(data_dir: &Path, to: &Path) -> Result<BackedUp, BackupError> {
    let data = DataDir::existing(data_dir).map_err(BackupError::at(data_dir))?;
    let signer = data.existing_signer().map_err(BackupError::at(data_dir))?;
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(to.to_owned()));
    }
    let target = DataDir::prepare(to).map_err(BackupError::at(to))?;
    snapshot::copy(&data.database(), &target.database())?;
    flush(&target.database()).map_err(BackupError::at(target.database()))?;

    let mut copied = Snapshot::open(&target.database())?;
    let held = copied.held()?;
    let (audit_rows, audit_head) =
        copied.audit()?.map_err(|fault| BackupError::Unsound(fault.to_string()))?;
    copied.close()?;
    copy_documents(&data, &target, &held).await?;

    let mut files = vec!["office.sqlite".to_owned()];
    for path in data.small_files().map_err(BackupError::at(data_dir))? {
        let from = data.root().join(&path);
        let bytes = fs::read(&from).map_err(BackupError::at(&from))?;
        let there = to.join(&path);
        publish(&there, &bytes, 0o600).map_err(BackupError::at(&there))?;
        files.push(path);
    }
    let files = files
        .iter()
        .map(|path| FileDescription::of(to, path))
        .collect::<Result<Vec<_>, _>>()
        .map_err(BackupError::at(to))?;
    let backed_up = BackedUp {
        documents: count(held.len()),
        document_bytes: held.iter().map(|file| file.size_bytes).sum(),
        database_bytes: files.first().map_or(0, |database| database.size_bytes),
    };
    let description = Description {
        format: Description::FORMAT,
        made_at: Timestamp::now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        receipt_key: signer.public().id,
        files,
        documents: backed_up.documents,
        document_bytes: backed_up.document_bytes,
        audit_rows,
        audit_head,
    };
    description.write(to).map_err(BackupError::at(to))?;
    Ok(backed_up)
}

/// Copies documents from one data directory into another; each is hashed on the way and flushed.
pub(super) async fn copy_documents(
    from: &DataDir,
    to: &DataDir,
    held: &[HeldFile],
) -> Result<(), BackupError> {
    let source = Attachments::local(&from.blobs()).map_err(BackupError::attachment(from.blobs()))?;
    let target = Attachments::local(&to.blobs()).map_err(BackupError::attachment(to.blobs()))?;
    stream::iter(held.iter().map(Ok))
        .try_for_each_concurrent(TOGETHER, |file| {
            let (source, target) = (&source, &target);
            async move {
                let bytes = source
                    .get(file.sha256)
                    .await
                    .map_err(|error| BackupError::Unsound(format!("document {}: {error}", file.sha256)))?;
                target.put(file.sha256, bytes).await.map_err(BackupError::attachment(to.blobs()))
            }
        })
        .await
}

/// The file's bytes and its name are on the disk afterwards.
pub(super) fn flush(path: &Path) -> std::io::Result<()> {
    // Opened for writing: Windows flushes nothing that was opened to be read.
    File::options().write(true).open(path)?.sync_all()?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
