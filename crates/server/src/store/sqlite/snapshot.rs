//! Reading a database file that nobody else may be serving: what a backup copies, and whether a file is sound.

use std::path::Path;

use protocol::{ContentHash, Manifest, Receipt};
use rusqlite::Connection;

use super::{At, at_once, statement};
use crate::store::{
    AuditFault, HeldFile, IssuedReceipt, StoreError,
    tx::{Tx, Value},
    units::{
        audit,
        columns::{count, from_json, parsed},
    },
};

/// One consistent view of a database file. Nothing is written into it; beside one that nobody has open SQLite leaves
/// an empty log and its index (`-wal`, `-shm`), which the next one to open it takes over.
pub(crate) struct Snapshot(Connection);

impl Snapshot {
    /// # Errors
    /// Where the file cannot be read.
    pub(crate) fn open(file: &Path) -> Result<Self, StoreError> {
        At::reading(file).view().map(Self)
    }

    pub(crate) fn close(self) -> Result<(), StoreError> {
        self.0.close().map_err(|(_, error)| error.into())
    }

    /// What SQLite says is wrong with its own pages, indexes and references; empty where nothing is.
    pub(crate) fn faults(&mut self) -> Result<Vec<String>, StoreError> {
        let faults: Vec<(String,)> = statement::all(&self.0, "PRAGMA integrity_check(20)", &[])?;
        let mut faults: Vec<_> = faults.into_iter().map(|(fault,)| fault).collect();
        faults.retain(|fault| fault != "ok");
        let dangling: Vec<(String, Option<i64>, String, i64)> =
            statement::all(&self.0, "PRAGMA foreign_key_check", &[])?;
        faults.extend(dangling.into_iter().take(20).map(|(table, row, parent, _)| {
            format!("row {} of {table} names nothing in {parent}", row.unwrap_or_default())
        }));
        Ok(faults)
    }

    /// Walks the audit chain: rows, and the hash of the last one.
    pub(crate) fn audit(&mut self) -> Result<Result<(u64, String), AuditFault>, StoreError> {
        let rows = match at_once(audit::verify(&mut Tx::Sqlite(&mut self.0)))? {
            Ok(rows) => rows,
            Err(fault) => return Ok(Err(fault)),
        };
        Ok(Ok((rows, at_once(audit::head(&mut Tx::Sqlite(&mut self.0)))?)))
    }

    /// Every document that must be there, each once.
    pub(crate) fn held(&mut self) -> Result<Vec<HeldFile>, StoreError> {
        let sql = "SELECT DISTINCT sha256, size_bytes FROM held_blobs ORDER BY sha256";
        let rows: Vec<(String, i64)> = statement::all(&self.0, sql, &[])?;
        rows.into_iter()
            .map(|(hash, size)| Ok(HeldFile { sha256: parsed(&hash)?, size_bytes: count(size)? }))
            .collect()
    }

    /// The next receipts that were issued, by application and revision; empty after the last.
    pub(crate) fn receipts(
        &mut self,
        after: Option<&IssuedReceipt>,
    ) -> Result<Vec<IssuedReceipt>, StoreError> {
        let (application, revision) = after.map_or((String::new(), 0), |last| {
            (last.receipt.body.application.to_string(), last.receipt.body.revision)
        });
        let rows: Vec<(String, String, String)> = statement::all(
            &self.0,
            "SELECT a.account_id, r.manifest, r.receipt FROM revisions r JOIN applications a ON a.id = r.application_id \
             WHERE r.receipt IS NOT NULL AND (r.application_id > $1 OR (r.application_id = $1 AND r.revision > $2)) \
             ORDER BY r.application_id, r.revision LIMIT 500",
            &[Value::from(&application), Value::from(revision)],
        )?;
        let mut receipts = Vec::new();
        for (account, manifest, receipt) in rows {
            let manifest: Manifest = from_json(&manifest)?;
            let receipt: Receipt = from_json(&receipt)?;
            let mut without = None;
            for document in &manifest.documents {
                if !self.holds(&account, document.sha256)? {
                    without = Some(document.sha256);
                }
            }
            receipts.push(IssuedReceipt { manifest, receipt, without });
        }
        Ok(receipts)
    }

    fn holds(&self, account: &str, hash: ContentHash) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM held_blobs WHERE account_id = $1 AND sha256 = $2";
        Ok(statement::optional::<(i64,)>(&self.0, sql, &[Value::from(account), Value::from(hash)])?.is_some())
    }
}

/// Copies a database as it is at this moment into a new file; whoever serves it goes on meanwhile.
///
/// # Errors
/// Also where the new file exists already.
pub(crate) fn copy(file: &Path, to: &Path) -> Result<(), StoreError> {
    let name = to.to_str().ok_or_else(|| StoreError::Corrupt("the path is not UTF-8".to_owned()))?;
    statement::execute(&At::reading(file).connect()?, "VACUUM INTO $1", &[Value::from(name)])?;
    Ok(())
}
