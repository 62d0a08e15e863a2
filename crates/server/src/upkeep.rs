//! What an operator does from the command line, beside a running server or without one.

use std::{io, path::Path};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{
    keys::DataDir,
    passwords,
    store::{Store, StoreError, postgres::PostgresStore, sqlite::SqliteStore},
};

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The data directory cannot be used, or no office is there.
    #[error("the data directory cannot be used: {0}")]
    DataDir(#[from] io::Error),
    /// The database cannot be used.
    #[error("the database cannot be used: {0}")]
    Database(String),
    /// There is a reviewer of this name.
    #[error("there is a reviewer of this name; add --renew to give them a new password")]
    NameTaken,
    /// A name is 1 to 64 bytes.
    #[error("a name is 1 to 64 bytes long")]
    BadName,
    /// Somebody changed the audit log.
    #[error("{0}: the audit log was changed")]
    BrokenChain(String),
}

impl From<StoreError> for UpkeepError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.to_string())
    }
}

/// An office whose rows somebody looks after: in a data directory, or in a database that copies share.
#[derive(Clone, Copy)]
pub enum At<'p> {
    /// The embedded one.
    DataDir(&'p Path),
    /// The shared one, by its address.
    Database(&'p str),
}

impl<'p, P: AsRef<Path> + ?Sized> From<&'p P> for At<'p> {
    fn from(data_dir: &'p P) -> Self {
        Self::DataDir(data_dir.as_ref())
    }
}

/// Adds a reviewer, or with `renew` gives an existing one a new password, lifts a lock and ends all sessions.
///
/// # Errors
/// See [`UpkeepError`].
pub async fn add_reviewer<'p>(
    at: impl Into<At<'p>>,
    name: &str,
    renew: bool,
) -> Result<Zeroizing<String>, UpkeepError> {
    let name = name.trim().to_lowercase();
    if name.is_empty() || name.len() > 64 {
        return Err(UpkeepError::BadName);
    }
    let (store, lock): (Box<dyn Store>, _) = match at.into() {
        At::Database(url) => (Box::new(PostgresStore::join(url).await?), None),
        At::DataDir(data_dir) => {
            let data = DataDir::existing(data_dir)?;
            // SQLite lets two programs write in turn. Only the schema is touched by one alone: the running server,
            // where there is one, and it must be of this version.
            match data.lock() {
                Ok(lock) => (Box::new(SqliteStore::open(&data.database()).await?), Some(lock)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    (Box::new(SqliteStore::join(&data.database())?), None)
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let password = passwords::generate()?;
    let hash = passwords::hash(password.clone()).await?;
    let added = store.add_reviewer(&name, &hash, renew, Timestamp::now()).await?;
    store.close().await;
    drop(lock);
    if added { Ok(password) } else { Err(UpkeepError::NameTaken) }
}

/// Walks the audit log; the number of rows. Nothing is written, so a running server does not mind.
///
/// # Errors
/// [`UpkeepError::BrokenChain`] at the first row that does not fit.
pub async fn verify_audit<'p>(at: impl Into<At<'p>>) -> Result<u64, UpkeepError> {
    let store: Box<dyn Store> = match at.into() {
        At::Database(url) => Box::new(PostgresStore::join(url).await?),
        At::DataDir(data_dir) => Box::new(SqliteStore::look(&DataDir::existing(data_dir)?.database())?),
    };
    let outcome = store.verify_audit().await?;
    store.close().await;
    outcome.map_err(|fault| UpkeepError::BrokenChain(fault.to_string()))
}
