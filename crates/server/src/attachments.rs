//! Document bytes, by their hash, in an object store: a folder, or a bucket of an S3 service. A file is durable before
//! its row is written, so a row never points at nothing; a file without a row is harmless.

mod s3;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use object_store::{
    Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, local::LocalFileSystem, path::Path,
};
use protocol::ContentHash;
use std::sync::Arc;

/// The stored documents.
#[derive(Clone)]
pub(crate) struct Attachments(Arc<dyn ObjectStore>);

/// Why bytes could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttachmentError {
    #[error("the stored document is missing or damaged")]
    Lost,
    #[error("the disk is full")]
    Full,
    /// Waiting mends it.
    #[error("the attachments' server does not answer: {0}")]
    Away(Error),
    #[error("attachments lie in a bucket that is named s3://bucket or s3://bucket/prefix")]
    Address,
    /// The bucket is not there, or not for these keys; not every server tells which.
    #[error(
        "the attachments' server has no such bucket, or these keys may not write into it: make it first, or mend the \
         name in --attachments or the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    NoBucket,
    /// A store that takes the condition and does not keep it.
    #[error(
        "the attachments' server overwrites what it was told to leave alone (If-None-Match was ignored), so that \
         two copies of the office could undo each other's work; use a server that keeps conditional writes"
    )]
    Overwrites,
    #[error(transparent)]
    Other(Error),
}

impl From<Error> for AttachmentError {
    fn from(error: Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(this) = cause {
            let full = this.downcast_ref::<std::io::Error>().is_some_and(|io| {
                matches!(io.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
            });
            if full {
                return Self::Full;
            }
            cause = this.source();
        }
        match error {
            Error::NotFound { .. } => Self::Lost,
            // After several tries: no network, or an answer of the 500s.
            error @ Error::Generic { store: "S3", .. } => Self::Away(error),
            other => Self::Other(other),
        }
    }
}

impl Attachments {
    /// In a folder; every file and its directory entry is synced before a put returns.
    pub(crate) fn local(folder: &std::path::Path) -> Result<Self, AttachmentError> {
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
    }

    /// In a bucket of an S3 service that keeps conditional writes; see [`s3::bucket`].
    pub(crate) async fn s3(
        url: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, AttachmentError> {
        let store = s3::bucket(url, variables)?;
        s3::refuses_the_second_put(&*store).await?;
        Ok(Self(store))
    }

    /// Stores bytes whose hash the caller has checked; they are durable afterwards. Storing them again writes them
    /// again: what lies there may be damaged, or have been put there a moment ago and not be on the disk yet.
    pub(crate) async fn put(&self, hash: ContentHash, bytes: Bytes) -> Result<(), AttachmentError> {
        let path = path_of(hash);
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.0.put_opts(&path, PutPayload::from_bytes(bytes.clone()), create).await {
            Ok(_) => Ok(()),
            Err(Error::AlreadyExists { .. }) => {
                self.0.put(&path, PutPayload::from_bytes(bytes)).await?;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Every document that is stored, whether or not a row names it, with its size.
    pub(crate) fn all(&self) -> impl Stream<Item = Result<(ContentHash, u64), AttachmentError>> + '_ {
        self.0.list(None).filter_map(async |found| match found {
            // What bears no hash is not a document.
            Ok(found) => Some(Ok((found.location.filename()?.parse().ok()?, found.size))),
            Err(error) => Some(Err(error.into())),
        })
    }

    /// The bytes; they are hashed again on the way out.
    pub(crate) async fn get(&self, hash: ContentHash) -> Result<Bytes, AttachmentError> {
        let bytes = self.0.get(&path_of(hash)).await?.bytes().await?;
        if ContentHash::of(&bytes) == hash { Ok(bytes) } else { Err(AttachmentError::Lost) }
    }
}

/// `ab/abcd…`: no folder grows beyond what a file system likes.
fn path_of(hash: ContentHash) -> Path {
    let name = hash.to_string();
    Path::from_iter([&name[..2], name.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_back_and_putting_them_twice_is_harmless() {
        let dir = tempfile::tempdir().expect("a directory");
        let attachments = Attachments::local(dir.path()).expect("opens");
        let bytes = Bytes::from_static(b"a document");
        let hash = ContentHash::of(&bytes);
        for _ in 0..2 {
            attachments.put(hash, bytes.clone()).await.expect("stored");
        }
        assert_eq!(attachments.get(hash).await.expect("there"), bytes);
    }

    #[tokio::test]
    async fn a_damaged_file_is_noticed_and_mended_by_the_next_put() {
        let dir = tempfile::tempdir().expect("a directory");
        let attachments = Attachments::local(dir.path()).expect("opens");
        let bytes = Bytes::from_static(b"a document");
        let hash = ContentHash::of(&bytes);
        attachments.put(hash, bytes.clone()).await.expect("stored");
        let name = hash.to_string();
        std::fs::write(dir.path().join(&name[..2]).join(&name), b"zeros").expect("damaged");
        assert!(matches!(attachments.get(hash).await, Err(AttachmentError::Lost)));
        attachments.put(hash, bytes.clone()).await.expect("mended");
        assert_eq!(attachments.get(hash).await.expect("there"), bytes);
    }
}
