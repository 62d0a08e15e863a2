//! Accounts: an id and the hash of a secret. And the key that signs for all of them.

use jiff::Timestamp;
use protocol::{AccountId, ContentHash};

use super::audit;
use crate::store::{
    Opened, StoreError,
    tx::{Lock, Tx, values},
};

/// The name under which the public half of the office's signing key stands.
const SIGNER: &str = "receipt_key";

/// Reads, and finds nothing out.
pub(in crate::store) async fn nothing(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let _: Option<(String,)> = tx.optional("SELECT name FROM office_facts LIMIT 1", values![]).await?;
    Ok(())
}

/// Locks as every writing does and changes nothing: a database that takes no changes refuses that.
pub(in crate::store) async fn could_write(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.lock(Lock::Fact(SIGNER)).await
}

/// Whether this is the key that the office has signed with since its first day; the first one asked about is it.
pub(in crate::store) async fn agree_on_signer(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO office_facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        values![SIGNER, key],
    )
    .await?;
    let (stored,): (String,) =
        tx.one("SELECT value FROM office_facts WHERE name = $1", values![SIGNER]).await?;
    Ok(stored == key)
}

pub(in crate::store) async fn open(
    tx: &mut Tx<'_>,
    id: AccountId,
    secret: ContentHash,
    at: Timestamp,
) -> Result<Opened, StoreError> {
    let opened = tx
        .execute(
            "INSERT INTO accounts (id, secret_sha256, opened_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            values![id, secret, at],
        )
        .await?;
    if opened == 0 {
        return Ok(if knows(tx, id, secret).await? { Opened::Again } else { Opened::OtherSecret });
    }
    audit::append(tx, at, "office", "account_opened", &id.to_string(), "").await?;
    Ok(Opened::New)
}

/// Hashes are compared, never secrets: a comparison that stops early tells nothing useful.
pub(in crate::store) async fn knows(
    tx: &mut Tx<'_>,
    id: AccountId,
    secret: ContentHash,
) -> Result<bool, StoreError> {
    let row: Option<(String,)> = tx
        .optional("SELECT id FROM accounts WHERE id = $1 AND secret_sha256 = $2", values![id, secret])
        .await?;
    Ok(row.is_some())
}
