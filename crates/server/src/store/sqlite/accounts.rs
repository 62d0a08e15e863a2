//! Accounts: an id and the hash of a secret.

use jiff::Timestamp;
use protocol::{AccountId, ContentHash};
use sqlx::SqliteConnection;

use super::{SqliteStore, audit};
use crate::store::{Opened, StoreError};

pub(super) async fn open(
    tx: &mut SqliteConnection,
    id: AccountId,
    secret: ContentHash,
    at: Timestamp,
) -> Result<Opened, StoreError> {
    let id = id.to_string();
    let stored: Option<(String,)> = sqlx::query_as("SELECT secret_sha256 FROM accounts WHERE id = ?")
        .bind(&id)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some((stored,)) = stored {
        let same = stored == secret.to_string();
        return Ok(if same { Opened::Again } else { Opened::OtherSecret });
    }
    sqlx::query("INSERT INTO accounts (id, secret_sha256, opened_at) VALUES (?, ?, ?)")
        .bind(&id)
        .bind(secret.to_string())
        .bind(at.as_millisecond())
        .execute(&mut *tx)
        .await?;
    audit::append(tx, at, "office", "account_opened", &id, "").await?;
    Ok(Opened::New)
}

/// Hashes are compared, never secrets: a comparison that stops early tells nothing useful.
pub(super) async fn knows(
    store: &SqliteStore,
    id: AccountId,
    secret: ContentHash,
) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM accounts WHERE id = ? AND secret_sha256 = ?")
        .bind(id.to_string())
        .bind(secret.to_string())
        .fetch_optional(&store.readers)
        .await?;
    Ok(row.is_some())
}
