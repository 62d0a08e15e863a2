//! What is owed again because the office came back from a backup (docs/sync.md, Backups).
//!
//! The feed names every case of an account, closed ones too, and each carries its newest revision. So once it was read
//! from its beginning to its end, whatever was receipted here and not named there is lost there. It goes again under
//! the key under which it went before: an office that has it all the same answers with the receipt that it gave.

use protocol::{ApplicationId, CaseState, Receipt};
use sqlx::SqliteConnection;

use crate::{
    CaseChange, Store, StoreError, cases,
    columns::{count, from_json, parse},
    outbox,
};

impl Store {
    /// Receipts of this application for what the office lost, oldest first; most applications have none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lost_receipts(&self, application: ApplicationId) -> Result<Vec<Receipt>, StoreError> {
        let texts: Vec<String> =
            sqlx::query_scalar("SELECT receipt FROM lost_receipts WHERE application = ?1 ORDER BY sequence")
                .bind(application.to_string())
                .fetch_all(self.readers())
                .await?;
        texts.iter().map(|text| from_json("receipt", text)).collect()
    }

    /// Whether the office closed this case and does not know it any more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_forgotten(&self, application: ApplicationId) -> Result<bool, StoreError> {
        // Whatever is not named and not closed is not kept when the feed was read to its end.
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM cases JOIN office WHERE application = ?1 AND named = 0 AND rereading = 0)",
        )
        .bind(application.to_string())
        .fetch_one(self.readers())
        .await?)
    }

    /// Whether the office stands at an earlier step of this case than it once said.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn went_back(&self, application: ApplicationId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cases WHERE application = ?1 AND went_back = 1)")
            .bind(application.to_string())
            .fetch_one(self.readers())
            .await?)
    }
}

/// From now on nothing counts as named.
pub(crate) async fn begin(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE office SET cursor = '', rereading = 1").execute(&mut *connection).await?;
    sqlx::query("UPDATE cases SET named = 0").execute(connection).await?;
    Ok(())
}

/// The feed was read from its beginning to its end: what it did not name is owed again. Says what changed by it;
/// nothing where that was not being waited for.
pub(crate) async fn finish(connection: &mut SqliteConnection) -> Result<Vec<CaseChange>, StoreError> {
    let waited =
        sqlx::query("UPDATE office SET rereading = 0 WHERE rereading = 1").execute(&mut *connection).await?;
    if waited.rows_affected() == 0 {
        return Ok(Vec::new());
    }
    forget_what_is_not_named(&mut *connection).await?;
    let applications: Vec<String> =
        sqlx::query_scalar("SELECT id FROM applications WHERE revision > 0 ORDER BY rowid")
            .fetch_all(&mut *connection)
            .await?;
    let mut changes = Vec::new();
    for application in applications {
        let application = parse("application", &application)?;
        let case = cases::read(application, &mut *connection).await?;
        // What is closed stays closed, also where the office has forgotten it: nobody applies twice by this.
        if case.as_ref().is_some_and(|case| case.status.is_final()) {
            continue;
        }
        let lost =
            take_back(application, case.as_ref().map_or(0, |case| case.revision), &mut *connection).await?;
        outbox::bring_in_turn(application, case.as_ref(), &mut *connection).await?;
        let change = cases::settle(application, &mut *connection).await?;
        if lost || change.status != change.previous {
            changes.push(change);
        }
    }
    Ok(changes)
}

/// What the office said of a case that it does not know any more counts no longer, except that it was closed.
async fn forget_what_is_not_named(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let unnamed: Vec<(String, String)> =
        sqlx::query_as("SELECT application, state FROM cases WHERE named = 0")
            .fetch_all(&mut *connection)
            .await?;
    for (application, state) in unnamed {
        let state: CaseState = from_json("state", &state)?;
        if !state.status.is_final() {
            sqlx::query("DELETE FROM cases WHERE application = ?1")
                .bind(application)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

/// The receipts of revisions behind the newest one that the office knows are put aside; says whether there were any.
async fn take_back(
    application: ApplicationId,
    known: u32,
    connection: &mut SqliteConnection,
) -> Result<bool, StoreError> {
    let kept = sqlx::query(
        "INSERT INTO lost_receipts (application, revision, manifest, receipt)
         SELECT application, revision, manifest, receipt FROM revisions
         WHERE application = ?1 AND revision > ?2 AND receipt IS NOT NULL ORDER BY revision",
    )
    .bind(application.to_string())
    .bind(i64::from(known))
    .execute(&mut *connection)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("UPDATE revisions SET receipt = NULL WHERE application = ?1 AND revision > ?2")
        .bind(application.to_string())
        .bind(i64::from(known))
        .execute(connection)
        .await?;
    Ok(true)
}

/// The first revision that has no receipt.
pub(crate) async fn first_without_receipt(
    application: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<Option<u32>, StoreError> {
    let revision: Option<i64> =
        sqlx::query_scalar("SELECT MIN(revision) FROM revisions WHERE application = ?1 AND receipt IS NULL")
            .bind(application.to_string())
            .fetch_one(connection)
            .await?;
    revision.map(|revision| count("revision", revision)).transpose()
}
