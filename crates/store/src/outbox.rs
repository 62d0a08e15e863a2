//! The outbox (待办): what this desk still owes the office. A row goes only with a proven receipt
//! ([`Store::store_receipt`]), when the person hands in anew what stood in quarantine, when the office has closed the
//! case meanwhile, or when an office that came back from a backup lacks what comes before it: then that goes first.

use forms::Finding;
use protocol::{ApplicationId, CaseState, ContentHash, ProblemCode, Status};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::{
    CaseChange, Store, StoreError, applications, cases,
    columns::{count, from_json, parse, to_json},
    restored,
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
}

impl TryFrom<Columns> for OutboxEntry {
    type Error = StoreError;
    fn try_from(columns: Columns) -> Result<Self, StoreError> {
        Ok(Self {
            application: parse("application", &columns.application)?,
            revision: count("revision", columns.revision)?,
            idempotency_key: parse("idempotency_key", &columns.idempotency_key)?,
            quarantine: columns.quarantine.map(|reason| from_json("quarantine", &reason)).transpose()?,
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
            "SELECT application, revision, idempotency_key, quarantine
             FROM outbox JOIN revisions USING (application, revision) ORDER BY sequence",
        )
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
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
    sqlx::query("INSERT INTO outbox (application, revision) VALUES (?1, ?2)")
        .bind(application.to_string())
        .bind(i64::from(first))
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
