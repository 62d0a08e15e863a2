//! How every connection to the database is made: keyed first, then checked to be a cipher at all.

use std::{fs::File, io::Read, path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{DatabaseKey, StoreError};

/// The writer and the readers of one database file.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

/// Options for every connection. The raw key skips SQLCipher's derivation (a second per connection).
pub(crate) fn options(file: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .pragma("key", key.pragma().to_string())
        // SQLCipher otherwise prints to standard error by itself.
        .pragma("cipher_log_level", "NONE")
        .pragma("temp_store", "MEMORY")
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        // Statements would log `PRAGMA key` with the key in it.
        .disable_statement_logging()
}

/// Refuses what would be, or already is, plaintext. Opens one connection and closes it again.
pub(crate) async fn prove(file: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    if is_plain_sqlite(file)? {
        return Err(StoreError::NotEncrypted);
    }
    let mut connection: SqliteConnection = options(file, key).connect().await?;
    let version = sqlx::query("PRAGMA cipher_version").fetch_optional(&mut connection).await?;
    let version = version.and_then(|row| row.try_get::<String, _>(0).ok()).unwrap_or_default();
    if version.is_empty() {
        return Err(StoreError::NoCipher);
    }
    sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

pub(crate) async fn pools(file: &Path, key: &DatabaseKey) -> Result<Pools, StoreError> {
    let pool = |most| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let writer = pool(1).connect_with(options(file, key)).await?;
    let readers = pool(4).connect_with(options(file, key).pragma("query_only", "ON")).await?;
    Ok(Pools { writer, readers })
}

fn is_plain_sqlite(file: &Path) -> Result<bool, StoreError> {
    let mut head = [0; 16];
    match File::open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
        Ok(mut open) => Ok(open.read_exact(&mut head).is_ok() && &head == b"SQLite format 3\0"),
    }
}
