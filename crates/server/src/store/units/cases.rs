//! Reading cases: the applicant's feed, one case. And the one way in which a status moves.

use jiff::Timestamp;
use protocol::{AccountId, ApplicationId, CaseState, FeedPage, Manifest, Status, TimelineEntry};

use super::{
    columns::{code, count, from_code, from_json, parsed, signed, time},
    intake, numbers,
};
use crate::store::{
    CaseRecord, FeedRead, RevisionRecord, StoreError,
    tx::{Lock, Tx, record, values},
};

/// A select of [`Row`]s.
macro_rules! rows {
    ($($rest:literal),+) => {
        concat!(
            "SELECT id, account_id, revision, number, status, due_on, claimed_by, findings, reason, supplement_by, \
             feed_seq, due_estimated, supplement_estimated FROM applications ",
            $($rest),+
        )
    };
}

record! {
    /// An application that has a number.
    struct Row {
        id: String,
        account_id: String,
        revision: i64,
        number: String,
        status: String,
        due_on: Option<String>,
        claimed_by: Option<String>,
        findings: String,
        reason: Option<String>,
        supplement_by: Option<String>,
        feed_seq: i64,
        due_estimated: i64,
        supplement_estimated: i64,
    }
}

impl Row {
    async fn state(&self, tx: &mut Tx<'_>) -> Result<CaseState, StoreError> {
        Ok(CaseState {
            application: parsed(&self.id)?,
            number: parsed(&self.number)?,
            revision: count(self.revision)?,
            status: from_code(self.status.clone())?,
            findings: from_json(&self.findings)?,
            reason: self.reason.clone(),
            supplement_by: self.supplement_by.as_deref().map(parsed).transpose()?,
            supplement_by_estimated: self.supplement_estimated != 0,
            due_on: self.due_on.as_deref().map(parsed).transpose()?,
            due_on_estimated: self.due_estimated != 0,
            timeline: timeline(tx, &self.id).await?,
        })
    }
}

async fn timeline(tx: &mut Tx<'_>, application: &str) -> Result<Vec<TimelineEntry>, StoreError> {
    let rows: Vec<(i64, String, Option<String>)> = tx
        .all(
            "SELECT at, status, note FROM timeline WHERE application_id = $1 ORDER BY position",
            values![application],
        )
        .await?;
    rows.into_iter()
        .map(|(at, status, note)| Ok(TimelineEntry { at: time(at)?, status: from_code(status)?, note }))
        .collect()
}

/// See `Store::feed_epoch`.
pub(in crate::store) async fn epoch(
    tx: &mut Tx<'_>,
    new: &str,
    lost_since: Option<Timestamp>,
    at: Timestamp,
) -> Result<String, StoreError> {
    let newest: Option<(i64, String)> = tx
        .optional("SELECT position, epoch FROM feed_epochs ORDER BY position DESC LIMIT 1", values![])
        .await?;
    let position = match newest {
        Some((_, epoch)) if lost_since.is_none() => return Ok(epoch),
        newest => newest.map_or(1, |(position, _)| position + 1),
    };
    let inserted = tx
        .execute(
            "INSERT INTO feed_epochs (position, epoch, begun_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            values![position, new, at],
        )
        .await?;
    // Another copy began one meanwhile.
    if inserted == 0 {
        return Err(StoreError::Conflict);
    }
    if let Some(since) = lost_since {
        numbers::leave_out_what_may_have_been_given(tx, since, at).await?;
    }
    Ok(new.to_owned())
}

/// The account of an application that exists, and the right to write about it.
pub(super) async fn lock_account_of(
    tx: &mut Tx<'_>,
    application: ApplicationId,
) -> Result<AccountId, StoreError> {
    // Whose it is never changes, so that it may be read before the lock.
    let (account,): (String,) =
        tx.one("SELECT account_id FROM applications WHERE id = $1", values![application]).await?;
    tx.lock(Lock::Account(&account)).await?;
    parsed(&account)
}

/// Moves an application to a status: its row, feed position, timeline. Callers hold the account, have judged
/// whether the step is allowed and write the audit row.
pub(super) async fn move_to(
    tx: &mut Tx<'_>,
    account: AccountId,
    application: ApplicationId,
    status: Status,
    at: Timestamp,
) -> Result<(), StoreError> {
    let seq = next_position(tx, account).await?;
    tx.execute(
        "UPDATE applications SET status = $1, feed_seq = $2 WHERE id = $3",
        values![code(&status)?, seq, application],
    )
    .await?;
    enter_in_timeline(tx, application, status, at).await
}

/// The next position in the feed of an account, which is held until the commit: its changes become visible in the
/// order of their numbers.
pub(super) async fn next_position(tx: &mut Tx<'_>, account: AccountId) -> Result<i64, StoreError> {
    let (seq,): (i64,) = tx
        .one("UPDATE accounts SET feed_seq = feed_seq + 1 WHERE id = $1 RETURNING feed_seq", values![account])
        .await?;
    Ok(seq)
}

/// Writes a status down in the timeline.
pub(super) async fn enter_in_timeline(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    status: Status,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO timeline (application_id, position, at, status) \
         SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3 FROM timeline WHERE application_id = $1",
        values![application, at, code(&status)?],
    )
    .await?;
    Ok(())
}

pub(in crate::store) async fn page_feed(
    tx: &mut Tx<'_>,
    account: AccountId,
    after: u64,
    limit: u32,
) -> Result<FeedRead, StoreError> {
    let newest: Option<(i64,)> =
        tx.optional("SELECT feed_seq FROM accounts WHERE id = $1", values![account]).await?;
    let newest = count(newest.map_or(0, |(seq,)| seq))?;
    let rows: Vec<Row> = tx
        .all(
            rows!("WHERE account_id = $1 AND feed_seq > $2 ORDER BY feed_seq LIMIT $3"),
            values![account, signed(after), limit],
        )
        .await?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut cursor = after;
    for row in rows {
        changes.push(row.state(tx).await?);
        cursor = count(row.feed_seq)?;
    }
    Ok(FeedRead { page: FeedPage { changes, cursor: cursor.to_string() }, newest })
}

pub(in crate::store) async fn case(
    tx: &mut Tx<'_>,
    application: ApplicationId,
) -> Result<Option<CaseRecord>, StoreError> {
    let row: Option<Row> =
        tx.optional(rows!("WHERE id = $1 AND number IS NOT NULL"), values![application]).await?;
    let Some(row) = row else { return Ok(None) };
    let account: AccountId = parsed(&row.account_id)?;
    let kept: Vec<(String, i64)> = tx
        .all(
            "SELECT manifest, received_at FROM revisions WHERE application_id = $1 AND receipt IS NOT NULL \
             ORDER BY revision",
            values![application],
        )
        .await?;
    let mut revisions = Vec::with_capacity(kept.len());
    for (manifest, received_at) in kept {
        let manifest: Manifest = from_json(&manifest)?;
        let held = intake::held(tx, account, &manifest.documents).await?;
        let blobs = manifest.documents.iter().map(|document| {
            let held = held.get(&document.sha256).copied();
            held.ok_or_else(|| StoreError::Corrupt("a complete revision misses a document".into()))
        });
        let blobs = blobs.collect::<Result<_, _>>()?;
        revisions.push(RevisionRecord { manifest, received_at: time(received_at)?, blobs });
    }
    let state = row.state(tx).await?;
    Ok(Some(CaseRecord { state, claimed_by: row.claimed_by, revisions }))
}
