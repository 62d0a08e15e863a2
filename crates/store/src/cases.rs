//! The office's word on each application, and the one place where it meets what this desk still owes.

use protocol::{ApplicationId, CaseState, FeedPage, Status};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, applications,
    columns::{from_json, to_json},
    outbox, revisions,
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
        let mut transaction = self.write().await?;
        let mut changes = Vec::new();
        for case in &page.changes {
            let known = read(case.application, &mut transaction).await?;
            let replayed = known
                .as_ref()
                .is_some_and(|known| known == case || known.timeline.len() > case.timeline.len());
            if replayed {
                continue;
            }
            sqlx::query(
                "INSERT INTO cases (application, state) VALUES (?1, ?2)
                 ON CONFLICT (application) DO UPDATE SET state = excluded.state",
            )
            .bind(case.application.to_string())
            .bind(to_json("state", case)?)
            .execute(&mut *transaction)
            .await?;
            // The number comes with the proven receipt alone. Others were handed in from another desk of this
            // account.
            let ours: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM applications WHERE id = ?1 AND revision > 0)",
            )
            .bind(case.application.to_string())
            .fetch_one(&mut *transaction)
            .await?;
            if ours {
                changes.push(settle(case.application, &mut transaction).await?);
            }
        }
        sqlx::query("UPDATE office SET cursor = ?1").bind(&page.cursor).execute(&mut *transaction).await?;
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

async fn read(
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
/// quarantine is owed no longer. Otherwise the office speaks, as far as it has spoken of the newest revision.
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
    let newest = revisions::newest(application, &mut *connection).await?;
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
