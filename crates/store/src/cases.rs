//! The office's word on each application, and the one place where it meets what this desk still owes.

use protocol::{ApplicationId, CaseState, FeedPage, Status};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, applications,
    columns::{from_json, to_json},
    outbox, restored, revisions,
};

/// An application of which something new is known; `status` equals `previous` where only remarks or dates changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseChange {
    /// The application.
    pub application: ApplicationId,
    /// Where it stood.
    pub previous: Status,
    /// Where it stands.
    pub status: Status,
}

impl Store {
    /// Keeps a page and its cursor, both or neither; says which applications here it has news of.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn apply_feed(&self, page: &FeedPage) -> Result<Vec<CaseChange>, StoreError> {
        self.keep_page(page, false).await
    }

    /// The same with the page at which the feed ends that was begun from its beginning: what the office receipted and did
    /// not name since then is owed again, in the same transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn finish_rereading(&self, page: &FeedPage) -> Result<Vec<CaseChange>, StoreError> {
        self.keep_page(page, true).await
    }

    async fn keep_page(&self, page: &FeedPage, last: bool) -> Result<Vec<CaseChange>, StoreError> {
        let mut transaction = self.write().await?;
        let mut changes = Vec::new();
        for case in &page.changes {
            changes.extend(keep(case, &mut transaction).await?);
        }
        sqlx::query("UPDATE office SET cursor = ?1").bind(&page.cursor).execute(&mut *transaction).await?;
        if last {
            changes.extend(restored::finish(&mut transaction).await?);
        }
        transaction.commit().await?;
        Ok(changes)
    }

    /// The office's word on an application, as last heard.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn case(&self, application: ApplicationId) -> Result<Option<CaseState>, StoreError> {
        let mut reader = self.readers().acquire().await?;
        read(application, &mut reader).await
    }
}

/// Keeps what the office says of one case. Of two words on it the one counts that knows more of what happened, except
/// where the feed was begun anew: then the office may have come back from a backup, and what it says first counts.
async fn keep(case: &CaseState, connection: &mut SqliteConnection) -> Result<Option<CaseChange>, StoreError> {
    let known: Option<(String, bool, bool)> =
        sqlx::query_as("SELECT state, named, went_back FROM cases WHERE application = ?1")
            .bind(case.application.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    let (mut same, mut goes_back) = (false, false);
    if let Some((state, named, went_back)) = known {
        let known: CaseState = from_json("state", &state)?;
        same = known == *case;
        let longer = known.timeline.len() > case.timeline.len();
        if named && (same || longer) {
            return Ok(None);
        }
        goes_back = longer || (went_back && !case.status.is_final());
    }
    sqlx::query(
        "INSERT INTO cases (application, state, went_back) VALUES (?1, ?2, ?3)
         ON CONFLICT (application) DO UPDATE
         SET state = excluded.state, named = 1, went_back = excluded.went_back",
    )
    .bind(case.application.to_string())
    .bind(to_json("state", case)?)
    .bind(goes_back)
    .execute(&mut *connection)
    .await?;
    // The number comes with the proven receipt alone. Others were handed in from another desk of this account.
    let ours: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM applications WHERE id = ?1 AND revision > 0)")
            .bind(case.application.to_string())
            .fetch_one(&mut *connection)
            .await?;
    if !ours {
        return Ok(None);
    }
    outbox::bring_in_turn(case.application, Some(case), &mut *connection).await?;
    let change = settle(case.application, connection).await?;
    Ok((!same || change.status != change.previous).then_some(change))
}

pub(crate) async fn read(
    application: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<Option<CaseState>, StoreError> {
    let text: Option<String> = sqlx::query_scalar("SELECT state FROM cases WHERE application = ?1")
        .bind(application.to_string())
        .fetch_optional(connection)
        .await?;
    text.map(|text| from_json("state", &text)).transpose()
}

/// Gives an application the status that follows from what is owed and what the office said.
///
/// What is owed speaks for the desk (待上传, 上传中, 需要处理). Where the office has closed the case, what stands in
/// quarantine is owed no longer. Otherwise the office speaks, as far as it has spoken of the newest revision that it
/// receipted and did not lose.
pub(crate) async fn settle(
    application: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<CaseChange, StoreError> {
    let previous = applications::status(application, &mut *connection).await?;
    let owed: Option<(bool, bool)> =
        sqlx::query_as("SELECT started, quarantine IS NOT NULL FROM outbox WHERE application = ?1")
            .bind(application.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    let case = read(application, &mut *connection).await?;
    let newest = match restored::first_without_receipt(application, &mut *connection).await? {
        // A supplement that the office lost waits to be asked for again.
        Some(first @ 2..) if owed.is_none() => first - 1,
        _ => revisions::newest(application, &mut *connection).await?,
    };
    let status = match (owed, case) {
        (Some((_, true)), Some(case)) if case.status.is_final() => {
            outbox::forget(application, &mut *connection).await?;
            case.status
        }
        (Some((_, true)), _) => Status::Quarantined,
        (Some((true, false)), _) => Status::Uploading,
        (Some((false, false)), _) => Status::AwaitingUpload,
        (None, Some(case)) if case.revision >= newest || case.status.is_final() => case.status,
        (None, _) if newest == 0 => Status::Draft,
        (None, _) => Status::Submitted,
    };
    applications::set_status(application, status, connection).await?;
    Ok(CaseChange { application, previous, status })
}
