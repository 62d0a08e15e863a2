//! Reading a database file that nobody else may be serving: what a backup copies, and whether a file is sound.

use std::path::Path;

use protocol::{ContentHash, Manifest, Receipt};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::store::{
    AuditFault, HeldFile, IssuedReceipt, StoreError,
    tx::Tx,
    units::{
        audit,
        columns::{count, from_json, parsed},
    },
};

/// One consistent view of a database file. Nothing is written into it; beside one that nobody has open SQLite leaves
/// an empty log and its index (`-wal`, `-shm`), which the next one to open it takes over.
pub(crate) struct Snapshot(SqliteConnection);

impl Snapshot {
    /// # Errors
    /// Where the file cannot be read.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self(connection))
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        Ok(self.0.close().await?)
    }

    /// What SQLite says is wrong with its own pages, indexes and references; empty where nothing is.
    pub(crate) async fn faults(&mut self) -> Result<Vec<String>, StoreError> {
        let mut faults: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(&mut self.0).await?;
        faults.retain(|fault| fault != "ok");
        let dangling: Vec<(String, Option<i64>, String, i64)> =
            sqlx::query_as("PRAGMA foreign_key_check").fetch_all(&mut self.0).await?;
        faults.extend(dangling.into_iter().take(20).map(|(table, row, parent, _)| {
            format!("row {} of {table} names nothing in {parent}", row.unwrap_or_default())
        }));
        Ok(faults)
    }

    /// Walks the audit chain: rows, and the hash of the last one.
    pub(crate) async fn audit(&mut self) -> Result<Result<(u64, String), AuditFault>, StoreError> {
        let rows = match audit::verify(&mut Tx::Sqlite(&mut self.0)).await? {
            Ok(rows) => rows,
            Err(fault) => return Ok(Err(fault)),
        };
        Ok(Ok((rows, audit::head(&mut Tx::Sqlite(&mut self.0)).await?)))
    }

    /// Every document that must be there, each once.
    pub(crate) async fn held(&mut self) -> Result<Vec<HeldFile>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT DISTINCT sha256, size_bytes FROM held_blobs ORDER BY sha256")
                .fetch_all(&mut self.0)
                .await?;
        rows.into_iter()
            .map(|(hash, size)| Ok(HeldFile { sha256: parsed(&hash)?, size_bytes: count(size)? }))
            .collect()
    }

    /// The next receipts that were issued, by application and revision; empty after the last.
    pub(crate) async fn receipts(
        &mut self,
        after: Option<&IssuedReceipt>,
    ) -> Result<Vec<IssuedReceipt>, StoreError> {
        let (application, revision) = after.map_or((String::new(), 0), |last| {
            (last.receipt.body.application.to_string(), last.receipt.body.revision)
        });
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT a.account_id, r.manifest, r.receipt FROM revisions r JOIN applications a ON a.id = r.application_id \
             WHERE r.receipt IS NOT NULL AND (r.application_id > ? OR (r.application_id = ? AND r.revision > ?)) \
             ORDER BY r.application_id, r.revision LIMIT 500",
        )
        .bind(&application)
        .bind(&application)
        .bind(i64::from(revision))
        .fetch_all(&mut self.0)
        .await?;
        let mut receipts = Vec::new();
        for (account, manifest, receipt) in rows {
            let manifest: Manifest = from_json(&manifest)?;
            let receipt: Receipt = from_json(&receipt)?;
            let mut without = None;
            for document in &manifest.documents {
                if !self.holds(&account, document.sha256).await? {
                    without = Some(document.sha256);
                }
            }
            receipts.push(IssuedReceipt { manifest, receipt, without });
        }
        Ok(receipts)
    }

    async fn holds(&mut self, account: &str, hash: ContentHash) -> Result<bool, StoreError> {
        let held: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM held_blobs WHERE account_id = ? AND sha256 = ?")
                .bind(account)
                .bind(hash.to_string())
                .fetch_optional(&mut self.0)
                .await?;
        Ok(held.is_some())
    }
}

/// Copies a database as it is at this moment into a new file; whoever serves it goes on meanwhile.
///
/// # Errors
/// Also where the new file exists already.
pub(crate) async fn copy(file: &Path, to: &Path) -> Result<(), StoreError> {
    let name = to.to_str().ok_or_else(|| StoreError::Corrupt("the path is not UTF-8".to_owned()))?;
    let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await?;
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
