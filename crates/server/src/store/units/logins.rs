//! Reviewers, failed logins and sessions. Locks are rows, so they survive a restart; like sessions they end by the
//! clock on the wall: who can set it forward, and so end a lock early, also has the database in their hands.

use jiff::{SignedDuration, Timestamp};
use protocol::ContentHash;

use super::{audit, columns::time};
use crate::store::{
    LoginAttempt, StoreError,
    tx::{Lock, Tx, values},
};

/// Wrong passwords in a row that lock a name.
const FAILURES_THAT_LOCK: i64 = 5;
/// How long a name stays locked, counted from the last of them: trying meanwhile makes it neither longer nor shorter.
/// After as long without a failure the count starts again. This is the one place that says so; whoever is locked out
/// is told the minutes that are left of it.
const LOCK: SignedDuration = SignedDuration::from_mins(30);
/// A session ends after this long without a request, and in any case after [`LONGEST_SESSION`].
const IDLE: SignedDuration = SignedDuration::from_mins(30);
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(12);
/// A session is marked as alive at most this often, so that reading costs no write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);

fn back(at: Timestamp, by: SignedDuration) -> i64 {
    at.as_millisecond() - i64::try_from(by.as_millis()).unwrap_or(i64::MAX)
}

pub(in crate::store) async fn any(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let row: Option<(String,)> = tx.optional("SELECT id FROM reviewers LIMIT 1", values![]).await?;
    Ok(row.is_some())
}

pub(in crate::store) async fn add(
    tx: &mut Tx<'_>,
    name: &str,
    password_hash: &str,
    replace: bool,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let id = uuid::Uuid::now_v7().to_string();
    let inserted = tx
        .execute(
            "INSERT INTO reviewers (id, name, password_hash, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            values![id, name, password_hash, at],
        )
        .await?;
    if inserted == 0 {
        if !replace {
            return Ok(false);
        }
        tx.execute("UPDATE reviewers SET password_hash = $1 WHERE name = $2", values![password_hash, name])
            .await?;
        tx.execute("DELETE FROM login_guards WHERE name = $1", values![name]).await?;
        tx.execute(
            "DELETE FROM sessions WHERE reviewer_id = (SELECT id FROM reviewers WHERE name = $1)",
            values![name],
        )
        .await?;
    }
    let action = if inserted > 0 { "reviewer_added" } else { "reviewer_password_renewed" };
    audit::append(tx, at, "office", action, name, "").await?;
    Ok(true)
}

pub(in crate::store) async fn attempt(
    tx: &mut Tx<'_>,
    name: &str,
    at: Timestamp,
) -> Result<LoginAttempt, StoreError> {
    // Names that nobody tried for a while are forgotten, so that invented ones do not pile up.
    tx.execute(
        "DELETE FROM login_guards WHERE last_at <= $1 AND (locked_until IS NULL OR locked_until <= $2)",
        values![back(at, LOCK), at],
    )
    .await?;
    // There is a row before it is read, so that of guesses that come together each waits for the one before.
    tx.execute(
        "INSERT INTO login_guards (name, failures, last_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
        values![name, at],
    )
    .await?;
    tx.lock(Lock::LoginGuard(name)).await?;
    let guard: Option<(i64, Option<i64>)> =
        tx.optional("SELECT failures, locked_until FROM login_guards WHERE name = $1", values![name]).await?;
    // Gone again: somebody has just logged in with this name.
    let (failures, locked_until) = guard.ok_or(StoreError::Conflict)?;
    let failures = match locked_until {
        Some(until) if until > at.as_millisecond() => {
            return Ok(LoginAttempt::Locked { until: time(until)? });
        }
        Some(_) => 1,
        None => failures + 1,
    };
    let last = failures >= FAILURES_THAT_LOCK;
    let locks_until = last.then(|| at.saturating_add(LOCK).unwrap_or(Timestamp::MAX));
    tx.execute(
        "UPDATE login_guards SET failures = $1, last_at = $2, locked_until = $3 WHERE name = $4",
        values![failures, at, locks_until.map(Timestamp::as_millisecond), name],
    )
    .await?;
    let password_hash: Option<(String,)> =
        tx.optional("SELECT password_hash FROM reviewers WHERE name = $1", values![name]).await?;
    if last {
        // The name as typed may be anything, even a password in the wrong box: only known names are written down.
        let subject = if password_hash.is_some() { name } else { "unknown" };
        audit::append(tx, at, "office", "login_locked", subject, "").await?;
    }
    Ok(LoginAttempt::Proceed { password_hash: password_hash.map(|(hash,)| hash), locks_until })
}

pub(in crate::store) async fn open_session(
    tx: &mut Tx<'_>,
    name: &str,
    token: ContentHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM login_guards WHERE name = $1", values![name]).await?;
    tx.execute(
        "DELETE FROM sessions WHERE seen_at <= $1 OR opened_at <= $2",
        values![back(at, IDLE), back(at, LONGEST_SESSION)],
    )
    .await?;
    tx.execute(
        "INSERT INTO sessions (token_sha256, reviewer_id, opened_at, seen_at) \
         SELECT $1, id, $2, $2 FROM reviewers WHERE name = $3",
        values![token, at, name],
    )
    .await?;
    audit::append(tx, at, name, "logged_in", name, "").await
}

/// The reviewer of a living session, and whether it is time to mark it as alive.
pub(in crate::store) async fn session(
    tx: &mut Tx<'_>,
    token: ContentHash,
    at: Timestamp,
) -> Result<Option<(String, bool)>, StoreError> {
    let row: Option<(String, i64)> = tx
        .optional(
            "SELECT r.name, s.seen_at FROM sessions s JOIN reviewers r ON r.id = s.reviewer_id \
             WHERE s.token_sha256 = $1 AND s.seen_at > $2 AND s.opened_at > $3",
            values![token, back(at, IDLE), back(at, LONGEST_SESSION)],
        )
        .await?;
    Ok(row.map(|(name, seen_at)| (name, seen_at <= back(at, TOUCH_EVERY))))
}

pub(in crate::store) async fn touch_session(
    tx: &mut Tx<'_>,
    token: ContentHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("UPDATE sessions SET seen_at = $1 WHERE token_sha256 = $2", values![at, token]).await?;
    Ok(())
}

pub(in crate::store) async fn end_session(
    tx: &mut Tx<'_>,
    token: ContentHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    let name: Option<(String,)> = tx
        .optional(
            "SELECT r.name FROM sessions s JOIN reviewers r ON r.id = s.reviewer_id WHERE s.token_sha256 = $1",
            values![token],
        )
        .await?;
    let ended = tx.execute("DELETE FROM sessions WHERE token_sha256 = $1", values![token]).await?;
    if let Some((name,)) = name
        && ended > 0
    {
        audit::append(tx, at, &name, "logged_out", &name, "").await?;
    }
    Ok(())
}
