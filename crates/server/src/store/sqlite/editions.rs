//! Every edition of the catalogue that was ever served; none is ever deleted.

use jiff::Timestamp;
use protocol::ContentHash;
use sqlx::SqliteConnection;

use super::{
    SqliteStore, audit,
    columns::{count, parsed},
};
use crate::store::{EditionRecord, StoreError};

type Row = (String, i64, String);

fn record((sha256, edition, bundle): Row) -> Result<EditionRecord, StoreError> {
    Ok(EditionRecord { sha256: parsed(&sha256)?, edition: count(edition)?, bundle })
}

/// The last served first.
pub(super) async fn all(store: &SqliteStore) -> Result<Vec<EditionRecord>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT sha256, edition, bundle FROM editions ORDER BY served_at DESC, edition DESC")
            .fetch_all(&store.readers)
            .await?;
    rows.into_iter().map(record).collect()
}

pub(super) async fn one(
    store: &SqliteStore,
    sha256: ContentHash,
) -> Result<Option<EditionRecord>, StoreError> {
    let row: Option<Row> = sqlx::query_as("SELECT sha256, edition, bundle FROM editions WHERE sha256 = ?")
        .bind(sha256.to_string())
        .fetch_optional(&store.readers)
        .await?;
    row.map(record).transpose()
}

pub(super) async fn serve(
    tx: &mut SqliteConnection,
    edition: &EditionRecord,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sha256 = edition.sha256.to_string();
    let known = sqlx::query("UPDATE editions SET served_at = ? WHERE sha256 = ?")
        .bind(at.as_millisecond())
        .bind(&sha256)
        .execute(&mut *tx)
        .await?;
    if known.rows_affected() == 0 {
        sqlx::query("INSERT INTO editions (sha256, edition, bundle, served_at) VALUES (?, ?, ?, ?)")
            .bind(&sha256)
            .bind(i64::from(edition.edition))
            .bind(&edition.bundle)
            .bind(at.as_millisecond())
            .execute(&mut *tx)
            .await?;
        let detail = format!("edition {}", edition.edition);
        audit::append(tx, at, "office", "catalogue_offered", &sha256, &detail).await?;
    }
    Ok(())
}
