//! Whether what a shared office keeps is what it acknowledged, asked behind its back: the audit log, every receipt
//! against its signature and its manifest, every document in the bucket against its hash. (`yiban-server verify` does
//! this for an embedded office.)

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use protocol::{ContentHash, Manifest, Receipt, ReceiptKey};
use server::At;
use sqlx::{Connection, PgConnection};

use crate::counter::client;

/// How many receipts there are, or what is not as it should be.
///
/// # Errors
/// Where database or bucket cannot be asked.
pub(super) async fn sound(database: &str, documents: &str, key: &ReceiptKey) -> Result<Result<u64, String>> {
    if let Err(fault) = server::verify_audit(At::Database(database)).await {
        return Ok(Err(fault.to_string()));
    }
    let mut reader = PgConnection::connect(database).await?;
    let held: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT account_id, sha256, size_bytes FROM held_blobs")
            .fetch_all(&mut reader)
            .await?;
    let issued: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT a.account_id, r.manifest, r.receipt FROM revisions r JOIN applications a ON a.id = r.application_id \
         WHERE r.receipt IS NOT NULL",
    )
    .fetch_all(&mut reader)
    .await?;
    reader.close().await?;
    let has: BTreeSet<(&str, &str)> = held.iter().map(|(account, hash, _)| (&**account, &**hash)).collect();
    for (account, manifest, receipt) in &issued {
        let manifest: Manifest = serde_json::from_str(manifest)?;
        let receipt: Receipt = serde_json::from_str(receipt)?;
        if let Err(fault) = receipt.verify(key, &manifest) {
            return Ok(Err(format!("the receipt of {}: {fault}", receipt.body.application)));
        }
        for document in &manifest.documents {
            if !has.contains(&(account.as_str(), document.sha256.to_string().as_str())) {
                return Ok(Err(format!("{}: no row for {}", receipt.body.application, document.sha256)));
            }
        }
    }
    let http = client()?;
    let once: BTreeSet<(&str, i64)> = held.iter().map(|(_, hash, size)| (&**hash, *size)).collect();
    for (hash, size) in once {
        let answer = http.get(address(documents, hash)).send().await.context("the bucket")?;
        let (status, bytes) = (answer.status(), answer.bytes().await.context("the bucket")?);
        let whole = ContentHash::of(&bytes).to_string() == hash && i64::try_from(bytes.len())? == size;
        if !status.is_success() || !whole {
            let found = bytes.len();
            return Ok(Err(format!(
                "document {hash} of {size} bytes: the bucket answers {status}, {found} bytes"
            )));
        }
    }
    Ok(Ok(u64::try_from(issued.len())?))
}

/// Where a document lies, as `server` puts it.
pub(super) fn address(documents: &str, hash: &str) -> String {
    format!("{documents}/{}/{hash}", &hash[..2])
}
