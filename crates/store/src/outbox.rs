//! The outbox (待办): what this desk still owes the office. A row goes only with a proven receipt
//! ([`Store::store_receipt`]), when the person hands in anew what stood in quarantine or takes back what never left, when the office has closed the
//! case meanwhile, or when an office that came back from a backup lacks what comes before it: then that goes first.

use forms::Finding;
use protocol::{ApplicationId, CaseState, ContentHash, Manifest, ProblemCode, Status};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::{
    CaseChange, Store, StoreError, applications, cases,
    columns::{count, from_json, parse, to_json},
    restored, revisions,
};

/// Something owed, in the order of handing in.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxEntry {
    /// The application.
    pub application: ApplicationId,
    /// Its revision.
    pub revision: u32,
    /// The key under which the office knows this hand-in, for ever the same.
    pub idempotency_key: Uuid,
    /// Why it is not being sent.
    pub quarantine: Option<Quarantine>,
    /// It may have left this desk.
    pub left: bool,
}

/// What goes to the office.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaving {
    /// The key under which the office knows this hand-in.
    pub idempotency_key: Uuid,
    /// The frozen revision.
    pub manifest: Manifest,
    /// It had not left before: whoever finds out that nothing went after all says so ([`Store::nothing_left`]).
    pub first: bool,
}

/// A reason that waiting does not mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// What the office said; [`ProblemCode::Unknown`] where it said nothing readable.
    pub code: ProblemCode,
    /// A stable word where it was the desk that refused, for example `receipt_unproven`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// HTTP status; 0 where there was none.
    pub status: u16,
    /// What the office's form engine found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The document it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<ContentHash>,
}

#[derive(FromRow)]
struct Columns {
    application: String,
    revision: i64,
    idempotency_key: String,
    quarantine: Option<String>,
    left_desk: bool,
}

impl TryFrom<Columns> for OutboxEntry {
    type Error = StoreError;
    fn try_from(columns: Columns) -> Result<Self, StoreError> {
        Ok(Self {
            application: parse("application", &columns.application)?,
            revision: count("revision", columns.revision)?,
            idempotency_key: parse("idempotency_key", &columns.idempotency_key)?,
            quarantine: columns.quarantine.map(|reason| from_json("quarantine", &reason)).transpose()?,
            left: columns.left_desk,
        })
    }
}

impl Store {
    /// Everything owed, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn outbox(&self) -> Result<Vec<OutboxEntry>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT application, revision, idempotency_key, quarantine, left_desk
             FROM outbox JOIN revisions USING (application, revision) ORDER BY sequence",
        )
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// What is about to go, noted as gone before it does, so that it is never taken back and sent both.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is not owed, or not any more.
    pub async fn leave(&self, application: ApplicationId, revision: u32) -> Result<Leaving, StoreError> {
        let mut transaction = self.write().await?;
        let row: Option<(String, bool)> = sqlx::query_as(
            "SELECT idempotency_key, left_desk FROM outbox JOIN revisions USING (application, revision)
             WHERE application = ?1 AND revision = ?2",
        )
        .bind(application.to_string())
        .bind(i64::from(revision))
        .fetch_optional(&mut *transaction)
        .await?;
        let (key, left) = row.ok_or(StoreError::NotFound { what: "owed revision" })?;
        if !left {
            set_left(application, revision, true, &mut transaction).await?;
        }
        let leaving = Leaving {
            idempotency_key: parse("idempotency_key", &key)?,
            manifest: revisions::manifest(application, revision, &mut transaction).await?,
            first: !left,
        };
        // Where nothing was written, nothing is flushed.
        transaction.commit().await?;
        Ok(leaving)
    }

    /// The first try to send it ended before anything went: nobody was there to connect to.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn nothing_left(&self, application: ApplicationId, revision: u32) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        set_left(application, revision, false, &mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes back what was handed in and never left: it is owed no longer and stands as before, a draft or a supplement
    /// that is asked for. Says what changed by it.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] where nothing is owed or it may have left.
    pub async fn take_back(&self, application: ApplicationId) -> Result<CaseChange, StoreError> {
        let mut transaction = self.write().await?;
        let status = applications::status(application, &mut transaction).await?;
        let newest = revisions::newest(application, &mut transaction).await?;
        let never_left: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM outbox
             WHERE application = ?1 AND revision = ?2 AND left_desk = 0 AND started = 0 AND quarantine IS NULL)",
        )
        .bind(application.to_string())
        .bind(i64::from(newest))
        .fetch_one(&mut *transaction)
        .await?;
        if !never_left {
            return Err(StoreError::NotAllowed { application, status });
        }
        revisions::withdraw(application, newest, &mut transaction).await?;
        sqlx::query("UPDATE applications SET revision = ?2 WHERE id = ?1")
            .bind(application.to_string())
            .bind(i64::from(newest) - 1)
            .execute(&mut *transaction)
            .await?;
        let change = cases::settle(application, &mut transaction).await?;
        transaction.commit().await?;
        Ok(CaseChange { previous: status, ..change })
    }

    /// The office has heard of it: 上传中, until a receipt comes. Says whether that is news.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mark_uploading(
        &self,
        application: ApplicationId,
        revision: u32,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "UPDATE outbox SET started = 1
             WHERE application = ?1 AND revision = ?2 AND started = 0 AND quarantine IS NULL",
        )
        .bind(application.to_string())
        .bind(i64::from(revision))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        applications::set_status(application, Status::Uploading, &mut transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes it out of the queue with a reason; the others go on. Says what changed by it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn quarantine(
        &self,
        application: ApplicationId,
        revision: u32,
        reason: &Quarantine,
    ) -> Result<CaseChange, StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE outbox SET quarantine = ?3, started = 0 WHERE application = ?1 AND revision = ?2",
        )
        .bind(application.to_string())
        .bind(i64::from(revision))
        .bind(to_json("quarantine", reason)?)
        .execute(&mut *transaction)
        .await?;
        let change = cases::settle(application, &mut transaction).await?;
        transaction.commit().await?;
        Ok(change)
    }

    /// The way out without changing anything: back into the queue under the same key.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is not in quarantine.
    pub async fn send_again(&self, application: ApplicationId) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "UPDATE outbox SET quarantine = NULL WHERE application = ?1 AND quarantine IS NOT NULL",
        )
        .bind(application.to_string())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "quarantined application" });
        }
        cases::settle(application, &mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}

/// An office takes revisions one after the other, and a supplement only when it has asked for it. Where it came back from
/// a backup (`restored`), it may lack one that comes before what is owed, or what it asked for: then the first one that
/// it lacks is owed, and a supplement as soon as it is asked for again. `case`: what the office said last.
pub(crate) async fn bring_in_turn(
    application: ApplicationId,
    case: Option<&CaseState>,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    if case.is_some_and(|case| case.status.is_final()) {
        return Ok(());
    }
    let known = case.map_or(0, |case| case.revision);
    let first = restored::first_without_receipt(application, &mut *connection).await?;
    let Some(first) = first.filter(|first| *first <= known.saturating_add(1)) else { return Ok(()) };
    // Where the office has it already, only its receipt is to come.
    let there = first <= known;
    let asked = there || first == 1 || case.is_some_and(|case| case.status == Status::SupplementNeeded);
    if !asked {
        return forget(application, connection).await;
    }
    let owed: Option<(i64, Option<String>)> =
        sqlx::query_as("SELECT revision, quarantine FROM outbox WHERE application = ?1")
            .bind(application.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    let (owed, quarantine) = owed.unzip();
    let quarantine: Option<Quarantine> =
        quarantine.flatten().map(|reason| from_json("quarantine", &reason)).transpose()?;
    // Refused because it was not its turn, which it is now.
    let out_of_turn = [ProblemCode::StaleRevision, ProblemCode::SupplementExpired];
    let again = quarantine.is_some_and(|reason| out_of_turn.contains(&reason.code));
    if owed == Some(i64::from(first)) && (there || !again) {
        return Ok(());
    }
    forget(application, &mut *connection).await?;
    // Whatever the office lost had left.
    sqlx::query("INSERT INTO outbox (application, revision, left_desk) VALUES (?1, ?2, 1)")
        .bind(application.to_string())
        .bind(i64::from(first))
        .execute(connection)
        .await?;
    Ok(())
}

async fn set_left(
    application: ApplicationId,
    revision: u32,
    left: bool,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET left_desk = ?3 WHERE application = ?1 AND revision = ?2")
        .bind(application.to_string())
        .bind(i64::from(revision))
        .bind(left)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whatever is owed of it is not, or not now: the case is closed at the office, or something else goes first.
pub(crate) async fn forget(
    application: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM outbox WHERE application = ?1")
        .bind(application.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
