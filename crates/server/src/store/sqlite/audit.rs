//! The audit log: append-only rows, each hashed together with the hash of the row before, so that a changed or
//! missing row breaks the chain. Details name places, never content.

use jiff::Timestamp;
use protocol::ContentHash;
use sqlx::SqliteConnection;

use super::columns::{count, signed};
use crate::store::{AuditFault, StoreError};

/// What the first row continues.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

type Row = (i64, i64, String, String, String, String, String, String);

/// Appends a row to the chain, in the caller's transaction.
pub(super) async fn append(
    tx: &mut SqliteConnection,
    at: Timestamp,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = sqlx::query_as("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *tx)
        .await?;
    let (last, previous) = last.unwrap_or((0, BEGINNING.to_owned()));
    let seq = last + 1;
    let at = at.as_millisecond();
    let hash = chained(seq, at, [actor, action, subject, detail, &previous]);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(seq)
    .bind(at)
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(detail)
    .bind(&previous)
    .bind(hash)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// The hash of the last row; what the first one continues where there is none.
pub(super) async fn head(tx: &mut SqliteConnection) -> Result<String, StoreError> {
    let last: Option<String> = sqlx::query_scalar("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *tx)
        .await?;
    Ok(last.unwrap_or_else(|| BEGINNING.to_owned()))
}

/// Walks the whole chain in pages.
pub(super) async fn verify(tx: &mut SqliteConnection) -> Result<Result<u64, AuditFault>, StoreError> {
    let mut expected = BEGINNING.to_owned();
    let mut checked: u64 = 0;
    loop {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT seq, at, actor, action, subject, detail, previous, hash FROM audit \
             WHERE seq > ? ORDER BY seq LIMIT 1000",
        )
        .bind(signed(checked))
        .fetch_all(&mut *tx)
        .await?;
        if rows.is_empty() {
            return Ok(Ok(checked));
        }
        for (seq, at, actor, action, subject, detail, previous, hash) in rows {
            let fits = seq == signed(checked + 1)
                && previous == expected
                && hash == chained(seq, at, [&actor, &action, &subject, &detail, &previous]);
            if !fits {
                return Ok(Err(AuditFault { seq: count(seq)? }));
            }
            expected = hash;
            checked += 1;
        }
    }
}

/// SHA-256 over the JSON array of the row, which is unambiguous about where a text ends.
fn chained(seq: i64, at: i64, texts: [&str; 5]) -> String {
    let row = serde_json::json!([seq, at, texts]);
    ContentHash::of(row.to_string().as_bytes()).to_string()
}
