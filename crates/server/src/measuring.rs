//! The office's rows without HTTP in front: everything that a submission asks of the store, in the order in which
//! requests ask it, so that benches can hold it against the database alone. Nothing is judged and no document is looked
//! into: not for offices.

use std::{path::Path, sync::Arc};

use jiff::{Timestamp, civil::Date};
use protocol::{AccountId, ContentHash, Manifest, Receipt, ReceiptSigner};
use uuid::Uuid;

use crate::{
    keys::DataDir,
    known_accounts::KnownAccounts,
    store::{
        Asked, Completed, HeldBlob, NewRevision, Standing, Store, StoreError, postgres::PostgresStore,
        sqlite::SqliteStore,
    },
    underway::Underway,
};

/// Why rows could not be kept or were not as expected.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The database.
    #[error("the database: {0}")]
    Store(String),
    /// The data directory or the key in it.
    #[error("the data directory: {0}")]
    Folder(#[from] std::io::Error),
    /// The office would have refused.
    #[error("the submission was not taken: {0}")]
    Refused(&'static str),
}

impl From<StoreError> for RowsError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// The store of an office that serves nobody.
#[derive(Clone)]
pub struct Rows {
    store: Arc<dyn Store>,
    known_accounts: KnownAccounts,
    underway: Underway,
    signer: ReceiptSigner,
}

impl Rows {
    /// Opens the database in `folder`, or the one at `url`, and brings its schema up to date. The key that signs is
    /// `folder`'s own.
    ///
    /// # Errors
    /// See [`RowsError`].
    pub async fn open(folder: &Path, url: Option<&str>) -> Result<Self, RowsError> {
        let data = DataDir::prepare(folder)?;
        let store: Arc<dyn Store> = match url {
            Some(url) => Arc::new(PostgresStore::open(url).await?),
            None => Arc::new(SqliteStore::open(&data.database()).await?),
        };
        let underway = Underway::new(!store.shared());
        Ok(Self { store, known_accounts: KnownAccounts::default(), underway, signer: data.receipt_signer()? })
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`RowsError::Store`].
    pub async fn account(&self) -> Result<AccountId, RowsError> {
        let id = AccountId::new();
        self.store.open_account(id, secret(id), Timestamp::now()).await?;
        Ok(id)
    }

    /// The whole way of a manifest whose documents are all handed over, up to the receipt.
    ///
    /// # Errors
    /// See [`RowsError`].
    pub async fn hand_in(&self, account: AccountId, manifest: Manifest) -> Result<Receipt, RowsError> {
        let (key, hash, at) = (Uuid::now_v7().to_string(), manifest.canonical_hash(), Timestamp::now());
        let (application, revision) = (manifest.application, manifest.revision);
        let asked = Asked { account, key: key.clone(), hash, application, revision, earlier: None };
        self.knows(account).await?;
        let new = NewRevision {
            account,
            key,
            manifest,
            hash,
            received_at: at,
            due_on: Some(Date::constant(2026, 12, 31)),
            due_estimated: false,
            applicant: "林**".to_owned(),
            earlier: None,
            at,
        };
        let Standing::Accepted { missing } = self.store.accept_manifest(&new).await? else {
            return Err(RowsError::Refused("its manifest was not accepted"));
        };
        self.underway.begins(&asked, &new.manifest, &missing);
        for document in &new.manifest.documents {
            self.knows(account).await?;
            let declared = self.underway.declared(&*self.store, account, document.sha256).await?;
            if declared.is_none_or(|declared| declared.held.is_some()) {
                return Err(RowsError::Refused("a document is not wanted"));
            }
            let held = HeldBlob { size_bytes: document.size_bytes, kind: document.kind, pages: 1 };
            self.store.hold_blob(account, document.sha256, held, at).await?;
            self.underway.holds(account, document.sha256);
        }
        self.knows(account).await?;
        if !self.underway.has(&asked) {
            return Err(RowsError::Refused("it is not under way"));
        }
        let signer = self.signer.clone();
        let sign = Box::new(move |body| signer.sign(body));
        let completed = self.store.complete_revision(&asked, at, sign).await?;
        self.underway.ends(&asked);
        match completed {
            Completed::Receipt(receipt) => Ok(*receipt),
            _ => Err(RowsError::Refused("it is not complete")),
        }
    }

    async fn knows(&self, account: AccountId) -> Result<(), RowsError> {
        if self.known_accounts.knows(&*self.store, account, secret(account)).await? {
            Ok(())
        } else {
            Err(RowsError::Refused("its account is not known"))
        }
    }

    /// Walks the audit log; how many rows it has.
    ///
    /// # Errors
    /// [`RowsError::Store`], and where its chain is broken.
    pub async fn audit_rows(&self) -> Result<u64, RowsError> {
        self.store.verify_audit().await?.map_err(|_| RowsError::Refused("the audit log is broken"))
    }

    /// Ends all connections.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// Whoever measures needs no secret of an account.
fn secret(account: AccountId) -> ContentHash {
    ContentHash::of(account.0.as_bytes())
}
