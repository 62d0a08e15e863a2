//! Reading cases: the applicant's feed, the reviewers' queue, one case. And the one way in which a status moves.

use jiff::Timestamp;
use protocol::{AccountId, ApplicationId, CaseState, FeedPage, Manifest, Status, TimelineEntry};
use sqlx::{FromRow, SqliteConnection};

use super::{
    SqliteStore,
    columns::{code, count, from_code, from_json, parsed, signed, time},
    intake,
};
use crate::store::{CaseRecord, FeedRead, QueueRecord, RevisionRecord, StoreError};

/// An application that has a number.
#[derive(FromRow)]
struct Row {
    id: String,
    account_id: String,
    service: String,
    service_version: i64,
    revision: i64,
    number: String,
    status: String,
    applicant: String,
    received_at: i64,
    due_on: Option<String>,
    claimed_by: Option<String>,
    findings: String,
    reason: Option<String>,
    supplement_by: Option<String>,
    feed_seq: i64,
}

impl Row {
    async fn state(&self, tx: &mut SqliteConnection) -> Result<CaseState, StoreError> {
        Ok(CaseState {
            application: parsed(&self.id)?,
            number: parsed(&self.number)?,
            revision: count(self.revision)?,
            status: from_code(self.status.clone())?,
            findings: from_json(&self.findings)?,
            reason: self.reason.clone(),
            supplement_by: self.supplement_by.as_deref().map(parsed).transpose()?,
            due_on: self.due_on.as_deref().map(parsed).transpose()?,
            timeline: timeline(tx, &self.id).await?,
        })
    }

    fn queued(self) -> Result<QueueRecord, StoreError> {
        Ok(QueueRecord {
            application: parsed(&self.id)?,
            number: parsed(&self.number)?,
            service: self.service,
            service_version: count(self.service_version)?,
            status: from_code(self.status)?,
            revision: count(self.revision)?,
            applicant: self.applicant,
            received_at: time(self.received_at)?,
            due_on: self.due_on.as_deref().map(parsed).transpose()?,
            claimed_by: self.claimed_by,
        })
    }
}

async fn timeline(tx: &mut SqliteConnection, application: &str) -> Result<Vec<TimelineEntry>, StoreError> {
    let rows: Vec<(i64, String, Option<String>)> =
        sqlx::query_as("SELECT at, status, note FROM timeline WHERE application_id = ? ORDER BY position")
            .bind(application)
            .fetch_all(&mut *tx)
            .await?;
    rows.into_iter()
        .map(|(at, status, note)| Ok(TimelineEntry { at: time(at)?, status: from_code(status)?, note }))
        .collect()
}

/// See `Store::feed_epoch`.
pub(super) async fn epoch(
    tx: &mut SqliteConnection,
    new: &str,
    begin: bool,
    at: Timestamp,
) -> Result<String, StoreError> {
    let newest: Option<(i64, String)> =
        sqlx::query_as("SELECT position, epoch FROM feed_epochs ORDER BY position DESC LIMIT 1")
            .fetch_optional(&mut *tx)
            .await?;
    let position = match newest {
        Some((_, epoch)) if !begin => return Ok(epoch),
        newest => newest.map_or(1, |(position, _)| position + 1),
    };
    sqlx::query("INSERT INTO feed_epochs (position, epoch, begun_at) VALUES (?, ?, ?)")
        .bind(position)
        .bind(new)
        .bind(at.as_millisecond())
        .execute(&mut *tx)
        .await?;
    Ok(new.to_owned())
}

/// Moves an application to a status: timeline row, account's counter, feed position. Callers have judged
/// whether the step is allowed and write the audit row.
pub(super) async fn move_to(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    status: Status,
    note: Option<&str>,
    at: Timestamp,
) -> Result<AccountId, StoreError> {
    let id = application.to_string();
    let status = code(&status)?;
    let (account, seq): (String, i64) = sqlx::query_as(
        "UPDATE accounts SET feed_seq = feed_seq + 1 \
         WHERE id = (SELECT account_id FROM applications WHERE id = ?) RETURNING id, feed_seq",
    )
    .bind(&id)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query("UPDATE applications SET status = ?, feed_seq = ? WHERE id = ?")
        .bind(&status)
        .bind(seq)
        .bind(&id)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO timeline (application_id, position, at, status, note) \
         SELECT ?, COALESCE(MAX(position), 0) + 1, ?, ?, ? FROM timeline WHERE application_id = ?",
    )
    .bind(&id)
    .bind(at.as_millisecond())
    .bind(&status)
    .bind(note)
    .bind(&id)
    .execute(&mut *tx)
    .await?;
    parsed(&account)
}

pub(super) async fn page_feed(
    store: &SqliteStore,
    account: AccountId,
    after: u64,
    limit: u32,
) -> Result<FeedRead, StoreError> {
    let mut tx = store.read().await?;
    let newest: Option<(i64,)> = sqlx::query_as("SELECT feed_seq FROM accounts WHERE id = ?")
        .bind(account.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    let newest = count(newest.map_or(0, |(seq,)| seq))?;
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT * FROM applications WHERE account_id = ? AND feed_seq > ? ORDER BY feed_seq LIMIT ?",
    )
    .bind(account.to_string())
    .bind(signed(after))
    .bind(i64::from(limit))
    .fetch_all(&mut *tx)
    .await?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut cursor = after;
    for row in rows {
        changes.push(row.state(&mut tx).await?);
        cursor = count(row.feed_seq)?;
    }
    Ok(FeedRead { page: FeedPage { changes, cursor: cursor.to_string() }, newest })
}

/// The oldest first; those for which no day is promised come after the others.
pub(super) async fn queue(
    store: &SqliteStore,
    status: Option<Status>,
) -> Result<Vec<QueueRecord>, StoreError> {
    let rows: Vec<Row> = match status {
        Some(status) => {
            sqlx::query_as(
                "SELECT * FROM applications WHERE number IS NOT NULL AND status = ? \
                 ORDER BY due_on IS NULL, received_at, id LIMIT 500",
            )
            .bind(code(&status)?)
            .fetch_all(&store.readers)
            .await?
        }
        None => {
            sqlx::query_as(
                "SELECT * FROM applications WHERE number IS NOT NULL \
                 ORDER BY CASE status WHEN 'submitted' THEN 0 WHEN 'in_review' THEN 1 \
                 WHEN 'supplement_needed' THEN 2 ELSE 3 END, due_on IS NULL, received_at, id LIMIT 500",
            )
            .fetch_all(&store.readers)
            .await?
        }
    };
    rows.into_iter().map(Row::queued).collect()
}

pub(super) async fn case(
    store: &SqliteStore,
    application: ApplicationId,
) -> Result<Option<CaseRecord>, StoreError> {
    let mut tx = store.read().await?;
    let row: Option<Row> = sqlx::query_as("SELECT * FROM applications WHERE id = ? AND number IS NOT NULL")
        .bind(application.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let account: AccountId = parsed(&row.account_id)?;
    let kept: Vec<(String, i64)> = sqlx::query_as(
        "SELECT manifest, received_at FROM revisions WHERE application_id = ? AND receipt IS NOT NULL \
         ORDER BY revision",
    )
    .bind(application.to_string())
    .fetch_all(&mut *tx)
    .await?;
    let mut revisions = Vec::with_capacity(kept.len());
    for (manifest, received_at) in kept {
        let manifest: Manifest = from_json(&manifest)?;
        let mut blobs = Vec::with_capacity(manifest.documents.len());
        for document in &manifest.documents {
            let held = intake::held(&mut tx, account, document.sha256).await?;
            blobs.push(
                held.ok_or_else(|| StoreError::Corrupt("a complete revision misses a document".into()))?,
            );
        }
        revisions.push(RevisionRecord { manifest, received_at: time(received_at)?, blobs });
    }
    let state = row.state(&mut tx).await?;
    Ok(Some(CaseRecord { state, claimed_by: row.claimed_by, revisions }))
}
