//! What was thrown away before this start is erased now; until then it could be brought back.

use sqlx::SqliteConnection;

use crate::{StoreError, documents};

pub(crate) async fn purge(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM applications WHERE discarded = 1 AND revision = 0")
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM documents WHERE removed IS NOT NULL").execute(&mut *connection).await?;
    documents::drop_unused_blobs(connection).await
}
