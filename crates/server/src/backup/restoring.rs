//! Bringing a backup back as a data directory of its own.

use std::{fs, path::Path};

use jiff::Timestamp;

use super::{
    BackupError,
    description::{self, Description},
    making::{copy_documents, flush},
    proving::{Soundness, verify_backup},
};
use crate::{
    keys::{DataDir, publish, random_bytes},
    store::{Store, sqlite::snapshot::Snapshot},
};

/// Proves a backup and copies it into `data_dir`, in which no office may have worked. The database comes last: what
/// was broken off half-way is no office. `backup.json` comes along, by which the first start knows that changes after
/// the backup were lost, and lets desks read everything anew.
///
/// # Errors
/// See [`BackupError`].
pub async fn restore(folder: &Path, data_dir: &Path) -> Result<Soundness, BackupError> {
    if fs::read_dir(data_dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(data_dir.to_owned()));
    }
    let sound = verify_backup(folder).await?;
    let described = Description::read(folder).ok_or_else(|| BackupError::NotWhole(folder.to_owned()))?;
    let source = DataDir::existing(folder).map_err(BackupError::at(folder))?;
    let target = DataDir::prepare(data_dir).map_err(BackupError::at(data_dir))?;
    let mut snapshot = Snapshot::open(&source.database())?;
    let held = snapshot.held()?;
    snapshot.close()?;
    copy_documents(&source, &target, &held).await?;
    for path in source.small_files().map_err(BackupError::at(folder))? {
        let bytes = fs::read(folder.join(&path)).map_err(BackupError::at(folder.join(&path)))?;
        publish(&data_dir.join(&path), &bytes, 0o600).map_err(BackupError::at(data_dir.join(&path)))?;
    }
    described.write(data_dir).map_err(BackupError::at(data_dir))?;
    let beside = target.database().with_extension("new");
    fs::copy(source.database(), &beside).map_err(BackupError::at(&beside))?;
    flush(&beside).map_err(BackupError::at(&beside))?;
    fs::rename(&beside, target.database()).map_err(BackupError::at(target.database()))?;
    flush(&target.database()).map_err(BackupError::at(target.database()))?;
    Ok(sound)
}

/// The epoch of the feed; a new one where the data came back from a backup and nobody went on with it since.
///
/// # Errors
/// [`BackupError::Database`], and [`BackupError::Files`] where it cannot be noted that somebody did.
pub(crate) async fn feed_epoch(
    store: &dyn Store,
    data: &DataDir,
    now: Timestamp,
) -> Result<String, BackupError> {
    let described = description::path(data.root());
    let arrived = described.exists();
    let lost_since = arrived.then(|| Description::read(data.root()).map_or(now, |backup| backup.made_at));
    let new = hex::encode(random_bytes::<4>().map_err(BackupError::at(data.root()))?);
    let epoch = store.feed_epoch(&new, lost_since, now).await?;
    if arrived {
        tracing::info!("this office came back from a backup; desks read their cases anew");
        fs::remove_file(&described).map_err(BackupError::at(described))?;
    }
    Ok(epoch)
}
