//! Where an office keeps what it keeps: a file and a folder of its own, or a PostgreSQL and an S3 bucket that several
//! copies of it share.

use std::{io, sync::Arc};

use protocol::ReceiptSigner;
use zeroize::Zeroizing;

use crate::{
    attachments::{AttachmentError, Attachments},
    keys::DataDir,
    store::{Store, StoreError, postgres::PostgresStore, sqlite::SqliteStore},
};

/// What several copies share. They all need the same key for receipts.
#[derive(Clone)]
pub struct Shared {
    /// `postgres://user@host:5432/database`, as for `psql`; what it lacks comes from the `PG…` variables.
    pub database: Zeroizing<String>,
    /// `s3://bucket` or `s3://bucket/prefix`; address, region and keys come from the `AWS_…` variables.
    pub attachments: String,
}

/// Where one office keeps everything. Neither is named in logs.
#[derive(Clone, Default)]
pub struct Keeping {
    /// A database and a bucket for several copies; a file and a folder in the data directory where `None`.
    pub shared: Option<Shared>,
    /// The key that signs receipts, 64 hexadecimal digits; the one in the data directory where `None`, made there on
    /// the first run unless `shared`.
    pub receipt_key: Option<Zeroizing<String>>,
}

/// What an office keeps could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// The database.
    #[error("the database cannot be used: {0}")]
    Database(String),
    /// The bucket or the folder of documents.
    #[error("the documents' store cannot be used: {0}")]
    Attachments(String),
    /// The key that signs.
    #[error("the key that signs receipts cannot be used: {0}")]
    Key(#[source] io::Error),
    /// Copies that share a database were given none.
    #[error(
        "copies that share a database need one key that outlives them: set YIBAN_SERVER_RECEIPT_KEY to 64 hexadecimal \
         digits (`openssl rand -hex 32` makes some), the same for every copy, and keep them as safe as the database"
    )]
    NoKey,
    /// The rows were signed with another one.
    #[error(
        "this office's receipts are signed with another key, so that no desk would believe them; give every copy the \
         key of the first (keys/receipt-signing.key of its data directory) in YIBAN_SERVER_RECEIPT_KEY"
    )]
    OtherKey,
}

impl From<StoreError> for KeepingError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<AttachmentError> for KeepingError {
    fn from(error: AttachmentError) -> Self {
        Self::Attachments(error.to_string())
    }
}

impl Keeping {
    /// Opens the database and brings its schema up to date.
    pub(crate) async fn store(&self, data: &DataDir) -> Result<Arc<dyn Store>, KeepingError> {
        Ok(match &self.shared {
            Some(shared) => Arc::new(PostgresStore::open(&shared.database).await?),
            None => Arc::new(SqliteStore::open(&data.database()).await?),
        })
    }

    /// Opens what keeps the documents; an S3 server has to show that it keeps conditional writes.
    pub(crate) async fn attachments(&self, data: &DataDir) -> Result<Attachments, KeepingError> {
        Ok(match &self.shared {
            Some(shared) => Attachments::s3(&shared.attachments, environment()).await?,
            None => Attachments::local(&data.blobs())?,
        })
    }

    /// The key that signs; it has to be the one that signed the first receipt.
    pub(crate) async fn signer(
        &self,
        data: &DataDir,
        store: &dyn Store,
    ) -> Result<ReceiptSigner, KeepingError> {
        let signer = match (&self.receipt_key, &self.shared) {
            (Some(key), _) => crate::keys::receipt_signer(key),
            // A copy comes and goes with its directory: a key that is made there would be the office's and be lost.
            (None, Some(_)) => match data.existing_signer() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeepingError::NoKey),
                found => found,
            },
            (None, None) => data.receipt_signer(),
        };
        let signer = signer.map_err(KeepingError::Key)?;
        if store.agree_on_signer(&signer.public().public).await? {
            Ok(signer)
        } else {
            Err(KeepingError::OtherKey)
        }
    }
}

/// The variables of this process that can be read.
pub(crate) fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
