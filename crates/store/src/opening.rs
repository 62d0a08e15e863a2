//! Opening and closing: lock, key, a copy before a migration, migrations, purge of what was removed before.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use sqlx::{AssertSqlSafe, Sqlite, SqlitePool, Transaction, migrate::Migrator};

use crate::{
    DatabaseKey, StoreError,
    connection::{self, Pools},
    instance::InstanceLock,
    purging,
};

/// Name of the database within the data directory.
pub const DATABASE_FILE: &str = "yiban.db";

static MIGRATIONS: Migrator = sqlx::migrate!();

/// An open store. Clones share it; the last one to go (or [`Store::close`]) ends it.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    _lock: Arc<InstanceLock>,
}

impl Store {
    /// Opens the database of a data directory, or makes it.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::WrongKey`], [`StoreError::NewerSchema`], [`StoreError::DiskFull`], …
    pub async fn open(directory: &Path, key: &DatabaseKey) -> Result<Self, StoreError> {
        fs::create_dir_all(directory)?;
        let lock = InstanceLock::take(directory)?;
        let file = directory.join(DATABASE_FILE);
        connection::prove(&file, key).await?;
        let pools = connection::pools(&file, key).await?;
        bring_up_to_date(&pools.writer, directory, &MIGRATIONS).await?;
        let store = Self { pools, _lock: Arc::new(lock) };
        let mut transaction = store.write().await?;
        purging::purge(&mut transaction).await?;
        transaction.commit().await?;
        Ok(store)
    }

    /// Ends all connections and folds the write-ahead log into the file.
    ///
    /// # Errors
    /// Where the disk refuses; nothing acknowledged is lost even then.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.pools.readers.close().await;
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pools.writer).await;
        self.pools.writer.close().await;
        folded?;
        Ok(())
    }

    /// Begins a writing transaction; there is one writer, so this waits and is never refused as busy.
    ///
    /// SQLite ends a transaction by itself where the disk is full or fails, and sqlx 0.9 then believes for ever
    /// that it still runs: such a connection is closed and another one taken.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        match self.pools.writer.begin_with(BEGIN).await {
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.pools.writer.acquire().await?.close().await?;
                Ok(self.pools.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// For reading.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.pools.readers
    }

    #[cfg(test)]
    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.pools.writer
    }
}

/// Runs what is missing; before that, keeps an encrypted copy of an existing file.
async fn bring_up_to_date(writer: &SqlitePool, directory: &Path, known: &Migrator) -> Result<(), StoreError> {
    let newest_known = known.iter().map(|migration| migration.version).max().unwrap_or_default();
    if let Some(found) = schema_version(writer).await? {
        if found > newest_known {
            return Err(StoreError::NewerSchema { found, known: newest_known });
        }
        if found < newest_known {
            keep_copy(writer, &directory.join(format!("yiban.before-{newest_known}.db"))).await?;
        }
    }
    known.run(writer).await?;
    Ok(())
}

/// Newest migration that ran; `None` for a new file.
async fn schema_version(writer: &SqlitePool) -> Result<Option<i64>, StoreError> {
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(writer)
            .await?;
    if tables == 0 {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(writer).await?)
}

/// Encrypted with the same key. A copy that was cut short is replaced.
async fn keep_copy(writer: &SqlitePool, copy: &PathBuf) -> Result<(), StoreError> {
    if copy.exists() {
        fs::remove_file(copy)?;
    }
    let target = copy.to_string_lossy().replace('\'', "''");
    sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{target}'"))).execute(writer).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
