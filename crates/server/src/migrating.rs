//! An office that has outgrown its machine: everything it keeps moves from its data directory into a PostgreSQL and an
//! S3 bucket. Documents first, each compared; then all rows in one transaction that is committed only where both sides
//! hold the same. Whatever breaks off in between may simply be started again.

use std::{io, path::Path};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use protocol::ContentHash;

use crate::{
    attachments::{AttachmentError, Attachments},
    backup::{BackupError, feed_epoch},
    keeping::{KeepingError, Shared, environment},
    keys::DataDir,
    store::{
        HeldFile, MoveError, MovedTable, Store, StoreError, move_rows,
        postgres::PostgresStore,
        sqlite::{SqliteStore, snapshot::Snapshot},
    },
};

/// Documents on their way at the same time; each holds at most 2 MB in memory.
const TOGETHER: usize = 8;

/// What moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Documents that lie in the bucket and have the hash that the rows name.
    pub documents: u64,
    /// Their bytes.
    pub document_bytes: u64,
    /// Every table, compared on both sides.
    pub tables: Vec<MovedTable>,
}

/// Why an office did not move. It goes on where it was, but for [`MigrateError::Unsure`].
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The data directory cannot be used, or no office is there.
    #[error("the data directory cannot be used: {0}")]
    DataDir(#[from] io::Error),
    /// A server is working there.
    #[error(
        "a server is working in the data directory; stop it first, so that nothing arrives behind the move"
    )]
    InUse,
    /// The new places cannot be used.
    #[error(transparent)]
    Keeping(#[from] KeepingError),
    /// What came back from a backup cannot go on.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Rows could not be moved.
    #[error("the rows were not moved: {0}")]
    Rows(String),
    /// Rows may have been moved or not.
    #[error(
        "whether the rows were moved is not known: {0}. Run the same command again: it compares both sides and brings \
         what is lacking. Until then the office does not start from its data directory"
    )]
    Unsure(String),
    /// A document could not be moved.
    #[error("document {document} was not moved: {reason}")]
    Document {
        /// Its hash.
        document: ContentHash,
        /// What happened.
        reason: String,
    },
}

impl From<StoreError> for MigrateError {
    fn from(error: StoreError) -> Self {
        Self::Keeping(error.into())
    }
}

impl From<AttachmentError> for MigrateError {
    fn from(error: AttachmentError) -> Self {
        Self::Keeping(error.into())
    }
}

impl From<MoveError> for MigrateError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Unsure(_) => Self::Unsure(error.to_string()),
            _ => Self::Rows(error.to_string()),
        }
    }
}

/// Moves an office that nobody works in. Afterwards it does not start from its data directory any more: two offices
/// with the same keys and numbers would answer otherwise.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate(data_dir: &Path, to: &Shared) -> Result<Moved, MigrateError> {
    let data = DataDir::existing(data_dir)?;
    let _lock = data.lock().map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => MigrateError::InUse,
        _ => MigrateError::DataDir(error),
    })?;
    let source = SqliteStore::open(&data.database()).await?;
    // Offices that started before there was anything to share have not written down whose receipts theirs are.
    let signer = data.receipt_signer()?;
    if !source.agree_on_signer(&signer.public().public).await? {
        return Err(KeepingError::OtherKey.into());
    }
    // An office that came back from a backup counts its changes from an earlier one: cursors of then must not be
    // taken for cursors of now, wherever it goes on.
    feed_epoch(&source, &data, Timestamp::now()).await?;
    let target = PostgresStore::open(&to.database).await?;
    let (here, there) =
        (Attachments::local(&data.blobs())?, Attachments::s3(&to.attachments, environment()).await?);
    let mut snapshot = Snapshot::open(&data.database())?;
    let held = snapshot.held()?;
    snapshot.close()?;
    let (mut documents, mut document_bytes) = (0, 0);
    let mut moving = stream::iter(held)
        .map(|HeldFile { sha256, size_bytes }| {
            let (here, there) = (&here, &there);
            async move {
                let moved = move_document(here, there, sha256, size_bytes).await;
                moved
                    .map(|()| size_bytes)
                    .map_err(|reason| MigrateError::Document { document: sha256, reason })
            }
        })
        .buffer_unordered(TOGETHER);
    while let Some(size) = moving.try_next().await? {
        documents += 1;
        document_bytes += size;
        if documents % 1000 == 0 {
            tracing::info!(documents, bytes = document_bytes, "documents moved so far");
        }
    }
    drop(moving);
    // Before the commit: whatever dies behind it leaves no second office that gives the same numbers.
    let begun_before = data.moved_mark().exists();
    data.mark_moved()?;
    let tables = match move_rows(&source, &target).await {
        Ok(tables) => tables,
        Err(error) => {
            if !begun_before && !matches!(error, MoveError::Unsure(_)) {
                data.unmark_moved()?;
            }
            return Err(error.into());
        }
    };
    source.close().await;
    target.close().await;
    Ok(Moved { documents, document_bytes, tables })
}

/// Both reading here and reading back there prove the hash.
async fn move_document(
    here: &Attachments,
    there: &Attachments,
    hash: ContentHash,
    size: u64,
) -> Result<(), String> {
    // What an earlier run brought is not sent again.
    let arrived = match there.get(hash).await {
        Ok(bytes) => bytes,
        Err(AttachmentError::Lost) => {
            let bytes = here.get(hash).await.map_err(|error| format!("here: {error}"))?;
            there.put(hash, bytes).await.map_err(|error| format!("there: {error}"))?;
            there.get(hash).await.map_err(|error| format!("there: {error}"))?
        }
        Err(error) => return Err(format!("there: {error}")),
    };
    if u64::try_from(arrived.len()).ok() == Some(size) {
        Ok(())
    } else {
        Err(format!("it has {} bytes and not {size} as its row says", arrived.len()))
    }
}
