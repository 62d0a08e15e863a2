//! How often somebody was warned of a doubtful picture in a slot. Nobody is warned for ever.

use protocol::ApplicationId;
use sqlx::SqliteConnection;

use crate::{Store, StoreError, columns::count};

impl Store {
    /// Warnings given in a slot since the application was last handed in.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn warnings(&self, application: ApplicationId, slot: &str) -> Result<u32, StoreError> {
        let given: Option<i64> =
            sqlx::query_scalar("SELECT count FROM warnings WHERE application = ?1 AND slot = ?2")
                .bind(application.to_string())
                .bind(slot)
                .fetch_optional(self.readers())
                .await?;
        count("count", given.unwrap_or_default())
    }
}

pub(super) async fn count_warning(
    application: ApplicationId,
    slot: &str,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO warnings (application, slot, count) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET count = count + 1",
    )
    .bind(application.to_string())
    .bind(slot)
    .execute(connection)
    .await?;
    Ok(())
}

/// What the office asks for anew is warned about anew.
pub(crate) async fn forget_warnings(
    application: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM warnings WHERE application = ?1")
        .bind(application.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
