//! Reading documents and their bytes.

use protocol::{ApplicationId, ContentHash};

use super::row::{Columns, DocumentRow};
use crate::{Store, StoreError};

impl Store {
    /// All documents of an application, by slot and place, without their bytes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn documents(&self, application: ApplicationId) -> Result<Vec<DocumentRow>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT * FROM documents WHERE application = ?1 AND removed IS NULL ORDER BY slot, position",
        )
        .bind(application.to_string())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The fit bytes of a document.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn document_bytes(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
    ) -> Result<Vec<u8>, StoreError> {
        let bytes: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT bytes FROM documents JOIN blobs USING (sha256)
             WHERE application = ?1 AND slot = ?2 AND position = ?3 AND removed IS NULL",
        )
        .bind(application.to_string())
        .bind(slot)
        .bind(i64::from(index))
        .fetch_optional(self.readers())
        .await?;
        bytes.ok_or(StoreError::NotFound { what: "document" })
    }

    /// What the person handed over, part by part; empty once the office has receipted it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn document_originals(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT bytes FROM documents JOIN originals ON document = id
             WHERE application = ?1 AND slot = ?2 AND position = ?3 AND removed IS NULL ORDER BY part",
        )
        .bind(application.to_string())
        .bind(slot)
        .bind(i64::from(index))
        .fetch_all(self.readers())
        .await?)
    }

    /// Bytes by content, for sending; documents of older revisions stay readable too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn blob(&self, sha256: ContentHash) -> Result<Vec<u8>, StoreError> {
        let bytes: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM blobs WHERE sha256 = ?1")
            .bind(sha256.to_string())
            .fetch_optional(self.readers())
            .await?;
        bytes.ok_or(StoreError::NotFound { what: "document" })
    }
}
