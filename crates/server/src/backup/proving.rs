//! Whether what an office keeps is what it acknowledged: the database by its own checks, the audit chain, every
//! receipt against its signature and manifest, every document against its hash.

use std::{collections::HashSet, path::Path};

use futures::TryStreamExt;
use protocol::ReceiptKey;

use super::{
    BackupError,
    description::{Description, FileDescription},
    making::count,
};
use crate::{
    attachments::{AttachmentError, Attachments},
    keys::DataDir,
    store::{HeldFile, sqlite::snapshot::Snapshot},
};

/// What was found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soundness {
    /// Receipts that verify, each with all its documents.
    pub receipts: u64,
    /// Documents that are there with the right hash.
    pub documents: u64,
    /// Their bytes.
    pub document_bytes: u64,
    /// Documents that no row names: the office died between document and row, or is just storing them. They are
    /// harmless.
    pub unnamed: u64,
    /// Their bytes.
    pub unnamed_bytes: u64,
    /// Rows of the audit log.
    pub audit_rows: u64,
    /// Hash of its last row.
    pub audit_head: String,
}

/// Looks at everything in a data directory, beside a running server or without one; nothing is changed.
///
/// # Errors
/// [`BackupError::Unsound`] with the first thing that is not as it should be.
pub async fn verify(data_dir: &Path) -> Result<Soundness, BackupError> {
    let data = DataDir::existing(data_dir).map_err(BackupError::at(data_dir))?;
    let key = data.existing_signer().map_err(BackupError::at(data_dir))?.public();
    let mut snapshot = Snapshot::open(&data.database())?;
    let found = in_snapshot(&data, &key, &mut snapshot).await;
    snapshot.close()?;
    found
}

async fn in_snapshot(
    data: &DataDir,
    key: &ReceiptKey,
    snapshot: &mut Snapshot,
) -> Result<Soundness, BackupError> {
    if let Some(fault) = snapshot.faults()?.into_iter().next() {
        return Err(BackupError::Unsound(format!("the database: {fault}")));
    }
    let (audit_rows, audit_head) =
        snapshot.audit()?.map_err(|fault| BackupError::Unsound(fault.to_string()))?;
    let receipts = receipts(key, snapshot)?;
    let held = snapshot.held()?;
    let attachments = Attachments::local(&data.blobs()).map_err(BackupError::attachment(data.blobs()))?;
    let mut document_bytes = 0;
    for file in &held {
        let bytes = attachments.get(file.sha256).await.map_err(|error| match error {
            AttachmentError::Lost => {
                BackupError::Unsound(format!("document {} is missing or damaged", file.sha256))
            }
            other => BackupError::attachment(data.blobs())(other),
        })?;
        if count(bytes.len()) != file.size_bytes {
            return Err(BackupError::Unsound(format!("document {} has another size", file.sha256)));
        }
        document_bytes += file.size_bytes;
    }
    let (unnamed, unnamed_bytes) =
        unnamed(&attachments, &held).await.map_err(BackupError::attachment(data.blobs()))?;
    let documents = count(held.len());
    Ok(Soundness { receipts, documents, document_bytes, unnamed, unnamed_bytes, audit_rows, audit_head })
}

/// How many documents no row names, and their bytes.
async fn unnamed(attachments: &Attachments, held: &[HeldFile]) -> Result<(u64, u64), AttachmentError> {
    let named: HashSet<_> = held.iter().map(|file| file.sha256).collect();
    let mut found = std::pin::pin!(attachments.all());
    let (mut unnamed, mut bytes) = (0, 0);
    while let Some((hash, size)) = found.try_next().await? {
        if !named.contains(&hash) {
            unnamed += 1;
            bytes += size;
        }
    }
    Ok((unnamed, bytes))
}

fn receipts(key: &ReceiptKey, snapshot: &mut Snapshot) -> Result<u64, BackupError> {
    let (mut seen, mut last) = (0, None);
    loop {
        let page = snapshot.receipts(last.as_ref())?;
        for issued in &page {
            let body = &issued.receipt.body;
            let which = || format!("revision {} of {}", body.revision, body.application);
            if let Err(fault) = issued.receipt.verify(key, &issued.manifest) {
                return Err(BackupError::Unsound(format!("{}: {fault}", which())));
            }
            if let Some(document) = issued.without {
                return Err(BackupError::Unsound(format!("{}: document {document} is not held", which())));
            }
        }
        seen += count(page.len());
        match page.into_iter().next_back() {
            Some(issued) => last = Some(issued),
            None => return Ok(seen),
        }
    }
}

/// Proves a backup: every file as it was when it was made, and sound by [`verify`].
///
/// # Errors
/// [`BackupError::NotWhole`], [`BackupError::Unsound`].
pub async fn verify_backup(folder: &Path) -> Result<Soundness, BackupError> {
    let described = Description::read(folder).ok_or_else(|| BackupError::NotWhole(folder.to_owned()))?;
    for file in &described.files {
        let found =
            FileDescription::of(folder, &file.path).map_err(BackupError::at(folder.join(&file.path)))?;
        if found.sha256 != file.sha256 {
            return Err(BackupError::Unsound(format!("{} is not the file that was backed up", file.path)));
        }
    }
    let found = verify(folder).await?;
    let as_described = found.documents == described.documents
        && found.document_bytes == described.document_bytes
        && found.audit_rows == described.audit_rows
        && found.audit_head == described.audit_head;
    if !as_described {
        return Err(BackupError::Unsound("the copy holds something else than backup.json says".to_owned()));
    }
    Ok(found)
}
