//! Changing a document where it stands: prepared anew after a turn or an edit, undone, accepted.

use jiff::Timestamp;
use protocol::ApplicationId;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    NewDocument, UndoToken,
    row::DocumentKey,
    tables::{drop_unused_blobs, find, keep_bytes, keep_originals, place},
};
use crate::{
    Store, StoreError, applications,
    columns::{integer, to_json, to_word},
};

impl Store {
    /// The same document prepared anew (turned, edited); it keeps its key, its place and its originals.
    /// The token is for [`Store::undo_change`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it no longer stands in the slot; [`StoreError::NotAllowed`].
    pub async fn redo_document(
        &self,
        key: DocumentKey,
        new: &NewDocument,
        at: Timestamp,
    ) -> Result<UndoToken, StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        place(key, new.application, &new.slot, &mut transaction).await?;
        let token = remember(key, &mut transaction).await?;
        overwrite(key, new, &mut transaction).await?;
        keep_originals(key, &new.sources, &mut transaction).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// A document as it was before a change, in the place where it stands now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it no longer stands in the slot, or the change was undone already;
    /// [`StoreError::NotAllowed`].
    pub async fn undo_change(
        &self,
        application: ApplicationId,
        slot: &str,
        key: DocumentKey,
        token: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(application, at, &mut transaction).await?;
        place(key, application, slot, &mut transaction).await?;
        let undone = sqlx::query(
            "UPDATE documents SET (edit, kind, pages, width, height, sha256, size_bytes, change, findings,
                 accepted, thumbnail) =
                 (SELECT edit, kind, pages, width, height, sha256, size_bytes, change, findings, accepted,
                     thumbnail FROM documents WHERE removed = ?2)
             WHERE id = ?1 AND EXISTS (SELECT 1 FROM documents WHERE removed = ?2)",
        )
        .bind(key.0)
        .bind(token)
        .execute(&mut *transaction)
        .await?;
        if undone.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "document" });
        }
        sqlx::query("DELETE FROM documents WHERE removed = ?1")
            .bind(token)
            .execute(&mut *transaction)
            .await?;
        drop_unused_blobs(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// The person wants it in spite of the findings.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotAllowed`].
    pub async fn accept_document(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(application, at, &mut transaction).await?;
        let document = find(application, slot, index, &mut transaction).await?;
        let document = document.ok_or(StoreError::NotFound { what: "document" })?;
        sqlx::query("UPDATE documents SET accepted = 1 WHERE id = ?1")
            .bind(document)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

/// Keeps a copy of the row as it is, as if it were a removed document without originals: those stay with the
/// document itself. Where they are gone, its fit bytes are about to take their place, and no edit was made to those.
async fn remember(key: DocumentKey, connection: &mut SqliteConnection) -> Result<UndoToken, StoreError> {
    let token = Uuid::new_v4().to_string();
    sqlx::query(
        "INSERT INTO documents (application, slot, position, source_name, source_size_bytes, source_width,
             source_height, edit, kind, pages, width, height, sha256, size_bytes, change, findings, accepted,
             removed, thumbnail)
         SELECT application, slot, position, source_name, source_size_bytes, source_width, source_height,
             CASE WHEN EXISTS (SELECT 1 FROM originals WHERE document = id) THEN edit ELSE '{\"pages\":[]}' END,
             kind, pages, width, height, sha256, size_bytes, change, findings, accepted, ?2, thumbnail
         FROM documents WHERE id = ?1",
    )
    .bind(key.0)
    .bind(&token)
    .execute(connection)
    .await?;
    Ok(token)
}

async fn overwrite(
    key: DocumentKey,
    new: &NewDocument,
    transaction: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let sha256 = keep_bytes(&new.bytes, &mut *transaction).await?;
    sqlx::query(
        "UPDATE documents SET edit = ?2, kind = ?3, pages = ?4, width = ?5, height = ?6,
             sha256 = ?7, size_bytes = ?8, change = ?9, findings = ?10, accepted = ?11, thumbnail = ?12
         WHERE id = ?1",
    )
    .bind(key.0)
    .bind(to_json("edit", &new.edit)?)
    .bind(to_word("kind", new.kind)?)
    .bind(i64::from(new.pages))
    .bind(i64::from(new.width))
    .bind(i64::from(new.height))
    .bind(sha256.to_string())
    .bind(integer("size_bytes", new.bytes.len())?)
    .bind(&new.change)
    .bind(to_json("findings", &new.findings)?)
    .bind(new.accepted)
    .bind(&new.thumbnail)
    .execute(&mut *transaction)
    .await?;
    Ok(())
}
