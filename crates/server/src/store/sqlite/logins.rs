//! Reviewers, failed logins and sessions. Locks are rows, so they survive a restart; like sessions they end by the
//! clock on the wall: who can set it forward, and so end a lock early, also has the database in their hands.

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use protocol::ContentHash;
use sqlx::SqliteConnection;

use super::{SqliteStore, audit, columns::time};
use crate::store::{LoginAttempt, StoreError};

/// Wrong passwords that lock a name (MISSION §8).
const FAILURES_THAT_LOCK: i64 = 5;
/// How long a name stays locked, and after how long without a failure the count starts again.
const LOCK: SignedDuration = SignedDuration::from_mins(30);
/// A session ends after this long without a request, and in any case after [`LONGEST_SESSION`].
const IDLE: SignedDuration = SignedDuration::from_mins(30);
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(12);
/// A session is marked as alive at most this often, so that reading costs no write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);

fn back(at: Timestamp, by: SignedDuration) -> i64 {
    at.as_millisecond() - i64::try_from(by.as_millis()).unwrap_or(i64::MAX)
}

pub(super) async fn any(store: &SqliteStore) -> Result<bool, StoreError> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT 1 FROM reviewers LIMIT 1").fetch_optional(&store.readers).await?;
    Ok(row.is_some())
}

pub(super) async fn add(
    tx: &mut SqliteConnection,
    name: &str,
    password_hash: &str,
    replace: bool,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO reviewers (id, name, password_hash, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(name)
    .bind(password_hash)
    .bind(at.as_millisecond())
    .execute(&mut *tx)
    .await?
    .rows_affected()
        > 0;
    if !inserted {
        if !replace {
            return Ok(false);
        }
        sqlx::query("UPDATE reviewers SET password_hash = ? WHERE name = ?")
            .bind(password_hash)
            .bind(name)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM login_guards WHERE name = ?").bind(name).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM sessions WHERE reviewer_id = (SELECT id FROM reviewers WHERE name = ?)")
            .bind(name)
            .execute(&mut *tx)
            .await?;
    }
    let action = if inserted { "reviewer_added" } else { "reviewer_password_renewed" };
    audit::append(tx, at, "office", action, name, "").await?;
    Ok(true)
}

pub(super) async fn attempt(
    tx: &mut SqliteConnection,
    name: &str,
    at: Timestamp,
) -> Result<LoginAttempt, StoreError> {
    // Names that nobody tried for a while are forgotten, so that invented ones do not pile up.
    sqlx::query(
        "DELETE FROM login_guards WHERE last_at <= ? AND (locked_until IS NULL OR locked_until <= ?)",
    )
    .bind(back(at, LOCK))
    .bind(at.as_millisecond())
    .execute(&mut *tx)
    .await?;
    let guard: Option<(i64, Option<i64>)> =
        sqlx::query_as("SELECT failures, locked_until FROM login_guards WHERE name = ?")
            .bind(name)
            .fetch_optional(&mut *tx)
            .await?;
    let (failures, locked_until) = guard.unwrap_or((0, None));
    let mut failures = failures;
    match locked_until {
        Some(until) if until > at.as_millisecond() => {
            return Ok(LoginAttempt::Locked { until: time(until)? });
        }
        Some(_) => failures = 0,
        None => {}
    }
    failures += 1;
    let last = failures >= FAILURES_THAT_LOCK;
    let until = last.then(|| at.as_millisecond() + i64::try_from(LOCK.as_millis()).unwrap_or(i64::MAX));
    sqlx::query(
        "INSERT INTO login_guards (name, failures, last_at, locked_until) VALUES (?, ?, ?, ?) \
         ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, \
         locked_until = excluded.locked_until",
    )
    .bind(name)
    .bind(failures)
    .bind(at.as_millisecond())
    .bind(until)
    .execute(&mut *tx)
    .await?;
    let password_hash: Option<(String,)> =
        sqlx::query_as("SELECT password_hash FROM reviewers WHERE name = ?")
            .bind(name)
            .fetch_optional(&mut *tx)
            .await?;
    if last {
        // The name as typed may be anything, even a password in the wrong box: only known names are written down.
        let subject = if password_hash.is_some() { name } else { "unknown" };
        audit::append(tx, at, "office", "login_locked", subject, "").await?;
    }
    Ok(LoginAttempt::Proceed { password_hash: password_hash.map(|(hash,)| hash), last })
}

pub(super) async fn open_session(
    tx: &mut SqliteConnection,
    name: &str,
    token: ContentHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM login_guards WHERE name = ?").bind(name).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM sessions WHERE seen_at <= ? OR opened_at <= ?")
        .bind(back(at, IDLE))
        .bind(back(at, LONGEST_SESSION))
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO sessions (token_sha256, reviewer_id, opened_at, seen_at) \
         SELECT ?, id, ?, ? FROM reviewers WHERE name = ?",
    )
    .bind(token.to_string())
    .bind(at.as_millisecond())
    .bind(at.as_millisecond())
    .bind(name)
    .execute(&mut *tx)
    .await?;
    audit::append(tx, at, name, "logged_in", name, "").await?;
    Ok(())
}

pub(super) async fn session(
    store: &SqliteStore,
    token: ContentHash,
    at: Timestamp,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String, i64)> = sqlx::query_as(
        "SELECT r.name, s.seen_at FROM sessions s JOIN reviewers r ON r.id = s.reviewer_id \
         WHERE s.token_sha256 = ? AND s.seen_at > ? AND s.opened_at > ?",
    )
    .bind(token.to_string())
    .bind(back(at, IDLE))
    .bind(back(at, LONGEST_SESSION))
    .fetch_optional(&store.readers)
    .await?;
    let Some((name, seen_at)) = row else { return Ok(None) };
    if seen_at <= back(at, TOUCH_EVERY) {
        store.write(move |tx| touch_session(tx, token, at).boxed()).await?;
    }
    Ok(Some(name))
}

async fn touch_session(
    tx: &mut SqliteConnection,
    token: ContentHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET seen_at = ? WHERE token_sha256 = ?")
        .bind(at.as_millisecond())
        .bind(token.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn end_session(
    tx: &mut SqliteConnection,
    token: ContentHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    let name: Option<(String,)> = sqlx::query_as(
        "SELECT r.name FROM sessions s JOIN reviewers r ON r.id = s.reviewer_id WHERE s.token_sha256 = ?",
    )
    .bind(token.to_string())
    .fetch_optional(&mut *tx)
    .await?;
    if let Some((name,)) = name {
        sqlx::query("DELETE FROM sessions WHERE token_sha256 = ?")
            .bind(token.to_string())
            .execute(&mut *tx)
            .await?;
        audit::append(tx, at, &name, "logged_out", &name, "").await?;
    }
    Ok(())
}
