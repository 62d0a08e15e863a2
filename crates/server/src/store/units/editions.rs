//! Every edition of the catalogue that was ever served; none is ever deleted.

use jiff::Timestamp;
use protocol::ContentHash;

use super::{
    audit,
    columns::{count, parsed},
};
use crate::store::{
    EditionRecord, StoreError,
    tx::{Lock, Tx, values},
};

/// The row that whoever serves an edition locks.
const ONE_AT_A_TIME: &str = "editions_served_one_at_a_time";

type Row = (String, i64, String);

fn record((sha256, edition, bundle): Row) -> Result<EditionRecord, StoreError> {
    Ok(EditionRecord { sha256: parsed(&sha256)?, edition: count(edition)?, bundle })
}

/// The last served first.
pub(in crate::store) async fn all(tx: &mut Tx<'_>) -> Result<Vec<EditionRecord>, StoreError> {
    let rows: Vec<Row> = tx
        .all("SELECT sha256, edition, bundle FROM editions ORDER BY served_at DESC, edition DESC", values![])
        .await?;
    rows.into_iter().map(record).collect()
}

pub(in crate::store) async fn one(
    tx: &mut Tx<'_>,
    sha256: ContentHash,
) -> Result<Option<EditionRecord>, StoreError> {
    let row: Option<Row> = tx
        .optional("SELECT sha256, edition, bundle FROM editions WHERE sha256 = $1", values![sha256])
        .await?;
    row.map(record).transpose()
}

/// The last served first.
pub(in crate::store) async fn served(tx: &mut Tx<'_>) -> Result<Vec<ContentHash>, StoreError> {
    let rows: Vec<(String,)> =
        tx.all("SELECT sha256 FROM editions ORDER BY served_at DESC, edition DESC", values![]).await?;
    rows.iter().map(|(sha256,)| parsed(sha256)).collect()
}

/// `false` where another one was served than those it was `compared` with.
pub(in crate::store) async fn serve(
    tx: &mut Tx<'_>,
    edition: &EditionRecord,
    compared: &[ContentHash],
    at: Timestamp,
) -> Result<bool, StoreError> {
    // Copies that start together serve one after the other, so that each sees what the one before it served.
    tx.execute(
        "INSERT INTO office_facts (name, value) VALUES ($1, '') ON CONFLICT DO NOTHING",
        values![ONE_AT_A_TIME],
    )
    .await?;
    tx.lock(Lock::Fact(ONE_AT_A_TIME)).await?;
    if served(tx).await?.iter().any(|other| !compared.contains(other)) {
        return Ok(false);
    }
    let new = tx
        .execute(
            "INSERT INTO editions (sha256, edition, bundle, served_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            values![edition.sha256, edition.edition, &edition.bundle, at],
        )
        .await?;
    if new > 0 {
        let detail = format!("edition {}", edition.edition);
        audit::append(tx, at, "office", "catalogue_offered", &edition.sha256.to_string(), &detail).await?;
    } else {
        tx.execute("UPDATE editions SET served_at = $1 WHERE sha256 = $2", values![at, edition.sha256])
            .await?;
    }
    Ok(true)
}
